//! The trials, in order. The name of a trial says what holds if it succeeds.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use fasten::Mode::{self, Exclusive, Shared};
use fasten::holders::file_system::FileSystem;
use nix::unistd::dup;

use super::fault::Fault;
use super::finding::{Finding, Mark};
use super::protocol::Listener;
use super::scratch::{Asker, Reply, Scratch, decoded, descriptor, encoded, process, start};
use crate::cmd::sys::forked::Forked;
#[cfg(target_os = "linux")]
use crate::cmd::sys::lock_kind::LockKind::OpenFile;
use crate::cmd::sys::lock_kind::LockKind::{self, Flock, Record};

/// How long a lock is held to check that a waiter does not get it.
const HELD_FOR: Duration = Duration::from_millis(100);
/// A local kernel takes microseconds; an NFS client that has to ask again takes a second.
const WOKEN_WITHIN: Duration = Duration::from_secs(5);

type Trial = (&'static str, fn(&Scratch) -> TrialResult);
type TrialResult = Result<(), Fault>;

const WHOLE: LockKind = Record { first: 0, count: 0 };

const OF_FLOCK: &[Trial] = &[
    ("flock between two processes", |at| excludes(at, Flock, Flock, process)),
    ("flock between two descriptors", |at| excludes(at, Flock, Flock, descriptor)),
    ("flock is freed by close and by SIGKILL", |at| is_freed(at, Flock)),
    ("flock is inherited by a command, and kept when its parent closes", |at| is_inherited(at, Flock)),
    ("flock wakes waiters", |at| wakes(at, Flock)),
    ("flock, exclusive, on a file that is open for reading", on_a_read_only_file),
    ("flock on a directory", on_a_directory),
];

const OF_FCNTL: &[Trial] = &[
    ("fcntl between two processes", |at| excludes(at, WHOLE, WHOLE, process)),
    ("fcntl on bytes of a file, and far past its end", keeps_bytes_apart),
    ("fcntl is freed by close and by SIGKILL", |at| is_freed(at, WHOLE)),
    ("fcntl wakes waiters", |at| wakes(at, WHOLE)),
    #[cfg(target_os = "linux")]
    ("fcntl of open files (OFD) between two descriptors", |at| excludes(at, OpenFile, OpenFile, descriptor)),
    #[cfg(target_os = "linux")]
    ("fcntl of open files (OFD) against that of a process", |at| excludes(at, OpenFile, WHOLE, process)),
];

const OF_BOTH: Trial = ("flock and fcntl apart: a command may lock its own data", are_apart);

/// Runs all trials on a file system of this kind.
pub(super) fn run_all(at: &Scratch, system: &str, listener: &mut Listener) -> io::Result<()> {
    let mut is_passed = |(name, run): &Trial| {
        listener.trying(name)?;
        let finding = run(at).map_or_else(|fault| fault.finding(name, system), |()| Finding::ok(*name));
        listener.found(&finding)?;
        Ok::<_, io::Error>(finding.mark != Mark::Wrong)
    };
    let mut both_lock = true;
    for trials in [OF_FLOCK, OF_FCNTL] {
        for (i, trial) in trials.iter().enumerate() {
            // If the first one fails, those after it would show nothing new.
            if !is_passed(trial)? && i == 0 {
                both_lock = false;
                break;
            }
        }
    }
    if both_lock { is_passed(&OF_BOTH).map(drop) } else { Ok(()) }
}

/// Exclusive locks exclude all others, shared locks only exclusive ones, and unlocking releases.
fn excludes(at: &Scratch, held_as: LockKind, asked_as: LockKind, asker: Asker) -> TrialResult {
    let holder = at.open()?;
    let modes = [(Exclusive, "exclusive"), (Shared, "shared")];
    for (held, held_name) in modes {
        for (asked, asked_name) in modes {
            let granted = is_granted_beside(&holder, (held_as, held), || asker(at, asked_as, asked))?;
            if granted != ((held, asked) == (Shared, Shared)) {
                let answer = if granted { "granted" } else { "refused" };
                return broken(format!("{asked_name} {answer} beside {held_name}"));
            }
            must_be_free(at, asked_as, asker, "unlocking")?;
        }
    }
    Ok(())
}

/// Locks on different bytes are independent.
fn keeps_bytes_apart(at: &Scratch) -> TrialResult {
    let bytes = |first, count| Record { first, count };
    let far = 1 << 62;
    let holder = at.open()?;
    for (held, same, other) in
        [(bytes(0, 10), bytes(5, 10), bytes(10, 10)), (bytes(far, 1), bytes(far, 2), bytes(0, 10))]
    {
        let granted = |asked| is_granted_beside(&holder, (held, Exclusive), || process(at, asked, Exclusive));
        if granted(same)? {
            return broken("granted twice on the same bytes");
        }
        if !granted(other)? {
            return broken("refused on bytes that nobody holds");
        }
    }
    Ok(())
}

/// On local file systems the two families are independent, and a command that locks its own data
/// relies on that.
fn are_apart(at: &Scratch) -> TrialResult {
    let holder = at.open()?;
    let granted =
        |held, asked| is_granted_beside(&holder, (held, Exclusive), || process(at, asked, Exclusive));
    let apart = [granted(Flock, WHOLE)?, granted(WHOLE, Flock)?] == [true, true];
    match (FileSystem::of(&holder).keeps_families_apart, apart) {
        (true, true) => Ok(()),
        (true, false) => {
            broken("one excludes the other, so a command that locks its own data waits for itself")
        }
        (false, _) => Err(Fault::Limit(
            "not known to be local: a lock for reading cannot be upgraded, and other machines take no turns",
        )),
    }
}

/// Closing the descriptor releases the lock, and so does the end of the process.
fn is_freed(at: &Scratch, kind: LockKind) -> TrialResult {
    drop(hold(at, kind)?);
    must_be_free(at, kind, process, "its descriptor was closed")?;

    let mut holder = start(|mut channel| {
        let held = hold(at, kind);
        let _ = channel.send(if held.is_ok() { "held" } else { "" });
        let _ = channel.line();
    })?;
    if !holder.channel.line().is_ok_and(|line| line == "held") {
        return broken("another process cannot take it though it is free");
    }
    keeps_until_killed(at, kind, holder, "exclusive granted beside exclusive", "its process was killed")
}

/// A command that inherits the descriptor keeps the lock when we close ours.
fn is_inherited(at: &Scratch, kind: LockKind) -> TrialResult {
    let holder = hold(at, kind)?;
    let mut heir = start(|mut channel| {
        // The shell inherits the lock's descriptor as its standard error.
        if let (Ok(input), Ok(output), Ok(lock)) = (dup(&channel), dup(&channel), dup(&holder)) {
            let mut shell = Command::new("/bin/sh");
            let _ =
                shell.args(["-c", "echo here; read -r end"]).stdin(input).stdout(output).stderr(lock).exec();
        }
        // Some containers have no shell: go on without exec(2).
        let _ = channel.send("here");
        let _ = channel.line();
    })?;
    heir.channel.line().map_err(|error| Fault::NotTried("starting a command", error))?;
    drop(holder);
    let lost = "lost when the parent closed its descriptor";
    keeps_until_killed(at, kind, heir, lost, "the command that inherited it ended")
}

/// No other process gets the lock while the holder lives (else it is `lost`); afterwards one does.
fn keeps_until_killed(at: &Scratch, kind: LockKind, holder: Forked, lost: &str, after: &str) -> TrialResult {
    let granted = process(at, kind, Exclusive);
    holder.kill();
    if granted? {
        return broken(lost);
    }
    must_be_free(at, kind, process, after)
}

/// A waiter does not get the lock before it is free, and then does.
fn wakes(at: &Scratch, kind: LockKind) -> TrialResult {
    let holder = hold(at, kind)?;
    let mut waiter = start(|mut channel| {
        let _ = channel.send("waits");
        let got_in = at.open().and_then(|file| Ok(kind.lock(&file, Exclusive)?));
        let _ = channel.send(&encoded(&got_in.map(|()| true)));
    })?;
    let _ = waiter.channel.line();
    let early = waiter.channel.receive(HELD_FOR, || false);
    let unlocked = kind.unlock(&holder);
    let is_early = early.is_ok();
    let answer = early.or_else(|_| waiter.channel.receive(WOKEN_WITHIN, || false));
    waiter.kill();
    unlocked?;
    decoded(&answer.map_err(|_| Fault::NotWoken)?)?;
    if is_early { broken("a waiter got in while the lock was held") } else { Ok(()) }
}

/// NFS turns flock into an fcntl lock, which needs a descriptor that is open for writing.
fn on_a_read_only_file(at: &Scratch) -> TrialResult {
    let limit = "an exclusive lock needs a lock file that can be opened for writing";
    excludes_read_only(&at.file, |error| match error.raw_os_error() {
        Some(libc::EBADF) => Fault::Limit(limit),
        _ => Fault::Failed(error),
    })
}

fn on_a_directory(at: &Scratch) -> TrialResult {
    let made = DirBuilder::new().mode(0o700).create(&at.directory);
    made.map_err(|error| Fault::NotTried("making a directory", error))?;
    let limit = "a directory cannot be locked here; lock a file in it";
    excludes_read_only(&at.directory, |_| Fault::Limit(limit))
}

/// Two descriptors exclude each other. `refused` is the fault if no lock can be taken.
fn excludes_read_only(path: &Path, refused: impl Fn(io::Error) -> Fault) -> TrialResult {
    let open = || File::open(path).map_err(Fault::cannot_open);
    let (first, second) = (open()?, open()?);
    match Flock.try_lock(&first, Exclusive).map_err(refused)? {
        false => broken("refused though it is free"),
        true if Flock.try_lock(&second, Exclusive)? => broken("exclusive granted beside exclusive"),
        true => Ok(()),
    }
}

/// Whether a lock is granted while the holder has one.
fn is_granted_beside(holder: &File, (kind, mode): (LockKind, Mode), ask: impl FnOnce() -> Reply) -> Reply {
    take(holder, kind, mode)?;
    let granted = ask()?;
    kind.unlock(holder)?;
    Ok(granted)
}

/// Takes the lock exclusively, with a new descriptor.
fn hold(at: &Scratch, kind: LockKind) -> Result<File, Fault> {
    let holder = at.open()?;
    take(&holder, kind, Exclusive)?;
    Ok(holder)
}

/// Takes a lock that nobody holds.
fn take(holder: &File, kind: LockKind, mode: Mode) -> TrialResult {
    if kind.try_lock(holder, mode)? { Ok(()) } else { broken("refused though it is free") }
}

fn must_be_free(at: &Scratch, kind: LockKind, asker: Asker, after: &str) -> TrialResult {
    if asker(at, kind, Exclusive)? { Ok(()) } else { broken(format!("still held after {after}")) }
}

fn broken(what: impl Into<String>) -> TrialResult {
    Err(Fault::Broken(what.into()))
}
