//! Nobody reads what fasten says: a full pipe, a stopped terminal. The command starts all the same.

use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
use std::process::{Command, Stdio};
use std::thread;

use nix::fcntl::{FcntlArg, OFlag, fcntl};

use crate::support::place::{FASTEN, Place, hold, release, until, waits};

/// A pipe that takes no byte more.
fn full() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = pipe().unwrap();
    fcntl(&writer, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
    for size in [4096, 1] {
        while writer.write(&vec![b'.'; size]).is_ok() {}
    }
    fcntl(&writer, FcntlArg::F_SETFL(OFlag::empty())).unwrap();
    (reader, writer)
}

#[test]
fn a_full_pipe_does_not_keep_the_command_from_starting() {
    for contended in [false, true] {
        for words in [&["exclusive", "-v", "a.lock", "--"][..], &["write", "-v", "--fd", "0", "--"]] {
            let place = Place::new();
            let (mut reader, writer) = full();
            let holder = contended.then(|| hold(&place, "exclusive"));
            let mut process = Command::new(FASTEN)
                .args(words)
                .args(["touch", "ran"])
                .current_dir(place.folder())
                .stdin(std::fs::File::open(&place.lock).unwrap())
                .stderr(writer)
                .spawn()
                .unwrap();
            if let Some(holder) = holder {
                until("it waits", || waits(process.id(), &place.lock));
                release(holder);
            }
            until("the command runs", || place.path("ran").exists());
            thread::spawn(move || reader.read_to_end(&mut Vec::new()));
            assert!(process.wait().unwrap().success());
        }
    }
}

#[test]
fn by_the_name_of_flock_a_full_pipe_does_not_either() {
    let place = Place::new();
    std::os::unix::fs::symlink(FASTEN, place.path("flock")).unwrap();
    let (_reader, writer) = full();
    let mut command = Command::new(place.path("flock"));
    command.args(["--verbose", "a.lock", "touch", "ran"]).current_dir(place.folder()).stdout(writer);
    let mut process = command.spawn().unwrap();
    until("the command runs", || place.path("ran").exists());
    assert!(process.wait().unwrap().success());
}

/// Says `drawn` when the line of a waiter has come to its terminal and the terminal has been stopped, and
/// lets the terminal go on when its own input ends.
const STOPPED: &str = r"
import os, pty, select, sys
waiter, terminal = pty.fork()
if waiter == 0: os.execv(sys.argv[1], ['fasten', 'exclusive', 'a.lock', '--', 'touch', 'ran'])
seen = b''
while b'waiting for' not in seen: seen += os.read(terminal, 1000)
side = os.open('/proc/%d/fd/2' % waiter, os.O_RDWR | os.O_NOCTTY)
os.write(terminal, b'\x13')
while select.select([], [side], [], 0)[1]: pass
print('drawn', flush=True)
sys.stdin.read()
os.write(terminal, b'\x11')
os.close(side)
try:
    while os.read(terminal, 1000): pass
except OSError: pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(waiter, 0)[1]))
";

#[test]
fn a_stopped_terminal_does_not_keep_the_command_from_starting() {
    let place = Place::new();
    let holder = hold(&place, "exclusive");
    let mut process = Command::new("python3")
        .args(["-c", STOPPED, FASTEN])
        .current_dir(place.folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test needs python3 (Debian package python3)");
    process.stdout.as_mut().unwrap().read_exact(&mut [0; 6]).unwrap();
    release(holder);
    until("the command runs", || place.path("ran").exists());
    drop(process.stdin.take());
    assert!(process.wait().unwrap().success());
}
