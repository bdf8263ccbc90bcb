//! Slots, while the gate file comes and goes. One that waits enters it for the line, once more for
//! the passage, and again for the line.

use super::programs::*;
use crate::gate_file::with_file::{self, LEAVE, LEAVE_A_LOOK, enter};
use crate::kernel::Lock::{Passage, SlotQueue, Turn};
use crate::once;
use crate::properties::Claim::{self, *};
use crate::protocol::Program;
use crate::protocol::Step::{Goto, Here, OpenElse, TestElse};
use crate::system::Fault;

const WHOLE: &[Claim] = &[
    Exclusion,
    NobodyStuckButForOneSuspended,
    NobodyCircles,
    OneGateFile,
    NoFileLeft,
    SlotsWithin,
    SlotsInHand,
    NoSlotLost,
    SlotsWatched,
];

fn in_file(program: Program) -> Program {
    let out = [
        &[Here("writer")],
        &LEAVE_LINE[..],
        &LEAVE,
        &enter("gone again", "opened again"),
        &ENTER,
        &LEAVE,
        &enter("gone at last", "opened at last"),
        &JOIN_LINE,
    ];
    program
        .replacing(&[&[Here("writer")], &LEAVE_LINE[..], &ENTER, &JOIN_LINE].concat(), &out.concat())
        .before(
            &[&JOIN_LINE[..], &[TestElse(Passage, "writer")]].concat(),
            &enter("gone at first", "opened at first"),
        )
        .after(&[&[Here("enough")], &LEAVE_LINE[..]].concat(), &LEAVE)
}

fn waiter_with_file(take: usize, of: usize) -> Program {
    in_file(waiter(take, of))
}

fn slot_with_file(take: usize, of: usize) -> Program {
    let look = [
        &[OpenElse("free"), TestElse(Passage, "seen"), TestElse(SlotQueue, "seen")],
        &LEAVE_A_LOOK[..],
        &[Here("free"), TestElse(Turn, "wait")],
    ];
    let seen = [&[Goto("in"), Here("seen")], &LEAVE_A_LOOK[..], &[Here("wait")]];
    in_file(slot(take, of))
        .replacing(
            &[TestElse(Passage, "wait"), TestElse(SlotQueue, "wait"), TestElse(Turn, "wait")],
            &look.concat(),
        )
        .replacing(&[Goto("in"), Here("wait")], &seen.concat())
}

#[test]
fn slots_and_gate_file_are_sound_with_any_fault_anywhere() {
    once(&[slot_with_file(1, 1), slot_with_file(1, 1)]).faults(1, Fault::Any).holds(WHOLE);
    once(&[waiter_with_file(2, 2), waiter_with_file(1, 2)]).faults(1, Fault::Any).holds(WHOLE);
    once(&[waiter_with_file(1, 1), with_file::fair()]).faults(1, Fault::Any).holds(WHOLE);
}

#[test]
#[ignore = "millions of states"]
fn slots_and_gate_file_are_sound_among_three_with_any_fault_anywhere() {
    let fair = with_file::fair();
    once(&[slot_with_file(1, 2), waiter_with_file(2, 2), fair]).faults(1, Fault::Any).holds(WHOLE);
    once(&[slot_with_file(1, 1), slot_with_file(1, 1), fair]).faults(1, Fault::Any).holds(WHOLE);
}
