//! The values of the command line's arguments. This file imports nothing of the crate, so that tests
//! can include it with `args.rs`.

use std::path::PathBuf;
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

/// What a lock of the user's begins with.
pub const NAME_PREFIX: &str = "name:";
/// What a lock of all users begins with.
pub const MACHINE_PREFIX: &str = "machine:";

/// A path, which may be anything, or a name with its prefix.
pub fn lock(lock: PathBuf) -> Result<PathBuf, &'static str> {
    let bytes = lock.as_os_str().as_encoded_bytes();
    let prefixes = [NAME_PREFIX, MACHINE_PREFIX].map(str::as_bytes);
    let name = prefixes.iter().find_map(|prefix| bytes.strip_prefix(*prefix));
    if name.is_none_or(|name| std::str::from_utf8(name).is_ok_and(is_name)) {
        return Ok(lock);
    }
    Err(
        "a name has 1 to 200 letters, digits, '.', '_' and '-', and no '.' at its start; put ./ before a path",
    )
}

/// Whether a lock can have this name. Such a name is that of one file, in whatever language.
pub fn is_name(name: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=200).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(is_known)
}

/// The permissions of a file, for its owner among others.
pub fn permissions(text: &str) -> Result<u32, &'static str> {
    let is_octal = !text.is_empty() && text.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
    let number = u32::from_str_radix(text, 8).ok().filter(|number| is_octal && *number <= 0o777);
    match number {
        None => Err("give permissions in octal, from 0 to 0777, such as 0644"),
        Some(number) if number & 0o600 == 0 => {
            Err("its owner could not open the file again; add 0400 or 0600")
        }
        Some(number) => Ok(number),
    }
}
