//! Those who need several slots at once: all or none, without starving and without waiting for
//! each other.

use super::programs::*;
use crate::kernel::Lock::{SlotQueue, Turn};
use crate::kernel::Wake::Brief;
use crate::properties::Claim::*;
use crate::protocol::Program;
use crate::protocol::Step::{Drop, ReturnSlots, Sleep, Take, TestElse};
use crate::starvation::starves;
use crate::system::Fault;
use crate::{WAKES, endless, once};

/// Without gates.
fn without_turn(program: Program) -> Program {
    let steps = program.steps.iter().filter(|step| !matches!(step, Take(Turn) | Drop(Turn)));
    program.with(steps.copied().collect::<Vec<_>>().leak())
}

#[test]
fn two_that_need_several_never_wait_for_each_other() {
    for cast in [[waiter(2, 2), waiter(2, 2)], [waiter(2, 2), waiter(1, 2)], [waiter(2, 3), waiter(2, 3)]] {
        once(&cast).faults(1, Fault::Die).holds(SOUND);
        once(&cast).faults(1, Fault::LoseRecords).holds(SOUND);
        once(&cast.map(without_gates)).faults(1, Fault::Die).holds(SOUND);
        once(&[cast[0], without_gates(cast[1])]).faults(1, Fault::Die).holds(SOUND);
    }
}

#[test]
fn two_that_keep_what_they_have_wait_for_each_other_where_there_is_no_line() {
    let ungated = without_turn(without_gates(waiter(2, 2)));
    let keeping = ungated.replacing(&[ReturnSlots, Sleep], &[Sleep]);
    once(&[keeping, keeping]).breaks(&[NobodyStuck]);
    once(&[ungated, ungated]).holds(&[NobodyStuck]);
}

/// They get in each other's way again and again, as long as they act in step.
#[test]
fn the_queue_alone_lets_two_try_at_once_where_record_locks_are_lost_or_one_has_no_gate_file() {
    let queued = without_turn(waiter(2, 2));
    once(&[queued, queued]).faults(1, Fault::Die).holds(SOUND);
    once(&[queued, queued]).faults(1, Fault::LoseRecords).breaks(&[NobodyCircles]);
    once(&[queued, without_gates(waiter(2, 2))]).breaks(&[NobodyCircles]);
}

#[test]
fn one_that_needs_several_never_starves_among_those_who_need_fewer() {
    for wake in WAKES {
        assert_eq!(starves(&endless(&[waiter(2, 2), slot(1, 2)]).wake(wake), 0), None);
    }
    assert_eq!(starves(&endless(&[waiter(2, 2), slot(1, 2), slot(1, 2)]).wake(Brief), 0), None);
}

#[test]
fn one_that_needs_several_starves_among_newcomers_that_do_not_look_at_the_line() {
    let rash = slot(1, 2).replacing(&[TestElse(SlotQueue, "wait"), TestElse(Turn, "wait")], &[]);
    assert!(starves(&endless(&[waiter(2, 2), rash, rash]).wake(Brief), 0).is_some());
}

/// As long as more slots than it can spare are held, one of the first so many of those is among
/// them.
#[test]
fn it_is_enough_to_sleep_for_one_slot_more_than_can_be_spared() {
    for cast in [
        [waiter(2, 2), waiter(1, 2), slot(1, 2)],
        [waiter(2, 3), slot(1, 3), waiter(2, 3)],
        [waiter(3, 3), waiter(1, 3), waiter(1, 3)],
    ] {
        once(&cast.map(stopping_early)).faults(1, Fault::Die).holds(SOUND);
    }
}
