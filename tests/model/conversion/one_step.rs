//! The fcntl family: the kernel converts in one step, and keeps the old lock until then. So writers
//! need not look; the gate is there for the second one who upgrades.

use super::programs::*;
use crate::kernel::Lock::{Conversion, Main};
use crate::once;
use crate::properties::Claim::*;
use crate::protocol::Step::{Drop, Here, Take, TryElse};
use crate::protocol::{FAIR, FLOCK, PREFERRING, READER};
use crate::system::Fault;

#[test]
fn no_writer_of_any_kind_gets_in_between() {
    for cast in [[READER, FLOCK], [READER, FAIR], [PREFERRING, FLOCK]] {
        once(&[fcntl_upgrader(), cast[0], cast[1]]).faults(1, Fault::Die).holds(SOUND);
    }
}

#[test]
fn of_two_who_upgrade_one_does() {
    let one = patient(fcntl_upgrader());
    once(&[one, one, READER, FLOCK]).holds(&[
        OneUpgrades,
        RefusedForAnother,
        Unbroken,
        NobodyStuck,
        NobodyCircles,
    ]);
}

#[test]
fn without_the_gate_two_who_upgrade_wait_for_each_other() {
    let ungated = patient(fcntl_upgrader())
        .replacing(&[Here("gate"), TryElse(Conversion, "occupied")], &[Here("gate")]);
    let ungated = ungated.replacing(&[Take(Main), Drop(Conversion)], &[Take(Main)]);
    once(&[ungated, ungated]).breaks(&[NobodyStuck]);
}
