//! Signals: what reaches the command, and how fasten ends.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};

use super::support::{FASTEN, Place, is_free, kill, until, waits};

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
every = {getattr(signal, 'SIG' + name) for name in ('TERM', 'HUP', 'QUIT', 'USR1', 'USR2', 'INT')}
signal.pthread_sigmask(signal.SIG_BLOCK, every)
print('here', flush=True)
print('got', signal.sigwait(every).name, flush=True)
sys.stdin.read()
print('and', len(signal.sigpending()), 'more')
";

#[test]
fn a_signal_sent_to_fasten_reaches_the_command_once() {
    for signal in ["TERM", "HUP", "QUIT", "USR1", "USR2", "INT"] {
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
