//! What `exclusive`, `read` or `write` is to do: what to lock, how to wait for it, what to run.

use std::os::fd::RawFd;
use std::path::PathBuf;
use std::time::Duration;

use fasten::{
    Family, InterProcessLock, InterProcessReaderWriterLock, InterProcessSemaphore, LockOptions, LockRequest,
    Mode, Nested, Preference, Wait,
};

use super::args::{ExclusiveArgs, LockArgs, SlotArgs, SlotCounts, WriteArgs};
use super::describe;
use super::lock_directory::{NoDirectory, Purpose};
use super::lock_name::LockPlace;
use super::option_values::{OnDeadlock, Prefer};
use super::progress::Verbosity;
use super::run::{Lifetime, Program};
use super::sys::umask::UmaskAside;

/// A validated call, without contradictions.
#[derive(Debug)]
pub(crate) struct Job {
    pub(super) target: Target,
    pub(super) lock_type: LockType,
    pub(super) options: LockOptions,
    mode: Option<u32>,
    waiting: Wait<'static>,
    pub(super) program: Option<Program>,
    pub(super) lifetime: Lifetime,
    pub(super) conflict: u8,
    pub(super) verbosity: Verbosity,
}

/// What to lock.
#[derive(Debug)]
pub(super) enum Target {
    Locks(Vec<PathBuf>),
    Descriptor(RawFd),
}

/// Which lock to take on it.
#[derive(Debug, Clone, Copy)]
pub(super) enum LockType {
    Exclusive,
    Reader,
    Writer(Preference),
    /// So many of so many slots.
    Slots {
        take: u32,
        of: u32,
    },
}

impl Job {
    /// A plain mutex, the same lock that flock(1) takes.
    pub(crate) fn exclusive(arguments: ExclusiveArgs) -> Self {
        Self::new(arguments.lock, LockType::Exclusive).coalescing(arguments.coalescing.coalesce)
    }

    /// A lock that readers share.
    pub(crate) fn read(arguments: LockArgs) -> Self {
        Self::new(arguments, LockType::Reader)
    }

    /// An exclusive lock that takes turns with readers.
    pub(crate) fn write(arguments: WriteArgs) -> Self {
        let preference = match arguments.prefer {
            Prefer::Fair => Preference::PhaseFair,
            Prefer::Reader => Preference::Reader,
            Prefer::Writer => Preference::Writer,
        };
        Self::new(arguments.lock, LockType::Writer(preference)).coalescing(arguments.coalescing.coalesce)
    }

    fn coalescing(self, coalesce: bool) -> Self {
        Self { options: self.options.coalesce(coalesce), ..self }
    }

    /// A slot of a lock that has several.
    pub(crate) fn slot(arguments: SlotArgs) -> Self {
        let SlotCounts { jobs, take } = arguments.counts;
        Self::new(arguments.lock, LockType::Slots { take, of: jobs })
    }

    fn new(arguments: LockArgs, lock_type: LockType) -> Self {
        Self {
            options: LockOptions::new()
                .family(if arguments.fcntl { Family::Fcntl } else { Family::Flock })
                .preference(lock_type.preference())
                .create(!arguments.no_create)
                .nested(match arguments.nested {
                    OnDeadlock::Refuse => Nested::Refuse,
                    OnDeadlock::Join => Nested::Join,
                    OnDeadlock::Wait => Nested::Wait,
                }),
            waiting: match (arguments.nonblock, arguments.timeout) {
                (true, _) | (_, Some(Duration::ZERO)) => Wait::never(),
                (_, Some(limit)) => Wait::at_most(limit),
                (_, None) => Wait::forever(),
            },
            target: match arguments.fd.first() {
                Some(&number) => Target::Descriptor(number),
                None => Target::Locks(arguments.locks),
            },
            mode: arguments.mode,
            lock_type,
            program: match arguments.command_string {
                Some(string) => Some(Program::shell(string)),
                None if arguments.command.is_empty() => None,
                None => Some(Program::new(arguments.command)),
            },
            lifetime: match (arguments.no_fork, arguments.close, arguments.linger) {
                (true, _, _) => Lifetime::InPlace,
                (_, true, _) => Lifetime::Wrapper,
                (_, _, true) => Lifetime::LastInheritor,
                _ => Lifetime::Command,
            },
            conflict: arguments.conflict_exit_code,
            verbosity: match (arguments.quiet, arguments.verbose) {
                (true, _) => Verbosity::Quiet,
                (_, true) => Verbosity::Verbose,
                _ => Verbosity::Normal,
            },
        }
    }

    /// How to wait; a wait that may be a deadlock is reported.
    pub(super) fn waiting(&self) -> Wait<'static> {
        if self.verbosity == Verbosity::Quiet {
            self.waiting
        } else {
            self.waiting.on_doubt(describe::report_doubt)
        }
    }

    /// Whether an inherited lock would be joined.
    pub(super) fn joins(&self) -> bool {
        self.options.get_nested() == Nested::Join
    }

    /// Where the locks are. The directory of a name is created, if locks are.
    pub(super) fn find(&self, locks: &[PathBuf]) -> Result<Vec<LockPlace>, NoDirectory> {
        let purpose = if self.options.get_create() { Purpose::Create } else { Purpose::Open };
        locks.iter().map(|lock| LockPlace::find(lock, purpose)).collect()
    }

    /// Sets the umask aside if one of these files is to be created with exact permissions.
    pub(super) fn umask_aside(&self, places: &[LockPlace]) -> Option<UmaskAside> {
        (self.mode.is_some() || places.iter().any(LockPlace::has_name)).then(UmaskAside::new)
    }

    /// The request for one of the locks, while the umask is set aside or is not.
    pub(super) fn request(&self, place: &LockPlace, aside: Option<&UmaskAside>) -> LockRequest {
        let default = self.options.get_permissions();
        let default = aside.map_or(default, |aside| aside.applied_to(default));
        let permissions = self.mode.or(place.permissions).unwrap_or(default);
        let options = self.options.permissions(permissions).plain_file(place.has_name());
        let read_write = || InterProcessReaderWriterLock::with_options(&place.path, options);
        match self.lock_type {
            LockType::Exclusive => InterProcessLock::with_options(&place.path, options).request(),
            LockType::Reader => read_write().read_request(),
            LockType::Writer(_) => read_write().write_request(),
            LockType::Slots { take, of } => {
                InterProcessSemaphore::with_options(&place.path, of, options).request(take)
            }
        }
    }
}

impl LockType {
    pub(super) fn mode(self) -> Mode {
        match self {
            Self::Reader | Self::Slots { .. } => Mode::Shared,
            Self::Exclusive | Self::Writer(_) => Mode::Exclusive,
        }
    }

    fn preference(self) -> Preference {
        match self {
            Self::Exclusive => Preference::Reader,
            Self::Reader | Self::Slots { .. } => Preference::PhaseFair,
            Self::Writer(preference) => preference,
        }
    }
}
