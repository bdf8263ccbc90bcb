//! The lock lives exactly as long as the command, unless it is told otherwise.

use crate::support::{Place, report, send, until, until_written};

/// A command that leaves a daemon, which writes its pid and has every
/// descriptor that it inherited.
const LEAVES_A_DAEMON: &str = "setsid sh -c 'echo $$ >daemon; exec sleep 300' </dev/null >/dev/null 2>&1 & until [ -s daemon ]; do :; done";

fn daemon(place: &Place, options: &[&str]) -> u32 {
    place.fasten("exclusive").args(options).words("a.lock -- sh -c").arg(LEAVES_A_DAEMON).run();
    until_written(&place.path("daemon")).trim().parse().unwrap()
}

#[test]
fn a_daemon_that_the_command_left_behind_does_not_keep_the_lock() {
    let place = Place::new();
    let daemon = daemon(&place, &[]);
    assert!(place.is_free());
    send("KILL", daemon);
}

#[test]
fn with_linger_it_does_keep_the_lock_until_it_is_gone() {
    let place = Place::new();
    let daemon = daemon(&place, &["--linger"]);
    assert!(!place.is_free());
    send("KILL", daemon);
    until("the lock is free", || place.is_free());
}

#[test]
fn with_close_the_command_does_not_inherit_the_lock() {
    let place = Place::new();
    let script = "readlink /proc/self/fd/*";
    let listed = |words: &str| report(&place.fasten(words).args(["a.lock", "-c", script]).output());
    assert_eq!(listed("exclusive").matches("a.lock").count(), 1);
    assert_eq!(listed("exclusive --close").matches("a.lock").count(), 0);
}

#[test]
fn without_a_fork_the_command_has_the_process_and_the_lock() {
    let place = Place::new();
    let script = "echo $$; read -r x";
    let mut process = place.fasten("exclusive --no-fork a.lock -- sh -c").arg(script).start();
    assert_eq!(process.line(), process.pid.to_string());
    assert!(!place.is_free());
    process.kill();
    assert!(place.is_free());
}

#[test]
fn the_inherited_descriptor_is_above_those_that_scripts_use() {
    let place = Place::new();
    let script = "exec 3</dev/null 4</dev/null 5</dev/null 9</dev/null; flock -n a.lock true";
    place.fasten("exclusive --linger a.lock -c").arg(script).code(1).run();
}

#[test]
fn with_standard_streams_closed_the_lock_file_does_not_take_their_place() {
    let place = Place::new();
    for subcommand in ["exclusive", "write"] {
        let script = format!(
            "\"$FASTEN\" {subcommand} -v a.lock -- sh -c 'for i in 0 1 2; do [ -e /proc/self/fd/$i ] && echo open >>seen; done; :' <&- >&- 2>&-"
        );
        place.bash(&script).run();
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
    for (option, kept) in [("", true), ("--linger", true), ("--no-fork", false)] {
        let place = Place::new();
        let run = place.fasten("exclusive").words(option).words("a.lock -- python3 -c").arg(CLOSES_ALL);
        let mut process = run.start();
        process.line();
        assert_eq!(place.is_free(), !kept, "{option:?}");
        process.kill();
        assert!(place.is_free(), "{option:?}: the command may still run");
    }
}
