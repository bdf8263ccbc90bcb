//! Reading /proc: whole files into a buffer that is used again, lists of pids and descriptors, and the
//! question which processes this /proc can show at all.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd};

use nix::fcntl::{OFlag, openat};
use nix::sys::stat::Mode;

use super::parse;
use crate::holders::LockId;
use crate::holders::file_system::Mount;
use crate::sys::statfs::keeps_families_apart;

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

/// Reads a file of a directory which the kernel gives in one piece, as all fdinfo are: what does not
/// fill the buffer is all there is.
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
    loop {
        match file.read(&mut buffer[filled..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// The calling process as this /proc numbers it, which is not getpid(2) where /proc belongs to an outer
/// pid namespace.
///
/// # Errors
/// Those of reading /proc/self: /proc is not mounted, or belongs to a foreign pid namespace.
pub fn own_pid() -> io::Result<u32> {
    let link = fs::read_link("/proc/self")?;
    let pid = link.to_str().and_then(|pid| pid.parse().ok());
    pid.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "/proc/self is no pid"))
}

/// How the file's file system is mounted, as far as the mount can be seen.
pub fn mount_of(file: impl AsFd) -> Option<Mount> {
    let mut buffer = Vec::new();
    let info = format!("/proc/thread-self/fdinfo/{}", file.as_fd().as_raw_fd());
    let id = parse::field_number(read(&info, &mut buffer).ok()?, "mnt_id:")?;
    parse::mount(read("/proc/thread-self/mountinfo", &mut buffer).ok()?, id)
}

/// Whether the file's file system is known to be local; no if it cannot be seen where it is
/// mounted.
pub fn is_local(file: LockId) -> bool {
    let mut buffer = Vec::new();
    let Ok(mountinfo) = read("/proc/thread-self/mountinfo", &mut buffer) else { return false };
    parse::mount_points(mountinfo, file.major, file.minor)
        .any(|point| LockId::open(point.as_ref()).is_ok_and(keeps_families_apart))
}

/// The numbers that are names in a directory: the pids of /proc, the descriptors of a fdinfo.
pub fn numbers_in(directory: &str) -> io::Result<impl Iterator<Item = u32> + use<>> {
    let entries = fs::read_dir(directory)?;
    Ok(entries.map_while(Result::ok).filter_map(|entry| entry.file_name().to_str()?.parse().ok()))
}

/// Whether there is such a process, as this /proc numbers them.
pub fn exists(pid: u32) -> bool {
    fs::metadata(format!("/proc/{pid}")).is_ok()
}

/// Whether this /proc is the initial pid namespace's. Any other leaves out of /proc/locks the locks of
/// processes that it cannot name, so there an empty answer means nothing.
pub fn sees_everything() -> bool {
    const INITIAL: &str = "pid:[4026531836]";
    ["/proc/self/ns/pid", "/proc/1/ns/pid"]
        .iter()
        .any(|link| fs::read_link(link).is_ok_and(|namespace| namespace.as_os_str() == INITIAL))
}
