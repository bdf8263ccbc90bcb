//! The command has the lock and nothing of the gates.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::support::HOLD;
use crate::support::ordered::{At, Lock};
use crate::support::table::Family;

const ALL: [&str; 5] = ["read", "write", "write --prefer writer", "write --prefer reader", "exclusive"];

#[test]
fn the_command_has_one_descriptor_of_the_lock_and_it_is_read_only() {
    let lock = Lock::new();
    for how in ALL {
        let mut holder = lock.start(how, &["sh", "-c", HOLD]);
        let command = holder.line();
        assert_eq!(accesses(&command, &lock.path), [READ_ONLY], "{how}");
        holder.leave();
    }
}

#[test]
fn so_it_is_after_waiting_at_the_gates() {
    let lock = Lock::new();
    for how in ALL {
        let before = lock.held("exclusive");
        let mut holder = lock.waiting(how, At::Main);
        before.leave();
        let command = holder.line();
        assert_eq!(accesses(&command, &lock.path), [READ_ONLY], "{how}");
        holder.leave();
    }
}

#[test]
fn the_command_holds_no_record_lock() {
    let lock = Lock::new();
    for how in ALL {
        let mut holder = lock.start(how, &["sh", "-c", HOLD]);
        let command: u32 = holder.line().parse().unwrap();
        let table = lock.table();
        let of_others = |family| table.iter().filter(move |entry| entry.family == family);
        assert_eq!(of_others(Family::Flock).count(), 1, "{how}: {table:?}");
        assert!(of_others(Family::Posix).all(|entry| entry.pid != command), "{how}: {table:?}");
        holder.leave();
    }
}

const READ_ONLY: u32 = 0;

/// How the process has the file open, once for each descriptor.
fn accesses(pid: &str, path: &Path) -> Vec<u32> {
    let inode = |path: &Path| fs::metadata(path).map(|found| (found.dev(), found.ino())).ok();
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let of_the_lock = descriptors.map(Result::unwrap).filter(|one| inode(&one.path()) == inode(path));
    let information =
        of_the_lock.map(|one| format!("/proc/{pid}/fdinfo/{}", one.file_name().to_string_lossy()));
    information.map(|path| access(&fs::read_to_string(path).unwrap())).collect()
}

fn access(information: &str) -> u32 {
    let flags = information.lines().find_map(|line| line.strip_prefix("flags:")).unwrap();
    u32::from_str_radix(flags.trim(), 8).unwrap() & 3
}
