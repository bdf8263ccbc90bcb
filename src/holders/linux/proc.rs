//! Reading /proc: files into a buffer that is used again, lists of pids and descriptors, mounts,
//! and whether this /proc shows all processes.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd};

use nix::fcntl::{OFlag, openat};
use nix::sys::stat::Mode;

use super::{mountinfo, parse};
use crate::holders::LockId;
use crate::holders::file_system::Mount;
use crate::sys::statfs::keeps_families_apart;

/// The least number of bytes that a read(2) has room for.
const ROOM: usize = 4096;

/// Reads a whole file of any length.
pub fn read<'a>(path: &str, buffer: &'a mut Vec<u8>) -> io::Result<&'a [u8]> {
    let mut file = File::open(path)?;
    let mut filled = 0;
    loop {
        match read_into(&mut file, filled, buffer)? {
            0 => return Ok(&buffer[..filled]),
            count => filled += count,
        }
    }
}

/// Reads a file in an open directory that the kernel returns in one piece, as it does each fdinfo:
/// a read that does not fill the buffer was the last one, which saves a system call.
pub fn read_piece<'a>(directory: impl AsFd, name: &str, buffer: &'a mut Vec<u8>) -> io::Result<&'a [u8]> {
    let mut file = File::from(openat(directory, name, OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())?);
    let mut filled = 0;
    loop {
        let count = read_into(&mut file, filled, buffer)?;
        filled += count;
        if count == 0 || filled < buffer.len() {
            return Ok(&buffer[..filled]);
        }
    }
}

fn read_into(file: &mut File, filled: usize, buffer: &mut Vec<u8>) -> io::Result<usize> {
    if buffer.len() < filled + ROOM {
        buffer.resize((filled + ROOM).next_power_of_two().max(2 * ROOM), 0);
    }
    read_once(file, &mut buffer[filled..])
}

/// One read(2), repeated if a signal interrupts it. Returns the number of bytes, 0 at the end.
pub fn read_once(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// The pid of the calling process in this /proc. It differs from getpid(2) if /proc belongs to an
/// outer pid namespace.
///
/// # Errors
/// Those of reading the link /proc/self: /proc is not mounted, or belongs to a pid namespace in
/// which this process does not exist.
pub fn own_pid() -> io::Result<u32> {
    let link = fs::read_link("/proc/self")?;
    let pid = link.to_str().and_then(|pid| pid.parse().ok());
    pid.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "/proc/self is not a pid"))
}

/// How the file's file system is mounted; `None` if the mount cannot be seen.
pub fn mount_of(file: impl AsFd) -> Option<Mount> {
    let mut buffer = Vec::new();
    let info = format!("/proc/thread-self/fdinfo/{}", file.as_fd().as_raw_fd());
    let id = parse::field_number(read(&info, &mut buffer).ok()?, "mnt_id:")?;
    mountinfo::mount(read("/proc/thread-self/mountinfo", &mut buffer).ok()?, id)
}

/// Whether the file's file system is known to be local; no if its mount point cannot be seen.
pub fn is_local(file: LockId) -> bool {
    let mut buffer = Vec::new();
    let Ok(mounts) = read("/proc/thread-self/mountinfo", &mut buffer) else { return false };
    mountinfo::mount_points(mounts, file.major, file.minor)
        .any(|point| LockId::open(point.as_ref()).is_ok_and(keeps_families_apart))
}

/// The names in a directory that are numbers: the pids in /proc, the descriptors in /proc/PID/fd.
///
/// # Errors
/// Those of opening the directory.
pub fn numbers_in(directory: &str) -> io::Result<impl Iterator<Item = u32> + use<>> {
    let entries = fs::read_dir(directory)?;
    Ok(entries.map_while(Result::ok).filter_map(|entry| entry.file_name().to_str()?.parse().ok()))
}

/// Whether a process has this pid in this /proc.
pub fn exists(pid: u32) -> bool {
    fs::metadata(format!("/proc/{pid}")).is_ok()
}

/// The number of threads on the system; 0 if it cannot be seen.
pub fn threads_on_system() -> u32 {
    let mut buffer = Vec::new();
    // `0.20 0.18 0.12 RUNNING/THREADS LAST_PID`
    let words = read("/proc/loadavg", &mut buffer).ok().and_then(|line| std::str::from_utf8(line).ok());
    let threads = words.and_then(|line| line.split('/').nth(1)?.split(' ').next());
    threads.and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// Whether this /proc belongs to the initial pid namespace. Any other omits from /proc/locks the
/// locks of processes that have no pid in it, so an empty answer there does not mean that a lock is
/// free.
pub fn sees_everything() -> bool {
    /// The initial pid namespace has a fixed inode number (`PROC_PID_INIT_INO`).
    const INITIAL: &str = "pid:[4026531836]";
    ["/proc/self/ns/pid", "/proc/1/ns/pid"]
        .iter()
        .any(|link| fs::read_link(link).is_ok_and(|namespace| namespace.as_os_str() == INITIAL))
}
