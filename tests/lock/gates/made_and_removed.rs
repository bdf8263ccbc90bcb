//! The life of a gate file: made by the first waiter, removed by the last.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use crate::support::gate_file::gate_file;
use crate::support::ordered::{At, Lock};
use crate::support::{Running, table, until};

const WAITERS: [(&str, At); 3] =
    [("read", At::Main), ("write", At::Main), ("write --prefer writer", At::Intent)];

#[test]
fn it_is_there_while_anybody_waits_in_order_and_no_longer() {
    let lock = Lock::new();
    let gates = gate_file(&lock.path);
    let holder = lock.held("exclusive");
    assert!(!gates.exists());
    let waiters = WAITERS.map(|(how, at)| lock.waiting(how, at));
    drop(waiters);
    assert!(gates.exists(), "nobody has left, all were killed");
    let waiter = lock.waiting("read", At::Main);
    holder.leave();
    waiter.leave();
    assert!(!gates.exists());
}

#[test]
fn a_lock_that_is_free_needs_none_and_is_opened_once() {
    let lock = Lock::new();
    let gates = gate_file(&lock.path).display().to_string();
    for how in ["exclusive", "read", "write", "write --prefer reader"] {
        let strace = lock.place.program("strace").words("-e trace=%file -o trace");
        strace.args(lock.words(how, &["true"])).run();
        let trace = lock.place.text("trace");
        let opened = |path: &str| {
            let named = format!("\"{path}\"");
            let calls = trace.lines().filter(|line| line.starts_with("open") && line.contains(&named));
            calls.map(|line| !line.contains("ENOENT")).collect::<Vec<_>>()
        };
        assert_eq!(opened(lock.path.to_str().unwrap()), [true], "{how}: {trace}");
        assert!(opened(&gates).iter().all(|there| !there), "{how}: {trace}");
    }
}

#[test]
fn its_permissions_are_those_of_the_lock_file() {
    for (mode, expected) in [(0o644, 0o644), (0o666, 0o666), (0o600, 0o600), (0o444, 0o644), (0o664, 0o664)] {
        let lock = Lock::new();
        fs::set_permissions(&lock.path, fs::Permissions::from_mode(mode)).unwrap();
        let holder = lock.held("exclusive");
        let waiter = lock.waiting("read", At::Main);
        let gates = fs::metadata(gate_file(&lock.path)).unwrap();
        let found = (gates.mode() & 0o7777, gates.uid(), gates.gid(), gates.len());
        let lock_file = fs::metadata(&lock.path).unwrap();
        assert_eq!(found, (expected, lock_file.uid(), lock_file.gid(), 0), "{mode:o}");
        holder.leave();
        waiter.leave();
    }
}

#[test]
fn one_that_killed_waiters_have_left_goes_with_the_next_that_comes() {
    for how in ["read", "write", "exclusive", "read -n", "write --prefer writer"] {
        let lock = Lock::new();
        let holder = lock.held("exclusive");
        lock.waiting("read", At::Main).kill();
        assert!(gate_file(&lock.path).exists());
        holder.leave();
        assert_eq!(lock.code(how), Some(0));
        assert!(!gate_file(&lock.path).exists(), "{how}");
    }
}

#[test]
fn a_signal_that_ends_a_waiter_leaves_none() {
    for signal in ["INT", "TERM", "HUP", "ALRM"] {
        for (how, at) in WAITERS {
            let lock = Lock::new();
            let at = if how == "write --prefer writer" { At::Main } else { at };
            let holder = lock.held("exclusive");
            let waiter = lock.waiting(how, at);
            waiter.signal(signal);
            let status = waiter.finish().status;
            assert!(status.signal().is_some(), "{how} {signal}: {status}");
            assert!(!gate_file(&lock.path).exists(), "{how} {signal}");
            holder.leave();
        }
    }
}

#[test]
fn a_command_in_the_place_of_its_wrapper_leaves_none() {
    let lock = Lock::new();
    let holder = lock.held("write --prefer writer -F");
    assert!(!gate_file(&lock.path).exists());
    assert_eq!(lock.code("read -n"), Some(75));
    holder.leave();
}

#[test]
fn one_that_was_removed_by_hand_keeps_nobody_out_and_lets_nobody_in() {
    let lock = Lock::new();
    let holder = lock.held("exclusive");
    let before = lock.start("write", &["true"]);
    lock.until_waits(before.pid, At::Main);
    fs::remove_file(gate_file(&lock.path)).unwrap();
    let after = lock.start("write", &["true"]);
    lock.until_waits(after.pid, At::Main);
    assert_eq!(lock.code("write -n"), Some(75));
    holder.leave();
    before.leave();
    after.leave();
    assert!(!gate_file(&lock.path).exists());
}

#[test]
fn two_paths_to_one_file_lead_to_one_queue() {
    let lock = Lock::new();
    let second = lock.place.path("second");
    fs::hard_link(&lock.path, &second).unwrap();
    let note = |what: &str| format!("echo {what} >>{}", lock.place.path("order").display());
    let holder = lock.held("write");
    let mut words = lock.words("write", &["sh", "-c", &note("W1")]);
    let at = words.iter().position(|word| Path::new(word) == lock.path).unwrap();
    words.insert(at, second.to_str().unwrap().to_owned());
    let first = Running::start(&words);
    lock.until_waits(first.pid, At::Main);
    let next = lock.start("write", &["sh", "-c", &note("W2")]);
    lock.until_waits(next.pid, At::Queue);
    let reader = lock.start("read", &["sh", "-c", &note("R")]);
    lock.until_waits(reader.pid, At::Main);
    holder.leave();
    [first, next, reader].into_iter().for_each(Running::leave);
    assert_eq!(fs::read_to_string(lock.place.path("order")).unwrap(), "R\nW1\nW2\n");
}

#[test]
fn preferring_writers_of_two_pid_namespaces_have_two_intents() {
    let lock = Lock::new();
    let order = lock.place.path("order");
    let note = |what: &str| format!("echo {what} >>{}", order.display());
    let process_1 = |note: &str| {
        let mut words = ["unshare", "--pid", "--fork", "--kill-child"].map(str::to_owned).to_vec();
        words.extend(lock.words("write --prefer writer", &["sh", "-c", note]));
        Running::start(&words)
    };
    let waiting = |count| until("they wait", || table::waiting(&lock.path) == count);
    let holder = lock.held("read");
    let first = process_1(&note("W1"));
    waiting(1);
    let reader = lock.start("read", &["sh", "-c", &note("R")]);
    lock.until_waits(reader.pid, At::Passage);
    let second = process_1(&note("W2"));
    waiting(3);
    holder.leave();
    [first, second, reader].into_iter().for_each(Running::leave);
    assert_eq!(fs::read_to_string(order).unwrap(), "W1\nW2\nR\n");
}
