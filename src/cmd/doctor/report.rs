//! The findings for people: the directory and the sum of it, and a line for
//! each.
//!
//!     /srv/locks: 1 problem
//!       ok     on nfs4 at /srv
//!       wrong  local_lock=flock: flock locks are seen by this machine only; ...

use std::path::Path;

use super::finding::{Finding, Mark};
use crate::cmd::colour::{GREEN, Paint, RED, YELLOW};
use crate::cmd::message::printable;

/// The report on one directory; nothing if only what is wrong is wanted, and
/// nothing is.
pub(super) fn of(directory: &Path, findings: &[Finding], quiet: bool, paint: Paint) -> String {
    let wrong = findings.iter().filter(|finding| finding.mark == Mark::Wrong).count();
    let sum = match wrong {
        0 if quiet => return String::new(),
        0 => paint.words(GREEN, "locks work"),
        1 => paint.words(RED, "1 problem"),
        many => paint.words(RED, &format!("{many} problems")),
    };
    let shown = findings.iter().filter(|finding| !quiet || finding.mark == Mark::Wrong);
    let lines = shown.map(|finding| {
        let mark = format!("{:<5}", finding.mark.word());
        format!("  {}  {}\n", paint.words(colour(finding.mark), &mark), printable(&finding.text))
    });
    format!("{}: {sum}\n{}", printable(&directory.to_string_lossy()), lines.collect::<String>())
}

fn colour(mark: Mark) -> u8 {
    match mark {
        Mark::Ok => GREEN,
        Mark::Note => YELLOW,
        Mark::Wrong => RED,
    }
}
