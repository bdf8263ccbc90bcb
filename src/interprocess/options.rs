//! The options of a lock between processes.

use crate::lock::Nested;
use crate::mode::Family;
use crate::thread::Preference;

/// The options of a lock between processes: which of the kernel's two kinds of lock it is, whether
/// readers or writers go first, whether a missing lock file is created, which files may be locks, what
/// to do about a deadlock, and whether one waiting request covers all others.
///
/// Python's fasteners: the arguments of `InterProcessLock` and `InterProcessReaderWriterLock`.
///
/// ```
/// use fasten::{Family, InterProcessLock, LockOptions};
///
/// let options = LockOptions::new().family(Family::Fcntl).permissions(0o600);
/// let lock = InterProcessLock::with_options("/var/tmp/app.lock", options);
/// # drop(lock);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockOptions {
    pub(super) family: Family,
    pub(super) preference: Preference,
    pub(super) nested: Nested,
    pub(super) create: bool,
    pub(super) permissions: u32,
    /// How many slots the lock has, if it is about slots.
    pub(super) slots: Option<u32>,
    pub(super) plain_file: bool,
    pub(super) coalesce: bool,
}

impl LockOptions {
    /// The defaults: flock(2), phase-fair, a missing file is created with permissions 0666 less the
    /// umask, a deadlock is an error, and each request waits for itself.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            family: Family::Flock,
            preference: Preference::PhaseFair,
            nested: Nested::Refuse,
            create: true,
            permissions: 0o666,
            slots: None,
            plain_file: false,
            coalesce: false,
        }
    }

    /// For a lock with so many slots. They are bytes of the file, locked beside a flock(2) lock.
    pub(super) const fn with_slots(self, count: u32) -> Self {
        Self { slots: Some(count), family: Family::Flock, ..self }
    }

    /// Selects which of the kernel's locks to use. The default is [`Family::Flock`], which flock(1)
    /// and cargo use; [`Family::Fcntl`] is that of Python's fasteners. On Linux a lock of one
    /// family does not exclude a lock of the other.
    #[must_use]
    pub const fn family(self, family: Family) -> Self {
        Self { family, ..self }
    }

    /// Selects whether readers or writers go first when both want the same lock. It has no effect
    /// on an [`InterProcessLock`](super::InterProcessLock), which has no readers.
    ///
    /// Between processes, each writer applies the preference of its own lock object, and readers
    /// wait for it accordingly; readers whose lock object has [`Preference::Reader`] pass every
    /// waiting writer. Between the threads of one process, the lock object that used the file first
    /// decides, until no lock object of the process uses the file any more.
    #[must_use]
    pub const fn preference(self, preference: Preference) -> Self {
        Self { preference, ..self }
    }

    /// Selects what to do when a wait certainly never ends. The default is [`Nested::Refuse`].
    #[must_use]
    pub const fn nested(self, nested: Nested) -> Self {
        Self { nested, ..self }
    }

    /// Selects whether a missing lock file is created, which is the default. Its directory is never
    /// created.
    #[must_use]
    pub const fn create(self, create: bool) -> Self {
        Self { create, ..self }
    }

    /// Sets the permissions of a lock file that is created, as for open(2): the umask is
    /// subtracted. The default is 0666. The permissions of an existing file do not change.
    #[must_use]
    pub const fn permissions(self, permissions: u32) -> Self {
        Self { permissions, ..self }
    }

    /// Selects whether the lock must be a plain file that has no other name. The default is `false`.
    /// It is for a lock file in a directory where other users can create files, such as /tmp: what
    /// they put there instead is refused with [`OpenError::NotPlain`](crate::OpenError::NotPlain), be
    /// it a symbolic link, a directory, a device, or a hard link to the file of another lock. A user
    /// who was first to create the file owns it all the same. The idea is that of open(2) with
    /// `O_NOFOLLOW`, which mail programs use in their shared directories.
    #[must_use]
    pub const fn plain_file(self, plain_file: bool) -> Self {
        Self { plain_file, ..self }
    }

    /// Selects whether a request leaves if another one already waits to do the same work: for a
    /// reload, or the rebuild of a cache or an index, whose run covers every request that was made
    /// before it started. The default is `false`.
    ///
    /// An exclusive request with this option acquires the lock if it is free. If the lock is held,
    /// it waits; but if another such request waits already, it fails with [`Error::Covered`]. That
    /// other request acquires the lock after the call has begun. It no longer covers requests from
    /// the moment when it has the lock. If it gives up, is cancelled or is killed before, the
    /// requests that have left are not covered, and the next request waits.
    ///
    /// It counts for [`InterProcessLock`](super::InterProcessLock) and for the writers of an
    /// [`InterProcessReaderWriterLock`](super::InterProcessReaderWriterLock), for the threads of
    /// all processes together; readers and [`DescriptorLock`](super::DescriptorLock) ignore it. In
    /// a [`lock_all`](super::lock_all), one lock that is covered ends the whole call. Requests
    /// without the option neither cover others nor leave.
    ///
    /// The waiting request is shown by a byte of the gate file in /dev/shm, so this is between the
    /// processes of one machine, on Linux. Where that file cannot be used, each request waits and
    /// acquires the lock, and [`Guard::uncoalesced_reason`](super::Guard::uncoalesced_reason) says
    /// why. In a forked child nothing of the parent's wait is left.
    ///
    /// The idea is that of job queues that keep one pending run, such as Jenkins'. Python's
    /// fasteners has no such option.
    ///
    /// [`Error::Covered`]: crate::Error::Covered
    ///
    /// ```
    /// # let path = std::env::temp_dir().join(format!("reindex-{}", std::process::id()));
    /// use fasten::{Error, InterProcessLock, LockOptions};
    ///
    /// let lock = InterProcessLock::with_options(&path, LockOptions::new().coalesce(true));
    /// match lock.lock() {
    ///     Ok(_held) => println!("building the index"),
    ///     Err(Error::Covered { .. }) => println!("another process is about to build it"),
    ///     Err(other) => return Err(other),
    /// }
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub const fn coalesce(self, coalesce: bool) -> Self {
        Self { coalesce, ..self }
    }
}

/// What is set.
impl LockOptions {
    /// Which of the kernel's locks is used.
    #[must_use]
    pub const fn get_family(&self) -> Family {
        self.family
    }

    /// Whether readers or writers go first.
    #[must_use]
    pub const fn get_preference(&self) -> Preference {
        self.preference
    }

    /// What happens when a wait certainly never ends.
    #[must_use]
    pub const fn get_nested(&self) -> Nested {
        self.nested
    }

    /// Whether a missing lock file is created.
    #[must_use]
    pub const fn get_create(&self) -> bool {
        self.create
    }

    /// The permissions of a lock file that is created, before the umask.
    #[must_use]
    pub const fn get_permissions(&self) -> u32 {
        self.permissions
    }

    /// Whether the lock must be a plain file that has no other name.
    #[must_use]
    pub const fn get_plain_file(&self) -> bool {
        self.plain_file
    }

    /// Whether one waiting request covers all others.
    #[must_use]
    pub const fn get_coalesce(&self) -> bool {
        self.coalesce
    }
}

impl Default for LockOptions {
    /// The same as [`new`](Self::new).
    fn default() -> Self {
        Self::new()
    }
}
