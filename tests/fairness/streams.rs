//! A process that comes into a stream of others, and which of these pass it.
//!
//! No time is measured. A time would include what it takes to start a process and to wake one, and on a busy machine
//! that is longer than the phases that it is compared with. Instead, each process says when it is in, and stays until
//! that is written down, so the entries stand in the order in which the lock was obtained. The stream has no gap,
//! because a process of it leaves only when the next one has come.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::support::ordered::Lock;
use crate::support::table::{Entry, Family};
use crate::support::{HOLD, Running, fasten, until};

/// How many processes of the stream there are at once.
pub const AT_ONCE: usize = 4;

/// Which process it is, in the order of the starts.
pub type Number = usize;

/// A stream on a lock.
pub struct Stream {
    pub lock: Lock,
    tool: &'static [&'static str],
    story: Mutex<Story>,
    over: AtomicBool,
}

/// What has happened.
#[derive(Debug, Default)]
struct Story {
    started: Number,
    /// Those that wait or are in, and their processes.
    running: BTreeMap<Number, u32>,
    /// Those of the stream that obtained the lock, in this order.
    entered: Vec<Number>,
    /// The process that comes into the stream, from before its start until it has the lock.
    guest: Option<Guest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guest {
    Starts,
    Runs(u32),
}

/// Which processes of the stream obtained the lock while the guest was in line.
#[derive(Debug)]
pub struct Passed {
    /// All of them.
    pub by: Vec<Number>,
    /// The first that was started after the guest was seen in line.
    pub later: Number,
}

impl Passed {
    /// How many passed that came after the guest.
    pub fn by_later_ones(&self) -> usize {
        self.by.iter().filter(|&&number| number >= self.later).count()
    }
}

impl Stream {
    /// Runs the stream of this tool, which is given the lock and a command, while the test lasts.
    pub fn of(tool: &'static [&'static str], test: impl FnOnce(&Self)) {
        let (lock, story, over) = (Lock::new(), Mutex::default(), AtomicBool::new(false));
        let stream = Self { lock, tool, story, over };
        thread::scope(|scope| {
            let _end = AtTheEnd(&stream.over);
            (0..AT_ONCE).for_each(|_| drop(scope.spawn(|| stream.again_and_again())));
            until("the stream flows", || !stream.story().entered.is_empty());
            test(&stream);
        });
    }

    fn story(&self) -> MutexGuard<'_, Story> {
        self.story.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(&self, tool: &[&str]) -> Running {
        let end_of_options: &[&str] = if tool[0] == fasten() { &["--"] } else { &[] };
        let lock = self.lock.path.to_str().unwrap();
        Running::start(&[tool, &[lock], end_of_options, &["sh", "-c", HOLD]].concat())
    }

    fn again_and_again(&self) {
        while !self.over() {
            let (number, mut running) = {
                let mut story = self.story();
                let (number, running) = (story.started, self.start(self.tool));
                story.started += 1;
                story.running.insert(number, running.pid);
                (number, running)
            };
            running.line();
            self.story().entered.push(number);
            until("the next one has come", || self.may_leave(number));
            running.leave();
        }
    }

    fn over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Whether another one of the stream is in or waits, and a guest, if there is one, is in line. A guest that was
    /// woken must have come to its next place: a process that is not on a processor yet can be passed.
    /// From then on, this one does not count as one that is in.
    fn may_leave(&self, number: Number) -> bool {
        let waiting: Vec<_> = self.lock.table().into_iter().filter(|entry| entry.waits).collect();
        let waits = |pid| waiting.iter().any(|entry| entry.pid == pid);
        let mut story = self.story();
        let guest_is_in_line = match story.guest {
            None => true,
            Some(Guest::Starts) => false,
            Some(Guest::Runs(pid)) => {
                waiting.iter().any(|entry| entry.pid == pid && entry.family == Family::Flock)
            }
        };
        let others = || story.running.iter().filter(|(other, _)| **other != number);
        let next_has_come = others().any(|(other, pid)| story.entered.contains(other) || waits(*pid));
        let may_leave = self.over() || guest_is_in_line && next_has_come;
        if may_leave {
            story.running.remove(&number);
        }
        may_leave
    }

    /// Lets one come into the stream and wait until it has the lock, or so many have passed that it starves. Tells
    /// which ones passed it.
    pub fn guest(&self, tool: &[&str]) -> Passed {
        let (guest, before, later) = self.arrive(tool);
        let has_starved = || self.story().entered.len() > before + 5 * AT_ONCE;
        until("the guest is in, or starves", || {
            self.holds_or_waits(&guest, tool, |entry| !entry.waits) || has_starved()
        });
        let by = self.story().entered[before..].to_vec();
        self.story().guest = None;
        drop(guest);
        Passed { by, later }
    }

    /// Lets one come into the stream, and expects that so many that come after it pass it.
    pub fn starving_guest(&self, tool: &[&str], count: usize) {
        let (mut guest, before, later) = self.arrive(tool);
        until("so many have passed", || {
            self.story().entered[before..].iter().filter(|&&number| number >= later).count() >= count
        });
        assert!(!self.holds_or_waits(&guest, tool, |entry| !entry.waits) && !guest.has_ended());
    }

    /// Starts a guest and sees it in line: a reader at any gate, a writer at the lock, because it has closed the gates
    /// only then. With it come how many of the stream were in before, and the number of the first one after it.
    fn arrive(&self, tool: &[&str]) -> (Running, usize, Number) {
        self.story().guest = Some(Guest::Starts);
        let guest = self.start(tool);
        self.story().guest = Some(Guest::Runs(guest.pid));
        until("the guest is in line, or in", || self.holds_or_waits(&guest, tool, |_| true));
        let story = self.story();
        (guest, story.entered.len(), story.started)
    }

    /// Whether the guest has the lock or is in line, and this is so of its entry in the kernel's table.
    fn holds_or_waits(&self, guest: &Running, tool: &[&str], is_so: impl Fn(&Entry) -> bool) -> bool {
        let reads = tool.contains(&"read") || tool.contains(&"-s");
        let own = |entry: &&Entry| entry.pid == guest.pid && entry.writes != reads;
        let counts = |entry: &Entry| entry.family == Family::Flock || entry.waits && reads;
        self.lock.table().iter().filter(own).any(|entry| counts(entry) && is_so(entry))
    }
}

/// The stream ends with the test, however that ends.
struct AtTheEnd<'a>(&'a AtomicBool);

impl Drop for AtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
