//! Programs that share one test run: a script that all of them call, and a hook of git that asks for one more run.

use super::{STAYS, file_of, holder, logged, recipe, until_logged};
use crate::machine::Machine;
use crate::support::{Running, complaint, until};

fn machine(run_tests: &str) -> Machine {
    let machine = Machine::new();
    machine.write_program("./tests", &recipe("machine:tests"));
    machine.stub("./run-tests", run_tests);
    machine
}

#[test]
fn one_run_at_once_and_the_others_wait_and_see_what_for() {
    let machine = machine(&format!("{STAYS}; exit $1"));
    let first = machine.run(&["./tests", "3"]).start();
    until_logged(&machine, "in", 1);
    let mut others = [4, 5].map(|code: u8| machine.run(&["./tests", &code.to_string()]).start());
    let mut said = others[0].complaint();
    while !said.contains("waiting for machine:tests") {
        said = others[0].complaint();
    }
    until("both wait", || machine.place.waiting(&file_of("tests")) == 2);
    assert_eq!(machine.text("log"), "in\n");
    machine.write("go", "");
    first.ends(3);
    let [second, third] = others;
    second.ends(4);
    third.ends(5);
    assert_eq!(machine.text("log"), "in\nout\n".repeat(3));
}

#[test]
fn a_run_that_calls_the_script_again_does_not_wait_for_itself() {
    let machine = machine("echo \"in $1\" >>log; [ \"$1\" = inner ] || exec ./tests inner");
    machine.run(&["./tests", "outer"]).run();
    assert_eq!(machine.text("log"), "in outer\nin inner\n");
}

#[test]
fn a_turn_that_does_not_come_in_time_is_75() {
    let machine = machine("echo in >>log");
    machine.write_program("./tests", &recipe("machine:tests").replace("-w 1h", "-w 0.1"));
    let holder = holder(&machine, "exclusive machine:tests");
    let refused = machine.run(&["./tests"]).code(75).run();
    assert!(complaint(&refused).contains("gave up"), "{refused:?}");
    holder.leave();
    assert_eq!(machine.text("log"), "");
}

/// A repository of git with the hook.
fn repository() -> Machine {
    let machine = Machine::new();
    machine.run(&["git", "init", "-q"]).run();
    machine.write_program(".git/hooks/post-commit", &recipe("--coalesce"));
    machine.stub("./run-tests", STAYS);
    machine
}

fn commit(machine: &Machine) -> Running {
    let who = ["-c", "user.name=ann", "-c", "user.email=ann@localhost"];
    machine.run(&[&["git"], &who[..], &["commit", "-q", "--allow-empty", "-m", "change"]].concat()).start()
}

#[test]
fn commits_while_a_run_is_at_work_are_covered_by_one_more_run() {
    let machine = repository();
    let first = commit(&machine);
    until_logged(&machine, "in", 1);
    let second = commit(&machine);
    until("the second one waits", || machine.place.waiting("home/.git/tests.lock") > 0);
    // All that they have started has ended, for nothing has their standard error any more.
    for _ in 0..5 {
        commit(&machine).leave();
    }
    assert_eq!(machine.text("log"), "in\n");
    machine.write("go", "");
    first.leave();
    second.leave();
    assert_eq!((logged(&machine, "in"), logged(&machine, "out")), (2, 2));
}
