//! Systems where flock(2) and fcntl(2) locks are one family (macOS, the BSDs):
//! there a gate would collide with the lock it is to order, so there are none.

pub(crate) mod statfs {
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

pub(crate) mod gate_directory {
    //! There are no gates here.

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
    //! Opening what a descriptor leads to. Not by /dev/fd, which elsewhere than on Linux gives a
    //! duplicate, and the locks of a duplicate are those of the descriptor.

    use std::fs::File;
    use std::io;

    use nix::fcntl::OFlag;

    #[cfg(target_os = "linux")]
    pub(crate) fn reopen(file: &File, flags: OFlag) -> io::Result<File> {
        use std::os::fd::AsRawFd;

        let link = format!("/proc/self/fd/{}", file.as_raw_fd());
        Ok(nix::fcntl::open(link.as_str(), flags, nix::sys::stat::Mode::empty())?.into())
    }

    /// By the path that the system has for it, which may lead elsewhere by now.
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

    use crate::layout::Bytes;
    use crate::mode::Mode;

    /// Whose a record lock is.
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

    pub(crate) fn is_free(_file: impl AsFd, _bytes: Bytes, _mode: Mode) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
