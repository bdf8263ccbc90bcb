//! The status for people: each lock with its state, and a line for each process.
//!
//!     build.lock: write
//!       holds    4242 ann       2m13s  write  make -j8
//!       waits 1  4250 bob         10s  read   ./report

use std::ffi::OsString;
use std::time::SystemTime;

use fasten::holders::{Report, State};
use fasten::{Family, Mode};

use super::json::{family, mode};
use crate::cmd::colour::{GREEN, MAGENTA, Paint, RED, YELLOW};
use crate::cmd::describe::elapsed;
use crate::cmd::message::printable;
use crate::cmd::sys::streams;

/// All reports; at a terminal in colour, and cut to its width.
pub(super) fn of(reports: &[Report], at_terminal: bool) -> String {
    let style = Style::new(at_terminal);
    reports.iter().map(|report| one(report, &style)).collect()
}

fn one(report: &Report, style: &Style) -> String {
    let name = report.path.as_ref().map(|path| path.to_string_lossy().into_owned());
    let name = printable(&name.unwrap_or_else(|| "a file that cannot be seen".to_owned()));
    let mut text = format!("{name}: {}\n", style.painted(report.state));
    for holder in &report.holders {
        let row = Row {
            role: "holds".to_owned(),
            pid: holder.pid,
            user: holder.user.as_deref(),
            since: holder.since,
            kind: kind(holder.mode, holder.family),
            command: holder.command.as_ref(),
        };
        text.push_str(&style.fitted(&row.line()));
    }
    for (before, waiter) in report.waiters.iter().enumerate() {
        let row = Row {
            role: format!("waits {}", before + 1),
            pid: waiter.pid,
            user: waiter.user.as_deref(),
            since: waiter.since,
            kind: kind(waiter.mode, waiter.family),
            command: waiter.command.as_ref(),
        };
        text.push_str(&style.fitted(&row.line()));
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

struct Row<'a> {
    role: String,
    pid: Option<u32>,
    user: Option<&'a str>,
    since: Option<SystemTime>,
    kind: String,
    command: Option<&'a OsString>,
}

impl Row<'_> {
    fn line(&self) -> String {
        let Some(pid) = self.pid else {
            return format!("  {:<7} {}, holder not visible from here", self.role, self.kind);
        };
        let user = printable(self.user.unwrap_or("-"));
        let time = elapsed(self.since).unwrap_or_else(|| "-".to_owned());
        let command = self.command.map(|words| words.to_string_lossy()).unwrap_or_default();
        format!("  {:<7} {pid:>7} {user:<8} {time:>8}  {:<5}  {}", self.role, self.kind, printable(&command))
    }
}

struct Style {
    paint: Paint,
    width: usize,
}

impl Style {
    fn new(at_terminal: bool) -> Self {
        let width = if at_terminal { streams::terminal_width() } else { usize::MAX };
        Self { paint: Paint::new(at_terminal), width }
    }

    fn painted(&self, state: State) -> String {
        let colour = match state {
            State::Free => GREEN,
            State::Shared => YELLOW,
            State::Exclusive => RED,
            _ => MAGENTA,
        };
        self.paint.words(colour, super::word(state))
    }

    fn fitted(&self, line: &str) -> String {
        line.chars().take(self.width).chain(['\n']).collect()
    }
}
