//! Why a trial failed, and what to do about it.

use std::io;

use super::finding::Finding;
use crate::cmd::message::word;

const ELSEWHERE: &str = "lock on another file system";

/// Why a trial failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// The file system granted or refused what it must not.
    Broken(String),
    /// Who waits sleeps on though the lock is free.
    NotWoken,
    /// A lock call failed.
    Failed(io::Error),
    /// Something else failed that the trial needs.
    Means(&'static str, io::Error),
    /// It is as some file systems are, and fasten can live with it.
    Limit(&'static str),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl Fault {
    /// As a line of the report on the trial of this name.
    pub(super) fn finding(&self, trial: &str, kind: &str) -> Finding {
        match self {
            Self::Broken(what) => {
                let remedy = if kind == "9p" { "mount it with version=9p2000.L" } else { ELSEWHERE };
                Finding::wrong(format!("{trial}: {what}; {remedy}"))
            }
            Self::NotWoken => {
                let remedy = match kind {
                    "nfs" => "let the server reach this machine's lockd (firewall), or mount with vers=4",
                    _ => ELSEWHERE,
                };
                Finding::wrong(format!("{trial}: who waits sleeps on when the lock is free; {remedy}"))
            }
            Self::Failed(error) => {
                Finding::wrong(format!("{trial}: {}; {}", word(error), remedy(error, kind)))
            }
            Self::Means(doing, error) => Finding::wrong(format!(
                "{trial}: not tried: {doing}: {}; try again when that is possible",
                word(error)
            )),
            Self::Limit(what) => Finding::note(*what),
        }
    }
}

fn remedy(error: &io::Error, kind: &str) -> &'static str {
    match (error.raw_os_error(), kind) {
        (Some(libc::ENOLCK), "nfs") => "start rpc.statd on this machine, or mount with vers=4",
        (Some(libc::ENOSYS | libc::EOPNOTSUPP), "lustre") => "mount it with flock",
        _ => ELSEWHERE,
    }
}
