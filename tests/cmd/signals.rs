//! Signals: what reaches the command, and how fasten ends.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;

use crate::support::calls::each_up_to;
use crate::support::{Place, Running, complaint, fasten, send, until};

/// fasten with a command of which the first line of output has been read.
fn started(place: &Place, command: &[&str]) -> Running {
    let mut process = place.fasten("exclusive a.lock --").args(command).alone_in_its_group().start();
    assert_eq!(process.line(), "here");
    process
}

/// Takes one signal and then, when its input has ended, tells what else came. No
/// handler: a shell's trap can come too early for the read that it is to end.
const TAKES_A_SIGNAL: &str = "
import signal, sys
every = signal.valid_signals() - {signal.SIGCHLD, signal.SIGCONT, signal.SIGWINCH, signal.SIGURG}
signal.pthread_sigmask(signal.SIG_BLOCK, every)
print('here', flush=True)
print('got', signal.sigwait(every).name, flush=True)
sys.stdin.read()
print('and', len(signal.sigpending()), 'more')
";

#[test]
fn a_signal_sent_to_fasten_reaches_the_command_once() {
    let signals =
        ["TERM", "HUP", "QUIT", "USR1", "USR2", "INT", "ALRM", "VTALRM", "PROF", "PIPE", "IO", "XCPU"];
    for signal in signals.into_iter().chain(["ABRT", "SEGV", "RTMIN"]) {
        let place = Place::new();
        let mut process = started(&place, &["python3", "-c", TAKES_A_SIGNAL]);
        process.signal(signal);
        assert_eq!(process.line(), format!("got SIG{signal}"));
        process.end_input();
        assert_eq!(process.rest(), "and 0 more\n");
        process.leave();
    }
}

#[test]
fn fasten_dies_by_the_signal_that_killed_its_command() {
    for (name, number) in [("TERM", 15), ("KILL", 9), ("INT", 2), ("SEGV", 11), ("QUIT", 3)] {
        let place = Place::new();
        let script = format!("ulimit -c 0; kill -{name} $$; sleep 60");
        let ended = place.fasten("exclusive a.lock -c").arg(script).output().status;
        assert_eq!(ended.signal(), Some(number));
        assert!(!ended.core_dumped());
        assert!(place.is_free());
    }
}

#[test]
fn there_is_no_second_core_dump() {
    let place = Place::new();
    let script = "ulimit -c unlimited; exec \"$FASTEN\" exclusive a.lock -c 'ulimit -c 0; kill -SEGV $$'";
    let ended = place.bash(script).output().status;
    assert_eq!((ended.signal(), ended.core_dumped()), (Some(11), false));
}

#[test]
fn a_signal_ends_a_waiting_fasten_the_ordinary_way() {
    for (name, number) in [("TERM", 15), ("INT", 2), ("HUP", 1)] {
        let place = Place::new();
        let holder = place.hold("exclusive");
        let waiter = place.waiter("exclusive -w 60 a.lock -- touch ran");
        waiter.signal(name);
        assert_eq!(waiter.finish().status.signal(), Some(number));
        holder.finish();
        assert!(place.is_free() && !place.path("ran").exists());
    }
}

#[test]
fn a_command_under_nohup_still_ignores_a_hangup() {
    let place = Place::new();
    let command = ["sh", "-c", "echo here; read -r x; echo alive"];
    let mut process = place.program("nohup").arg(fasten()).words("exclusive a.lock --").args(command).start();
    assert_eq!(process.line(), "here");
    process.signal("HUP");
    process.end_input();
    assert_eq!(process.rest(), "alive\n");
    process.leave();
}

/// The bits of one of the sets of signals of a process.
fn set(pid: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let found = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    u64::from_str_radix(found.trim(), 16).unwrap()
}

/// The only child of a process.
fn child(pid: u32) -> u32 {
    fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap().trim().parse().unwrap()
}

/// It sends the signal to fasten, and then to the whole group. A second signal, sent to fasten alone when the
/// first has been taken, tells when that has been passed on or not.
#[test]
fn what_timeout_sends_to_its_group_reaches_the_command_once() {
    for (name, words) in [("fasten", "exclusive a.lock --"), ("flock", "a.lock")] {
        let place = Place::new();
        symlink(fasten(), place.path(name)).unwrap();
        let under = place.program("timeout").arg("1h").arg(place.path(name)).words(words);
        let mut timeout = under.args(["python3", "-c", TAKES_A_SIGNAL]).start();
        assert_eq!(timeout.line(), "here");
        let fasten = child(timeout.pid);
        timeout.signal("TERM");
        assert_eq!(timeout.line(), "got SIGTERM");
        until("the signal has been taken", || set(fasten, "ShdPnd:") == 0);
        send("USR1", fasten);
        until("the other one is there", || set(child(fasten), "ShdPnd:") & 1 << (libc::SIGUSR1 - 1) != 0);
        timeout.end_input();
        assert_eq!(timeout.rest(), "and 1 more\n", "{name}");
        timeout.finish();
    }
}

/// As a command under sudo(8) is of another user.
#[test]
fn a_signal_that_may_not_be_passed_on_is_said_in_one_line() {
    for (name, words) in [("fasten", "exclusive a.lock --"), ("flock", "a.lock")] {
        let place = Place::new();
        symlink(fasten(), place.path(name)).unwrap();
        let strace = place.program("strace").words("-f -qq -o log -e trace=kill -e inject=kill:error=EPERM");
        let command = ["sh", "-c", "echo $PPID $$; read -r x; exit 3"];
        let mut process = strace.arg(place.path(name)).words(words).args(command).start();
        let pids = process.line();
        let (fasten, command) = pids.split_once(' ').unwrap();
        send("TERM", fasten.parse().unwrap());
        let why = "operation not permitted";
        let told = format!("{name}: SIGTERM cannot be passed on to the command (pid {command}): {why}");
        assert_eq!(process.complaint(), told);
        let ended = process.finish();
        assert_eq!((complaint(&ended).as_str(), ended.status.code()), ("", Some(3)));
    }
}

/// strace sends it, as the terminal's own, before each of the system calls up to the one that makes the
/// command's process.
#[test]
fn a_ctrl_c_before_the_command_is_there_ends_fasten_and_the_command_never_starts() {
    let place = Place::new();
    let strace = |options: &[&str]| {
        let strace = place.program("strace").words("-qq -o log").args(options).arg(fasten());
        strace.words("exclusive a.lock -- touch ran").output().status
    };
    assert!(strace(&[]).success());
    fs::remove_file(place.path("ran")).unwrap();
    for (call, nth) in each_up_to(&place.text("log"), "clone") {
        let ended = strace(&["-e", &format!("inject={call}:signal=INT:when={nth}")]);
        assert_eq!(ended.signal(), Some(libc::SIGINT), "at {call} {nth}");
        assert!(!place.path("ran").exists(), "at {call} {nth}");
    }
}
