//! A program that is to run: its words, its surroundings, and what is expected of it.
//!
//!     place.fasten("exclusive -n a.lock -- true").code(75).stdout("").run();
//!
//! Without a word about it, the code 0 is expected.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use assert_cmd::assert::OutputAssertExt;

use super::running::Running;

/// The program under test: the one that `FASTEN_UNDER_TEST` names, if it is set, or the one that
/// Cargo has built.
pub fn fasten() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| match std::env::var("FASTEN_UNDER_TEST") {
        Ok(path) => {
            fs::canonicalize(&path).expect("FASTEN_UNDER_TEST names a file").to_str().unwrap().to_owned()
        }
        Err(_) => env!("CARGO_BIN_EXE_fasten").to_owned(),
    })
}

/// A command for sh(1) that says its pid when it is in, and stays until its input ends or has a line.
pub const HOLD: &str = "echo $$; read line; exit 0";

#[derive(Debug)]
#[must_use = "it has yet to run"]
pub struct Program {
    command: Command,
    input: String,
    code: i32,
    stdout: Option<Vec<u8>>,
    stderr: Option<String>,
}

impl From<Command> for Program {
    /// With pipes for the three streams.
    fn from(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { command, input: String::new(), code: 0, stdout: None, stderr: None }
    }
}

impl Program {
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Command::new(program).into()
    }

    pub fn arg(mut self, word: impl AsRef<OsStr>) -> Self {
        self.command.arg(word);
        self
    }

    pub fn args(mut self, words: impl IntoIterator<Item: AsRef<OsStr>>) -> Self {
        self.command.args(words);
        self
    }

    /// The words between the blanks.
    pub fn words(self, words: &str) -> Self {
        self.args(words.split_whitespace())
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub fn inside(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// By this name, whatever its file is called.
    pub fn called(mut self, name: &str) -> Self {
        self.command.arg0(name);
        self
    }

    /// In a process group of its own.
    pub fn alone_in_its_group(mut self) -> Self {
        self.command.process_group(0);
        self
    }

    /// What it is to read, instead of nothing.
    pub fn stdin(mut self, text: &str) -> Self {
        text.clone_into(&mut self.input);
        self
    }

    pub fn stdin_from(mut self, file: impl Into<Stdio>) -> Self {
        self.command.stdin(file);
        self
    }

    pub fn stdout_to(mut self, file: impl Into<Stdio>) -> Self {
        self.command.stdout(file);
        self
    }

    pub fn stderr_to(mut self, file: impl Into<Stdio>) -> Self {
        self.command.stderr(file);
        self
    }

    pub fn code(mut self, code: i32) -> Self {
        self.code = code;
        self
    }

    pub fn stdout(mut self, text: impl AsRef<[u8]>) -> Self {
        self.stdout = Some(text.as_ref().to_vec());
        self
    }

    pub fn stderr(mut self, text: &str) -> Self {
        self.stderr = Some(text.to_owned());
        self
    }

    /// Runs it to its end, which must be as expected and must come in time.
    #[track_caller]
    pub fn run(mut self) -> Output {
        let (stdout, stderr) = (self.stdout.take(), self.stderr.take());
        let (command, code) = (format!("{:?}", self.command), self.code);
        let mut checked = self.output().assert().append_context("command", command).code(code);
        if let Some(expected) = stdout {
            checked = checked.stdout(expected);
        }
        if let Some(expected) = stderr {
            checked = checked.stderr(expected);
        }
        checked.get_output().clone()
    }

    /// Runs it to its end, which must come in time; the caller looks at it.
    #[track_caller]
    pub fn output(self) -> Output {
        let input = self.input.clone();
        let mut running = self.start();
        if !input.is_empty() {
            running.write(&input);
        }
        running.finish()
    }

    #[track_caller]
    pub fn start(self) -> Running {
        Running::of(self.command)
    }
}

/// What it said on standard output.
pub fn report(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What it said on standard error.
pub fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
