//! Turns between users: a user that may read the lock file stands in the passage, one that may write it in the queue.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

use crate::support::gate_file::gate_file;
use crate::support::ordered::{At, Lock};
use crate::support::{HOLD, Program, Running, table};

const NOBODY: u32 = 65534;

/// A lock of this owner with these permissions, and a fasten that all can run.
fn lock_of(owner: u32, mode: u32) -> Lock {
    let lock = Lock::new();
    chown(&lock.path, Some(owner), Some(owner)).expect("tests run as root");
    fs::set_permissions(&lock.path, fs::Permissions::from_mode(mode)).unwrap();
    lock.place.public_fasten();
    lock
}

fn by(user: u32, lock: &Lock, how: &str, command: &[&str]) -> Running {
    let setpriv = Program::new("setpriv").words(&format!("--reuid={user} --regid={user} --clear-groups --"));
    let fasten = setpriv.arg(lock.place.public_fasten()).args(&lock.words(how, command)[1..]);
    fasten.start()
}

fn waiting_by(user: u32, lock: &Lock, how: &str, at: At) -> Running {
    let running = by(user, lock, how, &["sh", "-c", HOLD]);
    lock.until_waits(running.pid, at);
    running
}

fn held_by(user: u32, lock: &Lock, how: &str) -> Running {
    let mut running = by(user, lock, how, &["sh", "-c", HOLD]);
    running.line();
    running
}

fn code_by(user: u32, lock: &Lock, how: &str) -> Option<i32> {
    by(user, lock, how, &["true"]).finish().status.code()
}

#[test]
fn readers_of_a_user_stand_behind_a_writer_of_root_that_came_first() {
    for (owner, mode) in [(NOBODY, 0o600), (NOBODY, 0o644), (0, 0o644), (0, 0o666)] {
        let lock = lock_of(owner, mode);
        let reader = held_by(NOBODY, &lock, "read");
        let writer = lock.waiting("write", At::Main);
        let late = waiting_by(NOBODY, &lock, "read", At::Passage);
        assert_eq!(code_by(NOBODY, &lock, "read -n"), Some(75));
        reader.leave();
        writer.leave();
        late.leave();
        assert!(
            !gate_file(&lock.path).exists() || fs::metadata(gate_file(&lock.path)).unwrap().uid() != NOBODY
        );
    }
}

#[test]
fn a_writer_of_root_waits_for_readers_of_a_user_that_came_first_and_the_next_readers_for_it() {
    for (owner, mode) in [(NOBODY, 0o600), (NOBODY, 0o644), (0, 0o666)] {
        let lock = lock_of(owner, mode);
        let holder = lock.held("exclusive");
        let mut reader = waiting_by(NOBODY, &lock, "read", At::Main);
        let mut writer = lock.waiting("write", At::Main);
        holder.leave();
        reader.line();
        lock.until_waits(writer.pid, At::Main);
        assert_eq!(code_by(NOBODY, &lock, "read -n"), Some(75), "{owner} {mode:o}");
        reader.leave();
        writer.line();
        writer.leave();
    }
}

#[test]
fn writers_of_two_users_queue_in_order_of_arrival() {
    for first in [0, NOBODY] {
        let lock = lock_of(0, 0o666);
        let holder = lock.held("exclusive");
        let order = lock.place.path("order");
        fs::write(&order, "").unwrap();
        fs::set_permissions(&order, fs::Permissions::from_mode(0o666)).unwrap();
        let writers = [first, NOBODY - first, first].map(|user| {
            let note = format!("echo {user} >>{}", order.display());
            let before = table::waiting(&lock.path);
            let writer = by(user, &lock, "write", &["sh", "-c", &note]);
            lock.until_waits(writer.pid, if before == 0 { At::Main } else { At::Queue });
            writer
        });
        holder.leave();
        writers.into_iter().for_each(Running::leave);
        let expected = format!("{first}\n{}\n{first}\n", NOBODY - first);
        assert_eq!(fs::read_to_string(&order).unwrap(), expected);
    }
}

#[test]
fn one_that_may_only_read_the_lock_makes_no_gate_file() {
    let lock = lock_of(0, 0o644);
    let holder = lock.held("exclusive");
    let reader = waiting_by(NOBODY, &lock, "read", At::Main);
    assert!(!gate_file(&lock.path).exists());
    holder.leave();
    reader.leave();
}

#[test]
fn the_gate_file_that_root_makes_is_the_owners() {
    let lock = lock_of(NOBODY, 0o640);
    let holder = lock.held("exclusive");
    let waiter = lock.waiting("read", At::Main);
    let gates = fs::metadata(gate_file(&lock.path)).unwrap();
    assert_eq!((gates.uid(), gates.gid(), gates.mode() & 0o777), (NOBODY, NOBODY, 0o640));
    holder.leave();
    waiter.leave();
}
