//! Why a trial failed, and what to do about it.

use std::io;

use super::finding::Finding;
use crate::cmd::message::word;

/// Why a trial failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// The file system granted a lock that it must refuse, or refused one that it must grant.
    Broken(String),
    /// A waiter still sleeps although the lock is free.
    NotWoken,
    /// A lock call failed.
    Failed(io::Error),
    /// Another call that the trial needs failed.
    NotTried(&'static str, io::Error),
    /// A limit of some file systems that fasten can live with.
    Limit(&'static str),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl Fault {
    pub(super) fn cannot_open(error: io::Error) -> Self {
        Self::NotTried("opening the file again", error)
    }

    /// The report's line on the trial of this name, on a file system of this kind.
    pub(super) fn finding(&self, trial: &str, kind: &str) -> Finding {
        let what = match self {
            Self::Broken(what) => what.clone(),
            Self::NotWoken => "waiters are not woken when the lock is released".to_owned(),
            Self::Failed(error) => word(error),
            Self::NotTried(doing, error) => format!("not tried: {doing}: {}", word(error)),
            Self::Limit(what) => return Finding::note(*what),
        };
        Finding::wrong(format!("{trial}: {what}; {}", self.remedy(kind)))
    }

    fn remedy(&self, kind: &str) -> &'static str {
        let number = if let Self::Failed(error) = self { error.raw_os_error() } else { None };
        match (self, number, kind) {
            (Self::NotTried(..), ..) => "try again when that is possible",
            (Self::Broken(_), _, "9p") => "mount it with version=9p2000.L",
            (Self::NotWoken, _, "nfs") => {
                "let the server reach this machine's lockd (firewall), or mount with vers=4"
            }
            (_, Some(libc::ENOLCK), "nfs") => "start rpc.statd on this machine, or mount with vers=4",
            (_, Some(libc::ENOSYS | libc::EOPNOTSUPP), "lustre") => "mount it with flock",
            _ => "lock on another file system",
        }
    }
}
