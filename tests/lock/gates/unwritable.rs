//! Locks that cannot be opened for writing.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Output};
use std::thread;

use crate::support::ordered::{At, Lock};
use crate::support::table::waiting;
use crate::support::until;

const NOBODY: [&str; 4] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

#[test]
fn a_writer_without_write_permission_is_served_first_come_and_says_so() {
    let lock = read_only();
    let holder = lock.held("exclusive");
    let waiter = thread::spawn({
        let (fasten, path) = (lock.place.path("fasten"), lock.path.clone());
        move || write_as_nobody(&fasten, &path, "-v")
    });
    until("it waits", || waiting(&lock.path) == 1);
    holder.leave();
    let output = waiter.join().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let why = "first come, first served: it is not writable, and no writer has made a gate file for it";
    assert!(said.contains(why), "{said}");
    assert_eq!(output.stdout, b"in\n");
}

#[test]
fn a_writer_without_write_permission_excludes_and_is_excluded() {
    let lock = read_only();
    let fasten = lock.place.path("fasten");
    let try_as_nobody = || write_as_nobody(&fasten, &lock.path, "-n").status.code();
    for holder in ["read", "write", "exclusive"] {
        let holder = lock.held(holder);
        assert_eq!(try_as_nobody(), Some(75));
        holder.leave();
    }
    assert_eq!(try_as_nobody(), Some(0));
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

/// A lock that everybody may read and nobody write, and a fasten that all can
/// run, whatever user owns the directory that it was built in.
fn read_only() -> Lock {
    let lock = Lock::new();
    allow(lock.place.directory(), 0o755);
    allow(&lock.path, 0o444);
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_fasten")).arg(lock.place.directory()).status();
    assert!(copied.unwrap().success());
    lock
}

/// `fasten write`, as a user whom permissions concern.
fn write_as_nobody(fasten: &Path, lock: &Path, options: &str) -> Output {
    let we_are_root = fs::metadata(lock).unwrap().uid() == 0;
    let before: &[&str] = if we_are_root { &NOBODY } else { &["env"] };
    let mut command = Command::new(before[0]);
    command.args(&before[1..]).arg(fasten);
    command.args(["write", options]).arg(lock).args(["--", "echo", "in"]).output().unwrap()
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
