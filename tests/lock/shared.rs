//! Several commands under the lock of one open file: the last one out gives it back.

use crate::shell::Shell;
use crate::support::{Place, gate_file, until};

fn is_free(place: &Place, options: &str) -> bool {
    place.shell().does(&format!("fasten exclusive -nq {options} lock -- true")).code == 0
}

/// Begins a command that goes on until the file of this name is there, and waits until it is at work.
fn job(place: &Place, shell: &mut Shell, how: &str, go: &str) {
    let command = format!("touch {go}.in; until [ -e {go} ]; do sleep 0.01; done; touch {go}.out");
    shell.ends(&format!("fasten {how} -- sh -c '{command}' &"), 0);
    until("it is at work", || place.path(format!("{go}.in")).exists());
}

fn ends(place: &Place, go: &str) {
    place.shell().ends(&format!("touch {go}; until [ -e {go}.out ]; do sleep 0.01; done"), 0);
}

#[test]
fn of_two_jobs_on_one_descriptor_the_last_one_gives_the_lock_back_whichever_it_is() {
    for family in ["", "--fcntl"] {
        for (first, last) in [("one", "two"), ("two", "one")] {
            let place = Place::with(&["lock"]);
            let mut shell = place.shell();
            shell.ends("exec 9<>lock", 0);
            job(&place, &mut shell, &format!("write {family} --fd 9"), "one");
            job(&place, &mut shell, &format!("write {family} --fd 9"), "two");
            ends(&place, first);
            shell.ends("wait -n", 0);
            assert!(!is_free(&place, family), "{first} has ended, {last} runs");
            ends(&place, last);
            shell.ends("wait", 0);
            assert!(is_free(&place, family), "both have ended");
            assert!(!gate_file::gate_file(&place.path("lock")).exists());
        }
    }
}

#[test]
fn a_lock_that_the_script_had_before_is_still_its_own_after_two_jobs() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    shell.ends("exec 9>>lock; fasten write --fd 9", 0);
    job(&place, &mut shell, "write --fd 9", "one");
    job(&place, &mut shell, "write --fd 9", "two");
    ends(&place, "one");
    ends(&place, "two");
    shell.ends("wait", 0);
    assert!(!is_free(&place, ""));
    shell.ends("fasten unlock --fd 9", 0);
    assert!(is_free(&place, ""));
}

#[test]
fn jobs_on_two_descriptors_of_one_file_do_not_keep_each_others_locks() {
    let place = Place::with(&["lock"]);
    let (mut one, mut two) = (place.shell(), place.shell());
    one.ends("exec 9>>lock", 0);
    two.ends("exec 9>>lock", 0);
    job(&place, &mut one, "read --fd 9", "one");
    job(&place, &mut two, "read --fd 9", "two");
    ends(&place, "one");
    one.ends("wait", 0);
    ends(&place, "two");
    two.ends("wait", 0);
    assert!(is_free(&place, ""), "neither descriptor is locked");
}

#[test]
fn a_joined_command_that_outlives_the_lock_it_joined_keeps_it() {
    for family in ["", "--fcntl"] {
        let place = Place::with(&["lock"]);
        let mut shell = place.shell();
        let inner = "touch in; until [ -e go ]; do sleep 0.01; done";
        let outer = format!(
            "fasten exclusive {family} --nested join lock -- sh -c \"{inner}\" & until [ -e in ]; do sleep 0.01; done"
        );
        shell.ends(&format!("fasten exclusive {family} lock -- sh -c '{outer}'"), 0);
        assert!(!is_free(&place, family), "{family}: the joined command runs");
        shell.ends("touch go", 0);
        until("it is free", || is_free(&place, family));
        assert!(!gate_file::gate_file(&place.path("lock")).exists());
    }
}

#[test]
fn a_joined_command_that_ends_first_gives_nothing_back() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    let inner = "fasten exclusive --nested join lock -- true";
    shell.ends(&format!("fasten exclusive lock -- sh -c '{inner}; ! fasten exclusive -nq lock -- true'"), 0);
    assert!(is_free(&place, ""));
}

#[test]
fn a_lock_on_a_few_bytes_and_one_that_is_not_inherited_cannot_be_joined() {
    let place = Place::with(&["lock"]);
    let program = "import fcntl, subprocess, sys
file = open('lock', 'r+')
fcntl.lockf(file, fcntl.LOCK_EX, 1, 0)
sys.exit(subprocess.run(['fasten', 'exclusive', '--fcntl', '-nq', '--nested', 'join', 'lock', '--', 'true']).returncode)";
    std::fs::write(place.path("part.py"), program).unwrap();
    place.shell().ends("python3 part.py", 75);
    let ended =
        place.shell().does("fasten exclusive --close lock -- fasten exclusive --nested join lock -- echo in");
    assert_eq!(ended.code, 75, "{ended:?}");
    assert!(ended.said.contains("deadlock") && !ended.said.contains("\nin"), "{ended:?}");
    assert!(ended.said.contains("has not inherited it, so it cannot be joined"), "{ended:?}");
}
