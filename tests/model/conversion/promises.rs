//! What the gates promise holds with conversions in between, and nobody starves because of one.

use super::programs::*;
use crate::broken::READER_PAST_THE_GATES;
use crate::kernel::Wake::{Brief, InOrder, Prompt};
use crate::properties::Claim::*;
use crate::protocol::READER;
use crate::starvation::starves;
use crate::system::Fault;
use crate::{WAKES, endless};

#[test]
fn nobody_is_passed_once_it_has_its_place() {
    for wake in WAKES {
        let fair = endless(&[UPGRADER, READER, fair_writer()]);
        fair.wake(wake).faults(1, Fault::Die).holds(&[Exclusion, Unbroken, NobodyStuck, NobodyPassedInside]);
        let preferring = endless(&[UPGRADER, READER, preferring_writer()]);
        preferring.wake(wake).holds(&[Exclusion, Unbroken, NobodyStuck, NobodyPassedInside]);
    }
}

#[test]
fn a_reader_is_passed_by_one_writer_at_most() {
    for wake in [Prompt, Brief, InOrder] {
        endless(&[UPGRADER, READER, fair_writer()]).wake(wake).bound(1).holds(&[ReadersPassedAtMost]);
    }
}

#[test]
fn neither_reader_nor_writer_starves_beside_conversions() {
    for wake in WAKES {
        assert_eq!(starves(&endless(&[up_and_down(), READER, fair_writer()]).wake(wake), 1), None);
    }
    assert_eq!(starves(&endless(&[up_and_down(), READER, fair_writer()]).wake(Brief), 2), None);
    assert_eq!(starves(&endless(&[UPGRADER, UPGRADER, fair_writer()]).wake(Brief), 2), None);
}

#[test]
fn an_upgrade_never_starves_among_readers_that_stand_before_its_gate() {
    assert_eq!(starves(&endless(&[patient(UPGRADER), READER, READER]).wake(Brief), 0), None);
    assert_eq!(starves(&endless(&[patient(UPGRADER), READER, EXCLUSIVE]).wake(Brief), 0), None);
    let past = [patient(UPGRADER), READER_PAST_THE_GATES, READER_PAST_THE_GATES];
    assert!(starves(&endless(&past).wake(Brief), 0).is_some());
}
