//! Signals: what reaches the command, and how fasten ends.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::symlink;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};

use crate::support::calls::each_up_to;
use crate::support::place::{FASTEN, Place, is_free, kill, until, waits};

/// fasten with a command of which the first line of output has been read.
fn started(place: &Place, command: &[&str]) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut process = Command::new(FASTEN)
        .current_dir(place.folder())
        .args(["exclusive", "a.lock", "--"])
        .args(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap();
    let mut output = BufReader::new(process.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert_eq!(line, "here\n");
    (process, output)
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
        let (mut process, mut output) = started(&place, &["python3", "-c", TAKES_A_SIGNAL]);
        kill(signal, process.id());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        assert_eq!(line, format!("got SIG{signal}\n"));
        drop(process.stdin.take());
        let mut rest = String::new();
        output.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "and 0 more\n");
        assert_eq!(process.wait().unwrap().code(), Some(0), "fasten stayed until the command had ended");
    }
}

#[test]
fn fasten_dies_by_the_signal_that_killed_its_command() {
    for (name, number) in [("TERM", 15), ("KILL", 9), ("INT", 2), ("SEGV", 11), ("QUIT", 3)] {
        let place = Place::new();
        let ended = Command::new(FASTEN)
            .current_dir(place.folder())
            .args(["exclusive", "a.lock", "-c", &format!("ulimit -c 0; kill -{name} $$; sleep 60")])
            .status()
            .unwrap();
        assert_eq!(ended.signal(), Some(number));
        assert!(!ended.core_dumped());
        assert!(is_free(&place.lock));
    }
}

#[test]
fn there_is_no_second_core_dump() {
    let place = Place::new();
    let script =
        format!("ulimit -c unlimited; exec '{FASTEN}' exclusive a.lock -c 'ulimit -c 0; kill -SEGV $$'");
    let ended = Command::new("bash").args(["-c", &script]).current_dir(place.folder()).status().unwrap();
    assert_eq!((ended.signal(), ended.core_dumped()), (Some(11), false));
}

#[test]
fn a_signal_ends_a_waiting_fasten_the_ordinary_way() {
    for (name, number) in [("TERM", 15), ("INT", 2), ("HUP", 1)] {
        let place = Place::new();
        let (mut holder, _output) = started(&place, &["sh", "-c", "echo here; read -r x"]);
        let mut waiter = Command::new(FASTEN)
            .current_dir(place.folder())
            .args(["exclusive", "-w", "60", "a.lock", "--", "touch", "ran"])
            .spawn()
            .unwrap();
        until("it waits", || waits(waiter.id(), &place.lock));
        kill(name, waiter.id());
        assert_eq!(waiter.wait().unwrap().signal(), Some(number));
        drop(holder.stdin.take());
        holder.wait().unwrap();
        assert!(is_free(&place.lock) && !place.path("ran").exists());
    }
}

#[test]
fn a_command_under_nohup_still_ignores_a_hangup() {
    let place = Place::new();
    let mut process = Command::new("nohup")
        .current_dir(place.folder())
        .args([FASTEN, "exclusive", "a.lock", "--", "sh", "-c", "echo here; read -r x; echo alive"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(process.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    kill("HUP", process.id());
    drop(process.stdin.take());
    output.read_to_string(&mut line).unwrap();
    assert_eq!(line, "here\nalive\n");
    assert!(process.wait().unwrap().success());
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
    for name in ["fasten", "flock"] {
        let place = Place::new();
        symlink(FASTEN, place.path(name)).unwrap();
        let words: &[&str] = if name == "flock" { &["a.lock"] } else { &["exclusive", "a.lock", "--"] };
        let mut timeout = Command::new("timeout")
            .arg("1h")
            .arg(place.path(name))
            .args(words)
            .args(["python3", "-c", TAKES_A_SIGNAL])
            .current_dir(place.folder())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(timeout.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let fasten = child(timeout.id());
        kill("TERM", timeout.id());
        output.read_line(&mut line).unwrap();
        assert_eq!(line, "here\ngot SIGTERM\n");
        until("the signal has been taken", || set(fasten, "ShdPnd:") == 0);
        kill("USR1", fasten);
        until("the other one is there", || set(child(fasten), "ShdPnd:") & 1 << (libc::SIGUSR1 - 1) != 0);
        drop(timeout.stdin.take());
        let mut rest = String::new();
        output.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "and 1 more\n", "{name}");
        timeout.wait().unwrap();
    }
}

/// As a command under sudo(8) is of another user.
#[test]
fn a_signal_that_may_not_be_passed_on_is_said_in_one_line() {
    for name in ["fasten", "flock"] {
        let place = Place::new();
        symlink(FASTEN, place.path(name)).unwrap();
        let words: &[&str] = if name == "flock" { &["a.lock"] } else { &["exclusive", "a.lock", "--"] };
        let mut process = Command::new("strace")
            .args(["-f", "-qq", "-o", "log", "-e", "trace=kill", "-e", "inject=kill:error=EPERM"])
            .arg(place.path(name))
            .args(words)
            .args(["sh", "-c", "echo $PPID $$; read -r x; exit 3"])
            .current_dir(place.folder())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("this test needs strace (Debian package strace)");
        let mut pids = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut pids).unwrap();
        let (fasten, command) = pids.trim().split_once(' ').unwrap();
        kill("TERM", fasten.parse().unwrap());
        let mut said = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let why = "operation not permitted";
        let told = format!("{name}: SIGTERM cannot be passed on to the command (pid {command}): {why}\n");
        assert_eq!(line, told);
        drop(process.stdin.take());
        let mut rest = String::new();
        said.read_to_string(&mut rest).unwrap();
        assert_eq!((rest.as_str(), process.wait().unwrap().code()), ("", Some(3)));
    }
}

/// strace sends it, as the terminal's own, before each of the system calls up to the one that makes the
/// command's process.
#[test]
fn a_ctrl_c_before_the_command_is_there_ends_fasten_and_the_command_never_starts() {
    let place = Place::new();
    let strace = |options: &[&str]| {
        let mut command = Command::new("strace");
        command.args(["-qq", "-o", "log"]).args(options).args([
            FASTEN,
            "exclusive",
            "a.lock",
            "--",
            "touch",
            "ran",
        ]);
        command.current_dir(place.folder()).status().expect("this test needs strace (Debian package strace)")
    };
    assert!(strace(&[]).success());
    fs::remove_file(place.path("ran")).unwrap();
    for (call, nth) in each_up_to(&place.text("log"), "clone") {
        let ended = strace(&["-e", &format!("inject={call}:signal=INT:when={nth}")]);
        assert_eq!(ended.signal(), Some(libc::SIGINT), "at {call} {nth}");
        assert!(!place.path("ran").exists(), "at {call} {nth}");
    }
}
