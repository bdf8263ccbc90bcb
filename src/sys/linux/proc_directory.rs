//! The directories /proc/PID/fd and fdinfo, read with few system calls: a search for a lock reads
//! those of every process.

use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::libc;
use nix::sys::stat::Mode;

/// An open directory whose names are numbers.
#[derive(Debug)]
pub(crate) struct ProcDirectory(File);

/// Room for the entries of some hundred descriptors.
const ROOM: usize = 8192;
/// Where the name begins in a `linux_dirent64`, and before it the length of the entry.
const NAME: usize = 19;
const LENGTH: usize = 16;

impl ProcDirectory {
    /// # Errors
    /// Those of open(2).
    pub(crate) fn open(path: &str) -> io::Result<Self> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        Ok(Self(open(path, flags, Mode::empty())?.into()))
    }

    pub(crate) fn file(&self) -> &File {
        &self.0
    }

    /// The names that are numbers.
    ///
    /// # Errors
    /// Those of getdents64(2).
    pub(crate) fn numbers(&self) -> io::Result<Vec<u32>> {
        let mut numbers = Vec::new();
        let mut buffer = [0_u8; ROOM];
        loop {
            let (file, room) = (self.0.as_raw_fd(), buffer.len());
            // SAFETY: the descriptor is open, and the kernel writes no more than the buffer has.
            let read = unsafe { libc::syscall(libc::SYS_getdents64, file, buffer.as_mut_ptr(), room) };
            let count = usize::try_from(Errno::result(read)?).unwrap_or_default();
            let mut entries = &buffer[..count];
            while let [_, ..] = entries {
                let length = usize::from(u16::from_ne_bytes([entries[LENGTH], entries[LENGTH + 1]]));
                let name = entries[NAME..length].split(|&byte| byte == 0).next().unwrap_or_default();
                numbers.extend(std::str::from_utf8(name).ok().and_then(|name| name.parse::<u32>().ok()));
                entries = &entries[length..];
            }
            // A signal ends a call early, so a short list need not be all.
            if count == 0 {
                return Ok(numbers);
            }
        }
    }

    /// Whether a descriptor refers to a file with this inode number; yes if that cannot be seen.
    pub(crate) fn may_refer_to(&self, descriptor: u32, inode: u64) -> bool {
        match self.inode(descriptor) {
            Ok(found) => found == inode,
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        }
    }

    /// The inode of the file that this descriptor refers to, as far as it is known without asking a
    /// server for it.
    fn inode(&self, descriptor: u32) -> io::Result<u64> {
        let mut name = [0_u8; 12];
        io::Write::write_fmt(&mut &mut name[..], format_args!("{descriptor}\0"))?;
        let mut found = MaybeUninit::<libc::statx>::zeroed();
        // musl 1.2.3 has no function for it.
        // SAFETY: the directory is open, the name ends with a zero byte, and the kernel writes one
        // statx.
        let done = unsafe {
            libc::syscall(
                libc::SYS_statx,
                self.0.as_raw_fd(),
                name.as_ptr(),
                libc::AT_STATX_DONT_SYNC | libc::AT_NO_AUTOMOUNT,
                libc::STATX_INO,
                found.as_mut_ptr(),
            )
        };
        Errno::result(done)?;
        // SAFETY: a zeroed statx is a valid one.
        Ok(unsafe { found.assume_init() }.stx_ino)
    }
}
