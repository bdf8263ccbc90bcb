//! A little language for what happens in which order.
//!
//!     play(&place, &["A: exclusive", "B: exclusive"], "A runs, B waits, A ends, B runs")
//!
//! The cast names the actors and the arguments of each; each actor's command
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

use crate::support::{Place, Program, Running, fasten, until};

/// Which program takes the locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Fasten,
    Flock,
    /// fasten invoked as flock.
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
    fn program(self, words: &str, place: &Place) -> Program {
        let program = match self {
            Self::Fasten => Program::new(fasten()),
            Self::Flock => Program::new("flock"),
            Self::Link => Program::new(fasten()).called("flock"),
        };
        let words = words.split_whitespace().map(|word| match (self, word) {
            (Self::Flock | Self::Link, "exclusive" | "write") => "-x",
            (Self::Flock | Self::Link, "read") => "-s",
            _ => word,
        });
        let dashes = (self == Self::Fasten).then_some("--");
        program.args(words).arg(&place.lock).args(dashes).args(["sh", "-c", "echo here; cat >/dev/null"])
    }
}

struct Actor {
    words: String,
    started: Option<Running>,
}

/// Plays it with fasten.
pub fn play(place: &Place, cast: &[&str], steps: &str) {
    play_with(Tool::Fasten, place, cast, steps);
}

/// Plays it with fasten and, in lock files of their own, with flock(1), which
/// promises the same, and with fasten invoked as flock.
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

    fn started(&mut self, name: &str) -> &mut Running {
        let actor = self.actors.get_mut(name).unwrap_or_else(|| panic!("not in the cast: {name}"));
        let (tool, place) = (self.tool, self.place);
        actor.started.get_or_insert_with(|| tool.program(&actor.words, place).start())
    }

    fn runs(&mut self, name: &str) {
        let line = self.started(name).line();
        assert_eq!(line, "here", "{name} runs with {:?}", self.tool);
    }

    fn waits(&mut self, name: &str) {
        let pid = self.started(name).pid;
        self.place.until_waits(pid);
    }

    fn ends(&mut self, name: &str, code: i32) {
        let tool = self.tool;
        self.started(name);
        let ended = self.actors.get_mut(name).unwrap().started.take().unwrap().finish();
        assert_eq!(ended.status.code(), Some(code), "{name} ends with {tool:?}");
    }

    fn is_killed(&mut self, name: &str) {
        let actor = self.started(name);
        actor.signal("KILL");
        until(&format!("{name} is dead"), || actor.has_ended());
    }

    fn command_ends(&mut self, name: &str) {
        let actor = self.started(name);
        actor.end_input();
        actor.rest();
    }

    /// The actors that are left end.
    fn curtain(self) {
        self.actors
            .into_values()
            .filter_map(|actor| actor.started)
            .for_each(|started| drop(started.finish()));
    }
}
