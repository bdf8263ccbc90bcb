//! At most one gate file is in use, and none is left.

use super::with_file::*;
use crate::kernel::Lock::{Main, Present, Removal};
use crate::kernel::RECORDS;
use crate::kernel::Wake::{Brief, InOrder};
use crate::properties::Claim::{self, *};
use crate::protocol::Step::{Close, Drop, EnteredElse, Here, OpenElse, Take, TryElse, Unlink};
use crate::protocol::{FLOCK, FLOCK_SHARED, Program};
use crate::starvation::starves;
use crate::system::Fault;
use crate::{endless, once};

const SAFE: &[Claim] = &[Exclusion, OneGateFile, NoFileLeft, NobodyStuckButForOneSuspended, NobodyCircles];

#[test]
fn one_gate_file_is_in_use_and_none_is_left_with_any_fault_anywhere() {
    let casts: [&[Program]; 4] = [
        &[quick_reader(), quick_reader(), quick_fair()],
        &[quick_reader(), preferring(), quick_fair()],
        &[quick_reader(), fair(), FLOCK],
        &[reader(), preferring(), exclusive(), FLOCK_SHARED],
    ];
    for cast in casts {
        once(cast).faults(1, Fault::Any).holds(SAFE);
    }
}

#[test]
fn one_gate_file_is_in_use_and_none_is_left_with_two_faults_anywhere() {
    for cast in [[reader(), reader(), fair()], [reader(), fair(), preferring()]] {
        once(&cast).faults(2, Fault::Any).holds(SAFE);
    }
}

#[test]
fn one_that_looks_for_the_name_only_before_it_has_present_can_be_in_the_wrong_file() {
    let early =
        reader().replacing(&[Take(Present), EnteredElse("gone")], &[EnteredElse("gone"), Take(Present)]);
    once(&[early, reader(), fair()]).breaks(&[OneGateFile]);
}

#[test]
fn a_file_that_is_removed_without_present_exclusively_may_be_in_use() {
    let rash = reader().replacing(&[TryElse(Removal, "close")], &[]);
    once(&[rash, reader(), reader()]).breaks(&[OneGateFile]);
}

#[test]
fn one_that_removes_the_name_without_a_look_where_it_leads_takes_it_from_another_file() {
    let look = [OpenElse("free"), TryElse(Removal, "close"), Unlink, Here("close"), Close, Here("free")];
    let blind = FLOCK.before(&[Take(Main)], &look);
    once(&[blind, reader(), reader(), reader()]).breaks(&[OneGateFile]);
}

#[test]
fn present_must_not_be_lost_with_the_record_locks() {
    let cast = [reader(), reader(), fair()];
    once(&cast).faults(1, Fault::LoseRecords).records(RECORDS | Present.bit()).breaks(&[OneGateFile]);
}

#[test]
fn of_two_who_leave_with_present_in_hand_neither_removes_the_file() {
    let keeping =
        reader().replacing(&[Drop(Present), TryElse(Removal, "close")], &[TryElse(Removal, "close")]);
    once(&[keeping, keeping]).breaks(&[NoFileLeft]);
}

#[test]
fn one_that_only_closes_leaves_the_file_for_good() {
    let closing = reader().replacing(&LEAVE, &[Close]);
    once(&[closing]).breaks(&[NoFileLeft]);
}

#[test]
fn one_that_tries_present_instead_of_waiting_is_safe_but_goes_in_circles_before_one_that_removes_the_file() {
    let restless = reader().replacing(&[Take(Present)], &[TryElse(Present, "gone")]);
    once(&[restless, restless, exclusive()]).faults(1, Fault::Any).holds(&[
        Exclusion,
        OneGateFile,
        NoFileLeft,
    ]);
    once(&[restless, reader()]).breaks(&[NobodyCircles]);
    assert_eq!(starves(&endless(&[restless, restless]).wake(Brief), 0), None);
}

#[test]
fn one_suspended_while_it_removes_the_file_holds_up_those_who_enter_but_not_plain_flock() {
    once(&[reader(), reader(), FLOCK]).faults(1, Fault::Suspend).breaks(&[NobodyStuck]);
    once(&[reader(), reader(), FLOCK]).faults(1, Fault::Suspend).holds(&[FlockWaitsForNoWaiter]);
}

#[test]
fn nobody_is_passed_once_it_has_its_place() {
    for cast in [[reader(), reader(), fair()], [reader(), fair(), preferring()]] {
        once(&cast).holds(&[NobodyPassedInside]);
    }
}

/// One who enters finds the file removed again and again. That takes others who come and go between
/// its system calls.
#[test]
fn nobody_starves_before_the_gate_file_when_commands_are_long() {
    assert_eq!(starves(&endless(&[reader(), fair(), fair()]).wake(Brief), 0), None);
    assert_eq!(starves(&endless(&[reader(), reader(), fair()]).wake(Brief), 2), None);
    assert_eq!(starves(&endless(&[exclusive(), reader(), fair()]).wake(Brief), 1), None);
    assert!(starves(&endless(&[reader(), reader()]).wake(InOrder), 0).is_some());
}

#[test]
fn a_reader_that_enters_is_passed_by_one_writer_at_most_when_commands_are_long() {
    endless(&[reader(), fair(), fair()]).wake(Brief).bound(1).holds(&[ReadersPassedAtMost]);
}

#[test]
fn of_those_who_come_at_once_and_do_not_wait_one_always_runs() {
    once(&[reader_now(), fair_now(), fair_now()]).holds(&[Exclusion, OneRan, NoFileLeft]);
    once(&[reader_now(), fair_now(), reader()]).holds(&[Exclusion, OneRan, NoFileLeft]);
}
