//! Opens the file of a descriptor again, whatever its path is by now.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd};

use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;

/// Opens the file by the link in /proc. Where there is no /proc, opens it by its handle, which only
/// root may do, and not on every file system.
pub(crate) fn reopen(file: &File, flags: OFlag) -> io::Result<File> {
    match open(format!("/proc/thread-self/fd/{}", file.as_raw_fd()).as_str(), flags, Mode::empty()) {
        Ok(again) => Ok(again.into()),
        Err(_) => by_handle(file, flags),
    }
}

#[repr(C)]
struct Handle {
    /// The length of `name`.
    bytes: libc::c_uint,
    kind: libc::c_int,
    /// `MAX_HANDLE_SZ`
    name: [u8; 128],
}

fn by_handle(file: &File, flags: OFlag) -> io::Result<File> {
    let mut handle = Handle { bytes: 128, kind: 0, name: [0; 128] };
    let mut mount: libc::c_int = 0;
    // SAFETY: the path is NUL-terminated; the kernel writes at most `bytes` bytes to the handle's
    // `name`, and one integer.
    let named = unsafe {
        libc::syscall(
            libc::SYS_name_to_handle_at,
            file.as_raw_fd(),
            c"".as_ptr(),
            &raw mut handle,
            &raw mut mount,
            libc::AT_EMPTY_PATH,
        )
    };
    if named < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel only reads the handle.
    let opened = unsafe {
        libc::syscall(libc::SYS_open_by_handle_at, file.as_raw_fd(), &raw const handle, flags.bits())
    };
    if opened < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is new, so no other value owns it.
    Ok(unsafe { File::from_raw_fd(opened as libc::c_int) })
}
