//! Nobody starves while the others come and go without end.

use crate::WAKES;
use crate::broken::*;
use crate::endless;
use crate::kernel::Wake::{Any, Brief, InOrder};
use crate::protocol::*;
use crate::starvation::starves;

#[test]
fn a_reader_never_starves_among_fair_writers_even_beside_flock_users() {
    for wake in WAKES {
        assert_eq!(starves(&endless(&[READER, FAIR, FAIR]).wake(wake), 0), None);
        assert_eq!(starves(&endless(&[READER, FAIR, FLOCK]).wake(wake), 0), None);
    }
}

#[test]
fn a_fair_writer_never_starves_among_readers_when_commands_are_long() {
    assert_eq!(starves(&endless(&[READER, READER, FAIR]).wake(Brief), 2), None);
    assert_eq!(starves(&endless(&[READER, READER, PREFERRING]).wake(Brief), 2), None);
    assert_eq!(starves(&endless(&[READER, READER, FAIR, FLOCK]).wake(Brief), 2), None);
}

#[test]
fn readers_whose_passages_overlap_without_a_gap_starve_a_writer() {
    assert!(starves(&endless(&[READER, READER, FAIR]).wake(InOrder), 2).is_some());
}

#[test]
fn a_fair_writer_never_starves_among_writers() {
    for wake in WAKES {
        assert_eq!(starves(&endless(&[READER, FAIR, FAIR]).wake(wake), 1), None);
        assert_eq!(starves(&endless(&[READER, FAIR, PREFERRING]).wake(wake), 1), None);
        assert_eq!(starves(&endless(&[READER, FAIR, PREFERRING]).wake(wake), 2), None);
    }
}

#[test]
fn one_preferring_writer_starves_no_reader_but_two_do() {
    for wake in WAKES {
        assert_eq!(starves(&endless(&[READER, FAIR, PREFERRING]).wake(wake), 0), None);
        assert!(starves(&endless(&[READER, PREFERRING, PREFERRING]).wake(wake), 0).is_some());
    }
}

#[test]
fn nobody_starves_among_those_who_look_first_whether_they_must_wait() {
    let quick = [READER, quick_fair(), quick_fair()];
    for wake in WAKES {
        let preferring = [READER, FAIR, quick_preferring()];
        assert_eq!(starves(&endless(&preferring).wake(wake), 0), None);
        assert_eq!(starves(&endless(&preferring).wake(wake), 1), None);
        assert_eq!(starves(&endless(&quick).wake(wake), 0), None);
        assert_eq!(starves(&endless(&quick).wake(wake), 1), None);
    }
}

#[test]
fn without_the_barrier_one_preferring_writer_starves_a_reader_with_the_help_of_a_fair_one() {
    for wake in WAKES {
        let cast = [READER, fair_without_barrier(), PREFERRING];
        assert!(starves(&endless(&cast).wake(wake), 0).is_some());
    }
}

#[test]
fn a_preferring_writer_that_leaves_main_before_intent_starves_a_reader_with_the_help_of_a_fair_one() {
    for wake in WAKES {
        let cast = [READER, FAIR, preferring_leaving_main_first()];
        assert!(starves(&endless(&cast).wake(wake), 0).is_some());
    }
}

#[test]
fn readers_starve_a_writer_of_plain_flock_and_of_every_protocol_with_a_gap() {
    let casts = [
        [FLOCK_SHARED, FLOCK_SHARED, FLOCK],
        [READER_PAST_THE_GATES, READER_PAST_THE_GATES, FAIR],
        [READER_KEEPING_THE_GATES, READER_KEEPING_THE_GATES, FAIR],
        [READER, READER, fair_without_gate()],
        [READER, READER, fair_leaving_gate_early()],
    ];
    for cast in casts {
        for wake in [Any, Brief] {
            assert!(starves(&endless(&cast).wake(wake), 2).is_some());
        }
    }
}
