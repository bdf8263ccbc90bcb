//! A process that is talked to line by line, and never left behind.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use super::ordered::{NEVER, until};

pub struct Running {
    pub pid: u32,
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Running {
    pub fn start(words: &[String]) -> Self {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{words:?}: {error}"));
        let output = BufReader::new(child.stdout.take().unwrap());
        let (said, lines) = channel();
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| said.send(line)));
        Self { pid: child.id(), input: child.stdin.take(), child, lines }
    }

    /// Waits for the next line that it says.
    pub fn line(&mut self) -> String {
        self.lines.recv_timeout(NEVER).unwrap_or_else(|error| {
            let _ = self.child.kill();
            let mut complaint = String::new();
            drop(self.input.take());
            let _ = self.child.stderr.take().unwrap().read_to_string(&mut complaint);
            panic!("no line from {}: {error} {complaint}", self.pid)
        })
    }

    pub fn tell(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Ends its input and waits for its end.
    pub fn finish(mut self) -> Output {
        drop(self.input.take());
        let mut status = None;
        until("its end", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        let mut stderr = Vec::new();
        self.child.stderr.take().unwrap().read_to_end(&mut stderr).unwrap();
        let stdout = self.lines.iter().flat_map(|line| (line + "\n").into_bytes()).collect();
        Output { status: status.unwrap(), stdout, stderr }
    }

    /// Lets it go, and expects that it ends well.
    pub fn leave(self) {
        let output = self.finish();
        assert!(output.status.success(), "{output:?}");
    }

    /// SIGKILL, and its end.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
