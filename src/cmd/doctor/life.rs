//! How long a lock lives when it is inherited, and who hears of its end.

use std::time::Duration;

use fasten::Mode::Exclusive;
use nix::unistd::dup;

use super::exclusion::{broken, must_be_free, take};
use super::fault::Fault;
use super::others::{LONG, cannot_open, number, process, start, told};
use super::place::Place;
use crate::cmd::run::Program;
use crate::cmd::sys::entry::replace_process;
use crate::cmd::sys::fork::Heard;
use crate::cmd::sys::locks::{Kind, lock, unlock};

/// Nobody may get in while the lock is held; so long is looked.
const LOOKED: Duration = Duration::from_millis(100);
/// The kernel of one machine needs microseconds; an NFS client that has to ask
/// again, a second.
const WOKEN_WITHIN: Duration = Duration::from_secs(5);

/// A command that inherits the descriptor keeps the lock when we close ours.
pub(super) fn is_inherited(place: &Place, kind: Kind) -> Result<(), Fault> {
    let holder = place.open().map_err(cannot_open)?;
    take(&holder, kind, Exclusive)?;
    let mut heir = start(|mut line| {
        let inherited_by_the_command = dup(&holder);
        if inherited_by_the_command.is_ok() && line.become_standard().is_ok() {
            let command = Program::shell("echo here; read -r end".into());
            replace_process(command.words());
        }
        // No shell, as in some containers: then without exec(2).
        let _ = line.say("here");
        line.hear(LONG, || true);
    })?;
    let here = heir.line.hear(LONG, || true);
    drop(holder);
    let granted = process(place, kind, Exclusive);
    heir.end();
    if here == Heard::End {
        return Err(Fault::Means("starting a command", std::io::ErrorKind::BrokenPipe.into()));
    }
    if granted? {
        return broken("lost when the parent closed its descriptor");
    }
    must_be_free(place, kind, process, "the last who inherited it has ended")
}

/// Who waits does not get in before the lock is free, and then does.
pub(super) fn wakes(place: &Place, kind: Kind) -> Result<(), Fault> {
    let holder = place.open().map_err(cannot_open)?;
    take(&holder, kind, Exclusive)?;
    let mut waiter = start(|mut line| {
        let _ = line.say("waits");
        let waited = place.open().and_then(|file| lock(&file, kind, Exclusive));
        let _ = line.say(&waited.as_ref().map_or_else(number, |()| "in".to_owned()));
    })?;
    waiter.line.hear(LONG, || true);
    let early = waiter.line.hear(LOOKED, || true);
    let unlocked = unlock(&holder, kind);
    let (answer, in_time) = match early {
        Heard::Nothing => (waiter.line.hear(WOKEN_WITHIN, || true), true),
        early => (early, false),
    };
    waiter.kill();
    unlocked?;
    match answer {
        Heard::Words(words) if words != "in" => Err(Fault::Failed(told(&words))),
        Heard::Words(_) if in_time => Ok(()),
        Heard::Words(_) => broken("who waits got in while the lock was held"),
        Heard::Nothing | Heard::End => Err(Fault::NotWoken),
    }
}
