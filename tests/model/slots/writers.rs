//! Beside those who write: they wait for all slots, and hold back new ones.

use super::programs::*;
use crate::conversion::{
    self,
    programs::{EXCLUSIVE, UPGRADER, fair_writer},
};
use crate::kernel::Lock::{MainShared, Passage, Slot0};
use crate::kernel::Wake::Brief;
use crate::properties::Claim::*;
use crate::protocol::Step::{Drop, Here, ReturnSlots, Take, TestElse, TryElse, TrySlot};
use crate::protocol::*;
use crate::starvation::starves;
use crate::system::{Fault, MANY};
use crate::{WAKES, endless, once};

/// It stays in line while it waits for a writer.
fn staying(take: usize, of: usize) -> Program {
    let leave = [&[Here("writer")], &LEAVE_LINE[..], &ENTER, &JOIN_LINE].concat();
    waiter(take, of).replacing(&leave, &[&[Here("writer")], &ENTER[..]].concat())
}

#[test]
fn no_waiter_is_passed_by_a_writer_once_it_has_its_place_at_the_passage() {
    for wake in WAKES {
        let cast = endless(&[waiter(1, 2), waiter(1, 2), FAIR]).wake(wake);
        cast.holds(&[Exclusion, ReadersPassedInside]);
    }
    once(&[waiter(1, 2), waiter(2, 2), FAIR, PREFERRING]).holds(&[ReadersPassedInside, NobodyStuck]);
}

#[test]
fn a_waiter_past_the_passage_passes_a_fair_writer_that_has_its_place() {
    let past = waiter(1, 2)
        .replacing(&[TestElse(Passage, "writer"), TryElse(MainShared, "writer")], &[Take(MainShared)]);
    endless(&[past, past, FAIR]).bound(MANY - 1).breaks(&[WritersPassedAtMost]);
    assert!(starves(&endless(&[past, past, FAIR]).wake(Brief), 2).is_some());
}

#[test]
fn nobody_writes_beside_slots_while_a_reader_upgrades() {
    for writer in [EXCLUSIVE, fair_writer()] {
        once(&[UPGRADER, waiter(1, 1), writer]).faults(1, Fault::Die).holds(conversion::programs::SOUND);
    }
}

#[test]
fn slots_without_main_are_taken_beside_a_writer() {
    let without = waiter(1, 2)
        .with([&JOIN_LINE[..], &[TrySlot(Slot0, 1), Here("enough")], &LEAVE_LINE, &FINISH].concat().leak());
    once(&[without, FAIR]).breaks(&[Exclusion]);
}

#[test]
fn a_waiter_is_passed_by_one_writer_at_most_when_commands_are_long() {
    for of in [1, 2] {
        let cast = endless(&[waiter(1, of), waiter(1, of), FAIR]).wake(Brief);
        cast.bound(1).holds(&[ReadersPassedAtMost]);
    }
    endless(&[waiter(1, 1), FAIR, FAIR]).wake(Brief).bound(1).holds(&[ReadersPassedAtMost]);
}

#[test]
#[ignore = "millions of states"]
fn nor_by_more_of_two_writers() {
    for of in [1, 2] {
        let cast = endless(&[waiter(1, of), waiter(1, of), FAIR, FAIR]).wake(Brief);
        cast.bound(1).holds(&[ReadersPassedAtMost]);
    }
}

#[test]
fn a_line_that_waits_until_its_first_has_main_is_passed_by_one_writer_more_for_each_before() {
    once(&[staying(1, 2), staying(1, 2), FAIR]).faults(1, Fault::Die).holds(&[NobodyStuck, SlotsWithin]);
    let cast = endless(&[staying(1, 2), staying(1, 2), FAIR]).wake(Brief);
    cast.bound(1).breaks(&[ReadersPassedAtMost]);
}

/// Of those behind it none has main.
#[test]
fn a_waiter_that_returns_main_while_it_sleeps_is_passed_by_any_number_of_writers() {
    let asleep = [&[ReturnSlots, Drop(MainShared)], &SLEEP[1..], &ENTER].concat();
    let returning = waiter(1, 1).replacing(&SLEEP, &asleep);
    let cast = endless(&[returning, returning, FAIR]).wake(Brief);
    cast.bound(MANY - 1).breaks(&[ReadersPassedAtMost]);
}

#[test]
fn each_waiter_passes_a_lone_writer_once_at_most_when_commands_are_long() {
    for slot in [waiter(1, 1), waiter(1, 2), slot(1, 2)] {
        endless(&[slot, slot, FAIR]).wake(Brief).bound(2).holds(&[WritersPassedAtMost]);
    }
}

#[test]
fn neither_slots_nor_writers_starve_each_other_when_commands_are_long() {
    let one_slot = endless(&[slot(1, 1), slot(1, 1), FAIR]).wake(Brief);
    assert_eq!(starves(&one_slot, 0), None);
    assert_eq!(starves(&one_slot, 2), None);
    assert_eq!(starves(&endless(&[waiter(1, 2), waiter(2, 2), FAIR]).wake(Brief), 2), None);
    assert_eq!(starves(&endless(&[waiter(1, 2), waiter(2, 2), PREFERRING]).wake(Brief), 2), None);
    for wake in WAKES {
        assert_eq!(starves(&endless(&[waiter(1, 2), FAIR, FAIR]).wake(wake), 0), None);
    }
}
