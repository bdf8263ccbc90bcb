//! The waiters of a lock and their order: the gates of fasten-lock(5), taken by hand.

use std::path::Path;

use fasten::Mode::{Exclusive, Shared};
use fasten::holders::{State, Waiter, of as holders};
use fasten::{Family, Mode};

use crate::support::gate_file::gate_file;
use crate::support::lockers::{asking, lock_file, locker, table, until_blocked};
use crate::support::{Place, Program, Running, until};

const QUEUE: &str = "gate:ex:4294967296:1";
const LEAVE_QUEUE: &str = "gate:un:4294967296:1";
const PASSAGE: &str = "gate:ex:4294967298:1";
const OPEN_PASSAGE: &str = "gate:un:4294967298:1";
const WAY_IN: &str = "gate:sh:4294967298:2147483648";
const LEAVE_WAY_IN: &str = "gate:un:4294967298:2147483648";
const UPGRADE: &str = "gate:ex:6442450945:1";
const UPGRADE_OVER: &str = "gate:sh:6442450944:2";
const FCNTL_QUEUE: &str = "gate:ex:8589934592:1";
const FCNTL_PASSAGE: &str = "gate:ex:8589934594:1";
const FCNTL_WAY_IN: &str = "gate:sh:8589934594:2147483648";
const OFD_WRITE: &str = "ofd:ex:0:0";
const OFD_READ: &str = "ofd:sh:0:0";

fn intent(number: i64) -> String {
    format!("gate:ex:{}:1", (1i64 << 32) + 3 + number)
}

fn waiters(path: &Path) -> Vec<(Option<u32>, Mode)> {
    holders(path).unwrap().waiters.iter().map(|Waiter { pid, mode, .. }| (*pid, *mode)).collect()
}

/// A lock that has a gate file.
fn gated() -> Place {
    let place = Place::new();
    let gates = gate_file(&place.lock);
    std::fs::write(&gates, "").unwrap();
    std::fs::set_permissions(&gates, std::os::unix::fs::PermissionsExt::from_mode(0o666)).unwrap();
    place
}

fn blocked(path: &Path, count: usize, steps: &[&str]) -> Running {
    let process = asking(path, steps);
    until_blocked(path, count);
    process
}

#[test]
fn plain_waiters_come_in_the_kernels_order() {
    let (_directory, path) = lock_file();
    let _holder = locker(&path, &["flock:ex"]);
    let first = blocked(&path, 1, &["flock:ex"]);
    let second = blocked(&path, 2, &["flock:sh"]);
    assert_eq!(waiters(&path), [(Some(first.pid), Exclusive), (Some(second.pid), Shared)]);
    let report = holders(&path).unwrap();
    assert_eq!(report.waiters[0].family, Family::Flock);
    assert!(report.waiters[0].since.is_some() && report.waiters[0].user.is_some());
}

#[test]
fn fair_writers_and_readers_mixed_come_in_the_order_of_their_turn() {
    let place = gated();
    let path = &place.lock;
    let writer = locker(path, &[QUEUE, "flock:sh", PASSAGE, "flock:ex", OPEN_PASSAGE, LEAVE_QUEUE]);
    let queued_first = blocked(path, 1, &[QUEUE, "flock:sh", PASSAGE, "flock:ex"]);
    let reader = blocked(path, 2, &[WAY_IN, "flock:sh", LEAVE_WAY_IN]);
    let queued_second = blocked(path, 3, &[QUEUE, "flock:sh", PASSAGE, "flock:ex"]);
    let order = [(&reader, Shared), (&queued_first, Exclusive), (&queued_second, Exclusive)];
    assert_eq!(waiters(path), order.map(|(process, mode)| (Some(process.pid), mode)));

    let report = holders(path).unwrap();
    assert_eq!(report.state, State::Exclusive);
    assert_eq!(report.holders[0].pid, Some(writer.pid));
    assert!(report.waiters.iter().all(|waiter| waiter.family == Family::Flock));
}

#[test]
fn a_writer_that_has_closed_the_passage_goes_before_the_readers_at_it() {
    let place = gated();
    let holder = locker(&place.lock, &["flock:sh"]);
    let writer = blocked(&place.lock, 1, &[QUEUE, PASSAGE, "flock:ex"]);
    let late = blocked(&place.lock, 2, &[WAY_IN, "flock:sh"]);
    assert_eq!(waiters(&place.lock), [(Some(writer.pid), Exclusive), (Some(late.pid), Shared)]);
    assert_eq!(holders(&place.lock).unwrap().holders[0].pid, Some(holder.pid));
}

#[test]
fn a_preferring_writer_and_those_before_it_go_before_the_readers() {
    let place = gated();
    let _writer = locker(&place.lock, &["flock:ex"]);
    let fair = blocked(&place.lock, 1, &[QUEUE, "flock:sh"]);
    let preferring = blocked(&place.lock, 2, &[&intent(7), QUEUE, "flock:ex"]);
    let reader = blocked(&place.lock, 3, &[WAY_IN, "flock:sh"]);
    let last = blocked(&place.lock, 4, &[QUEUE, "flock:sh"]);
    let order = [(&fair, Exclusive), (&preferring, Exclusive), (&reader, Shared), (&last, Exclusive)];
    assert_eq!(waiters(&place.lock), order.map(|(process, mode)| (Some(process.pid), mode)));
}

#[test]
fn a_gate_file_that_a_stranger_has_made_names_no_waiters() {
    let place = gated();
    std::fs::set_permissions(&place.lock, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let _holder = locker(&place.lock, &["flock:ex"]);
    let _queued = blocked(&place.lock, 1, &["flock:ex"]);
    let stranger = locker(&place.lock, &[QUEUE]);
    assert!(waiters(&place.lock).iter().any(|(pid, _)| *pid == Some(stranger.pid)));
    std::os::unix::fs::chown(gate_file(&place.lock), Some(65534), None).expect("tests run as root");
    assert!(!waiters(&place.lock).iter().any(|(pid, _)| *pid == Some(stranger.pid)));
}

#[test]
fn a_writer_that_waits_for_an_upgrade_to_be_over_waits_to_write() {
    let place = gated();
    let _upgrading = locker(&place.lock, &["flock:ex", UPGRADE]);
    let writer = blocked(&place.lock, 1, &[UPGRADE_OVER]);
    assert_eq!(waiters(&place.lock), [(Some(writer.pid), Exclusive)]);
}

#[test]
fn a_writer_whose_child_alone_keeps_the_lock_does_not_wait() {
    let place = gated();
    let script = "exec 9>\"$1\"; flock 9; echo ready; read x";
    let shell = ["sh", "-c", script, "sh", place.lock.to_str().unwrap()];
    let code = "import fcntl,os,subprocess,sys
f=open(sys.argv[1],'w'); fcntl.lockf(f,fcntl.LOCK_EX,1,1<<32); subprocess.run(sys.argv[2:])";
    let gates = gate_file(&place.lock);
    let mut process = Program::new("python3").args(["-c", code]).arg(&gates).args(shell).start();
    process.line();
    let report = holders(&place.lock).unwrap();
    assert_eq!((report.holders.len(), report.waiters.len()), (1, 0), "{report:?}");
}

#[test]
fn who_waits_for_an_ofd_lock_is_found_by_its_gate() {
    let place = gated();
    let path = &place.lock;
    let _holder = locker(path, &[OFD_READ]);
    let writer = blocked(path, 1, &[FCNTL_QUEUE, FCNTL_PASSAGE, OFD_WRITE]);
    let reader = blocked(path, 2, &[FCNTL_WAY_IN, OFD_READ]);
    assert!(table(path).iter().any(|line| line.contains("-> OFDLCK") && line.contains(" -1 ")));
    assert_eq!(waiters(path), [(Some(writer.pid), Exclusive), (Some(reader.pid), Shared)]);
    assert!(holders(path).unwrap().waiters.iter().all(|waiter| waiter.family == Family::Fcntl));
}

#[test]
fn a_writer_that_asks_with_the_readers_is_named_and_writes() {
    let place = gated();
    let path = &place.lock;
    let _holder = locker(path, &[OFD_WRITE]);
    let reader = blocked(path, 1, &[FCNTL_WAY_IN, OFD_READ]);
    let writer = blocked(path, 2, &[FCNTL_QUEUE, OFD_READ]);
    assert_eq!(waiters(path), [(Some(reader.pid), Shared), (Some(writer.pid), Exclusive)]);
}

#[test]
fn who_waits_for_an_ofd_lock_without_gates_is_found_by_its_system_call() {
    let (_directory, path) = lock_file();
    let _holder = locker(&path, &[OFD_WRITE]);
    let waiter = blocked(&path, 1, &[OFD_WRITE]);
    assert_eq!(waiters(&path), [(Some(waiter.pid), Exclusive)]);
}

#[test]
fn a_waiter_is_gone_when_it_is_served() {
    let (_directory, path) = lock_file();
    let holder = locker(&path, &["flock:ex"]);
    let waiter = blocked(&path, 1, &["flock:ex"]);
    drop(holder);
    until("served", || {
        holders(&path).unwrap().holders.first().is_some_and(|holder| holder.pid == Some(waiter.pid))
    });
    assert_eq!(waiters(&path), []);
}
