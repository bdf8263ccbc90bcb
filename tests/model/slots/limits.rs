//! What does not hold, so that the manual does not promise it.

use super::programs::*;
use crate::kernel::Lock::{Main, MainShared, Queue, SlotsInUse};
use crate::kernel::Wake::{Any, Brief, InOrder, Prompt};
use crate::properties::Claim::*;
use crate::protocol::Step::{Begin, Drop, Goto, Here, ReturnSlots, Take, TestElse, TryElse};
use crate::protocol::*;
use crate::starvation::starves;
use crate::system::{Fault, MANY};
use crate::{endless, once};

/// It waits as flock(1) does, unless it finds that slots are in use.
fn exclusive() -> Program {
    let plain = [
        TryElse(Main, "wait"),
        Goto("in"),
        Here("wait"),
        TestElse(SlotsInUse, "fair"),
        Take(Main),
        Goto("in"),
        Here("fair"),
    ];
    FAIR.before(&[Take(Queue)], &plain).before(&[Begin], &[Here("in")])
}

/// Those who waited for a writer are nowhere in line when they have got main. One that comes then,
/// before they stand there again, does not see them.
#[test]
fn a_newcomer_can_pass_those_who_waited_for_a_writer() {
    for writer in [FAIR, FLOCK] {
        once(&[waiter(1, 1), slot_now(1, 1), writer]).wake(InOrder).breaks(&[SlotsAsTheyCame]);
    }
}

#[test]
fn a_waiter_can_be_passed_by_any_number_of_writers_on_its_way_to_the_passage_if_commands_are_short() {
    for wake in [Any, Prompt, InOrder] {
        endless(&[waiter(1, 2), FAIR]).wake(wake).bound(MANY - 1).breaks(&[ReadersPassedAtMost]);
    }
}

/// Both look, and then begin, if only they are quick enough; so do readers.
#[test]
fn a_writer_that_comes_between_the_look_and_the_lock_is_passed_by_those_who_looked() {
    once(&[slot(1, 2), FAIR]).breaks(&[NobodyPassedInside]);
    endless(&[waiter(1, 1), waiter(1, 1), FAIR]).breaks(&[NobodyPassedInside]);
}

/// The first in line has main in hand, so there is no gap between two commands, whichever lock goes
/// first at the end.
#[test]
fn those_who_use_slots_in_turn_starve_plain_flock() {
    let slots_first =
        waiter(1, 1).replacing(&[Drop(MainShared), ReturnSlots], &[ReturnSlots, Drop(MainShared)]);
    once(&[slots_first, slots_first, FAIR]).faults(1, Fault::Die).holds(SOUND);
    for wake in [Brief, InOrder] {
        for slot in [waiter(1, 1), slots_first] {
            assert!(starves(&endless(&[slot, slot, FLOCK]).wake(wake), 2).is_some());
        }
    }
}

/// It may have looked between two of them, or before the first one came.
#[test]
fn they_starve_an_exclusive_that_finds_no_slot_in_use_when_it_begins_to_wait() {
    once(&[slot(1, 1), waiter(1, 1), exclusive()]).faults(1, Fault::Die).holds(SOUND);
    assert!(starves(&endless(&[waiter(1, 1), waiter(1, 1), exclusive()]).wake(Brief), 2).is_some());
}

/// The first in line has main, and so have those who waited for a writer.
#[test]
fn a_suspended_waiter_holds_up_plain_flock() {
    let cast = [waiter(1, 1), waiter(1, 1), FLOCK];
    once(&cast).faults(1, Fault::SuspendAsleep).breaks(&[FlockWaitsForNoWaiter]);
}

#[test]
fn with_one_suspended_anywhere_no_slot_is_exceeded_or_lost_but_the_line_may_stand() {
    for cast in [[slot(1, 2), waiter(2, 2), FAIR], [slot(1, 2), waiter(2, 2), FLOCK]] {
        let suspended = once(&cast).faults(1, Fault::Suspend);
        suspended.holds(&[Exclusion, SlotsWithin, SlotsInHand, NoSlotLost, SlotsWatched]);
    }
    once(&[waiter(1, 1), waiter(1, 1), waiter(1, 1)]).faults(1, Fault::SuspendAsleep).breaks(&[NobodyStuck]);
}

/// Each looks at its own.
#[test]
fn those_who_disagree_on_the_number_of_slots_let_one_lie_idle() {
    let cast = [waiter(1, 1), waiter(1, 1), waiter(1, 2)];
    once(&cast).faults(1, Fault::Die).holds(&[NobodyStuck, SlotsWithin, NoSlotLost]);
    once(&cast).breaks(&[NoSlotIdle]);
}

/// Those who share a gate file stand before TURN one at a time.
#[test]
fn one_without_a_gate_file_passes_all_but_the_first_of_those_who_have_one() {
    let mixed = [waiter(1, 1), waiter(1, 1), without_gates(waiter(1, 1))];
    once(&mixed).wake(InOrder).breaks(&[SlotsInOrder]);
}

#[test]
fn woken_in_another_order_one_can_be_passed() {
    for wake in [Prompt, Brief] {
        once(&[waiter(1, 1), waiter(1, 1), waiter(1, 1)]).wake(wake).breaks(&[SlotsInOrder]);
        once(&[waiter(1, 2), waiter(1, 2), slot_now(1, 2)]).wake(wake).breaks(&[SlotsInOrder]);
    }
}
