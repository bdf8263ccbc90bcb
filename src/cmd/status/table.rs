//! The status for people: each lock with its state, and a line for each process.
//!
//!     build.lock: write
//!       holds    4242 ann       2m13s  write  make -j8
//!       waits 1  4250 bob         10s  read   ./report
//!
//! At a narrow terminal the command has a line of its own.

use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::time::SystemTime;

use fasten::holders::{Holder, Report, SlotCount, State};
use fasten::{Family, Mode};

use super::json::{family, mode};
use crate::cmd::colour::{GREEN, MAGENTA, Paint, RED, YELLOW};
use crate::cmd::describe::elapsed;
use crate::cmd::lock_name::shown;
use crate::cmd::message::printable;
use crate::cmd::option_values::Color;
use crate::cmd::sys::streams::{Stream, terminal_size};

/// All reports; at a terminal in colour, and cut to its width.
pub(super) fn of(reports: &[Report], style: &Style) -> String {
    if reports.is_empty() {
        return "no locks\n".to_owned();
    }
    reports.iter().map(|report| one(report, style)).collect()
}

fn one(report: &Report, style: &Style) -> String {
    let name = report.path.as_ref().map(|path| shown(path).to_string_lossy().into_owned());
    let name = printable(&name.unwrap_or_else(|| "a file that cannot be seen".to_owned()));
    let is_missing = report.state == State::Free && report.file.is_none();
    let missing = if is_missing { " (does not exist)" } else { "" };
    let taken = |slots: SlotCount| format!(", {} of {} taken", slots.taken, slots.count);
    let taken = report.slots.map(taken).unwrap_or_default();
    let mut text = format!("{name}: {}{taken}{missing}\n", style.painted(report));
    for holder in &report.holders {
        let row = Row {
            role: "holds".to_owned(),
            pid: holder.pid,
            user: holder.user.as_deref(),
            since: holder.since,
            kind: kind_of(holder),
            command: holder.command.as_ref(),
        };
        text.push_str(&row.lines(style));
    }
    for (before, waiter) in report.waiters.iter().enumerate() {
        let row = Row {
            role: format!("waits {}", before + 1),
            pid: waiter.pid,
            user: waiter.user.as_deref(),
            since: waiter.since,
            kind: if waiter.for_slots { "slot".to_owned() } else { kind(waiter.mode, waiter.family) },
            command: waiter.command.as_ref(),
        };
        text.push_str(&row.lines(style));
    }
    text
}

/// Nearly all locks are flock locks; only the other family is mentioned.
fn kind(of: Mode, with: Family) -> String {
    match with {
        Family::Flock => mode(of).to_owned(),
        Family::Fcntl => format!("{} {}", mode(of), family(with)),
    }
}

/// With the numbers of its slots, `slot 0,1`, or with the bytes that other programs lock: `write fcntl 0-99, 512-`.
fn kind_of(holder: &Holder) -> String {
    const MOST: usize = 3;
    if !holder.slots.is_empty() {
        let numbers = holder.slots.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        return format!("slot {numbers}");
    }
    let range = |range: &RangeInclusive<u64>| match (*range.start(), *range.end()) {
        (first, u64::MAX) => format!("{first}-"),
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}-{last}"),
    };
    let ranges: Vec<String> = holder.ranges.iter().take(MOST).map(range).collect();
    let more = if holder.ranges.len() > MOST { ", ..." } else { "" };
    let blank = if ranges.is_empty() { "" } else { " " };
    format!("{}{blank}{}{more}", kind(holder.mode, holder.family), ranges.join(", "))
}

struct Row<'a> {
    role: String,
    pid: Option<u32>,
    user: Option<&'a str>,
    since: Option<SystemTime>,
    kind: String,
    command: Option<&'a OsString>,
}

impl Row<'_> {
    fn lines(&self, style: &Style) -> String {
        let Some(pid) = self.pid else {
            return style.fitted(&format!("  {:<7} {}, holder not visible from here", self.role, self.kind));
        };
        let (role, kind) = (&self.role, &self.kind);
        let user = printable(self.user.unwrap_or("-"));
        let time = elapsed(self.since).unwrap_or_else(|| "-".to_owned());
        let command = self.command.map(|words| words.to_string_lossy()).unwrap_or_default();
        let command = printable(&command);
        if style.is_narrow() {
            let about = style.fitted(&format!("  {role} {pid} {user} {time} {kind}"));
            return about + &style.fitted(&format!("    {command}"));
        }
        style.fitted(&format!("  {role:<7} {pid:>7} {user:<8} {time:>8}  {kind:<5}  {command}"))
    }
}

/// How the table is to look.
#[derive(Debug)]
pub(super) struct Style {
    paint: Paint,
    width: usize,
}

impl Style {
    pub(super) fn new(color: Color, at_terminal: bool) -> Self {
        let width = if at_terminal { terminal_size(Stream::Output).0 } else { usize::MAX };
        Self { paint: Paint::new(color, at_terminal), width }
    }

    /// The columns before the command take 44.
    fn is_narrow(&self) -> bool {
        self.width < 70
    }

    fn painted(&self, report: &Report) -> String {
        let colour = match report.state {
            State::Free => GREEN,
            State::Shared => YELLOW,
            State::Exclusive => RED,
            _ => MAGENTA,
        };
        self.paint.words(colour, super::word(report))
    }

    fn fitted(&self, line: &str) -> String {
        line.chars().take(self.width).chain(['\n']).collect()
    }
}
