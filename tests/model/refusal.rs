//! Clients that do not wait: -n.

use crate::broken::*;
use crate::properties::Claim::*;
use crate::protocol::*;
use crate::system::Fault;
use crate::{WAKES, once};

#[test]
fn of_those_who_come_at_once_and_do_not_wait_one_always_runs() {
    let casts: [&[Program]; 3] = [
        &[READER_NOW, READER_NOW, FAIR_NOW, FAIR_NOW],
        &[READER_NOW, FAIR_NOW, PREFERRING_NOW, PREFERRING_NOW],
        &[READER_NOW, FAIR_NOW, PREFERRING_NOW, FLOCK_NOW],
    ];
    for cast in casts {
        once(cast).holds(&[Exclusion, NobodyStuck, OneRan]);
    }
}

#[test]
fn two_that_take_gates_where_a_look_is_enough_refuse_each_other() {
    once(&[FAIR_NOW_WITH_QUEUE, PREFERRING_NOW_INTENT_FIRST]).breaks(&[OneRan]);
}

#[test]
fn readers_alone_are_never_refused() {
    once(&[READER, READER_NOW, READER_NOW, READER_NOW]).holds(&[NobodyRefused]);
    once(&[READER_NOW, FAIR]).breaks(&[NobodyRefused]);
}

#[test]
fn a_writer_that_is_refused_itself_refuses_no_reader() {
    once(&[READER, READER_NOW, FAIR_NOW, PREFERRING_NOW]).holds(&[ReadersRefusedForAWriter]);
    once(&[READER, READER_NOW, PREFERRING_NOW_WITH_INTENT]).breaks(&[ReadersRefusedForAWriter]);
}

#[test]
fn those_who_do_not_wait_leave_the_waiters_in_peace() {
    for wake in WAKES {
        let cast = [READER, READER_NOW, FAIR, FAIR_NOW];
        once(&cast).wake(wake).faults(1, Fault::Die).holds(&[Exclusion, NobodyStuck]);
    }
}

#[test]
fn a_writer_that_does_not_wait_can_slip_in_before_a_reader_that_came_after_its_test() {
    once(&[READER, FAIR_NOW]).breaks(&[NobodyPassedInside]);
}
