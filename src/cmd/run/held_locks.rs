//! What a command runs under.

use std::os::fd::{BorrowedFd, RawFd};
use std::path::PathBuf;

use fasten::{DescriptorGuard, Guard, UnfairReason};

/// The locks that are held.
#[derive(Debug)]
pub(crate) enum HeldLocks {
    /// On files that we have opened.
    Files(Vec<Guard>),
    /// On a descriptor of the caller's.
    Descriptor(RawFd, Box<DescriptorGuard>),
}

impl HeldLocks {
    /// The descriptors that we have opened, and that the locks hang on.
    pub(crate) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let beside = match self {
            Self::Files(_) => None,
            Self::Descriptor(_, guard) => guard.descriptor(),
        };
        self.files().iter().filter_map(Guard::descriptor).chain(beside)
    }

    /// The locks that were taken first come, first served, and why.
    pub(crate) fn unfair_reason(&self) -> Vec<(PathBuf, UnfairReason)> {
        match self {
            Self::Files(guards) => guards
                .iter()
                .filter_map(|guard| Some((guard.path().to_owned(), guard.unfair_reason()?)))
                .collect(),
            Self::Descriptor(number, guard) => guard
                .unfair_reason()
                .map(|why| (format!("/dev/fd/{number}").into(), why))
                .into_iter()
                .collect(),
        }
    }

    /// A command is about to run under them, beside others that have the same descriptor.
    pub(crate) fn share(&mut self) {
        if let Self::Descriptor(_, guard) = self {
            guard.share();
        }
    }

    /// This process is about to become the command.
    pub(crate) fn leave_gates(&mut self) {
        match self {
            Self::Files(guards) => guards.iter().for_each(Guard::leave_gates),
            Self::Descriptor(_, guard) => guard.leave_gates(),
        }
    }

    /// Leaves them to whoever has their descriptors.
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
