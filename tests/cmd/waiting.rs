//! Waiting: in the kernel, for as long as it was told, and saying so.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::place::{FASTEN, Place, complaint, fasten, hold, refused_by_name, release, until, waits};

/// Clock ticks of processor time, of all threads.
fn ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// How often the process was put onto a processor.
fn switches(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("voluntary_ctxt_switches")).unwrap();
    line.split_whitespace().last().unwrap().parse().unwrap()
}

#[test]
fn a_waiter_takes_no_processor_time() {
    let place = Place::new();
    let holder = hold(&place, "exclusive");
    for words in [&["exclusive"][..], &["write"], &["read"], &["exclusive", "-w", "1h"]] {
        let mut waiter =
            Command::new(FASTEN).args(words).arg(&place.lock).args(["--", "true"]).spawn().unwrap();
        until("it waits", || waits(waiter.id(), &place.lock));
        let before = (ticks(waiter.id()), switches(waiter.id()));
        let start = Instant::now();
        until("a second is over", || start.elapsed() > Duration::from_secs(1));
        assert_eq!((ticks(waiter.id()), switches(waiter.id())), before, "{words:?}");
        waiter.kill().unwrap();
        waiter.wait().unwrap();
    }
    release(holder);
}

#[test]
fn the_deadline_holds_whatever_signals_the_caller_has_blocked_or_ignored() {
    let place = Place::new();
    let holder = hold(&place, "exclusive");
    let script = "import os, signal, sys\n\
        every = set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}\n\
        signal.pthread_sigmask(signal.SIG_BLOCK, every)\n\
        signal.signal(signal.SIGALRM, signal.SIG_IGN)\n\
        signal.signal(signal.SIGURG, signal.SIG_IGN)\n\
        os.execv(sys.argv[1], sys.argv[1:])";
    for subcommand in ["exclusive", "read", "write"] {
        let start = Instant::now();
        let output = Command::new("python3")
            .args(["-c", script, FASTEN, subcommand, "-w", "300ms"])
            .arg(&place.lock)
            .args(["--", "true"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(75), "{}", complaint(&output));
        assert!(start.elapsed() >= Duration::from_millis(300));
    }
    release(holder);
}

#[test]
fn a_refusal_is_one_line_with_the_lock_and_the_remedy() {
    let place = Place::new();
    let holder = hold(&place, "exclusive");
    let run = |words: &[&str]| fasten().args(words).arg(&place.lock).args(["--", "true"]).output().unwrap();
    let busy = refused_by_name(|| run(&["exclusive", "-n"]));
    let late = refused_by_name(|| run(&["read", "-w", "50ms"]));
    for (output, words) in [(busy, "try again later, or wait with -w"), (late, "gave up after 50ms")] {
        let said = complaint(&output);
        assert_eq!((output.status.code(), said.lines().count()), (Some(75), 1), "{said}");
        assert!(said.contains("a.lock") && said.contains(words), "{said}");
        let who = format!("held by sh -c 'echo here; read -r x' (pid {}, ", holder.id());
        assert!(said.contains(&who), "{said}");
    }
    release(holder);
}

#[test]
fn a_conflict_ends_with_the_code_that_was_asked_for() {
    let place = Place::new();
    let holder = hold(&place, "exclusive");
    for code in [0, 1, 255] {
        let mut run = fasten();
        run.args(["exclusive", "-n", "-q", "-E", &code.to_string()]).arg(&place.lock).args(["--", "false"]);
        run.assert().code(code).stderr("");
    }
    release(holder);
    fasten()
        .args(["exclusive", "-E", "9"])
        .arg(&place.lock)
        .args(["--", "sh", "-c", "exit 75"])
        .assert()
        .code(75);
}

#[test]
fn without_a_terminal_only_verbose_says_that_it_waits() {
    let place = Place::new();
    for (option, lines) in [("-v", 3), ("-q", 0), ("--timeout=60", 0)] {
        let holder = hold(&place, "exclusive");
        let waiter = Command::new(FASTEN)
            .args(["exclusive", option])
            .arg(&place.lock)
            .args(["--", "true"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut waiter = waiter;
        until("it waits", || waits(waiter.id(), &place.lock));
        let mut said = String::new();
        if lines > 0 {
            let mut letter = [0; 1];
            while !said.ends_with('\n') {
                waiter.stderr.as_mut().unwrap().read_exact(&mut letter).unwrap();
                said.push(char::from(letter[0]));
            }
            assert!(
                said.starts_with("fasten: waiting for ") && said.contains("a.lock, place 1: held by sh"),
                "{said}"
            );
        }
        release(holder);
        waiter.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(waiter.wait().unwrap().success());
        assert_eq!(said.lines().count(), lines, "{option}: {said}");
    }
}

#[test]
fn times_are_understood_with_and_without_units() {
    let place = Place::new();
    for time in ["10", "1.5", ".5", "250ms", "2m", "1h30m", "0", "1e3"] {
        fasten().args(["exclusive", "-w", time]).arg(&place.lock).args(["--", "true"]).assert().success();
    }
}

/// NFS answers EBADF to an exclusive lock on a descriptor that is open only for
/// reading; strace makes the kernel say so here.
#[test]
fn where_an_exclusive_lock_needs_a_writable_file_it_is_opened_so() {
    let place = Place::new();
    let log = place.path("calls");
    let output = Command::new("strace")
        .args([
            "-o",
            log.to_str().unwrap(),
            "-e",
            "inject=flock:error=EBADF:when=1",
            "-e",
            "trace=flock,openat",
        ])
        .args([FASTEN, "exclusive"])
        .arg(&place.lock)
        .args(["--", "true"])
        .output()
        .expect("this test needs strace (Debian package strace)");
    assert!(output.status.success(), "{}", complaint(&output));
    let calls = place.text("calls");
    let opened: Vec<&str> = calls.lines().filter(|line| line.contains("a.lock")).collect();
    assert!(opened[0].contains("O_RDONLY") && opened[1].contains("O_RDWR"), "{calls}");
    assert!(calls.contains("flock(") && calls.matches("LOCK_EX").count() == 2, "{calls}");
}
