//! Finds the processes that wait for an OFD lock, which the lock table does not name: by the system
//! call that a thread is in. Only the table's anonymous waiters make it necessary.

use super::parse;
use super::proc::{numbers_in, read};
use crate::holders::LockId;

/// The processes of which a thread waits for an OFD lock of this file. Processes that we may not trace
/// are left out.
pub fn waiters(file: LockId) -> Vec<u32> {
    let mut buffer = Vec::new();
    let pids = numbers_in("/proc").into_iter().flatten();
    pids.filter(|pid| waits(*pid, file, &mut buffer).is_some()).collect()
}

fn waits(pid: u32, file: LockId, buffer: &mut Vec<u8>) -> Option<()> {
    const COMMAND: u64 = libc::F_OFD_SETLKW.unsigned_abs() as u64;
    numbers_in(&format!("/proc/{pid}/task")).ok()?.find_map(|thread| {
        let call = read(&format!("/proc/{pid}/task/{thread}/syscall"), buffer).ok()?;
        let descriptor = parse::ofd_wait(call, libc::SYS_fcntl, COMMAND)?;
        let info = read(&format!("/proc/{pid}/task/{thread}/fdinfo/{descriptor}"), buffer).ok()?;
        let (mount, inode) = (parse::field_number(info, "mnt_id:")?, parse::field_number(info, "ino:")?);
        let mountinfo = read(&format!("/proc/{pid}/mountinfo"), buffer).ok()?;
        let (major, minor) = parse::mount_device(mountinfo, mount)?;
        ((major, minor, inode) == (file.major, file.minor, file.inode)).then_some(())
    })
}
