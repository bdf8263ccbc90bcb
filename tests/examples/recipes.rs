//! The recipes of the README and docs/, as they stand there.

use super::documents::{block, commands};
use super::machine::Machine;
use crate::support::{HOLD, Running, complaint, report, until};

/// Fails a test program of CI, or lets it pass.
fn tests(code: u8) -> String {
    format!("echo ran >>log; exit {code}")
}

fn holder(machine: &Machine, lock: &str) -> Running {
    let mut holder = machine.run(&["fasten", "exclusive", lock, "--", "sh", "-c", HOLD]).start();
    holder.line();
    holder
}

/// The steps with the test database: in the README, and the one that tells the codes apart.
fn steps() -> [String; 2] {
    [block("README.md", "testdb.lock"), block("docs/exit-codes.md", "testdb.lock")]
}

#[test]
fn a_step_of_ci_waits_and_shows_what_for() {
    for step in steps() {
        let machine = Machine::new();
        machine.stub("./run-tests", &tests(0));
        let holder = holder(&machine, "/var/lock/testdb.lock");
        let mut waiter = machine.sh(&step).start();
        let shown = waiter.complaint();
        assert!(shown.contains("/var/lock/testdb.lock") && shown.contains("wait"), "{shown}");
        assert_eq!(machine.text("log"), "");
        holder.leave();
        waiter.leave();
        assert_eq!(machine.text("log"), "ran\n");
    }
}

#[test]
fn a_step_of_ci_ends_as_its_tests_do() {
    for step in steps() {
        let machine = Machine::new();
        machine.stub("./run-tests", &tests(3));
        machine.sh(&step).code(3).run();
        assert_eq!(machine.text("log"), "ran\n");
    }
}

/// Nobody waits ten minutes here: under its own lock the step is refused at once, with the code of a busy lock.
#[test]
fn a_step_of_ci_fails_if_its_lock_was_busy() {
    for step in steps() {
        let machine = Machine::new();
        machine.stub("./run-tests", &tests(0));
        machine.write("step", &step);
        machine
            .run(&["fasten", "exclusive", "/var/lock/testdb.lock", "--", "sh", "-e", "step"])
            .code(75)
            .run();
        assert_eq!(machine.text("log"), "");
    }
}

#[test]
fn a_step_of_ci_that_may_be_skipped_says_so() {
    let machine = Machine::new();
    let step = block("docs/exit-codes.md", "-n -E 0 /var/lock/cache.lock");
    machine.stub("./fill-cache", &tests(3));
    let holder = holder(&machine, "/var/lock/cache.lock");
    let skipped = machine.sh(&step).run();
    assert!(complaint(&skipped).contains("/var/lock/cache.lock"), "{skipped:?}");
    holder.leave();
    machine.sh(&step).code(3).run();
    assert_eq!(machine.text("log"), "ran\n");
}

/// A directory in which make finds the target of the recipe out of date.
fn makeable(psql: &str) -> Machine {
    let machine = Machine::new();
    machine.write("Makefile", &block("README.md", "psql"));
    machine.write("schema.sql", "create table t ();\n");
    machine.stub("psql", psql);
    machine
}

#[test]
fn two_makes_at_once_run_the_job_once() {
    let machine = makeable("echo \"$@\" >>log");
    let holder = holder(&machine, ".db.lock");
    let makes = [0, 1].map(|_| machine.run(&["make", "-j8"]).start());
    until("both wait", || machine.place.waiting("home/.db.lock") == 2);
    holder.leave();
    makes.into_iter().for_each(Running::leave);
    assert_eq!(machine.text("log"), "-f schema.sql\n");
    machine.run(&["make", "--question"]).run();
}

#[test]
fn a_changed_source_runs_the_job_again_and_a_failed_job_leaves_no_stamp() {
    let machine = makeable("echo ran >>log; exit $(cat code)");
    machine.write("code", "1");
    machine.run(&["make"]).code(2).run();
    assert!(!machine.path("schema.stamp").exists());
    machine.write("code", "0");
    machine.run(&["make"]).run();
    machine.run(&["touch", "-d", "1 hour ago", "schema.stamp"]).run();
    machine.run(&["make"]).run();
    assert_eq!(machine.text("log"), "ran\nran\nran\n");
    assert!(report(&machine.run(&["make"]).run()).contains("up to date"));
}

/// Where and how the script is started: the directory, and the words.
const STARTS: [(&str, &[&str]); 6] = [
    ("/mnt/home", &["./script", "one two"]),
    ("/srv", &["/mnt/home/script", "one two"]),
    ("/srv", &["sh", "-c", "exec ../mnt/home/script \"$@\"", "sh", "one two"]),
    ("/tmp", &["env", "PATH=/mnt/home:/usr/local/bin:/usr/bin:/bin", "script", "one two"]),
    ("/mnt/home", &["SHELL", "script", "one two"]),
    ("/tmp", &["SHELL", "/mnt/home/script", "one two"]),
];

#[test]
fn a_self_locking_script_runs_once_however_and_wherever_it_is_started() {
    for shell in ["sh", "bash"] {
        let machine = Machine::new();
        let recipe = block("README.md", "my-script.lock").replace("#!/bin/sh", &format!("#!/bin/{shell}"));
        let body = "echo \"$#: $1\" \"${BASH_VERSION:+bash}\"; read line; exit 0";
        machine.write_program("script", &format!("{recipe}{body}\n"));
        for first in STARTS {
            let mut running = started(&machine, shell, first);
            let expected = format!("1: one two {}", if shell == "bash" { "bash" } else { "" });
            assert_eq!(running.line(), expected, "{first:?}");
            for second in STARTS {
                let refused = started(&machine, shell, second).finish();
                assert_eq!(refused.status.code(), Some(75), "{first:?} {second:?}");
                assert_eq!(report(&refused), "");
            }
            running.leave();
        }
    }
}

fn started(machine: &Machine, shell: &str, (directory, words): (&str, &[&str])) -> Running {
    let words = words.iter().map(|word| if *word == "SHELL" { shell } else { word });
    let all: Vec<_> = ["env", "--chdir", directory].into_iter().chain(words).collect();
    machine.run(&all).start()
}

#[test]
fn a_turn_of_cron_is_skipped_silently_and_every_error_is_reported() {
    let machine = Machine::new();
    let [line] = &commands(&block("README.md", "*/5"))[..] else { panic!("one line") };
    let missing = machine.run(&["sh", "-c", line]).code(127).run();
    assert!(complaint(&missing).contains("sync-all"), "{missing:?}");
    machine.stub("sync-all", "echo ran >>log");
    let holder = holder(&machine, "/var/tmp/sync.lock");
    machine.run(&["sh", "-c", line]).stdout("").stderr("").run();
    holder.leave();
    machine.run(&["sh", "-c", line]).stdout("").stderr("").run();
    assert_eq!(machine.text("log"), "ran\n");
}

#[test]
fn the_nightly_jobs_run_one_after_the_other() {
    let machine = Machine::new();
    let jobs = commands(&block("README.md", "nightly.lock"));
    for name in ["backup", "reindex"] {
        machine.stub(name, &format!("echo in >>log; echo {name}; read line; echo out >>log"));
    }
    let mut first = machine.run(&["sh", "-c", &jobs[0]]).start();
    assert_eq!(first.line(), "backup");
    let mut second = machine.run(&["sh", "-c", &jobs[1]]).start();
    until("it waits", || machine.place.waiting("var/tmp/nightly.lock") == 1);
    first.leave();
    assert_eq!(second.line(), "reindex");
    second.leave();
    assert_eq!(machine.text("log"), "in\nout\nin\nout\n");
}
