//! A little language for what happens in which order.
//!
//!     play(&place, &["A: exclusive", "B: exclusive"], "A runs, B waits, A ends, B runs")
//!
//! The cast says who starts the tool with which arguments; each actor's command
//! says `here` when it runs and goes on until it is told to end. The steps:
//!
//! - `A runs`: starts A, if it has not come yet, and its command runs now.
//! - `A waits`: starts A; it sleeps in the kernel for the lock.
//! - `A ends`: its command ends, and then A does, with code 0.
//! - `A is refused`: starts A; it ends with the tool's code for a conflict.
//! - `A gives up`: A, which waited, ends with that code.
//! - `A is killed`: SIGKILL to A itself, not to its command.
//! - `the command of A ends`: for an A that is dead.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::support::place::{FASTEN, Place, kill, until, waits};

/// Which program takes the locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Fasten,
    Flock,
    /// fasten by the name of flock.
    Link,
}

impl Tool {
    fn conflict(self) -> i32 {
        match self {
            Self::Fasten => 75,
            Self::Flock | Self::Link => 1,
        }
    }

    /// `exclusive -n` and the like, for the tool in question.
    fn command(self, words: &str, place: &Place) -> Command {
        let mut command = match self {
            Self::Fasten => Command::new(FASTEN),
            Self::Flock => Command::new("flock"),
            Self::Link => {
                let mut command = Command::new(FASTEN);
                command.arg0("flock");
                command
            }
        };
        for word in words.split_whitespace() {
            match (self, word) {
                (Self::Flock | Self::Link, "exclusive" | "write") => command.arg("-x"),
                (Self::Flock | Self::Link, "read") => command.arg("-s"),
                _ => command.arg(word),
            };
        }
        command.arg(&place.lock);
        if self == Self::Fasten {
            command.arg("--");
        }
        command.args(["sh", "-c", "echo here; cat >/dev/null"]);
        command
    }
}

struct Actor {
    words: String,
    started: Option<Started>,
}

struct Started {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// Plays it with fasten.
pub fn play(place: &Place, cast: &[&str], steps: &str) {
    play_with(Tool::Fasten, place, cast, steps);
}

/// Plays it with fasten and, in lock files of their own, with flock(1), which
/// promises the same, and with fasten by the name of flock.
pub fn play_with_all(cast: &[&str], steps: &str) {
    for tool in [Tool::Fasten, Tool::Flock, Tool::Link] {
        play_with(tool, &Place::new(), cast, steps);
    }
}

fn play_with(tool: Tool, place: &Place, cast: &[&str], steps: &str) {
    let mut stage = Stage { tool, place, actors: HashMap::new() };
    for line in cast {
        let (name, words) = line.split_once(": ").expect("NAME: ARGUMENTS");
        stage.actors.insert(name.to_owned(), Actor { words: words.to_owned(), started: None });
    }
    for step in steps.split(", ") {
        stage.take(step);
    }
    stage.curtain();
}

struct Stage<'a> {
    tool: Tool,
    place: &'a Place,
    actors: HashMap<String, Actor>,
}

impl Stage<'_> {
    fn take(&mut self, step: &str) {
        let words: Vec<&str> = step.split_whitespace().collect();
        match words[..] {
            [name, "runs"] => self.runs(name),
            [name, "waits"] => self.waits(name),
            [name, "ends"] => self.ends(name, 0),
            [name, "is", "refused"] | [name, "gives", "up"] => self.ends(name, self.tool.conflict()),
            [name, "is", "killed"] => self.is_killed(name),
            ["the", "command", "of", name, "ends"] => self.command_ends(name),
            _ => panic!("not a step: {step}"),
        }
    }

    fn started(&mut self, name: &str) -> &mut Started {
        let actor = self.actors.get_mut(name).unwrap_or_else(|| panic!("not in the cast: {name}"));
        let (tool, place) = (self.tool, self.place);
        actor.started.get_or_insert_with(|| {
            let mut command = tool.command(&actor.words, place);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut process = command.spawn().unwrap();
            let output = BufReader::new(process.stdout.take().unwrap());
            Started { input: process.stdin.take(), output, process }
        })
    }

    fn runs(&mut self, name: &str) {
        let mut line = String::new();
        self.started(name).output.read_line(&mut line).unwrap();
        assert_eq!(line, "here\n", "{name} runs with {:?}", self.tool);
    }

    fn waits(&mut self, name: &str) {
        let pid = self.started(name).process.id();
        let lock = &self.place.lock;
        until(&format!("{name} waits"), || waits(pid, lock));
    }

    fn ends(&mut self, name: &str, code: i32) {
        let tool = self.tool;
        let actor = self.started(name);
        drop(actor.input.take());
        let ended = actor.process.wait().unwrap();
        assert_eq!(ended.code(), Some(code), "{name} ends with {tool:?}");
        self.actors.get_mut(name).unwrap().started = None;
    }

    fn is_killed(&mut self, name: &str) {
        let actor = self.started(name);
        kill("KILL", actor.process.id());
        actor.process.wait().unwrap();
    }

    fn command_ends(&mut self, name: &str) {
        let actor = self.started(name);
        drop(actor.input.take());
        actor.output.read_to_end(&mut Vec::new()).unwrap();
    }

    /// Whoever is left ends.
    fn curtain(self) {
        for mut started in self.actors.into_values().filter_map(|actor| actor.started) {
            drop(started.input.take());
            started.process.wait().unwrap();
        }
    }
}
