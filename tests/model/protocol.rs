//! What each kind of client does, as lists of steps: section 5 of the blueprint, written down once
//! more. The gate file is always there and always open here; how it comes and goes is in
//! `gate_file`.

use crate::kernel::Lock::{self, Converter, Doorway, Gate, Intent, Main, MainShared, Passage, Queue};
use crate::kernel::MAIN;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Take(Lock),
    Try(Lock),
    Test(Lock),
    Drop(Lock),
    Begin,
    End,
    /// As `Take`, but for one who may stop waiting at any time: it goes on from the mark.
    TakeUnless(Lock, Mark),
    /// As `Try` and `Test`, for a client that goes on from the mark when the answer is no.
    TryElse(Lock, Mark),
    TestElse(Lock, Mark),
    /// The next one of that name, or else the last.
    Goto(Mark),
    Here(Mark),
    /// Opens the gate file that the name leads to, and makes one if there is none.
    Open,
    /// Opens it if there is one.
    OpenElse(Mark),
    /// The name still leads to the file that is open.
    NamedElse(Mark),
    /// The same; from here on it uses the file.
    EnteredElse(Mark),
    /// Takes the name away, no matter where it leads.
    Unlink,
    /// With all the locks in the file.
    Close,
    /// The command waits for its lock to be converted.
    Convert,
    /// It goes on, and nobody else runs.
    Alone,
    /// It goes on beside others.
    Together,
    /// Tries a slot, and notes it if others hold it. It goes on from "enough" with the last one that
    /// it needs, and from "too few" once it has noted more than so many.
    TrySlot(Lock, usize),
    /// Sleeps until one of the slots that it noted is free: a thread for each. What the first thread
    /// gets it keeps.
    Sleep,
    /// One of the other threads has got its slot, returns it, and wakes the first one.
    Rouse,
    /// The first one is awake, and goes on when all the others have left their calls.
    Awake,
    ReturnSlots,
    /// Its command runs it once more, with another open file.
    Descend,
    Ascend,
}

pub type Mark = &'static str;

/// One that has this mark ahead may stop waiting wherever it sleeps, and goes on from there.
pub const GIVES_UP: Mark = "gives up";
/// The same, and sooner or later it does.
pub const FINDS_OUT: Mark = "finds out";

use Step::{Begin, Drop, End, Goto, Here, Take, TakeUnless, Test, TestElse, Try, TryElse};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Reader,
    FairWriter,
    PreferringWriter,
    /// flock(1), `exclusive`, `--prefer reader`: they know no gates, so no promise is made about
    /// them.
    Ungated,
}

#[derive(Clone, Copy, Debug)]
pub struct Program {
    pub role: Role,
    pub steps: &'static [Step],
    /// How many slots its command has, of how many.
    pub slots: u32,
    pub of: usize,
    /// How many slots the command has that runs it once more.
    pub slots_above: u32,
}

impl Program {
    /// Whether it begins as one of many.
    pub fn shares(self) -> bool {
        let before = self.steps.iter().take_while(|step| **step != Begin);
        let main = before.filter_map(|step| step.wanted()).filter(|lock| lock.bit() & MAIN != 0);
        main.last().is_none_or(|lock| lock == MainShared)
    }

    /// Whether it asks for nothing but main, as flock(1) does.
    pub fn is_plain(self) -> bool {
        self.steps.iter().filter_map(|step| step.wanted()).all(|lock| lock.bit() & MAIN != 0)
    }

    pub fn with(self, steps: &'static [Step]) -> Self {
        Self { steps, ..self }
    }

    /// The same with other steps in one place.
    pub fn replacing(self, old: &[Step], new: &[Step]) -> Self {
        let mut places = self.steps.windows(old.len()).enumerate().filter(|(_, steps)| *steps == old);
        let (Some((at, _)), None) = (places.next(), places.next()) else {
            panic!("{old:?} stands in one place")
        };
        let (before, after) = (&self.steps[..at], &self.steps[at + old.len()..]);
        Self { steps: [before, new, after].concat().leak(), ..self }
    }

    /// The same with other steps before some of its own.
    pub fn before(self, old: &[Step], new: &[Step]) -> Self {
        self.replacing(old, &[new, old].concat())
    }

    /// The same with other steps after some of its own.
    pub fn after(self, old: &[Step], new: &[Step]) -> Self {
        self.replacing(old, &[old, new].concat())
    }

    /// Whether it gives main back when it has got it while another converts.
    pub fn gives_way(self) -> bool {
        self.steps.contains(&TestElse(Converter, "give way"))
    }
}

impl Step {
    /// The lock that it asks for.
    pub fn wanted(self) -> Option<Lock> {
        match self {
            Take(lock) | Try(lock) | TakeUnless(lock, _) | TryElse(lock, _) | Self::TrySlot(lock, _) => {
                Some(lock)
            }
            _ => None,
        }
    }

    /// The end of what a command does under its lock, or of its first part.
    pub fn ends(self) -> bool {
        matches!(self, End | Self::Convert)
    }
}

pub const fn program(role: Role, steps: &'static [Step]) -> Program {
    Program { role, steps, slots: 0, of: 0, slots_above: 0 }
}

pub const READER: Program =
    program(Role::Reader, &[Take(Passage), Take(MainShared), Drop(Passage), Begin, End, Drop(MainShared)]);
/// QUEUE, and main for an instant: it goes on when the readers go on who waited before it. Then no
/// new ones.
pub const FAIR: Program = program(
    Role::FairWriter,
    &[
        Take(Queue),
        Take(MainShared),
        Drop(MainShared),
        Take(Gate),
        Take(Main),
        Drop(Gate),
        Drop(Queue),
        Begin,
        End,
        Drop(Main),
    ],
);
/// INTENT outlives QUEUE, but not main: readers that come through while main is still held are
/// there before the next fair writer.
pub const PREFERRING: Program = program(
    Role::PreferringWriter,
    &[Take(Intent), Take(Queue), Take(Main), Drop(Queue), Begin, End, Drop(Intent), Drop(Main)],
);
pub const FLOCK: Program = program(Role::Ungated, &[Take(Main), Begin, End, Drop(Main)]);
pub const FLOCK_SHARED: Program = program(Role::Ungated, &[Take(MainShared), Begin, End, Drop(MainShared)]);

/// One that does not wait only looks at the gates, so it is in nobody's way.
pub const READER_NOW: Program =
    program(Role::Reader, &[Test(Passage), Try(MainShared), Begin, End, Drop(MainShared)]);
pub const FAIR_NOW: Program =
    program(Role::FairWriter, &[Test(Queue), Test(Doorway), Try(Main), Begin, End, Drop(Main)]);
pub const PREFERRING_NOW: Program = program(Role::PreferringWriter, FAIR_NOW.steps);
pub const FLOCK_NOW: Program = program(Role::Ungated, &[Try(Main), Begin, End, Drop(Main)]);

/// It finds nobody before it and only then asks for main, as all do who need not wait.
const LOOK: [Step; 5] =
    [TestElse(Queue, "wait"), TestElse(Doorway, "wait"), TryElse(Main, "wait"), Goto("in"), Here("wait")];

pub fn quick_fair() -> Program {
    FAIR.before(&[Take(Queue)], &LOOK).before(&[Begin], &[Here("in")])
}

pub fn quick_preferring() -> Program {
    PREFERRING.before(&[Take(Intent)], &LOOK).before(&[Begin], &[Here("in")])
}

/// A `read` whose command runs another `read` of the same lock, which goes past the gates.
pub const NESTED: Program = program(
    Role::Reader,
    &[Take(Passage), Take(MainShared), Drop(Passage), Begin, Take(MainShared), End, Drop(MainShared)],
);
