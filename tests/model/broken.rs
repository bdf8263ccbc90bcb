//! The deliberately broken relatives of the protocol, which show that the checks can fail: one
//! mistake each.

use crate::kernel::Lock::{Doorway, Gate, Intent, Main, MainShared, Passage, Queue};
use crate::protocol::Step::{Begin, Drop, End, Goto, Here, Take, Test, TestElse, Try, TryElse};
use crate::protocol::{FAIR, PREFERRING, Program, Role, Step, program};

const BARRIER: &[Step] = &[Take(MainShared), Drop(MainShared)];

pub const READER_PAST_THE_GATES: Program =
    program(Role::Reader, &[Take(MainShared), Begin, End, Drop(MainShared)]);
pub const READER_LEAVING_THE_GATES_EARLY: Program =
    program(Role::Reader, &[Take(Passage), Drop(Passage), Take(MainShared), Begin, End, Drop(MainShared)]);
pub const READER_KEEPING_THE_GATES: Program =
    program(Role::Reader, &[Take(Passage), Take(MainShared), Begin, End, Drop(MainShared), Drop(Passage)]);
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
pub const READER_TAKING_MAIN_FIRST: Program =
    program(Role::Reader, &[Take(MainShared), Take(Passage), Drop(Passage), Begin, End, Drop(MainShared)]);

/// It keeps main, shared, from the barrier on.
pub fn fair_holding() -> Program {
    FAIR.replacing(&[Drop(MainShared), Take(Gate), Take(Main)], &[Take(Gate), Drop(MainShared), Take(Main)])
}

pub fn fair_without_barrier() -> Program {
    FAIR.replacing(BARRIER, &[])
}

/// It stands in QUEUE for its look and until it has main.
pub fn quick_fair_in_queue() -> Program {
    let look = [
        TryElse(Queue, "wait"),
        TestElse(Doorway, "in queue"),
        TryElse(Main, "in queue"),
        Drop(Queue),
        Goto("in"),
        Here("wait"),
        Take(Queue),
        Here("in queue"),
    ];
    FAIR.replacing(&[Take(Queue)], &look).replacing(&[Begin], &[Here("in"), Begin])
}

pub fn fair_leaving_gate_early() -> Program {
    FAIR.replacing(&[Take(Main), Drop(Gate)], &[Drop(Gate), Take(Main)])
}

pub fn fair_leaving_queue_early() -> Program {
    FAIR.replacing(BARRIER, &[Take(MainShared), Drop(MainShared), Drop(Queue)])
        .replacing(&[Drop(Gate), Drop(Queue)], &[Drop(Gate)])
}

pub fn fair_without_queue() -> Program {
    FAIR.replacing(&[Take(Queue)], &[]).replacing(&[Drop(Queue)], &[])
}

pub fn fair_without_gate() -> Program {
    FAIR.replacing(&[Take(Gate)], &[]).replacing(&[Drop(Gate)], &[])
}

pub fn fair_unlocking_too_soon() -> Program {
    FAIR.replacing(&[End, Drop(Main)], &[Drop(Main), End])
}

pub fn preferring_leaving_main_first() -> Program {
    PREFERRING.replacing(&[Drop(Intent), Drop(Main)], &[Drop(Main), Drop(Intent)])
}

/// It holds what it need only look at.
pub const FAIR_NOW_WITH_QUEUE: Program =
    program(Role::FairWriter, &[Try(Queue), Test(Doorway), Try(Main), Drop(Queue), Begin, End, Drop(Main)]);
pub const PREFERRING_NOW_WITH_INTENT: Program = program(
    Role::PreferringWriter,
    &[Test(Queue), Try(Intent), Try(Main), Begin, End, Drop(Intent), Drop(Main)],
);
/// Each in an order of its own: it and a fair one that takes QUEUE and then the doorway can refuse
/// each other.
pub const PREFERRING_NOW_INTENT_FIRST: Program = program(
    Role::PreferringWriter,
    &[Try(Intent), Try(Queue), Try(Main), Drop(Queue), Begin, End, Drop(Intent), Drop(Main)],
);
