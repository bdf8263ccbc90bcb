//! Who passes whom, with clients that come again without end.
//!
//! Of a client that has its place (a reader its passage, a fair writer GATE, a preferring writer
//! INTENT) the promise is absolute. Of one that still waits for its place it depends on the kernel:
//! a reader is passed by one writer, and by one more for each writer killed between getting main
//! and starting its command, as long as it asks again before the next command ends. What keeps the
//! next writer from GATE until the readers are in is the barrier, a shared lock of main: it is
//! granted together with theirs.

use crate::broken::*;
use crate::kernel::Wake::{self, Any, Brief, InOrder, Prompt};
use crate::properties::Claim::{
    NobodyPassedInside, ReadersPassedAtMost, WritersInOrder, WritersPassedAtMost,
};
use crate::protocol::*;
use crate::system::{Fault, MANY};
use crate::{WAKES, endless};

#[test]
fn nobody_is_passed_once_it_has_its_place_whatever_the_kernel() {
    for wake in WAKES {
        endless(&[READER, READER, FAIR]).wake(wake).faults(1, Fault::Die).holds(&[NobodyPassedInside]);
        endless(&[READER, FAIR, FAIR]).wake(wake).faults(1, Fault::Die).holds(&[NobodyPassedInside]);
        endless(&[READER, FAIR, PREFERRING]).wake(wake).faults(1, Fault::Die).holds(&[NobodyPassedInside]);
    }
}

#[test]
fn without_the_gates_one_with_its_place_is_passed() {
    let readers = [READER_PAST_THE_GATES, READER_LEAVING_THE_GATES_EARLY];
    for reader in readers {
        endless(&[reader, FAIR]).breaks(&[NobodyPassedInside]);
    }
    for writer in [fair_without_gate(), fair_leaving_gate_early()] {
        endless(&[READER, writer]).breaks(&[NobodyPassedInside]);
    }
}

#[test]
fn a_reader_is_passed_by_one_writer_at_most() {
    for wake in [Prompt, Brief, InOrder] {
        endless(&[READER, FAIR, FAIR]).wake(wake).bound(1).holds(&[ReadersPassedAtMost]);
        endless(&[READER, READER, FAIR, FAIR]).wake(wake).bound(1).holds(&[ReadersPassedAtMost]);
    }
    endless(&[READER, FAIR, FAIR, FAIR]).wake(Brief).bound(1).holds(&[ReadersPassedAtMost]);
    endless(&[READER, FAIR, FAIR]).wake(InOrder).bound(0).breaks(&[ReadersPassedAtMost]);
}

#[test]
fn a_writer_that_keeps_main_from_the_barrier_on_is_no_fairer() {
    let holding = fair_holding();
    for wake in [Prompt, InOrder] {
        endless(&[READER, holding, holding]).wake(wake).bound(1).holds(&[ReadersPassedAtMost]);
    }
    let dying = endless(&[READER, holding, holding]).wake(Prompt).faults(1, Fault::Die);
    dying.clone().bound(2).holds(&[ReadersPassedAtMost]);
    dying.bound(1).breaks(&[ReadersPassedAtMost]);
}

#[test]
fn a_reader_is_passed_by_one_more_writer_for_each_wrapper_killed_between_main_and_its_command() {
    let cast = [READER, FAIR, FAIR];
    endless(&cast).wake(Prompt).faults(2, Fault::Die).bound(2).holds(&[ReadersPassedAtMost]);
    endless(&cast).wake(InOrder).faults(2, Fault::Die).bound(1).holds(&[ReadersPassedAtMost]);
    endless(&cast).wake(Prompt).faults(1, Fault::Die).bound(1).breaks(&[ReadersPassedAtMost]);
    endless(&[READER, FAIR, FAIR, FAIR])
        .wake(Prompt)
        .faults(2, Fault::Die)
        .bound(2)
        .breaks(&[ReadersPassedAtMost]);
}

/// QUEUE is free by then, and what keeps the next writer back is main, which the command holds.
#[test]
fn a_wrapper_killed_over_its_command_lets_no_other_writer_pass() {
    for wake in [Prompt, Brief, InOrder] {
        let dying = endless(&[READER, FAIR, FAIR]).wake(wake).faults(2, Fault::DieRunning);
        dying.bound(1).holds(&[ReadersPassedAtMost]);
    }
}

#[test]
fn a_reader_that_sleeps_on_after_it_was_woken_is_passed_by_any_number() {
    endless(&[READER, FAIR, FAIR]).wake(Any).bound(MANY - 1).breaks(&[ReadersPassedAtMost]);
}

#[test]
fn without_queue_or_barrier_or_gate_a_reader_is_passed_by_any_number() {
    let passes = |wake: Wake, cast: [Program; 3]| {
        endless(&cast).wake(wake).bound(MANY - 1).breaks(&[ReadersPassedAtMost]);
    };
    passes(Prompt, [READER, fair_without_queue(), fair_without_queue()]);
    passes(Prompt, [READER, fair_leaving_queue_early(), fair_leaving_queue_early()]);
    passes(Prompt, [READER, fair_without_gate(), fair_without_gate()]);
    passes(Prompt, [READER, fair_without_barrier(), fair_without_barrier()]);
    passes(Prompt, [READER_PAST_THE_GATES, FAIR, FAIR]);
}

/// Each of those who looked before the reader came can slip in before it, and then sees it.
#[test]
fn writers_that_only_look_whether_they_must_wait_pass_a_reader_once_more_each() {
    let looking = endless(&[READER, quick_fair(), quick_fair()]).wake(Brief);
    looking.clone().bound(2).holds(&[ReadersPassedAtMost]);
    looking.bound(1).breaks(&[ReadersPassedAtMost]);
    let queueing = quick_fair_in_queue();
    endless(&[READER, queueing, queueing]).wake(Brief).bound(1).holds(&[ReadersPassedAtMost]);
}

#[test]
fn preferring_writers_pass_a_reader_any_number_of_times() {
    endless(&[READER, PREFERRING, PREFERRING]).wake(InOrder).bound(MANY - 1).breaks(&[ReadersPassedAtMost]);
}

#[test]
fn each_reader_passes_a_lone_writer_once_at_most_when_commands_are_long() {
    endless(&[READER, READER, FAIR]).wake(Brief).bound(2).holds(&[WritersPassedAtMost]);
    endless(&[READER, READER, READER, FAIR]).wake(Brief).bound(3).holds(&[WritersPassedAtMost]);
    endless(&[READER, READER, FAIR]).wake(Prompt).bound(MANY - 1).breaks(&[WritersPassedAtMost]);
    endless(&[READER, READER, fair_without_gate()]).wake(Brief).bound(2).breaks(&[WritersPassedAtMost]);
}

#[test]
fn writers_begin_in_the_order_in_which_they_came_when_woken_in_order() {
    let cast = [READER, FAIR, FAIR, FAIR];
    endless(&cast).wake(InOrder).faults(1, Fault::Die).holds(&[WritersInOrder]);
    endless(&cast).wake(Prompt).breaks(&[WritersInOrder]);
}

#[test]
fn two_deaths_among_three_writers_let_three_of_them_pass_a_reader_and_no_more() {
    endless(&[READER, FAIR, FAIR, FAIR])
        .wake(Prompt)
        .faults(2, Fault::Die)
        .bound(3)
        .holds(&[ReadersPassedAtMost]);
}
