//! Those who do not wait (-n), and those who wait for a while (-w).

use super::programs::*;
use crate::kernel::Lock::MainShared;
use crate::once;
use crate::properties::Claim::*;
use crate::protocol::Step::{Drop, Goto, ReturnSlots, TrySlot};
use crate::protocol::{FAIR, FAIR_NOW, FLOCK_NOW, Program, READER_NOW};
use crate::system::Fault;

#[test]
fn of_those_who_come_at_once_and_do_not_wait_one_runs() {
    let casts: [&[Program]; 5] = [
        &[slot_now(1, 2), slot_now(1, 2), slot_now(2, 2)],
        &[slot_now(2, 3), slot_now(2, 3), slot_now(2, 3)],
        &[slot_now(3, 3), slot_now(2, 3), slot_now(1, 3)],
        &[slot_now(1, 1), slot_now(1, 1), FLOCK_NOW],
        &[slot_now(2, 2), FAIR_NOW, READER_NOW],
    ];
    for cast in casts {
        once(cast).holds(&[OneRan, SlotsWithin, NoSlotLost, Exclusion]);
    }
}

/// It takes the last slot although that cannot suffice any more, and the other one needs it.
#[test]
fn two_that_try_all_slots_refuse_each_other() {
    let steps = slot_now(2, 2).steps.iter();
    let steps = steps.map(|step| if let TrySlot(slot, _) = step { TrySlot(*slot, 2) } else { *step });
    let zealous = slot_now(2, 2).with(steps.collect::<Vec<_>>().leak());
    once(&[zealous, zealous]).breaks(&[OneRan]);
}

#[test]
fn those_who_need_one_slot_each_are_refused_only_for_those_who_ran() {
    once(&[slot_now(1, 2), slot_now(1, 2), slot_now(1, 2)]).holds(&[SlotsRefusedForThoseWhoRan]);
    once(&[slot_now(1, 3), slot_now(1, 3), slot_now(1, 3)]).holds(&[SlotsRefusedForThoseWhoRan]);
}

/// It has one slot for as long as it takes to try the other.
#[test]
fn one_that_needs_two_can_be_refused_and_refuse_another() {
    once(&[slot_now(1, 2), slot_now(1, 2), slot_now(2, 2)]).breaks(&[SlotsRefusedForThoseWhoRan]);
}

#[test]
fn one_that_is_refused_with_a_slot_in_hand_must_return_it() {
    let back = [ReturnSlots, Drop(MainShared), Goto("over")];
    let keeping = slot_now(2, 2).replacing(&back, &[Drop(MainShared), Goto("over")]);
    once(&[keeping, slot_now(1, 2)]).breaks(&[NoSlotLost]);
}

#[test]
fn one_whose_limit_is_up_leaves_nothing_behind_wherever_it_sleeps() {
    for cast in [
        [impatient(waiter(2, 2)), impatient(slot(1, 2)), waiter(1, 2)],
        [impatient(waiter(1, 2)), slot(2, 2), FAIR],
        [impatient(without_gates(waiter(2, 2))), waiter(1, 2), FAIR],
    ] {
        once(&cast).faults(1, Fault::Die).holds(SOUND);
    }
}
