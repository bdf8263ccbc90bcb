//! Locks that cannot be opened for writing.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use crate::support::ordered::{At, Lock};
use crate::support::table::waiting;
use crate::support::{Program, complaint, until};

#[test]
fn a_writer_without_write_permission_is_served_first_come_and_says_so() {
    let lock = read_only();
    let holder = lock.held("exclusive");
    let waiter = write_as_nobody(&lock, "-v").start();
    until("it waits", || waiting(&lock.path) == 1);
    holder.leave();
    let output = waiter.finish();
    let said = complaint(&output);
    assert!(output.status.success(), "{said}");
    let why = "first come, first served: it is not writable, and no writer has made a gate file for it";
    assert!(said.contains(why), "{said}");
    assert_eq!(output.stdout, b"in\n");
}

#[test]
fn a_writer_without_write_permission_excludes_and_is_excluded() {
    let lock = read_only();
    for holder in ["read", "write", "exclusive"] {
        let holder = lock.held(holder);
        write_as_nobody(&lock, "-n").code(75).run();
        holder.leave();
    }
    write_as_nobody(&lock, "-n").run();
}

#[test]
fn readers_and_writers_of_a_read_only_file_take_turns() {
    let lock = read_only();
    let reader = lock.held("read");
    let writer = lock.waiting("write", At::Main);
    let late = lock.waiting("read", At::Passage);
    reader.leave();
    writer.leave();
    late.leave();
}

#[test]
fn a_directory_is_a_lock_for_all_three() {
    let lock = Lock::new();
    let path = lock.place.directory().to_owned();
    let lock = lock.at(path);
    for writer in ["write", "write --prefer writer", "exclusive"] {
        let reader = lock.held("read");
        assert_eq!(lock.code(&format!("{writer} -n")), Some(75), "{writer}");
        assert_eq!(lock.code("read -n"), Some(0));
        let takes_turns = if writer == "exclusive" { Some(0) } else { Some(75) };
        let mut writer = lock.waiting(writer, At::Main);
        assert_eq!(lock.code("read -n"), takes_turns);
        reader.leave();
        writer.line();
        assert_eq!(lock.code("read -n"), Some(75));
        writer.leave();
    }
}

/// A lock that everybody may read and nobody write, and a fasten that all can run.
fn read_only() -> Lock {
    let lock = Lock::new();
    fs::set_permissions(&lock.path, fs::Permissions::from_mode(0o444)).unwrap();
    lock.place.public_fasten();
    lock
}

/// `fasten write`, as a user whom permissions concern.
fn write_as_nobody(lock: &Lock, option: &str) -> Program {
    let words = format!("write {option} lock -- echo in");
    if lock.path.metadata().unwrap().uid() == 0 {
        lock.place.as_nobody(&words)
    } else {
        lock.place.fasten(&words)
    }
}
