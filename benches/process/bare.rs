//! The time of the system calls alone, made through libc.

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

    /// flock, a look for the gate file, stat, flock.
    pub fn lock_safely(&self) {
        lock(self.file.as_raw_fd());
        ask();
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

    /// open, fstat, flock, a look for the gate file, stat, flock, close.
    pub fn open_and_lock_safely(&self) {
        let file = self.open();
        let mut found = MaybeUninit::<libc::stat>::uninit();
        // SAFETY: the buffer is one that fstat fills.
        assert_eq!(unsafe { libc::fstat(file, found.as_mut_ptr()) }, 0);
        lock(file);
        ask();
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

/// Looks for a gate file, of which there is none.
fn ask() {
    // SAFETY: the path is a string that ends with a NUL.
    assert_eq!(unsafe { libc::open(c"/dev/shm/fasten.0.0".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC) }, -1);
}

fn close(file: RawFd) {
    // SAFETY: it was opened by `open`, and nobody uses it afterwards.
    unsafe { libc::close(file) };
}
