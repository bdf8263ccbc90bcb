//! A command that takes slots below a holder of the same lock. What it waits for must not wait for
//! that holder, so it goes past the passage and past the line.

use super::programs::*;
use crate::kernel::Lock::{MainShared, Slot0};
use crate::kernel::Wake::Brief;
use crate::properties::Claim::{self, *};
use crate::protocol::Step::{Begin, ReturnSlots, Sleep, Take};
use crate::protocol::{FAIR, FLOCK, PREFERRING, Program, READER};
use crate::starvation::starves;
use crate::system::Fault;
use crate::{endless, once};

/// But `NobodyCircles`: see below.
const NEVER_STUCK: &[Claim] =
    &[Exclusion, NobodyStuck, SlotsWithin, SlotsInHand, NoSlotLost, SlotsWatched, NoSlotIdle];

#[test]
fn it_is_never_stuck_beside_writers_and_beside_one_that_needs_several_if_those_above_leave_enough() {
    let casts: [&[Program]; 5] = [
        &[over(READER, nested(1, 2)), waiter(2, 2), FAIR],
        &[over(READER, nested(2, 2)), waiter(2, 2), FAIR],
        &[over(slot(1, 2), nested(1, 2)), waiter(2, 2), FAIR],
        &[over(slot(1, 2), nested(1, 2)), waiter(2, 2), FLOCK],
        &[over(waiter(1, 2), nested(1, 2)), waiter(1, 2), PREFERRING],
    ];
    for cast in casts {
        once(cast).faults(1, Fault::Die).holds(NEVER_STUCK);
    }
}

#[test]
#[ignore = "millions of states"]
fn nor_are_two_of_them() {
    let two = [over(waiter(1, 3), nested(1, 3)), over(waiter(1, 3), nested(1, 3)), waiter(2, 3)];
    once(&two).faults(1, Fault::Die).holds(NEVER_STUCK);
    let two = [over(READER, nested(1, 2)), over(slot(1, 2), nested(1, 2)), waiter(2, 2), FAIR];
    once(&two).holds(NEVER_STUCK);
}

/// It waits as all others do, wherever that leads, until it is found out.
#[test]
fn nor_if_it_finds_out_late_what_it_is_below() {
    for above in [READER, waiter(1, 2)] {
        let cast = [over(above, nested_late(1, 2)), waiter(2, 2), FAIR];
        once(&cast).faults(1, Fault::Die).holds(NEVER_STUCK);
    }
}

#[test]
fn at_the_passage_it_waits_for_a_writer_that_waits_for_the_one_above() {
    let queueing = nested(1, 2).replacing(&[Take(MainShared)], &ENTER);
    once(&[over(READER, queueing), FAIR]).breaks(&[NobodyStuck]);
    once(&[over(waiter(1, 2), queueing), FAIR]).breaks(&[NobodyStuck]);
}

#[test]
fn in_the_line_it_waits_for_one_that_waits_for_the_slot_of_the_one_above() {
    let standing = nested(1, 2).after(&[Take(MainShared)], &JOIN_LINE).before(&[Begin], &LEAVE_LINE);
    once(&[over(waiter(1, 2), standing), waiter(2, 2)]).breaks(&[NobodyStuck]);
    // It could stand there below one that has no slot: the line never waits for main.
    let cast = [over(READER, standing), waiter(2, 2), FAIR];
    once(&cast).faults(1, Fault::Die).holds(&[NobodyStuck, NobodyCircles, NoSlotIdle]);
}

#[test]
fn it_waits_for_one_that_keeps_a_slot_while_it_waits_for_the_slot_of_the_one_above() {
    let keeping = waiter(2, 2).replacing(&[ReturnSlots, Sleep], &[Sleep]);
    once(&[over(waiter(1, 2), nested(1, 2)), keeping]).breaks(&[NobodyStuck]);
}

/// The writer waits for the reader above.
#[test]
fn it_waits_for_one_that_takes_its_slot_before_it_waits_for_a_writer() {
    let early =
        waiter(1, 1).with([&JOIN_LINE[..], &[Take(Slot0)], &LEAVE_LINE, &ENTER, &FINISH].concat().leak());
    once(&[over(READER, nested(1, 1)), early, FAIR]).breaks(&[NobodyStuck]);
}

/// Each command needs one more of two slots. Only who looks for deadlocks sees that.
#[test]
fn two_who_have_all_slots_and_need_more_below_wait_for_each_other() {
    let pair = over(waiter(1, 2), nested(1, 2));
    once(&[pair, pair]).breaks(&[NobodyStuck]);
}

/// One has a slot for as long as it tries the others, or has woken up for it, and the other one finds
/// that it needs just this one. It ends as soon as they do not act in step.
#[test]
fn it_can_be_in_the_way_of_one_that_needs_several_again_and_again() {
    once(&[nested(2, 2), nested(2, 2)]).breaks(&[NobodyCircles]);
    once(&[over(READER, nested(2, 2)), waiter(2, 2)]).breaks(&[NobodyCircles]);
    once(&[over(waiter(1, 2), nested(1, 2)), waiter(2, 2), waiter(1, 2)]).breaks(&[NobodyCircles]);
}

#[test]
fn those_who_stop_early_are_less_in_the_way_of_each_other() {
    for (take, of) in [(2, 2), (2, 3), (3, 3)] {
        let early = [stopping_early(nested(take, of)), stopping_early(waiter(take, of))];
        once(&early).holds(SOUND);
        once(&[early[0], early[0]]).holds(SOUND);
    }
    let pair = over(waiter(1, 2), nested(1, 2));
    let cast = [pair, stopping_early(waiter(2, 2)), waiter(1, 2)];
    once(&cast).faults(1, Fault::Die).holds(SOUND);
    // A third one has the higher slot at first.
    let early = [stopping_early(nested(2, 2)), stopping_early(waiter(2, 2)), waiter(1, 2)];
    once(&early).breaks(&[NobodyCircles]);
}

#[test]
fn a_waiter_starves_beside_two_who_go_past_the_line_again_and_again() {
    assert!(starves(&endless(&[waiter(1, 2), nested(1, 2), nested(1, 2)]).wake(Brief), 0).is_some());
}
