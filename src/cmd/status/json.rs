//! The status for programs. Its form does not change between versions; the manual describes it.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::time::SystemTime;

use fasten::holders::{Holder, Report, Waiter};
use fasten::{Family, Mode};
use serde_json::{Value, json};

use crate::cmd::lock_name::name_of;
use crate::cmd::message::is_treacherous;

/// One document with a line end.
pub(super) fn document(reports: &[Report]) -> String {
    let locks: Vec<Value> = reports.iter().map(lock).collect();
    format!("{}\n", for_a_terminal(&json!({ "locks": locks }).to_string()))
}

/// The same document without characters that confuse a terminal. They occur in strings only, where
/// JSON's escape stands for the same character.
fn for_a_terminal(document: &str) -> String {
    document.chars().fold(String::new(), |mut line, letter| {
        if is_treacherous(letter) {
            let _ = write!(line, "\\u{:04x}", u32::from(letter));
        } else {
            line.push(letter);
        }
        line
    })
}

/// Only a lock that has a name has the key for it.
fn lock(report: &Report) -> Value {
    let mut lock = json!({
        "path": report.path.as_ref().map(|path| path.to_string_lossy()),
        "state": super::word(report),
        "holders": report.holders.iter().map(holder).collect::<Vec<_>>(),
        "waiters": report.waiters.iter().map(waiter).collect::<Vec<_>>(),
        "slots": report.slots.map(|slots| json!({ "count": slots.count, "taken": slots.taken })),
    });
    if let Some(name) = report.path.as_deref().and_then(name_of) {
        lock["name"] = name.into();
    }
    lock
}

fn holder(holder: &Holder) -> Value {
    json!({
        "pid": holder.pid,
        "user": holder.user,
        "command": text(holder.command.as_ref()),
        "mode": mode(holder.mode),
        "family": family(holder.family),
        "since": time(holder.since),
        "processes": holder.processes,
        "slot": holder.slots.first(),
        "slots": holder.slots,
    })
}

fn waiter(waiter: &Waiter) -> Value {
    json!({
        "pid": waiter.pid,
        "user": waiter.user,
        "command": text(waiter.command.as_ref()),
        "mode": mode(waiter.mode),
        "family": family(waiter.family),
        "since": time(waiter.since),
        "for_slots": waiter.for_slots,
    })
}

fn text(words: Option<&OsString>) -> Option<String> {
    words.map(|words| words.to_string_lossy().into_owned())
}

fn time(since: Option<SystemTime>) -> Option<String> {
    since.map(|since| humantime::format_rfc3339_seconds(since).to_string())
}

pub(super) fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Shared => "read",
        Mode::Exclusive => "write",
    }
}

pub(super) fn family(family: Family) -> &'static str {
    match family {
        Family::Flock => "flock",
        Family::Fcntl => "fcntl",
    }
}
