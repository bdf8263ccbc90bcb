//! The everyday command lines, read without clap: `exclusive -n LOCK -- COMMAND` and the like.
//!
//! clap takes five of six instructions of an uncontended run, and 0.2 MB of a process that waits.
//! So lines that need no help and are certainly right are read here; every other line is left to
//! clap. `tests/cmd/fast_path.rs` compares the two.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::args::{Action, Cli, CoalesceArgs, ExclusiveArgs, LockArgs, SlotArgs, SlotCounts, WriteArgs};
use super::option_values::{OnDeadlock, Prefer, lock, slot_count, time};

const EACH: CoalesceArgs = CoalesceArgs { coalesce: false };

/// The same as clap makes of these arguments, if they are everyday ones; otherwise `None`.
pub(crate) fn parse(arguments: &[OsString]) -> Option<Cli> {
    let [_program, subcommand, words @ ..] = arguments else { return None };
    if subcommand == "slot" {
        return Some(Cli { action: Action::Slot(slot_arguments(words)?) });
    }
    let action: fn(LockArgs) -> Action = match subcommand.to_str()? {
        "exclusive" => |lock| Action::Exclusive(ExclusiveArgs { lock, coalescing: EACH }),
        "read" => Action::Read,
        "write" => |lock| Action::Write(WriteArgs { lock, coalescing: EACH, prefer: Prefer::Fair }),
        _ => return None,
    };
    Some(Cli { action: action(lock_arguments(words)?) })
}

/// `-j N` stands first in everyday lines.
fn slot_arguments(words: &[OsString]) -> Option<SlotArgs> {
    let [option, jobs, words @ ..] = words else { return None };
    let jobs = slot_count(jobs.to_str()?).ok().filter(|_| option == "-j")?;
    Some(SlotArgs { lock: lock_arguments(words)?, counts: SlotCounts { jobs, take: 1 } })
}

fn lock_arguments(words: &[OsString]) -> Option<LockArgs> {
    let mut read = without_options();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_encoded_bytes() {
            b"--" => {
                read.command = words.by_ref().cloned().collect();
                if read.command.is_empty() {
                    return None;
                }
            }
            b"-n" => read.nonblock = true,
            b"-F" => read.no_fork = true,
            b"-q" => read.quiet = true,
            b"-v" => read.verbose = true,
            b"-w" => read.timeout = Some(time(plain(words.next()?)?.to_str()?).ok()?),
            b"-c" => read.command_string = Some(plain(words.next()?)?.to_owned()),
            _ => read.locks.push(lock(PathBuf::from(plain(word)?)).ok()?),
        }
    }
    // One of them may be a shell: `LOCK sh -c STRING`.
    let is_doubtful = read.command_string.is_some() && read.locks.len() > 1;
    let contradicts = read.nonblock && read.timeout.is_some() || read.quiet && read.verbose;
    let runs_one = read.command.is_empty() == read.command_string.is_some();
    (!contradicts && !is_doubtful && runs_one && !read.locks.is_empty()).then_some(read)
}

/// The word, unless it could be an option.
fn plain(word: &OsString) -> Option<&OsStr> {
    let can_be_one = word.is_empty() || word.as_encoded_bytes().starts_with(b"-");
    (!can_be_one).then_some(word)
}

fn without_options() -> LockArgs {
    LockArgs {
        nonblock: false,
        timeout: None,
        conflict_exit_code: 75,
        no_fork: false,
        close: false,
        linger: false,
        fd: Vec::new(),
        fcntl: false,
        nested: OnDeadlock::Refuse,
        no_create: false,
        mode: None,
        quiet: false,
        verbose: false,
        command_string: None,
        locks: Vec::new(),
        command: Vec::new(),
    }
}
