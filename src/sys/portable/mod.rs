//! Systems where flock(2) and fcntl(2) locks are one family (macOS, the BSDs):
//! there a gate would collide with the lock it is to order, so there are none.

pub(crate) mod filesystem {
    //! No file system here keeps the two families of locks apart.

    use std::os::fd::AsFd;

    /// Whether the two families of locks are independent: never here.
    pub(crate) fn keeps_families_apart(_file: impl AsFd) -> bool {
        false
    }

    /// What the file's system is called: not asked here.
    pub(crate) fn name(_file: impl AsFd) -> Option<&'static str> {
        None
    }
}

pub(crate) mod fork {
    //! Which process this is.

    /// The number of this process.
    pub(crate) fn process() -> u32 {
        std::process::id()
    }
}

pub(crate) mod records {
    //! The names of the Linux side. Without gates there is no need of record
    //! locks of a process, and not all of these systems have those of a
    //! description.

    use std::io;
    use std::os::fd::AsFd;

    use crate::lock::Mode;

    /// Bytes of a file, named by the first one and their number.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Bytes {
        pub(crate) first: i64,
        pub(crate) count: i64,
    }

    /// Whose a record lock is.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Owner {
        Process,
        Description,
    }

    pub(crate) fn try_set(_file: impl AsFd, _o: Owner, _bytes: Bytes, _mode: Mode) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn set(_file: impl AsFd, _o: Owner, _bytes: Bytes, _mode: Mode) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn clear(_file: impl AsFd, _o: Owner, _bytes: Bytes) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn blocker(_file: impl AsFd, _b: Bytes, _m: Mode) -> io::Result<Option<i64>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
