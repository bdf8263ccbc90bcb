//! Beside flock(1), which looks at no gate.

use super::programs::*;
use crate::once;
use crate::properties::Claim::*;
use crate::protocol::{FLOCK, FLOCK_SHARED, READER};
use crate::system::Fault;

#[test]
fn commands_still_exclude_each_other_and_nobody_is_stuck() {
    once(&[UPGRADER, FLOCK, EXCLUSIVE]).faults(1, Fault::Die).holds(&[
        Exclusion,
        NothingLost,
        NobodyStuck,
        NobodyCircles,
    ]);
    once(&[UPGRADER, FLOCK, FLOCK_SHARED]).faults(1, Fault::Die).holds(&[Exclusion, NobodyStuck]);
}

#[test]
fn flock_writes_in_the_middle_of_an_upgrade() {
    once(&[UPGRADER, READER, FLOCK]).breaks(&[Unbroken]);
}

#[test]
fn flock_that_only_reads_does_no_harm() {
    once(&[patient(UPGRADER), FLOCK_SHARED, EXCLUSIVE]).holds(&[Unbroken, OneUpgrades, NobodyStuck]);
}
