//! The values of the command line's options, besides numbers and paths. This file imports nothing of
//! the crate, so that tests can include it with `args.rs`.

use std::time::Duration;

use clap::ValueEnum;

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Prefer {
    /// Readers and writers take turns: phase-fair
    Fair,
    /// Readers: the writer waits until no reader is left
    Reader,
    /// The writer: no new reader gets in while it waits
    Writer,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum OnDeadlock {
    /// Exit with 75 and name the process or the cycle
    Refuse,
    /// Run under the lock that was inherited from a parent process
    Join,
    /// Wait all the same
    Wait,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Color {
    /// At a terminal, unless `NO_COLOR` is set or TERM is 'dumb'
    Auto,
    /// Into files and pipes too
    Always,
    /// Not at all
    Never,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    Elvish,
    Powershell,
}

/// A number of seconds, or numbers with units. Of humantime's units only those that nobody takes
/// for another: its M is a month.
pub fn time(text: &str) -> Result<Duration, String> {
    let wrong = "give seconds (10, 1.5) or use the units ms, s, m, h, d (250ms, 2m, 1h30m)";
    if text.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        if let Ok(seconds) = text.parse::<f64>() {
            return Duration::try_from_secs_f64(seconds).map_err(|_| "too long".to_owned());
        }
        let mut units = text.split(|c: char| !c.is_alphabetic()).filter(|unit| !unit.is_empty());
        if units.all(|unit| ["ms", "s", "m", "h", "d"].contains(&unit)) {
            return humantime::parse_duration(text).map_err(|_| wrong.to_owned());
        }
    }
    Err(wrong.to_owned())
}

pub fn exit_code(text: &str) -> Result<u8, &'static str> {
    text.parse().map_err(|_| "give a number from 0 to 255")
}

/// A number of slots. A waiter needs a thread for each of them.
pub fn slot_count(text: &str) -> Result<u32, &'static str> {
    text.parse().ok().filter(|count| (1..=4096).contains(count)).ok_or("give a number from 1 to 4096")
}

/// The number of a descriptor.
pub fn descriptor(text: &str) -> Result<i32, &'static str> {
    let number = text.parse().ok().filter(|number| *number >= 0);
    number.ok_or("give a descriptor number, such as 9")
}
