//! An upgrade among those who keep the gates: nothing lost, nobody in between, nobody stuck.

use super::programs::*;
use crate::kernel::Lock::{Conversion, Converter, Intent, Landing, Leaving, Main, MainShared, Yield};
use crate::once;
use crate::properties::Claim::*;
use crate::protocol::Step::{Drop, Goto, Here, Take, TakeUnless, TestElse, TryElse};
use crate::protocol::{FAIR, Program, READER};
use crate::system::Fault;

const GATE: &[crate::protocol::Step] = &[TryElse(Conversion, "occupied")];

#[test]
fn nobody_writes_in_between_and_nothing_is_lost_and_nobody_is_stuck_with_a_death_anywhere() {
    let casts: [&[Program]; 5] = [
        &[UPGRADER, READER, EXCLUSIVE],
        &[UPGRADER, QUICK_READER, fair_writer()],
        &[UPGRADER, READER, preferring_writer()],
        &[UPGRADER, EXCLUSIVE, fair_writer()],
        &[UPGRADER, up_and_down(), EXCLUSIVE],
    ];
    for cast in casts {
        let dying = once(cast).faults(1, Fault::Die);
        dying.holds(SOUND);
        once(cast).faults(1, Fault::DieAlone).holds(&[NobodyStuck, NobodyCircles]);
    }
}

#[test]
fn of_two_who_upgrade_one_does_and_nobody_is_refused_but_for_it() {
    let (one, other) = (patient(UPGRADER), patient(UPGRADER));
    once(&[one, other, READER, EXCLUSIVE]).holds(&[
        OneUpgrades,
        RefusedForAnother,
        NobodyStuck,
        NobodyCircles,
    ]);
    once(&[UPGRADER, other, EXCLUSIVE]).faults(1, Fault::Die).holds(&[
        RefusedForAnother,
        NobodyStuck,
        NobodyCircles,
    ]);
}

#[test]
fn a_second_one_that_waits_for_the_gate_is_stuck() {
    let waiting = UPGRADER.replacing(GATE, &[Take(Conversion)]);
    once(&[waiting, waiting]).breaks(&[NobodyStuck]);
}

#[test]
fn without_the_gate_one_writes_while_the_other_counts_on_its_lock() {
    let ungated =
        patient(UPGRADER).replacing(GATE, &[]).replacing(&[Take(Main), Drop(Conversion)], &[Take(Main)]);
    once(&[ungated, ungated]).breaks(&[Unbroken]);
    once(&[ungated, READER, EXCLUSIVE]).breaks(&[Unbroken]);
}

#[test]
fn one_that_lets_go_before_it_has_the_gate_is_found() {
    let hasty = UPGRADER.replacing(&[Here("gate")], &[Drop(MainShared), Here("gate")]);
    let hasty = hasty
        .replacing(&[Drop(MainShared), TakeUnless(Main, "called off")], &[TakeUnless(Main, "called off")]);
    once(&[hasty, EXCLUSIVE]).breaks(&[Unbroken]);
}

#[test]
fn one_that_was_called_off_must_take_its_lock_back_before_it_leaves_the_gate() {
    let back = &[Here("called off"), Take(MainShared), Drop(Conversion)];
    let late = UPGRADER.replacing(back, &[Here("called off"), Drop(Conversion), Take(MainShared)]);
    once(&[late, READER, EXCLUSIVE]).breaks(&[Unbroken]);
    let never = UPGRADER.replacing(back, &[Here("called off"), Drop(Conversion)]);
    once(&[never, READER]).breaks(&[NothingLost]);
}

#[test]
fn a_writer_that_does_not_look_gets_in_between() {
    once(&[UPGRADER, READER, FAIR]).breaks(&[Unbroken]);
    let early = EXCLUSIVE
        .replacing(&[Take(Main), Goto("look")], &[TestElse(Converter, "give way"), Take(Main), Goto("in")]);
    let early = early
        .replacing(&[Take(Main), Here("look"), TestElse(Converter, "give way")], &[Take(Main), Here("in")]);
    once(&[UPGRADER, early]).breaks(&[Unbroken]);
}

#[test]
fn a_writer_that_waits_for_the_conversion_with_main_in_hand_is_never_done() {
    let keeping =
        EXCLUSIVE.replacing(&[Drop(Main), Take(Yield), Drop(Yield), Take(Main)], &[Take(Yield), Drop(Yield)]);
    once(&[patient(UPGRADER), keeping]).breaks(&[NobodyStuck]);
}

#[test]
fn a_writer_that_asks_for_main_again_without_waiting_goes_in_circles() {
    let restless =
        EXCLUSIVE.replacing(&[Drop(Main), Take(Yield), Drop(Yield), Take(Main)], &[Drop(Main), Take(Main)]);
    once(&[UPGRADER, READER, restless]).breaks(&[NobodyCircles]);
}

#[test]
fn a_writer_on_its_way_out_of_the_gate_must_not_be_taken_for_one_who_converts() {
    let mistaken = UPGRADER.replacing(&[TestElse(Converter, "refused")], &[TestElse(Leaving, "refused")]);
    once(&[UPGRADER, mistaken, EXCLUSIVE]).breaks(&[RefusedForAnother]);
}

#[test]
fn one_that_waits_for_readers_only_spins_while_a_writer_is_on_its_way_out_of_the_gate() {
    let spinning = UPGRADER.replacing(
        &[TakeUnless(Landing, "refused"), Drop(Landing)],
        &[TakeUnless(Intent, "refused"), Drop(Intent)],
    );
    once(&[UPGRADER, spinning, EXCLUSIVE]).breaks(&[NobodyCircles]);
}
