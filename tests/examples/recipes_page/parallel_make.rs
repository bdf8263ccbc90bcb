//! Targets of one `make -j8` that use one thing one at a time, or two at a time.

use super::{logged, recipe, until_logged, until_waiting};
use crate::machine::Machine;
use crate::support::complaint;

#[test]
fn one_suite_and_two_films_run_at_once_and_all_of_them_in_the_end() {
    let machine = Machine::new();
    machine.write("Makefile", &recipe("suites :="));
    for program in ["run-tests", "render"] {
        let stays = "until [ -e go ] || [ ! -e log ]; do sleep 0.02; done";
        machine.stub(&format!("./{program}"), &format!("echo {program} >>log; {stays}; echo \"$1\" >>log"));
    }
    let make = machine.run(&["make", "-j8"]).start();
    until_logged(&machine, "run-tests", 1);
    until_logged(&machine, "render", 2);
    until_waiting(&machine, ".testdb.lock", 2);
    until_waiting(&machine, ".render.lock", 2);
    assert_eq!((logged(&machine, "run-tests"), logged(&machine, "render")), (1, 2));
    machine.write("go", "");
    make.leave();
    for target in ["api", "web", "jobs", "one.mp4", "two.mp4", "three.mp4", "four.mp4"] {
        assert_eq!(logged(&machine, target), 1, "{target}");
    }
    assert_eq!((logged(&machine, "run-tests"), logged(&machine, "render")), (3, 4));
}

#[test]
fn a_make_under_a_lock_uses_the_jobs_of_the_make_above() {
    let machine = Machine::new();
    machine.write("Makefile", "all:\n\tfasten exclusive sub.lock -- $(MAKE) -C sub\n");
    // Each of the two waits for the other.
    machine.write("sub/Makefile", "all: a b\na:\n\techo >b.pipe\nb:\n\tread line <b.pipe\n");
    machine.run(&["mkfifo", "sub/b.pipe"]).run();
    let made = machine.run(&["make", "-j2"]).run();
    assert!(!complaint(&made).contains("jobserver"), "{made:?}");
}
