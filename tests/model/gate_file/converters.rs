//! Conversions, while the gate file comes and goes: a client that has main must see that another
//! converts.

use super::with_file::*;
use crate::conversion::programs::{EXCLUSIVE, patient};
use crate::kernel::Lock::{Conversion, Converter, Main, Present, Yield};
use crate::kernel::RECORDS;
use crate::kernel::Wake::Brief;
use crate::properties::Claim::{self, *};
use crate::protocol::Program;
use crate::protocol::Step::{Begin, Drop, EnteredElse, Goto, Here, OpenElse, Take, TestElse};
use crate::starvation::starves;
use crate::system::Fault;
use crate::{endless, once};

const WHOLE: &[Claim] = &[
    Exclusion,
    Unbroken,
    NothingLost,
    OneGateFile,
    NoFileLeft,
    NobodyStuckButForOneSuspended,
    NobodyCircles,
];

#[test]
fn nobody_writes_in_between_and_nothing_is_lost_with_any_fault_anywhere() {
    let casts: [&[Program]; 6] = [
        &[upgrader(), reader(), exclusive()],
        &[upgrader(), upgrader(), exclusive()],
        &[upgrader(), quick_reader(), quick_fair()],
        &[upgrader(), preferring(), exclusive()],
        &[upgrader_now(), reader(), exclusive()],
        &[gated_upgrader(), fair(), exclusive()],
    ];
    for cast in casts {
        once(cast).faults(1, Fault::Any).holds(WHOLE);
    }
}

#[test]
fn nobody_writes_in_between_with_two_faults_anywhere() {
    for other in [reader(), fair()] {
        once(&[upgrader(), other, exclusive()]).faults(2, Fault::Any).holds(WHOLE);
    }
}

#[test]
fn nobody_writes_in_between_among_four() {
    once(&[upgrader(), reader(), fair(), exclusive()]).holds(WHOLE);
}

#[test]
fn neither_reader_nor_writer_starves_beside_conversions_when_commands_are_long() {
    let cast = endless(&[gated_upgrader(), reader(), fair()]).wake(Brief);
    assert_eq!(starves(&cast, 1), None);
    assert_eq!(starves(&cast, 2), None);
    assert_eq!(starves(&endless(&[patient(upgrader()), reader(), exclusive()]).wake(Brief), 0), None);
}

#[test]
fn of_two_who_upgrade_one_does_and_the_other_is_refused_for_it() {
    let one = patient(upgrader());
    once(&[one, one, exclusive()]).holds(&[OneUpgrades, RefusedForAnother, NobodyStuck]);
}

#[test]
fn conversion_must_not_be_lost_with_the_record_locks() {
    let cast = [upgrader(), exclusive()];
    once(&cast).faults(1, Fault::LoseRecords).records(RECORDS | Conversion.bit()).breaks(&[Unbroken]);
}

#[test]
fn one_that_looks_for_the_file_only_before_it_has_main_gets_in_between() {
    let early = EXCLUSIVE.replacing(
        &[Take(Main), Goto("look")],
        &[
            &[OpenElse("free"), TestElse(Converter, "wait")],
            &LEAVE_A_LOOK[..],
            &[Here("free"), Take(Main), Goto("in"), Here("wait")],
        ]
        .concat(),
    );
    let early = early.replacing(&[Here("give way"), Drop(Main)], &[]);
    let early = early.after(&[Drop(Yield)], &LEAVE_A_LOOK);
    let early =
        early.replacing(&[Here("look"), TestElse(Converter, "give way"), Begin], &[Here("in"), Begin]);
    once(&[upgrader(), early]).breaks(&[Unbroken]);
}

#[test]
fn the_file_of_one_that_converts_without_present_is_removed_under_its_feet() {
    let absent = upgrader().replacing(&[Take(Present), EnteredElse("gone")], &[EnteredElse("gone")]);
    once(&[absent, reader(), exclusive()]).breaks(&[Unbroken]);
}

#[test]
fn one_that_does_not_look_whether_its_file_still_has_its_name_converts_where_nobody_looks() {
    let trusting = upgrader().replacing(&[Take(Present), EnteredElse("gone")], &[Take(Present)]);
    once(&[trusting, reader(), exclusive()]).breaks(&[Unbroken]);
}
