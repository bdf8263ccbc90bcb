//! Never one too many, no slot lost, and none idle while the first waiter sleeps, whatever dies.

use super::programs::*;
use crate::kernel::Lock::{Main, MainShared, Slot0};
use crate::kernel::{ALL_SLOTS, RECORDS};
use crate::once;
use crate::properties::Claim::*;
use crate::protocol::Step::{Drop, End, Here, ReturnSlots, Take};
use crate::protocol::{FAIR, FLOCK, PREFERRING, Program, READER};
use crate::system::Fault;

#[test]
fn slots_are_neither_exceeded_nor_lost_nor_idle_with_a_death_anywhere() {
    let casts: [&[Program]; 6] = [
        &[slot(1, 2), slot(1, 2), slot(1, 2)],
        &[slot(1, 1), slot(1, 1), READER],
        &[slot(2, 3), waiter(1, 3), waiter(2, 3)],
        &[slot(1, 2), waiter(1, 2), slot_now(1, 2)],
        &[slot(1, 2), slot(2, 2), FAIR],
        &[waiter(1, 2), slot(1, 2), FLOCK],
    ];
    for cast in casts {
        once(cast).faults(1, Fault::Die).holds(SOUND);
    }
}

#[test]
#[ignore = "millions of states"]
fn nor_among_four_who_come_twice_nor_among_five() {
    once(&[slot(1, 2), slot(1, 2), slot(2, 2), FAIR]).rounds(2).holds(SOUND);
    once(&[slot(1, 2), slot(1, 2), slot(2, 2), FAIR]).faults(2, Fault::Die).holds(SOUND);
    once(&[slot(1, 3), slot(2, 3), waiter(1, 3), FLOCK]).faults(1, Fault::Die).holds(SOUND);
    once(&[slot(1, 2), slot(1, 2), waiter(2, 2), READER, PREFERRING]).faults(1, Fault::Die).holds(SOUND);
}

#[test]
fn nor_with_two_deaths_anywhere() {
    once(&[waiter(1, 2), waiter(2, 2), waiter(1, 2)]).faults(2, Fault::Die).holds(SOUND);
    once(&[waiter(1, 1), waiter(1, 1), PREFERRING]).faults(2, Fault::Die).holds(SOUND);
}

#[test]
fn nor_where_no_gate_file_can_be_used() {
    let ungated = |take, of| without_gates(slot(take, of));
    once(&[ungated(1, 2), ungated(1, 2), ungated(1, 2)]).faults(1, Fault::Die).holds(SOUND);
    once(&[ungated(1, 2), ungated(2, 2), FLOCK]).faults(1, Fault::Die).holds(SOUND);
    once(&[ungated(1, 2), waiter(2, 2), FAIR]).faults(1, Fault::Die).holds(SOUND);
}

#[test]
fn nor_with_record_locks_lost_anywhere() {
    for cast in [[slot(1, 2), waiter(2, 2), FAIR], [waiter(2, 3), waiter(2, 3), slot(1, 3)]] {
        once(&cast).faults(1, Fault::LoseRecords).holds(SOUND);
    }
}

#[test]
fn two_rounds_hold_no_surprise() {
    once(&[slot(1, 2), waiter(2, 2), FAIR]).rounds(2).holds(SOUND);
}

#[test]
fn one_that_returns_its_slot_before_its_command_ends_is_found() {
    let end = [End, Drop(MainShared), ReturnSlots];
    let early = waiter(1, 1).replacing(&end, &[ReturnSlots, End, Drop(MainShared)]);
    once(&[early, waiter(1, 1)]).breaks(&[SlotsWithin]);
    once(&[early]).breaks(&[SlotsInHand]);
}

#[test]
fn slots_must_not_be_lost_with_the_record_locks() {
    let cast = [waiter(1, 1), waiter(1, 1)];
    once(&cast).faults(1, Fault::LoseRecords).records(RECORDS | ALL_SLOTS).breaks(&[SlotsWithin]);
}

#[test]
fn a_command_that_does_not_inherit_its_slot_can_be_one_too_many() {
    once(&[waiter(1, 1), waiter(1, 1)]).faults(1, Fault::DieAlone).breaks(&[SlotsWithin]);
}

#[test]
fn one_that_does_not_return_its_slot_is_found() {
    let keeping = waiter(1, 2).replacing(&FINISH[1..], &FINISH[1..3]);
    once(&[keeping]).breaks(&[NoSlotLost]);
    once(&[keeping, waiter(2, 2)]).breaks(&[NobodyStuck]);
}

#[test]
fn a_first_waiter_that_sleeps_for_one_slot_only_sleeps_while_another_is_free() {
    let single = waiter(1, 2).replacing(&SLEEP, &[ReturnSlots, Take(Slot0)]);
    once(&[waiter(1, 2), waiter(1, 2), single]).breaks(&[SlotsWatched]);
    once(&[waiter(1, 2), waiter(1, 2), single]).breaks(&[NoSlotIdle]);
}

/// Instead of all slots it waits for the lock itself, which a reader may have.
#[test]
fn a_first_waiter_that_sleeps_for_something_else_than_slots_sleeps_while_they_are_free() {
    let aside = waiter(1, 1).replacing(&SLEEP, &[ReturnSlots, Take(Main), Drop(Main), Take(MainShared)]);
    once(&[aside, waiter(1, 1), READER]).breaks(&[SlotsWatched]);
}

#[test]
fn a_line_that_moves_on_only_when_a_command_ends_lets_slots_lie_idle() {
    let leaving = [&[Here("enough")], &LEAVE_LINE[..]].concat();
    let staying = waiter(1, 2).replacing(&leaving, &leaving[..1]).after(&[End], &LEAVE_LINE);
    once(&[staying, staying]).breaks(&[NoSlotIdle]);
}
