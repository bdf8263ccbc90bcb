//! The holders of a lock in a few words, for refusals and for the waiting line.
//!
//! They are looked up only when a process is refused or waits; otherwise this costs nothing.

use std::io::ErrorKind::NotFound;
use std::path::{Path, PathBuf};
use std::process;
use std::time::{Duration, Instant, SystemTime};

use fasten::holders::{Ancestor, Holder, Report, State, lineage, of as holders, own_pid, search};
use fasten::{Family, Mode, held_by as held_by_ancestor};

use crate::cmd::lock_name::shown;
use crate::cmd::message::{printable, report};
use crate::cmd::sys::helper::{Helper, first_answer};

/// A refusal is delayed by this at most, to name the holder; a busy machine may take 10 ms to wake
/// us from it.
pub(crate) const AT_ONCE: Duration = Duration::from_millis(5);
/// The same after a wait.
pub(crate) const AFTER_A_WAIT: Duration = Duration::from_millis(50);
/// After this time the holder is also looked for without the kernel's table.
const TABLE_PATIENCE: Duration = Duration::from_millis(1);

/// `held by make -j8 (pid 4242, ann) for 2m13s`, or what is known of it. If nobody else holds the
/// lock, this process is named: it has a descriptor of it.
pub(crate) fn held_by(report: &Report) -> Option<String> {
    held_by_others(report, process::id())
}

/// A holder, named without a delay.
#[derive(Debug)]
pub(crate) struct NamedHolder {
    pub(crate) words: String,
    /// How an ancestor of this process holds the lock, if this process can run under it.
    pub(crate) above: Option<Above>,
}

/// How an ancestor holds a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Above {
    Exclusively,
    InSlots,
}

/// The same without a delay: a refusal may not take long.
///
/// After a while without readers, the kernel lets the first reader of its table of locks wait for
/// all processors, 8 to 30 ms, and a process in that call cannot even exit. So a copy of this
/// process asks; and if the table takes its time, a second copy looks for the lock in every
/// process.
pub(crate) fn held_by_at_once(path: &Path, family: Family, patience: Duration) -> Option<NamedHolder> {
    let (asked, own) = (Instant::now(), process::id());
    let (path, lineage) = (&as_others_reach_it(path), &lineage(own));
    let answer = |report: Option<Report>| {
        let report = report?;
        let words = printable(&held_by_others(&report, own)?);
        Some(format!("{}{words}", mark(held_above(&report, family, lineage))))
    };
    let ask = |look: fn(&Path) -> Option<Report>| Helper::ask(|| answer(look(path)).unwrap_or_default());
    let mut helpers = vec![ask(look).ok()?];
    let mut named = first_answer(&mut helpers, asked + TABLE_PATIENCE);
    if named.is_none() && !helpers.is_empty() {
        helpers.extend(ask(|path| search(path).ok()));
        named = first_answer(&mut helpers, asked + patience);
    }
    let named = named?;
    let mut words = named.chars();
    let mark_found = words.next()?;
    let above =
        [Above::Exclusively, Above::InSlots].into_iter().find(|&above| mark(Some(above)) == mark_found);
    Some(NamedHolder { words: words.collect(), above })
}

/// What an answer of a helper begins with.
fn mark(above: Option<Above>) -> char {
    match above {
        Some(Above::Exclusively) => '^',
        Some(Above::InSlots) => '%',
        None => '-',
    }
}

fn held_above(report: &Report, family: Family, lineage: &[u32]) -> Option<Above> {
    let is_above = |holder: &&Holder| {
        holder.family == family && holder.processes.iter().any(|pid| lineage.contains(pid))
    };
    report.holders.iter().filter(is_above).find_map(|holder| match holder.mode {
        Mode::Exclusive => Some(Above::Exclusively),
        Mode::Shared => (!holder.slots.is_empty()).then_some(Above::InSlots),
    })
}

/// The path of a descriptor of ours, for another process.
fn as_others_reach_it(path: &Path) -> PathBuf {
    match (path.strip_prefix("/dev/fd"), own_pid()) {
        (Ok(number), Ok(own)) => Path::new("/proc").join(own.to_string()).join("fd").join(number),
        _ => path.to_owned(),
    }
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
    let taken = report.slots.filter(|_| report.state == State::Shared);
    let taken = taken.map(|slots| format!("{} of {} slots taken, ", slots.taken, slots.count));
    let taken = taken.unwrap_or_default();
    Some(match first.pid {
        Some(_) => format!("{taken}held by {first}{more}{}{}", since(first.since), removed(report)),
        None => format!("held, holder not visible{more}{}", removed(report)),
    })
}

/// The place of a process among the waiters, from 1 on.
pub(crate) fn place(report: &Report, pid: u32) -> Option<usize> {
    report.waiters.iter().position(|waiter| waiter.pid == Some(pid)).map(|before| before + 1)
}

/// What is known of the lock at this path.
pub(crate) fn look(path: &Path) -> Option<Report> {
    holders(path).ok()
}

/// A lock may be held although its file is gone.
fn removed(report: &Report) -> &'static str {
    let is_missing = |path: &PathBuf| path.metadata().is_err_and(|error| error.kind() == NotFound);
    if report.path.as_ref().is_some_and(is_missing) { " (its file was removed)" } else { "" }
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
pub(crate) fn short(time: Duration) -> String {
    humantime::format_duration(time).to_string().replace(' ', "")
}

/// Warns of a wait that may be a deadlock, in one line, even without a terminal.
pub(crate) fn report_doubt(lock: &Path, above: &Ancestor) {
    let held = held_by_ancestor(above);
    report(&format!("{}: {held}, which may be waiting for us; see --nested", shown(lock).display()));
}
