//! First come, first served.

use super::programs::*;
use crate::kernel::Lock::{SlotQueue, Turn};
use crate::kernel::Wake::InOrder;
use crate::once;
use crate::properties::Claim::*;
use crate::protocol::Step::{self, TestElse};
use crate::protocol::{FAIR, FLOCK, Program};
use crate::system::Fault;

const LOOK_AT_LINE: [Step; 2] = [TestElse(SlotQueue, "over"), TestElse(Turn, "over")];

#[test]
fn nobody_in_line_is_passed_by_a_later_one_when_woken_in_order() {
    let order = |cast: &[Program]| {
        once(cast).wake(InOrder).faults(1, Fault::Die).holds(&[SlotsInOrder]);
    };
    order(&[waiter(1, 2), slot(1, 2), slot(1, 2)]);
    order(&[waiter(1, 1), slot(1, 1), slot(1, 1)]);
    order(&[waiter(2, 2), slot(1, 2), slot_now(1, 2)]);
    order(&[slot(1, 2), slot(1, 2), FAIR]);
    order(&[slot(1, 1), slot(1, 1), FLOCK]);
}

/// Where there is a writer, they are passed while they are not in line: see the limits.
#[test]
fn nobody_is_passed_by_a_later_one_where_nobody_writes() {
    for cast in [[waiter(1, 2), slot(1, 2), slot(1, 2)], [waiter(2, 2), slot(1, 2), slot_now(1, 2)]] {
        once(&cast).wake(InOrder).faults(1, Fault::Die).holds(&[SlotsAsTheyCame]);
    }
}

#[test]
#[ignore = "millions of states"]
fn nor_when_they_come_twice_nor_among_four() {
    let four = [waiter(1, 2), slot(1, 2), slot(1, 2), slot_now(1, 2)];
    once(&four).wake(InOrder).faults(1, Fault::Die).holds(&[SlotsInOrder]);
    for cast in [[1, 1, 1], [1, 2, 1]] {
        let cast = cast.map(|take| slot(take, 2));
        once(&cast).wake(InOrder).rounds(2).faults(1, Fault::Die).holds(&[SlotsInOrder]);
    }
    once(&[slot(1, 2), slot(1, 2), slot(2, 2), FAIR])
        .wake(InOrder)
        .faults(1, Fault::Die)
        .holds(&[SlotsInOrder]);
}

#[test]
fn without_a_gate_file_the_line_is_turn() {
    let cast = [waiter(1, 2), slot(1, 2), slot(1, 2)].map(without_gates);
    once(&cast).wake(InOrder).faults(1, Fault::Die).holds(&[SlotsInOrder]);
}

#[test]
fn a_newcomer_that_does_not_look_at_the_line_passes_it() {
    let rash = slot_now(1, 2).replacing(&LOOK_AT_LINE, &[]);
    once(&[waiter(1, 2), waiter(2, 2), rash]).wake(InOrder).breaks(&[SlotsInOrder]);
}

#[test]
fn a_newcomer_that_does_not_look_at_turn_passes_those_who_have_no_gate_file() {
    let line = [without_gates(waiter(1, 2)), without_gates(waiter(2, 2))];
    let passes = |newcomer: Program| once(&[line[0], line[1], newcomer]).wake(InOrder);
    let unseeing = |newcomer: Program| newcomer.replacing(&[TestElse(Turn, "over")], &[]);
    passes(slot_now(1, 2)).holds(&[SlotsInOrder]);
    passes(without_gates(slot_now(1, 2))).holds(&[SlotsInOrder]);
    passes(unseeing(slot_now(1, 2))).breaks(&[SlotsInOrder]);
    passes(unseeing(without_gates(slot_now(1, 2)))).breaks(&[SlotsInOrder]);
    let queue = [waiter(1, 2), waiter(2, 2), unseeing(slot_now(1, 2))];
    once(&queue).wake(InOrder).holds(&[SlotsInOrder]);
}

/// TURN is free for an instant between two of the line.
#[test]
fn a_newcomer_that_does_not_look_at_the_queue_passes_the_next_one_that_steps_up() {
    let rash = slot_now(1, 1).replacing(&LOOK_AT_LINE[..1], &[]);
    once(&[waiter(1, 1), waiter(1, 1), rash]).wake(InOrder).breaks(&[SlotsInOrder]);
}
