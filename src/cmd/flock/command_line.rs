//! The command line of flock(1), parsed and validated. Mistakes are reported in the order in which
//! flock(1) finds them.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::num::{IntErrorKind, ParseIntError};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fasten::{Family, Mode, Wait};

use super::getopt::Getopt;
use super::interface::{COMMAND, FlockCode, LONG, SHORT};
use super::refusal::{OnConflict, Refusal};
use super::size::size;
use super::words::joined;
use crate::cmd::run::Lifetime;

const BAD_DESCRIPTOR: &str = "bad file descriptor";

/// What the command line asks for.
#[derive(Debug)]
pub(super) enum Asked {
    Help,
    Version,
    Call(Call),
}

/// A validated call.
#[derive(Debug)]
pub(super) struct Call {
    /// `None`: unlock.
    pub(super) mode: Option<Mode>,
    pub(super) family: Family,
    /// The bytes that an fcntl lock covers.
    pub(super) bytes: ByteRange,
    pub(super) waiting: Wait<'static>,
    pub(super) on_conflict: OnConflict,
    pub(super) lifetime: Lifetime,
    pub(super) verbose: bool,
    pub(super) target: FlockTarget,
}

/// A part of a file as fcntl(2) takes it, unchecked; a length of 0 extends to the end of the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ByteRange {
    pub(super) start: i64,
    pub(super) length: i64,
}

/// What to lock, and the command to run meanwhile.
#[derive(Debug)]
pub(super) enum FlockTarget {
    Path(PathBuf, Vec<OsString>),
    /// The command is empty if there is none.
    Descriptor(i32, Vec<OsString>),
}

/// Reads the words, the program's name first.
pub(super) fn parse(words: Vec<OsString>) -> Result<Asked, Refusal> {
    if words.len() < 2 {
        return Err(Refusal::try_help(Some("not enough arguments")));
    }
    let mut mode = Some(Mode::Exclusive);
    let mut family = Family::Flock;
    let mut bytes = ByteRange::default();
    let mut descriptor = None;
    let (mut nonblock, mut timeout, mut conflict) = (false, None, FlockCode::Conflict as u8);
    let (mut close, mut no_fork, mut verbose) = (false, false, false);
    let mut options = Getopt::new(words, SHORT, &LONG);
    while let Some((letter, value)) = options.next() {
        match letter {
            b's' => mode = Some(Mode::Shared),
            b'e' | b'x' => mode = Some(Mode::Exclusive),
            b'u' => mode = None,
            b'n' => nonblock = true,
            b'w' => timeout = Some(seconds(&value)?),
            b'E' => conflict = exit_code(&value)?,
            b'o' => close = true,
            b'F' => no_fork = true,
            b'v' => verbose = true,
            b'f' => family = Family::Fcntl,
            b'S' => (family, bytes.start) = (Family::Fcntl, offset(&value, "invalid as start offset")?),
            b'L' => {
                (family, bytes.length) = (Family::Fcntl, offset(&value, "invalid as length of lock range")?);
            }
            b'd' => descriptor = Some(number(&value, BAD_DESCRIPTOR)?),
            b'h' => return Ok(Asked::Help),
            b'V' => return Ok(Asked::Version),
            _ => return Err(Refusal::try_help(None)),
        }
        if descriptor.is_some() && options.next_word().is_some_and(is_command) {
            break;
        }
    }
    let lifetime = match (no_fork, close) {
        (true, true) => {
            return Err(Refusal::new(FlockCode::Usage, "the --no-fork and --close options are incompatible"));
        }
        (true, false) => Lifetime::InPlace,
        (false, true) => Lifetime::Wrapper,
        (false, false) => Lifetime::LastInheritor,
    };
    let target = match descriptor {
        Some(number) => FlockTarget::Descriptor(number, command(options.operands())?),
        None => target(options.operands())?,
    };
    let waiting = timeout.map_or_else(|| Ok(Wait::forever()), wait)?;
    let waiting = if nonblock { Wait::never() } else { waiting };
    let on_conflict = OnConflict { code: conflict, is_reported: verbose };
    Ok(Asked::Call(Call { mode, family, bytes, waiting, on_conflict, lifetime, verbose, target }))
}

fn target(mut operands: Vec<OsString>) -> Result<FlockTarget, Refusal> {
    match operands.len() {
        0 => Err(Refusal::new(FlockCode::Usage, "requires file descriptor, file or directory")),
        1 => Ok(FlockTarget::Descriptor(number(&operands[0], BAD_DESCRIPTOR)?, Vec::new())),
        _ => {
            let words = operands.split_off(1);
            Ok(FlockTarget::Path(operands.remove(0).into(), command(words)?))
        }
    }
}

/// The words after the lock: a command, or a string for the shell.
fn command(words: Vec<OsString>) -> Result<Vec<OsString>, Refusal> {
    match words.as_slice() {
        [option, string] if is_command(option) => Ok(shell(string)),
        [option, ..] if is_command(option) => {
            let wrong = joined(&[option, " requires exactly one command argument".as_ref()]);
            Err(Refusal::new(FlockCode::Usage, wrong))
        }
        _ => Ok(words),
    }
}

fn is_command(word: &OsStr) -> bool {
    COMMAND.iter().any(|option| word == *option)
}

/// Unlike fasten, flock(1) takes the user's shell.
fn shell(string: &OsStr) -> Vec<OsString> {
    let shell = env::var_os("SHELL").filter(|shell| !shell.is_empty());
    vec![shell.unwrap_or_else(|| "/bin/sh".into()), "-c".into(), string.to_owned()]
}

fn exit_code(text: &OsStr) -> Result<u8, Refusal> {
    let out_of_range = |_| Refusal::new(FlockCode::Usage, "exit code out of range (expected 0 to 255)");
    u8::try_from(number(text, "invalid exit code")?).map_err(out_of_range)
}

/// A number of bytes; one beyond 63 bits becomes negative, and the kernel refuses it.
fn offset(text: &OsStr, wrong: &str) -> Result<i64, Refusal> {
    let refused = |error| Refusal::system(FlockCode::Usage, quoting(wrong, text), &error);
    size(text).map(|size| i64::from_ne_bytes(size.to_ne_bytes())).map_err(refused)
}

/// A whole number as flock(1) takes it: strtoimax(3), so blanks may precede it, limited to 32 bits.
fn number(text: &OsStr, wrong: &str) -> Result<i32, Refusal> {
    trimmed(text).parse().map_err(|error: ParseIntError| match error.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => {
            let error = io::Error::from_raw_os_error(libc::ERANGE);
            Refusal::system(FlockCode::Usage, quoting(wrong, text), &error)
        }
        _ => invalid(wrong, text),
    })
}

fn seconds(text: &OsStr) -> Result<f64, Refusal> {
    trimmed(text).parse().map_err(|_| invalid("invalid timeout value", text))
}

/// As flock(1)'s interval timer takes it: whole microseconds, and zero of them means not to wait.
fn wait(seconds: f64) -> Result<Wait<'static>, Refusal> {
    let micros = (seconds * 1e6).trunc();
    match Duration::try_from_secs_f64(seconds.abs()) {
        _ if micros == 0.0 => Ok(Wait::never()),
        Ok(limit) if micros > 0.0 && i64::try_from(limit.as_secs()).is_ok() => {
            Ok(Instant::now().checked_add(limit).map_or_else(Wait::forever, Wait::until))
        }
        _ => {
            let error = io::Error::from_raw_os_error(libc::EINVAL);
            Err(Refusal::system(FlockCode::System, "cannot set up timer", &error))
        }
    }
}

fn trimmed(text: &OsStr) -> &str {
    text.to_str().unwrap_or_default().trim_ascii_start()
}

fn invalid(wrong: &str, text: &OsStr) -> Refusal {
    Refusal::new(FlockCode::Usage, quoting(wrong, text))
}

fn quoting(wrong: &str, text: &OsStr) -> OsString {
    joined(&[wrong.as_ref(), ": '".as_ref(), text, "'".as_ref()])
}
