//! Graphics cards: a job gets one that is free, or several at once.

use super::{is_free, recipe, until_waiting};
use crate::machine::Machine;
use crate::support::Running;

fn machine() -> Machine {
    let machine = Machine::new();
    machine.stub("./train", "echo \"$CUDA_VISIBLE_DEVICES\"; read -r line; exit 0");
    machine
}

fn start(machine: &Machine, words: &str) -> Running {
    machine.sh(&recipe(words)).start()
}

const ONE: &str = "=$FASTEN_SLOT ";
const BOTH: &str = "=$FASTEN_SLOTS ";

#[test]
fn each_job_gets_a_card_of_its_own_and_the_third_one_that_is_free_again() {
    let machine = machine();
    let mut jobs = [0, 1].map(|_| start(&machine, ONE));
    let mut cards = jobs.each_mut().map(Running::line);
    cards.sort();
    assert_eq!(cards, ["0", "1"]);
    let mut third = start(&machine, ONE);
    until_waiting(&machine, "machine:gpu", 1);
    let [first, second] = jobs;
    first.leave();
    assert!(["0", "1"].contains(&third.line().as_str()));
    second.leave();
    third.leave();
}

#[test]
fn a_job_that_needs_both_cards_is_not_passed_by_one_that_needs_one() {
    let machine = machine();
    let mut first = start(&machine, ONE);
    assert_eq!(first.line(), "0");
    let mut both = start(&machine, BOTH);
    until_waiting(&machine, "machine:gpu", 1);
    let mut later = start(&machine, ONE);
    until_waiting(&machine, "machine:gpu", 2);
    first.leave();
    assert_eq!(both.line(), "0,1");
    assert!(!later.has_ended());
    both.leave();
    assert_eq!(later.line(), "0");
    later.leave();
}

#[test]
fn a_list_says_which_cards_there_are() {
    let machine = machine();
    let mut jobs = [0, 1].map(|_| start(&machine, "set -- 2 5"));
    let mut cards = jobs.each_mut().map(Running::line);
    cards.sort();
    assert_eq!(cards, ["2", "5"]);
    jobs.into_iter().for_each(Running::leave);
}

#[test]
fn a_job_that_is_killed_gives_its_card_back_and_exclusive_has_all() {
    let machine = machine();
    let mut first = start(&machine, ONE);
    first.line();
    let alone = machine.run(&["fasten", "exclusive", "machine:gpu", "--", "./train"]).start();
    until_waiting(&machine, "machine:gpu", 1);
    first.kill();
    let mut alone = alone;
    alone.line();
    machine.sh(&recipe(ONE).replace("slot ", "slot -n ")).code(75).run();
    alone.leave();
    assert!(is_free(&machine, "machine:gpu"));
}
