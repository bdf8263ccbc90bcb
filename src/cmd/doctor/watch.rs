//! Watches over the process that examines a directory: it must not hang for
//! ever, and nothing of it may stay, whatever ends it.

use std::path::Path;
use std::time::Duration;

use super::examine::{LOOKING, examine};
use super::finding::Finding;
use super::place::Place;
use super::said::Said;
use crate::cmd::exit::Code;
use crate::cmd::message::word;
use crate::cmd::sys::fork::{Heard, fork};
use crate::cmd::sys::interrupts::HeldBack;

/// A file system that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(10);
const TO_CLEAN_UP: Duration = Duration::from_secs(2);

/// What came of the examination of one directory.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) findings: Vec<Finding>,
    /// Why it could not be examined (to its end), and the code for that.
    pub(super) stopped: Option<(Code, String)>,
}

/// Has a directory examined. A signal that ends us does so after the cleaning.
pub(super) fn examined(directory: &Path) -> Outcome {
    let interrupts = HeldBack::new();
    let place = Place::in_directory(directory);
    let mut outcome = Outcome::default();
    let mut examiner = match fork(|line| examine(directory, &place, line)) {
        Ok(examiner) => examiner,
        Err(error) => {
            outcome.stopped = Some((Code::System, format!("a process cannot be started: {}", word(&error))));
            return outcome;
        }
    };
    let mut doing = LOOKING.to_owned();
    let is_over = loop {
        match examiner.line.hear(PATIENCE, || !interrupts.arrived()) {
            Heard::Words(line) => match Said::decoded(&line) {
                Some(Said::Trying(what)) => doing = what,
                Some(Said::Found(finding)) => outcome.findings.push(finding),
                Some(Said::Cannot(code, why)) => {
                    outcome.stopped = Some((code, why));
                    break true;
                }
                Some(Said::Done) => break true,
                None => {}
            },
            Heard::Nothing if interrupts.arrived() => {
                outcome.stopped = Some((Code::System, "interrupted".to_owned()));
                break false;
            }
            Heard::Nothing => {
                outcome.findings.push(hangs(&doing));
                break false;
            }
            Heard::End => {
                outcome.findings.push(died(&doing));
                break false;
            }
        }
    };
    examiner.abandon();
    if !is_over && doing != LOOKING {
        outcome.findings.extend(clean_up(&place));
    }
    drop(interrupts);
    outcome
}

fn hangs(doing: &str) -> Finding {
    let seconds = PATIENCE.as_secs();
    Finding::wrong(format!(
        "{doing}: no answer within {seconds} s; see that the server is up, or mount it anew"
    ))
}

fn died(doing: &str) -> Finding {
    Finding::wrong(format!("{doing}: the process that tried it was killed; try again"))
}

/// Removes what the examining process could not; in a process, because that may
/// hang too.
fn clean_up(place: &Place) -> Option<Finding> {
    let removed = fork(|mut line| {
        if place.remove().is_ok() {
            let _ = line.say("removed");
        }
    });
    let done = removed.is_ok_and(|mut cleaner| {
        let said = cleaner.line.hear(TO_CLEAN_UP, || true);
        cleaner.abandon();
        said == Heard::Words("removed".to_owned())
    });
    let left = || format!("{} may be left behind; remove it when that is possible", place.file().display());
    (!done).then(|| Finding::wrong(left()))
}
