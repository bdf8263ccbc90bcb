//! Who waits, and in which order: the gates of DESIGN section 5, taken by hand.
#![cfg(target_os = "linux")]

#[path = "support/lockers.rs"]
mod support;

use std::path::Path;

use fasten::Mode::{Exclusive, Shared};
use fasten::holders::{State, Waiter, holders};
use fasten::{Family, Mode};
use support::{Process, asking, lock_file, locker, table, until, until_blocked};

const QUEUE: &str = "posix:ex:4611686018427387904:1";
const GATE: &str = "posix:ex:4611686018427387906:1";
const OPEN_GATE: &str = "posix:un:4611686018427387906:1";
const READER_GATE: &str = "posix:sh:4611686018427387906:2147483648";
const READER_PASSED: &str = "posix:un:4611686018427387906:2147483648";
const UPGRADE: &str = "posix:ex:4611686020574871553:1";
const UPGRADE_OVER: &str = "posix:sh:4611686020574871552:2";
const OFD_WRITE: &str = "ofd:ex:0:4611686018427387904";
const OFD_READ: &str = "ofd:sh:0:4611686018427387904";

fn intent(number: i64) -> String {
    format!("posix:ex:{}:1", (1i64 << 62) + 2 + number)
}

fn waiters(path: &Path) -> Vec<(Option<u32>, Mode)> {
    holders(path).unwrap().waiters.iter().map(|Waiter { pid, mode, .. }| (*pid, *mode)).collect()
}

fn blocked(path: &Path, count: usize, steps: &[&str]) -> Process {
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
    let (_directory, path) = lock_file();
    let writer = locker(&path, &[QUEUE, GATE, "flock:ex", OPEN_GATE]);
    let queued_first = blocked(&path, 1, &[QUEUE, GATE, "flock:ex"]);
    let reader = blocked(&path, 2, &[READER_GATE, "flock:sh", READER_PASSED]);
    let queued_second = blocked(&path, 3, &[QUEUE, GATE, "flock:ex"]);
    let order = [(&reader, Shared), (&queued_first, Exclusive), (&queued_second, Exclusive)];
    assert_eq!(waiters(&path), order.map(|(process, mode)| (Some(process.pid), mode)));

    let report = holders(&path).unwrap();
    assert_eq!(report.state, State::Exclusive);
    assert_eq!(report.holders[0].pid, Some(writer.pid));
    assert!(report.waiters.iter().all(|waiter| waiter.family == Family::Flock));
}

#[test]
fn a_writer_at_its_gate_goes_before_the_readers_behind_it() {
    let (_directory, path) = lock_file();
    let holder = locker(&path, &["flock:sh"]);
    let writer = blocked(&path, 1, &[QUEUE, GATE, "flock:ex"]);
    let late = blocked(&path, 2, &[READER_GATE, "flock:sh"]);
    assert_eq!(waiters(&path), [(Some(writer.pid), Exclusive), (Some(late.pid), Shared)]);
    assert_eq!(holders(&path).unwrap().holders[0].pid, Some(holder.pid));
}

#[test]
fn a_preferring_writer_goes_before_the_readers_at_the_gate() {
    let (_directory, path) = lock_file();
    let _writer = locker(&path, &[QUEUE, "flock:ex"]);
    let fair = blocked(&path, 1, &[QUEUE, GATE, "flock:ex"]);
    let preferring = blocked(&path, 2, &[&intent(7), QUEUE, "flock:ex"]);
    let reader = blocked(&path, 3, &[READER_GATE, "flock:sh"]);
    let order = [(&preferring, Exclusive), (&reader, Shared), (&fair, Exclusive)];
    assert_eq!(waiters(&path), order.map(|(process, mode)| (Some(process.pid), mode)));
}

#[test]
fn a_writer_that_waits_for_an_upgrade_to_be_over_waits_to_write() {
    let (_directory, path) = lock_file();
    let _upgrading = locker(&path, &["flock:ex", UPGRADE]);
    let writer = blocked(&path, 1, &[UPGRADE_OVER]);
    assert_eq!(waiters(&path), [(Some(writer.pid), Exclusive)]);
}

#[test]
fn a_writer_whose_child_alone_keeps_the_lock_does_not_wait() {
    let (_directory, path) = lock_file();
    let script = "exec 9>\"$1\"; flock 9; echo ready; read x";
    let shell = ["sh", "-c", script, "sh", path.to_str().unwrap()];
    let code = "import fcntl,os,struct,subprocess,sys
f=open(sys.argv[1],'w'); fcntl.lockf(f,fcntl.LOCK_EX,1,1<<62); subprocess.run(sys.argv[2:])";
    let mut arguments = vec!["-c", code, path.to_str().unwrap()];
    arguments.extend(shell);
    let mut process = support::start("python3", &arguments.iter().map(AsRef::as_ref).collect::<Vec<_>>());
    process.line();
    let report = holders(&path).unwrap();
    assert_eq!((report.holders.len(), report.waiters.len()), (1, 0), "{report:?}");
}

#[test]
fn who_waits_for_an_ofd_lock_is_found_by_its_gate() {
    let (_directory, path) = lock_file();
    let _holder = locker(&path, &[OFD_READ]);
    let writer = blocked(&path, 1, &[QUEUE, GATE, OFD_WRITE]);
    let reader = blocked(&path, 2, &[READER_GATE, OFD_READ]);
    assert!(table(&path).iter().any(|line| line.contains("-> OFDLCK") && line.contains(" -1 ")));
    assert_eq!(waiters(&path), [(Some(writer.pid), Exclusive), (Some(reader.pid), Shared)]);
    assert!(holders(&path).unwrap().waiters.iter().all(|waiter| waiter.family == Family::Fcntl));
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
