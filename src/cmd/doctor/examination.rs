//! The examination of one directory. A second process, the examiner, uses the file system and may
//! hang. This process does not touch the file system: it watches over the examiner and cleans up
//! after it.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

use fasten::holders::file_system::FileSystem;

use super::finding::{self, Finding, Mark};
use super::protocol::{Listener, Message};
use super::scratch::Scratch;
use super::trials;
use crate::cmd::exit::Code;
use crate::cmd::message::word;
use crate::cmd::sys::forked::{Forked, lead_group};
use crate::cmd::sys::signals::Signals;

/// An examiner that is silent for this time hangs.
const PATIENCE: Duration = Duration::from_secs(10);
const TO_CLEAN_UP: Duration = Duration::from_secs(2);

/// What the examiner does first, before it makes a file.
const FIRST: &str = "examining it";

/// The findings in a directory. A signal that would end this process does so after the cleaning.
pub(super) fn of(directory: &Path) -> Vec<Finding> {
    let signals = Signals::block();
    let findings = watch(directory, &signals);
    signals.unblock();
    findings
}

fn watch(directory: &Path, signals: &Signals) -> Vec<Finding> {
    let scratch = Scratch::new_in(directory);
    let examiner = Forked::start(|channel| {
        lead_group();
        let mut listener = Listener(channel);
        let _ = examine(directory, &scratch, &mut listener).and_then(|()| listener.done());
    });
    let mut examiner = match examiner {
        Ok(examiner) => examiner,
        Err(error) => {
            return vec![stopped(Code::System, format!("a process cannot be started: {}", word(&error)))];
        }
    };
    let mut findings = Vec::new();
    let mut trying = None;
    let cut_short = loop {
        match examiner.channel.receive(PATIENCE, || signals.arrived().is_some()) {
            Ok(line) => match Message::parse(&line) {
                Some(Message::Trying(what)) => trying = Some(what),
                Some(Message::Found(finding)) => findings.push(finding),
                Some(Message::Done) => break None,
                None => {}
            },
            Err(error) => break Some(error.kind()),
        }
    };
    examiner.abandon();
    if let Some(kind) = cut_short {
        let doing = trying.as_deref().unwrap_or(FIRST);
        findings.push(match kind {
            ErrorKind::Interrupted => stopped(Code::System, "interrupted"),
            ErrorKind::TimedOut => Finding::wrong(format!(
                "{doing}: no answer within {} s; check that the server is up, or remount",
                PATIENCE.as_secs()
            )),
            _ => Finding::wrong(format!("{doing}: the process that tried it was killed; try again")),
        });
        // While the examiner was looking, it made no file.
        if trying.is_some() {
            findings.extend(clean_up(&scratch));
        }
    }
    findings
}

/// Removes the examiner's files, in a third process, because that may hang too.
fn clean_up(scratch: &Scratch) -> Option<Finding> {
    let cleaner = Forked::start(|mut channel| {
        if scratch.remove().is_ok() {
            let _ = channel.send("removed");
        }
    });
    let is_clean = cleaner.is_ok_and(|mut cleaner| {
        let answer = cleaner.channel.receive(TO_CLEAN_UP, || false);
        cleaner.abandon();
        answer.is_ok()
    });
    let left = || format!("{} may be left behind; remove it when that is possible", scratch.file.display());
    (!is_clean).then(|| Finding::wrong(left()))
}

/// The examiner's work.
fn examine(directory: &Path, scratch: &Scratch, listener: &mut Listener) -> io::Result<()> {
    let metadata = match fs::metadata(directory) {
        Ok(metadata) if metadata.is_dir() => metadata,
        failed => return listener.found(&not_a_directory(failed.err())),
    };
    listener.trying("making a file in it")?;
    let system = match scratch.create() {
        Ok(file) => FileSystem::of(file),
        Err(error) => return listener.found(&cannot_create(&error)),
    };
    let mut seen = finding::of_mount(&system).into_iter().chain(finding::of_sticky(&metadata));
    let result = seen
        .try_for_each(|finding| listener.found(&finding))
        .and_then(|()| trials::run_all(scratch, &system.kind.unwrap_or_default(), listener));
    let _ = scratch.remove();
    result
}

fn not_a_directory(error: Option<io::Error>) -> Finding {
    let why = error.map_or_else(
        || "not a directory; give the directory that contains it".to_owned(),
        |error| format!("cannot be examined: {}; give a directory", word(&error)),
    );
    stopped(Code::CannotOpen, why)
}

fn cannot_create(error: &io::Error) -> Finding {
    let code = match error.raw_os_error() {
        Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM) => Code::System,
        _ => Code::CannotCreate,
    };
    let remedy = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room",
        _ => "give a writable directory",
    };
    stopped(code, format!("no file can be created in it: {}; {remedy}", word(error)))
}

fn stopped(code: Code, why: impl Into<String>) -> Finding {
    Finding { mark: Mark::Stopped(code.number()), text: why.into() }
}
