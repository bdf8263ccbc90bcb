//! Never a writer beside anyone, and nobody stuck, no matter who dies when.

use crate::broken::*;
use crate::conversion::programs::{EXCLUSIVE, UPGRADER, fair_writer};
use crate::properties::Claim::{Exclusion, FlockWaitsForNoWaiter, NobodyPassedInside, NobodyStuck};
use crate::protocol::*;
use crate::system::Fault;
use crate::{WAKES, endless, once};

#[test]
fn no_writer_runs_beside_anyone_and_nobody_is_stuck_with_a_death_anywhere() {
    for wake in WAKES {
        let casts: [&[Program]; 4] = [
            &[READER, READER, FAIR, FAIR],
            &[READER, FAIR, PREFERRING, PREFERRING],
            &[READER, READER, PREFERRING, FLOCK],
            &[READER, FAIR, PREFERRING, FLOCK_SHARED],
        ];
        for cast in casts {
            once(cast).wake(wake).faults(1, Fault::Die).holds(&[Exclusion, NobodyStuck, NobodyPassedInside]);
        }
    }
}

#[test]
fn five_kinds_of_clients_at_once_exclude_each_other_and_all_come_to_an_end() {
    let cast = [READER, FAIR, PREFERRING, FLOCK, FLOCK_SHARED];
    once(&cast).faults(1, Fault::Die).holds(&[Exclusion, NobodyStuck, NobodyPassedInside]);
}

#[test]
fn two_rounds_with_two_deaths_hold_no_surprise() {
    let cast = [READER, FAIR, PREFERRING];
    once(&cast).rounds(2).faults(2, Fault::Die).holds(&[Exclusion, NobodyStuck, NobodyPassedInside]);
}

#[test]
fn clients_without_end_exclude_each_other() {
    endless(&[READER, READER, FAIR]).faults(1, Fault::Die).holds(&[
        Exclusion,
        NobodyStuck,
        NobodyPassedInside,
    ]);
}

#[test]
fn a_command_that_does_not_inherit_the_lock_can_end_up_beside_a_writer() {
    once(&[READER, FAIR]).faults(1, Fault::DieAlone).breaks(&[Exclusion]);
}

#[test]
fn a_writer_that_unlocks_before_its_command_ends_is_found() {
    once(&[READER, fair_unlocking_too_soon()]).breaks(&[Exclusion]);
}

#[test]
fn a_reader_that_trusts_the_gates_alone_is_found() {
    once(&[READER_NEVER_ASKING_MAIN, FAIR]).breaks(&[Exclusion]);
}

#[test]
fn a_reader_that_takes_main_before_the_gates_deadlocks_with_a_writer() {
    once(&[READER_TAKING_MAIN_FIRST, FAIR]).breaks(&[NobodyStuck]);
}

#[test]
fn a_read_under_a_read_must_go_past_the_gates() {
    once(&[NESTED, READER, FAIR, FAIR]).holds(&[Exclusion, NobodyStuck, NobodyPassedInside]);
    once(&[NESTED_AT_THE_GATES, FAIR]).breaks(&[NobodyStuck]);
}

#[test]
fn no_writer_runs_beside_anyone_with_one_suspended_anywhere_or_record_locks_lost_anywhere() {
    for fault in [Fault::Suspend, Fault::LoseRecords] {
        once(&[READER, FAIR, PREFERRING, FLOCK]).faults(1, fault).holds(&[Exclusion]);
    }
    once(&[READER, FAIR, PREFERRING]).faults(2, Fault::Any).holds(&[Exclusion]);
    once(&[READER, FAIR, FAIR, PREFERRING]).faults(1, Fault::LoseRecords).holds(&[NobodyStuck]);
}

#[test]
fn a_suspended_waiter_holds_up_those_that_come_after_it_unlike_with_flock() {
    let flock = [FLOCK_SHARED, FLOCK_SHARED, FLOCK, FLOCK];
    once(&flock).faults(1, Fault::SuspendAsleep).holds(&[NobodyStuck]);
    once(&[READER, READER, FAIR, FLOCK]).faults(1, Fault::SuspendAsleep).breaks(&[NobodyStuck]);
}

#[test]
fn plain_flock_is_held_up_by_no_suspended_waiter() {
    for (one, other) in [(READER, FAIR), (FAIR, FAIR), (FAIR, PREFERRING)] {
        let cast = [READER, one, other, FLOCK];
        once(&cast).faults(1, Fault::SuspendAsleep).holds(&[FlockWaitsForNoWaiter]);
    }
    let converting = [UPGRADER, EXCLUSIVE, fair_writer(), FLOCK];
    once(&converting).faults(1, Fault::SuspendAsleep).holds(&[FlockWaitsForNoWaiter]);
    let keeping = [READER, READER, fair_holding(), FLOCK];
    once(&keeping).faults(1, Fault::SuspendAsleep).breaks(&[FlockWaitsForNoWaiter]);
}

/// The barrier is a lock, so there is a moment in which the writer has it: one system call.
#[test]
fn but_one_suspended_between_the_barrier_and_its_release_holds_up_plain_flock() {
    once(&[FAIR, FLOCK]).faults(1, Fault::Suspend).breaks(&[FlockWaitsForNoWaiter]);
    once(&[fair_without_barrier(), FLOCK]).faults(1, Fault::Suspend).holds(&[FlockWaitsForNoWaiter]);
}
