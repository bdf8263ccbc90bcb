//! The locks that a command runs under, whether on files or on a descriptor.

use std::os::fd::{BorrowedFd, RawFd};
use std::path::PathBuf;

use fasten::holders::sharers;
use fasten::{DescriptorGuard, Guard, UnfairReason};

/// Locks that are held.
#[derive(Debug)]
pub(crate) enum HeldLocks {
    /// On files that fasten has opened.
    Files(Vec<Guard>),
    /// On a descriptor that the caller has opened.
    Descriptor(RawFd, Box<DescriptorGuard<'static>>),
}

impl HeldLocks {
    /// The descriptors that fasten has opened and that hold the locks.
    pub(crate) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let other = match self {
            Self::Files(_) => None,
            Self::Descriptor(_, guard) => guard.descriptor(),
        };
        self.files().iter().filter_map(Guard::descriptor).chain(other)
    }

    /// The locks, and whether each is an inherited one that was joined.
    pub(crate) fn paths(&self) -> Vec<(PathBuf, bool)> {
        match self {
            Self::Files(guards) => {
                guards.iter().map(|guard| (guard.path().to_owned(), guard.descriptor().is_none())).collect()
            }
            Self::Descriptor(number, guard) => vec![(path_of(*number), guard.is_joined())],
        }
    }

    /// The slots of each lock, in the order of the LOCKs.
    pub(crate) fn slots(&self) -> Vec<Vec<u32>> {
        self.files().iter().map(Guard::slots).collect()
    }

    /// The other processes that hold the locks which fasten has acquired on files.
    pub(super) fn sharers(&self) -> Vec<u32> {
        self.files().iter().find_map(Guard::descriptor).map(sharers).unwrap_or_default()
    }

    /// The locks that were served first come, first served, and why.
    pub(crate) fn unfair_reason(&self) -> Vec<(PathBuf, UnfairReason)> {
        match self {
            Self::Files(guards) => guards
                .iter()
                .filter_map(|guard| Some((guard.path().to_owned(), guard.unfair_reason()?)))
                .collect(),
            Self::Descriptor(number, guard) => {
                guard.unfair_reason().map(|why| (path_of(*number), why)).into_iter().collect()
            }
        }
    }

    /// The locks whose requests could not be coalesced, and why.
    pub(crate) fn uncoalesced_reason(&self) -> Vec<(PathBuf, UnfairReason)> {
        let reason = |guard: &Guard| Some((guard.path().to_owned(), guard.uncoalesced_reason()?));
        self.files().iter().filter_map(reason).collect()
    }

    /// Prepares for a command under them, beside other processes with the same descriptor.
    pub(crate) fn share(&mut self) {
        if let Self::Descriptor(_, guard) = self {
            guard.share();
        }
    }

    /// Prepares for exec: the command cannot use gates.
    pub(crate) fn leave_gates(&mut self) {
        match self {
            Self::Files(guards) => guards.iter().for_each(Guard::leave_gates),
            Self::Descriptor(_, guard) => guard.leave_gates(),
        }
    }

    /// Leaves them to the processes that have their descriptors.
    pub(crate) fn detach(self) {
        match self {
            Self::Files(guards) => guards.into_iter().for_each(Guard::detach),
            Self::Descriptor(_, guard) => guard.detach(),
        }
    }

    fn files(&self) -> &[Guard] {
        match self {
            Self::Files(guards) => guards,
            Self::Descriptor(..) => &[],
        }
    }
}

fn path_of(number: RawFd) -> PathBuf {
    format!("/dev/fd/{number}").into()
}
