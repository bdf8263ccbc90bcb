//! The kinds of deadlock, and their words.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::process::parent_id;
use std::process;

use crate::holders::{Ancestor, Link, Step, in_brief};
use crate::mode::Mode;

/// Why waiting for a lock would be a deadlock. Each is certain; [`Nested`](super::Nested) says
/// when.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deadlock {
    /// This process runs under the lock: an ancestor holds it, and waits for this process; or this
    /// process has an inherited descriptor that holds it.
    HeldByAncestor(Ancestor),
    /// This process inherited the lock shared, and an inherited lock cannot be upgraded.
    Inherited,
    /// This thread holds the lock already, in this mode.
    HeldByThisThread(Mode),
    /// A cycle of processes: each holds a lock for which the one before it waits. The first step is
    /// that of this process.
    Cycle(Vec<Step>),
    /// Another shared holder upgrades already, and waits for this holder to release.
    Upgrade,
}

impl fmt::Display for Deadlock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Upgrade => out.write_str("another reader is upgrading and waits for this one to leave"),
            Self::Inherited => out.write_str("this process inherited it, held shared"),
            Self::HeldByThisThread(mode) => write!(out, "this thread already holds it {}", adverb(*mode)),
            Self::HeldByAncestor(ancestor) if ancestor.pid == process::id() => {
                write!(out, "this process inherited it, held {}", adverb(ancestor.mode))
            }
            Self::HeldByAncestor(ancestor) => write!(out, "already {}", held_by(ancestor)),
            Self::Cycle(steps) => {
                for (index, step) in steps.iter().enumerate() {
                    let (then, name) = (if index == 0 { "" } else { ", " }, name(step.command.as_ref()));
                    let (holds, wants) = (path(&step.holds), path(&step.wants));
                    write!(out, "{then}{name} (pid {}) holds {holds} and waits for {wants}", step.pid)?;
                }
                Ok(())
            }
        }
    }
}

/// `held exclusively by our parent, make -j8 (pid 4242)`: the same words for a deadlock that is not
/// certain.
#[doc(hidden)]
pub fn held_by(ancestor: &Ancestor) -> String {
    let relation = if ancestor.pid == parent_id() { "parent" } else { "ancestor" };
    let (mode, name) = (adverb(ancestor.mode), name(ancestor.command.as_ref()));
    format!("held {mode} by our {relation}, {name} (pid {})", ancestor.pid)
}

fn adverb(mode: Mode) -> &'static str {
    match mode {
        Mode::Shared => "shared",
        Mode::Exclusive => "exclusively",
    }
}

fn name(command: Option<&OsString>) -> String {
    command.map_or_else(|| "a process".to_owned(), |words| in_brief(words))
}

fn path(link: &Link) -> String {
    link.path.as_ref().map_or_else(|| "a lock".to_owned(), |path| path.display().to_string())
}
