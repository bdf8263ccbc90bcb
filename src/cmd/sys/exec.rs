//! execvp(3): this process becomes another program.

use std::ffi::{CStr, CString, c_char, c_int};
use std::{io, iter, ptr};

/// The words of a program and its environment as the kernel takes them. It borrows from both.
#[derive(Debug)]
pub(super) struct Image {
    arguments: Vec<*const c_char>,
    /// This process's environment, with some variables changed; `None` if none is.
    environment: Option<Vec<*const c_char>>,
    /// The words with /bin/sh before them: musl's execvp(3) leaves out that a file without `#!` is
    /// a script for the shell. The first two are filled in when that turns out.
    #[cfg(target_env = "musl")]
    for_shell: Vec<*const c_char>,
}

impl Image {
    /// Of the variables, each is `NAME=VALUE`.
    pub(super) fn new(words: &[CString], variables: &[CString]) -> Self {
        let arguments: Vec<*const c_char> =
            words.iter().map(|word| word.as_ptr()).chain(iter::once(ptr::null())).collect();
        Self {
            environment: (!variables.is_empty()).then(|| environment_with(variables)),
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
    /// The words and variables are those that `new` was given, and live.
    pub(super) unsafe fn replace_process(&mut self) -> io::Error {
        // SAFETY: the lists end with a null pointer, and the caller vouches for the strings.
        unsafe {
            match &self.environment {
                Some(variables) => exec_with(self.arguments.as_ptr(), variables.as_ptr()),
                None => libc::execvp(self.arguments[0], self.arguments.as_ptr()),
            }
        };
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
        // SAFETY: the lists end with a null pointer, and their strings live.
        unsafe {
            match &self.environment {
                Some(variables) => {
                    libc::execve(self.for_shell[0], self.for_shell.as_ptr(), variables.as_ptr())
                }
                None => libc::execv(self.for_shell[0], self.for_shell.as_ptr()),
            }
        };
        io::Error::last_os_error()
    }
}

/// This process's environment, with these variables in place of others of their names.
fn environment_with(variables: &[CString]) -> Vec<*const c_char> {
    let name = |variable: &CStr| variable.to_bytes().split(|&byte| byte == b'=').next().map(<[u8]>::to_vec);
    let names: Vec<_> = variables.iter().map(|variable| name(variable)).collect();
    let mut list: Vec<*const c_char> = Vec::new();
    // SAFETY: the C library's list ends with a null pointer, its strings live, and no code of this
    // program changes them.
    unsafe {
        let mut next = environ;
        while !next.is_null() && !(*next).is_null() {
            if !names.contains(&name(CStr::from_ptr(*next))) {
                list.push(*next);
            }
            next = next.add(1);
        }
    }
    list.into_iter().chain(variables.iter().map(|variable| variable.as_ptr())).chain([ptr::null()]).collect()
}

unsafe extern "C" {
    static environ: *const *const c_char;
}

/// # Safety
/// Both lists end with a null pointer, and their strings live.
#[cfg(target_os = "linux")]
unsafe fn exec_with(arguments: *const *const c_char, environment: *const *const c_char) -> c_int {
    // SAFETY: as the caller vouches.
    unsafe { libc::execvpe(*arguments, arguments, environment) }
}

/// Elsewhere the command has been forked, and has an environment of its own to change.
///
/// # Safety
/// Both lists end with a null pointer, and their strings live.
#[cfg(not(target_os = "linux"))]
unsafe fn exec_with(arguments: *const *const c_char, environment: *const *const c_char) -> c_int {
    // SAFETY: as the caller vouches; this process has one thread.
    unsafe {
        (&raw const environ).cast_mut().write(environment);
        libc::execvp(*arguments, arguments)
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
