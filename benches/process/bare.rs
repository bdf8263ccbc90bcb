//! What it costs in system calls alone, by libc.

use std::ffi::CString;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

pub struct Calls {
    path: CString,
    file: std::fs::File,
}

impl Calls {
    pub fn on(path: &Path) -> Self {
        let name = CString::new(path.as_os_str().as_bytes()).expect("no NUL in it");
        Self { path: name, file: std::fs::File::open(path).expect("it is there") }
    }

    /// flock, flock.
    pub fn lock(&self) {
        lock(self.file.as_raw_fd());
        unlock(self.file.as_raw_fd());
    }

    /// flock, `F_GETLK`, stat, flock.
    pub fn lock_safely(&self) {
        lock(self.file.as_raw_fd());
        ask(self.file.as_raw_fd());
        self.look();
        unlock(self.file.as_raw_fd());
    }

    /// Sleeps until the lock is had, says what is so then, and gives it back.
    pub fn wait_and_unlock<T>(&self, then: impl FnOnce() -> T) -> T {
        let file = self.file.as_raw_fd();
        // SAFETY: flock touches no memory of ours.
        assert_eq!(unsafe { libc::flock(file, libc::LOCK_EX) }, 0);
        let said = then();
        unlock(file);
        said
    }

    /// open, flock, close.
    pub fn open_and_lock(&self) {
        let file = self.open();
        lock(file);
        unlock(file);
        close(file);
    }

    /// open, fstat, flock, `F_GETLK`, stat, flock, close.
    pub fn open_and_lock_safely(&self) {
        let file = self.open();
        let mut found = MaybeUninit::<libc::stat>::uninit();
        // SAFETY: the buffer is one that fstat fills.
        assert_eq!(unsafe { libc::fstat(file, found.as_mut_ptr()) }, 0);
        lock(file);
        ask(file);
        self.look();
        unlock(file);
        close(file);
    }

    fn open(&self) -> RawFd {
        // SAFETY: the path ends with a NUL.
        unsafe { libc::open(self.path.as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) }
    }

    fn look(&self) {
        let mut found = MaybeUninit::<libc::stat>::uninit();
        // SAFETY: the path ends with a NUL, and the buffer is one that stat fills.
        assert_eq!(unsafe { libc::stat(self.path.as_ptr(), found.as_mut_ptr()) }, 0);
    }
}

fn lock(file: RawFd) {
    // SAFETY: flock touches no memory of ours.
    let locked = unsafe { libc::flock(file, libc::LOCK_EX | libc::LOCK_NB) };
    assert_eq!(locked, 0, "{}", std::io::Error::last_os_error());
}

fn unlock(file: RawFd) {
    // SAFETY: flock touches no memory of ours.
    assert_eq!(unsafe { libc::flock(file, libc::LOCK_UN) }, 0);
}

fn ask(file: RawFd) {
    let mut asked = libc::flock {
        l_type: libc::F_RDLCK as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: (1 << 62) + (1 << 31) + 1,
        l_len: 1,
        l_pid: 0,
    };
    // SAFETY: the structure is what F_GETLK reads and fills.
    assert_eq!(unsafe { libc::fcntl(file, libc::F_GETLK, &raw mut asked) }, 0);
}

fn close(file: RawFd) {
    // SAFETY: it was opened by `open`, and nobody uses it afterwards.
    unsafe { libc::close(file) };
}
