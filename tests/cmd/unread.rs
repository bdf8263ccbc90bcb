//! Nobody reads what fasten says: a full pipe, a stopped terminal. The command starts all the same.

use std::fs::File;
use std::io::{Read, Write};
use std::thread;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::pipe;

use crate::support::{Place, fasten, until};

/// A pipe that takes no byte more.
fn full() -> (File, File) {
    let (reader, writer) = pipe().unwrap();
    let (reader, mut writer) = (File::from(reader), File::from(writer));
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
        for words in ["exclusive -v a.lock --", "write -v --fd 0 --"] {
            let place = Place::new();
            let (mut reader, writer) = full();
            let holder = contended.then(|| place.hold("exclusive"));
            let process = place
                .fasten(words)
                .args(["touch", "ran"])
                .stdin_from(File::open(&place.lock).unwrap())
                .stderr_to(writer)
                .start();
            if let Some(holder) = holder {
                place.until_waits(process.pid);
                holder.leave();
            }
            until("the command runs", || place.path("ran").exists());
            thread::spawn(move || reader.read_to_end(&mut Vec::new()));
            process.leave();
        }
    }
}

#[test]
fn by_the_name_of_flock_a_full_pipe_does_not_either() {
    let place = Place::new();
    std::os::unix::fs::symlink(fasten(), place.path("flock")).unwrap();
    let (_reader, writer) = full();
    let process =
        place.program(place.path("flock")).words("--verbose a.lock touch ran").stdout_to(writer).start();
    until("the command runs", || place.path("ran").exists());
    process.leave();
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
    let holder = place.hold("exclusive");
    let mut process = place.python(STOPPED).arg(fasten()).start();
    assert_eq!(process.line(), "drawn");
    holder.leave();
    until("the command runs", || place.path("ran").exists());
    process.leave();
}
