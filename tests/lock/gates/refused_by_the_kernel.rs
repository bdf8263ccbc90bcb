//! The kernel may refuse a gate: it has no locks left, or sees a deadlock between processes where
//! there is none between their threads. That costs order; it does not fail.

use std::fs;

use crate::support::gate_file::{CONVERSION, LANDING, QUEUE, gate_file};
use crate::support::joiner::joiner;
use crate::support::ordered::{At, Lock};
use crate::support::{Running, complaint, report, until};

/// Starts fasten so that its requests at the gate file are refused like this, counted from the
/// first one, which is to look. The gate file has to be there already.
fn refused(lock: &Lock, how: &str, fault: &str) -> Running {
    let strace = lock.place.program("strace").words("-f -qq -e signal=none -o trace -P");
    let strace = strace.arg(gate_file(&lock.path)).words(&format!("-e inject=fcntl:{fault}"));
    strace.args(lock.words(how, &["true"])).start()
}

fn refusals(lock: &Lock, error: &str) -> usize {
    let trace = fs::read_to_string(lock.place.path("trace")).unwrap_or_default();
    trace.lines().filter(|line| line.contains(&format!("{error} (")) && line.contains("INJECTED")).count()
}

#[test]
fn a_waiter_without_a_gate_gets_the_lock_all_the_same() {
    for error in ["ENOLCK", "EDEADLK"] {
        for how in ["read", "write", "write --prefer writer"] {
            let lock = Lock::new();
            let holder = lock.held("exclusive");
            let other = lock.waiting("write", At::Main);
            let waiter = refused(&lock, how, &format!("error={error}:when=3+"));
            until("it is refused a gate", || refusals(&lock, error) > 0);
            holder.leave();
            other.leave();
            waiter.leave();
        }
    }
}

#[test]
fn one_that_gives_way_to_an_upgrade_and_is_refused_its_gate_gets_the_lock_all_the_same() {
    for error in ["ENOLCK", "EDEADLK"] {
        // One of its first requests is that to wait there.
        let at_the_gate = (2..12).filter(|call| {
            let lock = Lock::new();
            let upgrading = joiner(&lock.path, "ofd-ex", CONVERSION, 1);
            let gives_way = refused(&lock, "exclusive", &format!("error={error}:when={call}"));
            let waits = || lock.table().iter().any(|entry| entry.waits && entry.first == LANDING);
            until("it is refused a request, or waits", || refusals(&lock, error) > 0 || waits());
            upgrading.leave();
            gives_way.leave();
            fs::read_to_string(lock.place.path("trace"))
                .unwrap()
                .lines()
                .any(|line| line.contains("F_SETLKW") && line.contains("INJECTED"))
        });
        assert!(at_the_gate.count() > 0, "{error}");
    }
}

#[test]
fn an_upgrade_that_is_refused_its_gate_keeps_the_lock_for_reading_and_is_66() {
    let lock = Lock::new();
    // The byte between two gates, which is nobody's: for the gate file to be there.
    let other = joiner(&lock.path, "sh", QUEUE + 1, 1);
    let script = "exec 9<>lock; \"$FASTEN\" read --fd 9 && \
        strace -qq -o trace -P \"$1\" -e inject=fcntl:error=ENOLCK:when=2+ \"$FASTEN\" write --fd 9; \
        echo $?; \"$FASTEN\" status lock";
    let output = lock.place.sh(script).arg("sh").arg(gate_file(&lock.path)).output();
    let (said, complaint) = (report(&output), complaint(&output));
    assert!(said.starts_with("66\n") && said.contains(": read\n"), "{said}{complaint}");
    assert!(complaint.contains("no locks available"), "{complaint}");
    other.leave();
}
