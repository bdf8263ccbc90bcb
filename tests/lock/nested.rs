//! A lock under the same lock.

use crate::support::{Place, until};

const REFUSED: i32 = 75;

#[test]
fn a_lock_under_the_same_lock_is_refused_and_names_the_process_above() {
    let place = Place::with(&["lock"]);
    for (outer, inner) in [
        ("exclusive", "exclusive"),
        ("write", "read"),
        ("read", "write"),
        ("read", "exclusive"),
        ("write --close", "write -w 1h"),
        ("exclusive --fcntl", "write --fcntl"),
    ] {
        let mut shell = place.shell();
        let script = format!("fasten {inner} lock -- echo in; echo $? $$; exit 4");
        let ended = shell.does(&format!("fasten {outer} lock -- sh -c '{script}'"));
        let lines: Vec<&str> = ended.said.lines().collect();
        assert_eq!(ended.code, 4, "{outer} {inner}: {ended:?}");
        let (complaint, code) = (lines[0], lines[1].split_whitespace().next().unwrap());
        assert_eq!(code, REFUSED.to_string(), "{outer} {inner}: {ended:?}");
        assert!(complaint.starts_with("fasten: lock: deadlock: already held "), "{complaint}");
        assert!(complaint.contains("--nested wait"), "{complaint}");
    }
}

#[test]
fn the_complaint_names_the_pid_of_the_process_above() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    let ended = shell.does("fasten write lock -- sh -c 'echo $$; fasten write lock -- true; exit 0'");
    let (pid, complaint) = ended.said.split_once('\n').unwrap();
    assert!(complaint.contains("already held exclusively by our parent, "), "{complaint}");
    assert!(complaint.contains(&format!("(pid {pid})")), "{complaint}");
}

#[test]
fn joining_runs_the_command_under_the_lock_that_is_there() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    for (outer, inner) in [
        ("exclusive", "exclusive"),
        ("write", "read"),
        ("exclusive", "write -n"),
        ("exclusive -F", "write"),
        ("write --fcntl", "read --fcntl"),
    ] {
        let inner = format!("fasten {inner} --nested join lock -- echo in");
        let after = "fasten exclusive -n -q lock -- true; test $? = 75";
        let outer = format!("fasten {outer} lock -- sh -c '{inner}; true'");
        assert_eq!(shell.does(&outer).said, "in\n", "{outer}");
        if !outer.contains("fcntl") && !outer.contains("-F") {
            let held = outer.replace("; true", &format!(" && {after}"));
            assert_eq!(shell.does(&held).code, 0, "joining gives nothing back: {held}");
        }
    }
}

#[test]
fn joining_makes_no_writer_of_a_reader() {
    let place = Place::with(&["lock"]);
    for options in ["", "-n"] {
        let inner = format!("fasten write {options} --nested join lock -- echo in; exit $?");
        let ended = place.shell().does(&format!("fasten read lock -- sh -c '{inner}'"));
        assert_eq!(ended.code, REFUSED);
        assert!(!ended.said.starts_with("in\n"), "{ended:?}");
    }
}

#[test]
fn joining_takes_the_locks_that_are_not_there() {
    let place = Place::with(&["a", "b"]);
    let inner = "fasten write --nested join a b -- fasten exclusive -n -q b -- true";
    let ended = place.shell().does(&format!("fasten exclusive a -- {inner}"));
    assert_eq!(ended.code, REFUSED, "b is held: {ended:?}");
}

#[test]
fn a_background_process_can_wait_for_the_lock_above_it() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    shell.ends("mkfifo go", 0);
    let later = "fasten write --nested wait lock -- touch done &";
    shell.begins(&format!("fasten write lock -- sh -c '{later} read line < go; test ! -e done'"));
    place.until_waiting("lock", 1);
    place.shell().ends("echo > go", 0);
    assert_eq!(shell.ended().code, 0);
    until("it has had its turn", || place.path("done").exists());
}

#[test]
fn a_stranger_waits_as_ever() {
    let place = Place::with(&["lock", "own"]);
    let mut holder = place.shell();
    holder.ends("exec 9>>lock; fasten write --fd 9", 0);
    let mut stranger = place.shell();
    stranger.begins("fasten exclusive own -- fasten write lock -- echo in");
    place.until_waiting("lock", 1);
    holder.ends("fasten unlock --fd 9", 0);
    assert_eq!(stranger.ended().said, "in\n");
}

#[test]
fn who_is_not_to_wait_is_told_who_holds_it() {
    let place = Place::with(&["lock"]);
    let ended = place.shell().is_refused_by_name("fasten write lock -- fasten write -n lock -- true");
    assert_eq!(ended.code, REFUSED);
    assert!(ended.said.starts_with("fasten: lock: held by "), "{ended:?}");
}
