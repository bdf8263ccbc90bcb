//! What each kind of client does, as lists of steps: section 5 of the blueprint, written down once more, and its
//! deliberately broken relatives, which show that the checks can fail.

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
    /// As `Try` and `Test`, for one who goes on from the mark when the answer is no.
    TryElse(Lock, Mark),
    TestElse(Lock, Mark),
    Goto(Mark),
    Here(Mark),
    /// The command waits for its lock to be converted.
    Convert,
    /// It goes on, and nobody else runs.
    Alone,
    /// It goes on beside others.
    Together,
}

pub type Mark = &'static str;

use Step::{Begin, Drop, End, Take, TakeUnless, Test, TestElse, Try, TryElse};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Reader,
    FairWriter,
    PreferringWriter,
    /// flock(1), `exclusive`, `--prefer reader`: they know no gates, so no promise is made about them.
    Ungated,
}

#[derive(Clone, Copy, Debug)]
pub struct Program {
    pub role: Role,
    pub steps: &'static [Step],
}

impl Program {
    /// Whether it begins as one of many.
    pub fn shares(self) -> bool {
        let main = |step: &&Step| step.wanted().is_some_and(|lock| lock.bit() & MAIN != 0);
        self.steps.iter().find(main).is_none_or(|step| step.wanted() == Some(MainShared))
    }

    /// Whether it gives main back when it has got it while somebody converts.
    pub fn gives_way(self) -> bool {
        self.steps.contains(&TestElse(Converter, "give way"))
    }
}

impl Step {
    /// The lock that it asks for.
    pub fn wanted(self) -> Option<Lock> {
        match self {
            Take(lock) | Try(lock) | TakeUnless(lock, _) | TryElse(lock, _) => Some(lock),
            _ => None,
        }
    }

    /// The end of what a command does under its lock, or of its first part.
    pub fn ends(self) -> bool {
        matches!(self, End | Self::Convert)
    }
}

pub const fn program(role: Role, steps: &'static [Step]) -> Program {
    Program { role, steps }
}

pub const READER: Program =
    program(Role::Reader, &[Take(Passage), Take(MainShared), Drop(Passage), Begin, End, Drop(MainShared)]);
pub const FAIR: Program = program(
    Role::FairWriter,
    &[Take(Queue), Take(Gate), Take(Main), Drop(Gate), Begin, End, Drop(Main), Drop(Queue)],
);
pub const PREFERRING: Program = program(
    Role::PreferringWriter,
    &[Take(Intent), Take(Queue), Take(Main), Begin, End, Drop(Main), Drop(Intent), Drop(Queue)],
);
pub const FLOCK: Program = program(Role::Ungated, &[Take(Main), Begin, End, Drop(Main)]);
pub const FLOCK_SHARED: Program = program(Role::Ungated, &[Take(MainShared), Begin, End, Drop(MainShared)]);

pub const READER_NOW: Program =
    program(Role::Reader, &[Try(Passage), Try(MainShared), Drop(Passage), Begin, End, Drop(MainShared)]);
pub const FAIR_NOW: Program =
    program(Role::FairWriter, &[Try(Queue), Test(Doorway), Try(Main), Begin, End, Drop(Main), Drop(Queue)]);
/// As the fair one: an INTENT byte would refuse readers for a writer that is itself refused.
pub const PREFERRING_NOW: Program = program(Role::PreferringWriter, FAIR_NOW.steps);
pub const FLOCK_NOW: Program = program(Role::Ungated, &[Try(Main), Begin, End, Drop(Main)]);

/// A `read` whose command runs another `read` of the same lock, which goes past the gates.
pub const NESTED: Program = program(
    Role::Reader,
    &[Take(Passage), Take(MainShared), Drop(Passage), Begin, Take(MainShared), End, Drop(MainShared)],
);

pub mod broken {
    //! One mistake each.
    use super::*;

    pub const READER_PAST_THE_GATES: Program =
        program(Role::Reader, &[Take(MainShared), Begin, End, Drop(MainShared)]);
    pub const READER_LEAVING_THE_GATES_EARLY: Program = program(
        Role::Reader,
        &[Take(Passage), Drop(Passage), Take(MainShared), Begin, End, Drop(MainShared)],
    );
    pub const READER_KEEPING_THE_GATES: Program = program(
        Role::Reader,
        &[Take(Passage), Take(MainShared), Begin, End, Drop(MainShared), Drop(Passage)],
    );
    pub const READER_NEVER_ASKING_MAIN: Program =
        program(Role::Reader, &[Take(Passage), Begin, End, Drop(Passage)]);
    pub const NESTED_AT_THE_GATES: Program = program(
        Role::Reader,
        &[
            Take(Passage),
            Take(MainShared),
            Drop(Passage),
            Begin,
            Take(Passage),
            Drop(Passage),
            End,
            Drop(MainShared),
        ],
    );
    pub const READER_TAKING_MAIN_FIRST: Program = program(
        Role::Reader,
        &[Take(MainShared), Take(Passage), Drop(Passage), Begin, End, Drop(MainShared)],
    );
    pub const FAIR_LEAVING_GATE_EARLY: Program = program(
        Role::FairWriter,
        &[Take(Queue), Take(Gate), Drop(Gate), Take(Main), Begin, End, Drop(Main), Drop(Queue)],
    );
    pub const FAIR_LEAVING_QUEUE_EARLY: Program = program(
        Role::FairWriter,
        &[Take(Queue), Take(Gate), Take(Main), Drop(Gate), Drop(Queue), Begin, End, Drop(Main)],
    );
    pub const FAIR_WITHOUT_QUEUE: Program =
        program(Role::FairWriter, &[Take(Gate), Take(Main), Drop(Gate), Begin, End, Drop(Main)]);
    pub const FAIR_WITHOUT_GATE: Program =
        program(Role::FairWriter, &[Take(Queue), Take(Main), Begin, End, Drop(Main), Drop(Queue)]);
    pub const FAIR_UNLOCKING_TOO_SOON: Program = program(
        Role::FairWriter,
        &[Take(Queue), Take(Gate), Take(Main), Drop(Gate), Begin, Drop(Main), End, Drop(Queue)],
    );
    pub const PREFERRING_LEAVING_QUEUE_FIRST: Program = program(
        Role::PreferringWriter,
        &[Take(Intent), Take(Queue), Take(Main), Begin, End, Drop(Main), Drop(Queue), Drop(Intent)],
    );
    pub const PREFERRING_NOW_WITH_INTENT: Program = program(
        Role::PreferringWriter,
        &[Try(Queue), Try(Intent), Try(Main), Begin, End, Drop(Main), Drop(Intent), Drop(Queue)],
    );
    /// The order of `--prefer writer` without the -n: it and a fair one can refuse each other.
    pub const PREFERRING_NOW_INTENT_FIRST: Program = program(
        Role::PreferringWriter,
        &[Try(Intent), Try(Queue), Try(Main), Begin, End, Drop(Main), Drop(Queue), Drop(Intent)],
    );
}
