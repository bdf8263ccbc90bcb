//! The processes that wait for an OFD lock. The table does not name them, but the system call of a
//! thread that waits shows the descriptor.

use super::mountinfo;
use super::parse;
use super::proc::{numbers_in, read};
use crate::holders::LockId;

/// The processes with a thread in fcntl(2) that waits for an OFD lock on this file. Processes that
/// we may not trace are left out.
pub fn in_ofd_wait(file: LockId) -> Vec<u32> {
    let mut buffer = Vec::new();
    let pids = numbers_in("/proc").into_iter().flatten();
    pids.filter(|pid| waits(*pid, file, &mut buffer).is_some()).collect()
}

fn waits(pid: u32, file: LockId, buffer: &mut Vec<u8>) -> Option<()> {
    // With pointers of 32 bits the C library makes the call for large files.
    #[cfg(target_pointer_width = "64")]
    const CALL: libc::c_long = libc::SYS_fcntl;
    #[cfg(not(target_pointer_width = "64"))]
    const CALL: libc::c_long = libc::SYS_fcntl64;
    const COMMAND: u64 = libc::F_OFD_SETLKW.unsigned_abs() as u64;
    numbers_in(&format!("/proc/{pid}/task")).ok()?.find_map(|thread| {
        let call = read(&format!("/proc/{pid}/task/{thread}/syscall"), buffer).ok()?;
        let descriptor = parse::ofd_wait(call, CALL, COMMAND)?;
        let info = read(&format!("/proc/{pid}/task/{thread}/fdinfo/{descriptor}"), buffer).ok()?;
        let (mount, inode) = (parse::field_number(info, "mnt_id:")?, parse::field_number(info, "ino:")?);
        let mounts = read(&format!("/proc/{pid}/mountinfo"), buffer).ok()?;
        let (major, minor) = mountinfo::device(mounts, mount)?;
        ((major, minor, inode) == (file.major, file.minor, file.inode)).then_some(())
    })
}
