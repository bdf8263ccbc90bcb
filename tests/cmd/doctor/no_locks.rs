//! `fasten doctor` where locks do not work: strace makes the kernel answer as a
//! broken file system would.

use std::process::Output;

use super::is_clean;
use crate::support::{Place, fasten, report};

fn strace(place: &Place, options: &[&str], doctor: &[&str]) -> Output {
    let strace = place.program("strace").words("-f -s 200 -o calls").args(options);
    strace.args([fasten(), "doctor"]).args(doctor).output()
}

/// Runs it with this fault in every call, and wants exactly these lines to be
/// wrong.
fn wrong(fault: &str, lines: &[&str]) {
    let place = Place::new();
    let output = strace(&place, &["-e", &format!("inject={fault}")], &["-q"]);
    let told = report(&output);
    assert_eq!(output.status.code(), Some(71), "{fault}: {told}");
    let found: Vec<&str> = told.lines().skip(1).collect();
    let expected: Vec<String> = lines.iter().map(|line| format!("  wrong  {line}")).collect();
    assert_eq!(found, expected);
    let problems = if lines.len() == 1 { "1 problem" } else { "2 problems" };
    assert_eq!(told.lines().next(), Some(format!(".: {problems}").as_str()));
    assert!(is_clean(place.directory()));
}

#[test]
fn an_flock_that_everybody_gets_is_71() {
    wrong(
        "flock:retval=0",
        &["flock between two processes: exclusive granted beside exclusive; lock on another file system"],
    );
}

#[test]
fn an_flock_that_nobody_gets_is_71() {
    wrong(
        "flock:error=EAGAIN",
        &["flock between two processes: refused though it is free; lock on another file system"],
    );
}

#[test]
fn no_locks_available_is_71() {
    wrong(
        "flock:error=ENOLCK",
        &["flock between two processes: no locks available; lock on another file system"],
    );
}

#[test]
fn no_locks_of_fcntl_is_71() {
    wrong(
        "fcntl:error=EINVAL",
        &["fcntl between two processes: invalid argument; lock on another file system"],
    );
}

#[test]
fn locks_of_fcntl_that_everybody_gets_are_71() {
    wrong(
        "fcntl:retval=0",
        &["fcntl between two processes: exclusive granted beside exclusive; lock on another file system"],
    );
}

#[test]
fn neither_kind_of_lock_is_two_problems() {
    wrong(
        "flock,fcntl:error=ENOSYS",
        &[
            "flock between two processes: function not implemented; lock on another file system",
            "fcntl between two processes: function not implemented; lock on another file system",
        ],
    );
}

/// Runs it with this fault in one call only: the `nth` flock(2) of a trial.
fn fault_in(trial: &str, nth: usize, fault: &str) -> (Option<i32>, String) {
    let place = Place::new();
    assert!(strace(&place, &["-e", "trace=flock,write,sendto"], &["-q"]).status.success());
    let calls = place.text("calls");
    let begin = calls.lines().position(|line| line.contains(&format!("\"trying {trial}\\n\""))).unwrap();
    let pid = calls.lines().nth(begin).unwrap().split(' ').next().unwrap();
    let is_lock = |line: &&str| line.starts_with(&format!("{pid} ")) && line.contains(" flock(");
    let when = calls.lines().take(begin).filter(is_lock).count() + nth;
    let output = strace(&place, &["-e", &format!("inject=flock:{fault}:when={when}")], &[]);
    assert!(is_clean(place.directory()));
    (output.status.code(), report(&output))
}

#[test]
fn a_lock_that_stays_when_it_is_unlocked_is_71() {
    let (code, told) = fault_in("flock between two descriptors", 3, "retval=0");
    assert_eq!(code, Some(71), "{told}");
    assert!(
        told.contains("wrong  flock between two descriptors: still held after unlocking; lock on"),
        "{told}"
    );
}

#[test]
fn readers_that_exclude_each_other_are_71() {
    let (code, told) = fault_in("flock between two descriptors", 17, "error=EAGAIN");
    assert_eq!(code, Some(71), "{told}");
    assert!(told.contains("wrong  flock between two descriptors: shared refused beside shared;"), "{told}");
}

/// The flock stays when it is unlocked, so that it seems to be in the way of the other family.
#[test]
fn families_that_are_not_apart_where_they_should_be_are_71() {
    let trial = "flock and fcntl apart: a command may lock its own data";
    let (code, told) = fault_in(trial, 2, "retval=0");
    assert_eq!(code, Some(71), "{told}");
    assert!(told.contains(&format!("wrong  {trial}: one excludes the other,")), "{told}");
}

#[test]
fn a_lock_that_an_inheritor_does_not_keep_is_71() {
    let (code, told) =
        fault_in("flock is inherited by a command, and kept when its parent closes", 1, "retval=0");
    assert_eq!(code, Some(71), "{told}");
    assert!(told.contains("closes: lost when the parent closed its descriptor; lock on"), "{told}");
}

#[test]
fn a_waiter_that_does_not_wait_is_71() {
    let (code, told) = fault_in("flock wakes waiters", 1, "retval=0");
    assert_eq!(code, Some(71), "{told}");
    assert!(told.contains("wrong  flock wakes waiters: a waiter got in while the lock was held;"), "{told}");
}

#[test]
fn a_waiter_that_nobody_wakes_is_71_and_not_waited_for_for_ever() {
    let (code, told) = fault_in("flock wakes waiters", 2, "retval=0");
    assert_eq!(code, Some(71), "{told}");
    assert!(
        told.contains("wrong  flock wakes waiters: waiters are not woken when the lock is released;"),
        "{told}"
    );
}

#[test]
fn what_fasten_can_live_with_is_a_note_and_0() {
    let (code, told) = fault_in("flock, exclusive, on a file that is open for reading", 1, "error=EBADF");
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("note   an exclusive lock needs a lock file that can be opened for writing\n"));
    let (code, told) = fault_in("flock on a directory", 1, "error=EINVAL");
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("note   a directory cannot be locked here; lock a file in it\n"), "{told}");
}
