//! Systems where flock(2) and fcntl(2) locks are one family (macOS, the BSDs). There a gate would
//! conflict with the lock that it should put into an order, so there are no gates.

pub(crate) mod statfs {
    //! File systems: none keeps the two families of locks apart.

    use std::os::fd::AsFd;

    /// Whether the two families of locks are independent: never here.
    pub(crate) fn keeps_families_apart(_file: impl AsFd) -> bool {
        false
    }

    /// The name of the file's file system: unknown here.
    pub(crate) fn name(_file: impl AsFd) -> Option<&'static str> {
        None
    }
}

pub(crate) mod gate_directory {
    //! The directory of gate files: there is none.

    use std::fs::File;
    use std::io;
    use std::path::Path;

    pub(crate) const HAS_GATES: bool = false;

    pub(crate) fn create_unnamed(_directory: &Path) -> io::Result<File> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn give_name(_file: &File, _path: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

pub(crate) mod reopen {
    //! Opens the file of a descriptor again. Not by /dev/fd, which on other systems than Linux
    //! gives a duplicate, whose locks are those of the descriptor.

    use std::fs::File;
    use std::io;

    use nix::fcntl::OFlag;

    #[cfg(target_os = "linux")]
    pub(crate) fn reopen(file: &File, flags: OFlag) -> io::Result<File> {
        use std::os::fd::AsRawFd;

        let link = format!("/proc/self/fd/{}", file.as_raw_fd());
        Ok(nix::fcntl::open(link.as_str(), flags, nix::sys::stat::Mode::empty())?.into())
    }

    /// Opens the file by the path that the system remembers, which may lead to another file by now.
    #[cfg(any(target_vendor = "apple", target_os = "netbsd"))]
    pub(crate) fn reopen(file: &File, flags: OFlag) -> io::Result<File> {
        let mut path = std::path::PathBuf::new();
        nix::fcntl::fcntl(file, nix::fcntl::FcntlArg::F_GETPATH(&mut path))?;
        Ok(nix::fcntl::open(&path, flags, nix::sys::stat::Mode::empty())?.into())
    }

    #[cfg(not(any(target_os = "linux", target_vendor = "apple", target_os = "netbsd")))]
    pub(crate) fn reopen(_file: &File, _flags: OFlag) -> io::Result<File> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

pub(crate) mod fork {
    //! The process number.

    /// The number of this process.
    pub(crate) fn process() -> u32 {
        std::process::id()
    }
}

pub(crate) mod records {
    //! Record locks: unsupported. Without gates none of a process are needed, and not all of these
    //! systems have those of an open file description.

    use std::io;
    use std::os::fd::AsFd;

    use crate::layout::Bytes;
    use crate::mode::Mode;

    /// What a record lock belongs to.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum RecordOwner {
        Process,
        Description,
    }

    pub(crate) fn try_set(_file: impl AsFd, _o: RecordOwner, _bytes: Bytes, _mode: Mode) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn set(_file: impl AsFd, _o: RecordOwner, _bytes: Bytes, _mode: Mode) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn clear(_file: impl AsFd, _o: RecordOwner, _bytes: Bytes) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn conflict(_file: impl AsFd, _bytes: Bytes, _mode: Mode) -> io::Result<Option<i64>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn is_free(_file: impl AsFd, _bytes: Bytes, _mode: Mode) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn exclusive_holder(_file: impl AsFd, _bytes: Bytes) -> io::Result<Option<i32>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
