//! execvp(3): this process becomes another program.

#[cfg(target_env = "musl")]
use std::ffi::CStr;
use std::ffi::{CString, c_char};
use std::{io, iter, ptr};

/// The words of a program as the kernel takes them. It borrows from the words.
#[derive(Debug)]
pub(super) struct Image {
    arguments: Vec<*const c_char>,
    /// The words with /bin/sh before them: musl's execvp(3) leaves out that a file without `#!` is
    /// a script for the shell. The first two are filled in when that turns out.
    #[cfg(target_env = "musl")]
    for_shell: Vec<*const c_char>,
}

impl Image {
    pub(super) fn new(words: &[CString]) -> Self {
        let arguments: Vec<*const c_char> =
            words.iter().map(|word| word.as_ptr()).chain(iter::once(ptr::null())).collect();
        Self {
            #[cfg(target_env = "musl")]
            for_shell: iter::once(ptr::null()).chain(arguments.iter().copied()).collect(),
            arguments,
        }
    }

    /// How many pointers execvp(3) may put on the stack.
    #[cfg(all(target_os = "linux", not(fasten_portable)))]
    pub(super) fn len(&self) -> usize {
        self.arguments.len()
    }

    /// Becomes the program, which is looked up in `PATH`. Returns only if that fails. Allocates
    /// nothing, so a child that shares our memory may call it.
    ///
    /// # Safety
    /// The words are those that `new` was given, and live.
    pub(super) unsafe fn replace_process(&mut self) -> io::Error {
        // SAFETY: the list ends with a null pointer, and the caller vouches for the strings.
        unsafe { libc::execvp(self.arguments[0], self.arguments.as_ptr()) };
        let error = io::Error::last_os_error();
        #[cfg(target_env = "musl")]
        if error.raw_os_error() == Some(libc::ENOEXEC) {
            // SAFETY: as above.
            return unsafe { self.run_as_script() };
        }
        error
    }

    /// # Safety
    /// As for `replace_process`.
    #[cfg(target_env = "musl")]
    unsafe fn run_as_script(&mut self) -> io::Error {
        // SAFETY: the caller vouches for the word, and the environment does not change.
        let (name, path) =
            unsafe { (CStr::from_ptr(self.arguments[0]).to_bytes(), libc::getenv(c"PATH".as_ptr())) };
        let path = if path.is_null() {
            b"/usr/local/bin:/bin:/usr/bin".as_slice()
        } else {
            // SAFETY: it is a string of the environment.
            unsafe { CStr::from_ptr(path) }.to_bytes()
        };
        let directories = if name.contains(&b'/') { b"" } else { path };
        let mut found = [0; libc::PATH_MAX as usize];
        let is_it = |directory| join(&mut found, directory, name) && is_program(&found);
        if !directories.split(|&byte| byte == b':').any(is_it) {
            return io::Error::from_raw_os_error(libc::ENOEXEC);
        }
        (self.for_shell[0], self.for_shell[1]) = (c"/bin/sh".as_ptr(), found.as_ptr().cast());
        // SAFETY: the list ends with a null pointer, and its strings live.
        unsafe { libc::execv(self.for_shell[0], self.for_shell.as_ptr()) };
        io::Error::last_os_error()
    }
}

/// Whether it is a regular file that this process may execute. The path ends with a zero byte.
#[cfg(target_env = "musl")]
fn is_program(path: &[u8]) -> bool {
    let mut found = std::mem::MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: the path ends with a zero byte, and a zeroed stat is a valid one.
    unsafe {
        libc::access(path.as_ptr().cast(), libc::X_OK) == 0
            && libc::stat(path.as_ptr().cast(), found.as_mut_ptr()) == 0
            && found.assume_init().st_mode & libc::S_IFMT == libc::S_IFREG
    }
}

/// Writes `directory/name` and a zero byte; whether there was room.
#[cfg(target_env = "musl")]
fn join(path: &mut [u8], directory: &[u8], name: &[u8]) -> bool {
    let slash: &[u8] = if directory.is_empty() { b"" } else { b"/" };
    let mut end = 0;
    for part in [directory, slash, name, b"\0"] {
        let Some(room) = path.get_mut(end..end + part.len()) else { return false };
        room.copy_from_slice(part);
        end += part.len();
    }
    true
}
