//! A process that is talked to line by line, and never outlives its test.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Output};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;

use super::program::Program;
use super::wait::{LIMIT, until};

#[derive(Debug)]
pub struct Running {
    /// Its own, or that of the child to which it has left everything.
    pub pid: u32,
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<Vec<u8>>,
    complaints: Receiver<Vec<u8>>,
}

impl Running {
    #[track_caller]
    pub fn start(words: &[impl AsRef<OsStr>]) -> Self {
        Program::new(&words[0]).args(&words[1..]).start()
    }

    #[track_caller]
    pub(super) fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("cannot run {command:?}: {error}; tools/test installs what the tests need")
        });
        let (lines, complaints) = (read(child.stdout.take()), read(child.stderr.take()));
        Self { pid: child.id(), input: child.stdin.take(), child, lines, complaints }
    }

    /// Waits for the next line that it says.
    #[track_caller]
    pub fn line(&mut self) -> String {
        let line = self.lines.recv_timeout(LIMIT).unwrap_or_else(|error| {
            let _ = self.child.kill();
            let complaint = String::from_utf8_lossy(&rest(&self.complaints)).into_owned();
            panic!("no line from {}: {error} {complaint}", self.pid)
        });
        text(&line)
    }

    /// Waits for the next line that it says on standard error.
    #[track_caller]
    pub fn complaint(&mut self) -> String {
        text(&self.complaints.recv_timeout(LIMIT).expect("it complains"))
    }

    pub fn tell(&mut self, line: &str) {
        self.write(&format!("{line}\n"));
    }

    pub(super) fn write(&mut self, text: &str) {
        self.input.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    pub fn end_input(&mut self) {
        drop(self.input.take());
    }

    /// Takes its input away from it, which ends when what is returned is dropped.
    pub fn take_input(&mut self) -> ChildStdin {
        self.input.take().unwrap()
    }

    /// Everything that it still says, until nobody can say any more.
    pub fn rest(&mut self) -> String {
        String::from_utf8(rest(&self.lines)).unwrap()
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// The child to which it has left everything stands for it from now on.
    pub fn is_now(&mut self, child: u32) {
        self.child.wait().unwrap();
        self.pid = child;
    }

    /// Ends its input and waits for its end.
    #[track_caller]
    pub fn finish(mut self) -> Output {
        self.end_input();
        let (stdout, stderr) = (rest(&self.lines), rest(&self.complaints));
        let mut status = None;
        until("its end", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        Output { status: status.unwrap(), stdout, stderr }
    }

    /// Ends its input, and expects that it ends well.
    #[track_caller]
    pub fn leave(self) {
        self.ends(0);
    }

    /// Ends its input, and expects that it ends with this code.
    #[track_caller]
    pub fn ends(self, code: i32) {
        let output = self.finish();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    }

    /// SIGKILL, and its end.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn signal(&self, name: &str) {
        send(name, self.pid);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.pid != self.child.id() {
            let _ = Command::new("kill").args(["-9", &self.pid.to_string()]).status();
        }
        // The end of its input ends whatever is left.
        self.end_input();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal as another process would.
#[track_caller]
pub fn send(signal: &str, pid: u32) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &pid.to_string()]).status().unwrap();
    assert!(sent.success(), "kill -{signal} {pid}");
}

/// Lines with their ends, as they come.
fn read(source: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (said, lines) = channel();
    if let Some(source) = source {
        thread::spawn(move || {
            let mut source = BufReader::new(source);
            loop {
                let mut line = Vec::new();
                let read = source.read_until(b'\n', &mut line).unwrap_or_default();
                if read == 0 || said.send(line).is_err() {
                    return;
                }
            }
        });
    }
    lines
}

#[track_caller]
fn rest(lines: &Receiver<Vec<u8>>) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        match lines.recv_timeout(LIMIT) {
            Ok(line) => all.extend(line),
            Err(RecvTimeoutError::Disconnected) => return all,
            Err(RecvTimeoutError::Timeout) => panic!("it does not end: {}", all.escape_ascii()),
        }
    }
}

fn text(line: &[u8]) -> String {
    let line = String::from_utf8_lossy(line);
    line.strip_suffix('\n').unwrap_or(&line).to_owned()
}
