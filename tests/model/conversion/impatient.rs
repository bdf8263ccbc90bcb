//! Conversions that do not wait: -n.

use super::programs::*;
use crate::kernel::Lock::Main;
use crate::once;
use crate::properties::Claim::*;
use crate::protocol::Step::TestElse;
use crate::protocol::{FLOCK, READER, READER_NOW};
use crate::system::Fault;

#[test]
fn nothing_is_lost_and_nobody_writes_in_between() {
    once(&[UPGRADER_NOW, QUICK_READER, EXCLUSIVE, EXCLUSIVE_NOW]).faults(1, Fault::Die).holds(SOUND);
    once(&[UPGRADER_NOW, UPGRADER, EXCLUSIVE]).faults(1, Fault::Die).holds(SOUND);
}

#[test]
fn one_that_looks_whether_it_is_alone_lets_nobody_in_that_looks_at_no_gate() {
    once(&[UPGRADER_NOW, READER, FLOCK]).holds(&[Unbroken]);
    let blind = UPGRADER_NOW.replacing(&[TestElse(Main, "not alone")], &[]);
    once(&[blind, READER, FLOCK]).breaks(&[Unbroken]);
}

#[test]
fn but_a_reader_that_gets_in_after_the_look_lets_one_in() {
    once(&[UPGRADER_NOW, QUICK_READER, FLOCK]).breaks(&[Unbroken]);
}

#[test]
fn of_an_upgrade_and_a_writer_that_do_not_wait_one_runs() {
    once(&[UPGRADER_NOW, EXCLUSIVE_NOW]).holds(&[OneUpgrades]);
    once(&[UPGRADER_NOW, UPGRADER_NOW]).breaks(&[OneUpgrades]);
}

#[test]
fn an_upgrade_that_does_not_wait_can_be_refused_and_refuse_a_reader_at_the_same_time() {
    once(&[READER, UPGRADER_NOW, READER_NOW]).breaks(&[ReadersRefusedForAWriter]);
}
