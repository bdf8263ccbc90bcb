//! The lock lives exactly as long as the command, unless it is told otherwise.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::support::place::{FASTEN, Place, fasten, is_free, kill, until, until_written};

/// A command that leaves a daemon behind, which writes its pid and has every
/// descriptor that it inherited.
const LEAVES_A_DAEMON: &str = "setsid sh -c 'echo $$ >daemon; exec sleep 300' </dev/null >/dev/null 2>&1 & until [ -s daemon ]; do :; done";

fn daemon(place: &Place, options: &[&str]) -> u32 {
    let mut run = fasten();
    run.current_dir(place.folder()).arg("exclusive").args(options).args(["a.lock", "--", "sh", "-c"]);
    run.arg(LEAVES_A_DAEMON).assert().success();
    until_written(&place.path("daemon")).trim().parse().unwrap()
}

#[test]
fn a_daemon_that_the_command_left_behind_does_not_keep_the_lock() {
    let place = Place::new();
    let daemon = daemon(&place, &[]);
    assert!(is_free(&place.lock));
    kill("KILL", daemon);
}

#[test]
fn with_linger_it_does_keep_the_lock_until_it_is_gone() {
    let place = Place::new();
    let daemon = daemon(&place, &["--linger"]);
    assert!(!is_free(&place.lock));
    kill("KILL", daemon);
    until("the lock is free", || is_free(&place.lock));
}

#[test]
fn with_close_the_command_does_not_inherit_the_lock() {
    let place = Place::new();
    let script = "readlink /proc/self/fd/*";
    let listed = |options: &[&str]| {
        let mut run = fasten();
        run.current_dir(place.folder()).arg("exclusive").args(options).args(["a.lock", "-c", script]);
        String::from_utf8(run.assert().get_output().stdout.clone()).unwrap()
    };
    assert_eq!(listed(&[]).matches("a.lock").count(), 1);
    assert_eq!(listed(&["--close"]).matches("a.lock").count(), 0);
}

#[test]
fn without_a_fork_the_command_has_the_process_and_the_lock() {
    let place = Place::new();
    let script = "echo $$; read -r x";
    let mut process = Command::new(FASTEN)
        .current_dir(place.folder())
        .args(["exclusive", "--no-fork", "a.lock", "--", "sh", "-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = std::io::BufReader::new(process.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut output, &mut line).unwrap();
    assert_eq!(line.trim(), process.id().to_string());
    assert!(!is_free(&place.lock));
    kill("KILL", process.id());
    process.wait().unwrap();
    assert!(is_free(&place.lock));
}

#[test]
fn the_inherited_descriptor_is_above_those_that_scripts_use() {
    let place = Place::new();
    let script = "exec 3</dev/null 4</dev/null 5</dev/null 9</dev/null; flock -n a.lock true";
    let mut run = fasten();
    run.current_dir(place.folder()).args(["exclusive", "--linger", "a.lock", "-c", script]).assert().code(1);
}

#[test]
fn with_standard_streams_closed_the_lock_file_does_not_take_their_place() {
    let place = Place::new();
    for subcommand in ["exclusive", "write"] {
        let script = format!(
            "\"{FASTEN}\" {subcommand} -v a.lock -- sh -c 'for i in 0 1 2; do [ -e /proc/self/fd/$i ] && echo open >>seen; done; :' <&- >&- 2>&-"
        );
        assert!(
            Command::new("bash")
                .args(["-c", &script])
                .current_dir(place.folder())
                .status()
                .unwrap()
                .success()
        );
    }
    assert!(!place.path("seen").exists(), "closed streams stay closed");
    assert_eq!(place.text("a.lock"), "");
}

/// A command like sudo(8), sshd(8) or tcsh(1): it closes what it has inherited.
const CLOSES_ALL: &str = "import os, sys\n\
    os.closerange(3, 1024)\n\
    print(os.getpid(), flush=True)\n\
    sys.stdin.read()";

#[test]
fn a_command_that_closes_what_it_inherits_has_the_lock_by_its_wrapper_only() {
    for (option, kept) in [(None, true), (Some("--linger"), true), (Some("--no-fork"), false)] {
        let place = Place::new();
        let mut run = Command::new(FASTEN);
        run.arg("exclusive").args(option).arg(&place.lock).args(["--", "python3", "-c", CLOSES_ALL]);
        let mut process = run.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(is_free(&place.lock), !kept, "{option:?}");
        process.kill().unwrap();
        process.wait().unwrap();
        assert!(is_free(&place.lock), "{option:?}: the command may still run");
    }
}
