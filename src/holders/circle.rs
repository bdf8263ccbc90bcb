//! Waits that can never end: processes that each hold a lock and wait for the next one's.
//!
//! A lock is held for all that its holder has started: the holder ends when they do. So a wait for a lock
//! is a wait for its holders, and each of those waits for whatever it or a descendant waits for.

use std::collections::{HashMap, HashSet};
use std::io;

use super::LockId;
use super::endless::{Link, Step};
use super::gate_files::{self, Lines, Locks};
use super::held::{Held, held};
use super::keepers::Keepers;
use super::proc::sees_everything;
use super::process::Processes;
use super::queue::{Waiting, waiting};
use crate::lock::{Family, Mode};

/// The circle that closes when `from` waits for `file`, its own step first; `None` when there is none, and
/// also when an ancestor holds `file` itself ([`ancestor_holding`](super::ancestor_holding) tells that).
///
/// Of two processes that start to wait at the same time, the first to look may look too early. So look
/// when the wait has begun: then the second to begin sees the other. Sources of truth as for
/// [`holders`](super::holders()); the waits are those in /proc/locks. A waiter is missing there for the
/// moment in which it is woken and finds the lock taken again, so look again if the wait lasts.
///
/// # Errors
/// Those of reading /proc/locks.
pub fn circle(file: LockId, mode: Mode, family: Family, from: u32) -> io::Result<Option<Vec<Step>>> {
    let mut system = System::read()?;
    if !system.someone_waits {
        return Ok(None);
    }
    let own = system.processes.lineage(from);
    let others = system.waits();
    let mut wants = vec![Want { file, mode, family, waiter: from, reached: None }];
    let mut seen = HashSet::from([(file, mode, family)]);
    let mut next = 0;
    while let Some(want) = wants.get(next).cloned() {
        for held in system.in_the_way(&want) {
            let ours = own.iter().copied().find(|pid| held.processes.contains(pid));
            if let Some(pid) = ours {
                if next > 0 {
                    return Ok(Some(system.told(&wants, next, pid, &held)));
                }
                continue;
            }
            for wait in &others {
                let holder = wait.lineage.iter().copied().find(|pid| held.processes.contains(pid));
                let Some(holder) = holder else { continue };
                if seen.insert((wait.file, wait.mode, wait.family)) {
                    let reached = Some(Reached { want: next, holder, held: held.clone() });
                    wants.push(Want {
                        file: wait.file,
                        mode: wait.mode,
                        family: wait.family,
                        waiter: wait.pid,
                        reached,
                    });
                }
            }
        }
        next += 1;
    }
    Ok(None)
}

#[derive(Clone)]
struct Want {
    file: LockId,
    mode: Mode,
    family: Family,
    waiter: u32,
    reached: Option<Reached>,
}

// From which want, and through which of its holders, another want was reached.
#[derive(Clone)]
struct Reached {
    want: usize,
    holder: u32,
    held: Held,
}

struct Wait {
    pid: u32,
    lineage: Vec<u32>,
    file: LockId,
    mode: Mode,
    family: Family,
}

struct System {
    locks: Locks,
    someone_waits: bool,
    hidden: bool,
    keepers: Keepers,
    processes: Processes,
    looked: HashMap<LockId, (Vec<Held>, Vec<Waiting>)>,
}

static NONE: Lines = Lines { own: Vec::new(), gates: Vec::new() };

fn someone_waits(lines: &Lines) -> bool {
    lines.own.iter().chain(&lines.gates).any(|entry| entry.blocked)
}

impl System {
    fn read() -> io::Result<Self> {
        let locks = gate_files::of_all()?;
        Ok(Self {
            someone_waits: locks.values().any(someone_waits),
            locks,
            hidden: !sees_everything(),
            keepers: Keepers::default(),
            processes: Processes::default(),
            looked: HashMap::new(),
        })
    }

    fn look(&mut self, file: LockId) -> &(Vec<Held>, Vec<Waiting>) {
        self.looked.entry(file).or_insert_with(|| {
            let Lines { own, gates } = self.locks.get(&file.in_table()).unwrap_or(&NONE);
            let held = held(file, own, self.hidden, &mut self.keepers, &mut self.processes);
            let waiting = waiting(file, own, gates, &held, &mut self.processes);
            (held, waiting)
        })
    }

    fn waits(&mut self) -> Vec<Wait> {
        let awaited = self.locks.iter().filter(|(_, lines)| someone_waits(lines));
        let files: Vec<LockId> = awaited.map(|(&file, _)| file).collect();
        let mut waits = Vec::new();
        for file in files {
            for Waiting { pid, mode, family } in self.look(file).1.clone() {
                if let Some(pid) = pid {
                    let lineage = self.processes.lineage(pid);
                    waits.push(Wait { pid, lineage, file, mode, family });
                }
            }
        }
        waits
    }

    // Readers are in a reader's way when a writer waits between them.
    fn in_the_way(&mut self, want: &Want) -> Vec<Held> {
        let (held, waiting) = self.look(want.file);
        let exclusive =
            want.mode == Mode::Exclusive || waiting.iter().any(|other| other.mode == Mode::Exclusive);
        let in_the_way =
            |held: &&Held| held.family == want.family && (exclusive || held.mode == Mode::Exclusive);
        held.iter().filter(in_the_way).cloned().collect()
    }

    // The circle in which `first` holds, through `held`, what the want `last` is about.
    fn told(&mut self, wants: &[Want], last: usize, first: u32, held: &Held) -> Vec<Step> {
        let mut chain = vec![(first, held, last)];
        let mut at = last;
        while let Some(reached) = &wants[at].reached {
            chain.insert(1, (reached.holder, &reached.held, reached.want));
            at = reached.want;
        }
        let link = |holds: (u32, &Held, usize), mode| Link {
            file: wants[holds.2].file,
            path: holds.1.keeper.and_then(|keeper| keeper.path()),
            mode,
        };
        let wanted: Vec<&Want> =
            std::iter::successors(Some(last), |&at| Some(wants[at].reached.as_ref()?.want))
                .map(|at| &wants[at])
                .collect();
        chain
            .iter()
            .zip(wanted.iter().rev())
            .enumerate()
            .map(|(index, (&holds, want))| {
                let about = self.processes.describe(holds.0);
                Step {
                    pid: holds.0,
                    user: about.user,
                    command: about.command,
                    holds: link(holds, holds.1.mode),
                    waiter: want.waiter,
                    wants: link(chain[(index + 1) % chain.len()], want.mode),
                }
            })
            .collect()
    }
}
