//! Who has the lock, in a few words: for refusals and for those who wait.
//!
//! Looked up only when somebody is refused or waits; it costs nothing otherwise.

use std::io::ErrorKind::NotFound;
use std::path::{Path, PathBuf};
use std::process;
use std::time::{Duration, Instant, SystemTime};

use fasten::holders::{Ancestor, Holder, Report, holders, in_brief, own_pid, search};
use fasten::{Deadlock, Error, Mode, OpenError, held_by as held_by_ancestor};

use super::denial::{denied, unwritable};
use crate::cmd::message::{printable, report};
use crate::cmd::sys::helper::{Helper, first_answer};

/// So long a refusal is put off at most, to name the holder: with what it takes to be woken on a
/// busy machine that makes no more than 10 ms.
const PATIENCE: Duration = Duration::from_millis(5);
/// After that the holder is looked for without the table, too.
const TABLE_PATIENCE: Duration = Duration::from_millis(1);

/// What to say of a lock that was not obtained: who holds it, and what became of
/// the waiting. `None` for errors of other kinds.
/// `joins` is whether a lock that is inherited would have been joined.
pub(crate) fn refusal(error: &Error, joins: bool) -> Option<String> {
    let (path, outcome) = match error {
        Error::Busy { path } => (path, "try again later, or wait with -w".to_owned()),
        Error::TimedOut { path, limit } => (path, format!("gave up after {}", short(*limit))),
        Error::Deadlock { why, .. } => return Some(format!("{error}; {}", remedy(why, joins))),
        Error::CouldNotOpen { path, why: OpenError::NotOpened(_) } => {
            return Some(format!("{}: cannot be opened: {}", path.display(), denied(path)?));
        }
        Error::CouldNotOpen { path, why: OpenError::Missing } => {
            return Some(format!("{}: does not exist (--no-create was given)", path.display()));
        }
        Error::CouldNotOpen { path, why: OpenError::Access } => {
            return Some(format!("{}: cannot be locked with fcntl: {}", path.display(), unwritable(path)?));
        }
        _ => return None,
    };
    let held = held_by_at_once(path).unwrap_or_else(|| "busy".to_owned());
    Some(format!("{}: {held}; {outcome}", path.display()))
}

/// What can be said of the holders without keeping anyone waiting: a refusal may not take long.
///
/// The kernel lets the first reader of its table of locks after a while wait for all processors,
/// from 8 to 30 ms, and a process in that call cannot even exit. So the asking is done by a copy of
/// this process; and when the table takes its time, another one looks for the lock in every
/// process.
fn held_by_at_once(path: &Path) -> Option<String> {
    let (asked, own) = (Instant::now(), process::id());
    let path = &as_others_reach_it(path);
    let answer = |report: Option<Report>| report.and_then(|report| held_by_others(&report, own));
    let in_words = |report| printable(&answer(report).unwrap_or_default());
    let mut helpers = vec![Helper::ask(|| in_words(look(path))).ok()?];
    let named = first_answer(&mut helpers, asked + TABLE_PATIENCE);
    if named.is_some() || helpers.is_empty() {
        return named;
    }
    helpers.extend(Helper::ask(|| in_words(search(path).ok())));
    first_answer(&mut helpers, asked + PATIENCE)
}

/// The path of a descriptor of ours, for another process.
fn as_others_reach_it(path: &Path) -> PathBuf {
    match (path.strip_prefix("/dev/fd"), own_pid()) {
        (Ok(number), Ok(own)) => Path::new("/proc").join(own.to_string()).join("fd").join(number),
        _ => path.to_owned(),
    }
}

/// What one can do about a wait that would never end.
fn remedy(why: &Deadlock, joins: bool) -> &'static str {
    match why {
        Deadlock::HeldByAncestor(ancestor) if joins && ancestor.mode == Mode::Exclusive => {
            "this process has not inherited it, so it cannot be joined"
        }
        Deadlock::HeldByAncestor(ancestor) if ancestor.mode == Mode::Exclusive => {
            "run under that lock with --nested join, or outlive it with --nested wait"
        }
        Deadlock::HeldByAncestor(_) => "take it for writing there already, or outlive it with --nested wait",
        Deadlock::Upgrade => "unlock it, and lock it for writing",
        _ => "name all locks in one call, or take them in the same order everywhere",
    }
}

/// `held by make -j8 (pid 4242, ann) for 2m13s`, or what is known of it. We are
/// named ourselves, as one who holds its descriptor, if nobody else is.
pub(crate) fn held_by(report: &Report) -> Option<String> {
    held_by_others(report, process::id())
}

fn held_by_others(report: &Report, own: u32) -> Option<String> {
    let (ours, theirs): (Vec<_>, Vec<_>) =
        report.holders.iter().partition(|holder| holder.processes.contains(&own));
    let (first, others) = if theirs.is_empty() { &ours } else { &theirs }.split_first()?;
    let more = match others.len() {
        0 => String::new(),
        1 => " and 1 other".to_owned(),
        many => format!(" and {many} others"),
    };
    Some(match first.pid {
        Some(pid) => {
            let (command, identity) = (command(first), identity(pid, first));
            format!("held by {command} ({identity}){more}{}{}", since(first.since), removed(report))
        }
        None => format!("held, holder not visible{more}{}", removed(report)),
    })
}

/// The place of a process among those who wait, from 1 on.
pub(crate) fn place(report: &Report, pid: u32) -> Option<usize> {
    report.waiters.iter().position(|waiter| waiter.pid == Some(pid)).map(|before| before + 1)
}

/// What is known of the lock at this path.
pub(crate) fn look(path: &Path) -> Option<Report> {
    holders(path).ok()
}

/// A file that is held although it is not there.
fn removed(report: &Report) -> &'static str {
    let is_missing = |path: &PathBuf| path.metadata().is_err_and(|error| error.kind() == NotFound);
    if report.path.as_ref().is_some_and(is_missing) { " (its file was removed)" } else { "" }
}

fn command(holder: &Holder) -> String {
    holder.command.as_deref().map_or_else(|| "a process".to_owned(), in_brief)
}

fn identity(pid: u32, holder: &Holder) -> String {
    holder.user.as_ref().map_or_else(|| format!("pid {pid}"), |user| format!("pid {pid}, {user}"))
}

fn since(since: Option<SystemTime>) -> String {
    elapsed(since).map(|time| format!(" for {time}")).unwrap_or_default()
}

/// How long ago that was, in whole seconds: `2m13s`.
pub(crate) fn elapsed(since: Option<SystemTime>) -> Option<String> {
    let elapsed = SystemTime::now().duration_since(since?).ok()?;
    Some(short(Duration::from_secs(elapsed.as_secs())))
}

/// `2m13s`, without humantime's blanks.
fn short(time: Duration) -> String {
    humantime::format_duration(time).to_string().replace(' ', "")
}

/// One line, even without a terminal, of a wait that may be a deadlock.
pub(super) fn report_doubt(lock: &Path, above: &Ancestor) {
    let held = held_by_ancestor(above);
    report(&format!("{}: {held}, which may be waiting for us; see --nested", lock.display()));
}
