//! The command line as clap sees it. Nothing of the crate is used here, so that
//! whatever is made from the command line (completions, the test that holds the
//! manual to it) can take this file as it is.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

/// Run a command while holding a lock.
#[derive(Debug, Parser)]
#[command(name = "fasten", version, args_override_self = true)]
#[command(after_help = "'fasten help COMMAND' tells all of one; the manual is fasten(1).")]
pub struct Cli {
    #[command(subcommand)]
    pub action: Action,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Action {
    /// Run a command while nobody else holds the lock
    #[command(override_usage = "fasten exclusive [OPTIONS] <LOCK>... -- <COMMAND> [ARG]...")]
    Exclusive(LockArgs),
    /// Run a command while others may read and nobody writes
    #[command(override_usage = "fasten read [OPTIONS] <LOCK>... -- <COMMAND> [ARG]...")]
    Read(LockArgs),
    /// Run a command while nobody reads or writes, taking turns with the readers
    #[command(override_usage = "fasten write [OPTIONS] <LOCK>... -- <COMMAND> [ARG]...")]
    Write(WriteArgs),
    /// Give back the lock of an open descriptor
    Unlock(UnlockArgs),
    /// Say who holds locks and who waits for them
    Status(StatusArgs),
    /// Try whether locks work in a directory, and say what is wrong
    Doctor(DoctorArgs),
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub struct LockArgs {
    /// Do not wait
    #[arg(short, long, visible_alias = "nb", conflicts_with = "timeout")]
    pub nonblock: bool,

    /// Wait at most so long: 10, 1.5 (seconds), 250ms, 2m, 1h30m
    #[arg(short = 'w', long, visible_alias = "wait", value_name = "TIME", value_parser = time)]
    #[arg(allow_hyphen_values = true)]
    pub timeout: Option<Duration>,

    /// Exit with N when the lock was not obtained
    #[arg(short = 'E', long, value_name = "N", default_value_t = 75)]
    pub conflict_exit_code: u8,

    /// Become the command instead of starting it
    #[arg(short = 'F', long, conflicts_with = "close")]
    pub no_fork: bool,

    /// Do not let the command inherit the lock
    #[arg(short = 'o', long, conflicts_with = "linger")]
    pub close: bool,

    /// Hold the lock until the last process that inherited it is gone
    #[arg(long)]
    pub linger: bool,

    /// Lock the open descriptor N instead of a LOCK; without a COMMAND for good
    #[arg(long, value_name = "N", conflicts_with_all = ["locks", "no_create"])]
    #[arg(value_parser = clap::value_parser!(i32).range(0..))]
    pub fd: Option<i32>,

    /// Take an fcntl(2) lock, as fasteners and lockf(3) do, instead of a flock(2)
    #[arg(long)]
    pub fcntl: bool,

    /// What to do when the wait would never end
    #[arg(long, value_name = "HOW", default_value = "refuse")]
    pub nested: Nested,

    /// A lock that does not exist is an error
    #[arg(long)]
    pub no_create: bool,

    /// Say nothing of our own
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say how long it waited and held
    #[arg(short, long)]
    pub verbose: bool,

    /// Run STRING with /bin/sh -c instead of a COMMAND
    #[arg(short, long = "command", value_name = "STRING", value_hint = ValueHint::CommandString)]
    #[arg(allow_hyphen_values = true)]
    pub command_string: Option<OsString>,

    /// Files or directories to lock: all of them, or none
    #[arg(required_unless_present = "fd", value_name = "LOCK", value_hint = ValueHint::AnyPath)]
    #[arg(value_parser = clap::builder::PathBufValueParser::new())]
    pub locks: Vec<PathBuf>,

    /// What to run, with its arguments
    #[arg(last = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments)]
    #[arg(required_unless_present_any = ["command_string", "fd"], conflicts_with = "command_string")]
    pub command: Vec<OsString>,
}

#[derive(Debug, Args)]
pub struct WriteArgs {
    #[command(flatten)]
    pub lock: LockArgs,

    /// Who goes first when readers and this writer want the lock
    #[arg(long, value_name = "WHO", default_value = "fair")]
    pub prefer: Prefer,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Prefer {
    /// They take turns: phase-fair
    Fair,
    /// This writer gets in when no reader is left
    Reader,
    /// No new reader gets in while this writer waits
    Writer,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Nested {
    /// Give up at once
    Refuse,
    /// Run under the lock that a parent process holds
    Join,
    /// Wait for it all the same
    Wait,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub struct UnlockArgs {
    /// The descriptor that is locked
    #[arg(long, value_name = "N", required = true)]
    #[arg(value_parser = clap::value_parser!(i32).range(0..))]
    pub fd: i32,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub struct StatusArgs {
    /// Say nothing; the exit code tells
    #[arg(short, long, conflicts_with_all = ["json", "watch"])]
    pub quiet: bool,

    /// Say it as JSON, for programs
    #[arg(long, conflicts_with = "watch")]
    pub json: bool,

    /// Say it again whenever something changes, until Ctrl-C
    #[arg(long)]
    pub watch: bool,

    /// Files or directories to ask about; none for every lock that can be seen
    #[arg(value_name = "LOCK", value_hint = ValueHint::AnyPath)]
    pub locks: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub struct DoctorArgs {
    /// Say only what is wrong
    #[arg(short, long)]
    pub quiet: bool,

    /// Directories to try; none for the current one
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub directories: Vec<PathBuf>,
}

/// A number of seconds, or numbers with units.
pub fn time(text: &str) -> Result<Duration, String> {
    let wrong = "give seconds (10, 1.5) or units (250ms, 2m, 1h30m)";
    if text.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        if let Ok(seconds) = text.parse::<f64>() {
            return Duration::try_from_secs_f64(seconds).map_err(|_| "too long".to_owned());
        }
        if let Ok(duration) = humantime::parse_duration(text) {
            return Ok(duration);
        }
    }
    Err(wrong.to_owned())
}
