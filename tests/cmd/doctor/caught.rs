//! `fasten doctor`, ended in the middle of it: nothing of it stays.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use super::is_clean;
use crate::support::{Place, Running, report, send, until};

/// A doctor whose examining process is stopped while its file is there.
struct Caught {
    doctor: Running,
    examiner: u32,
}

/// Starts one with a command of sh(1), until it has been caught before it was over.
fn caught(place: &Place, start: &str) -> Caught {
    loop {
        let mut doctor = place.sh(start).start();
        until("it has begun or ended", || !is_clean(place.directory()) || doctor.has_ended());
        if let Some(examiner) = child_of(doctor.pid) {
            let _ = Command::new("kill").args(["-STOP", &examiner.to_string()]).status();
            until("it is stopped or gone", || state(examiner).is_none_or(|state| "TZX".contains(state)));
            if state(examiner) == Some('T') && !is_clean(place.directory()) {
                return Caught { doctor, examiner };
            }
        }
        doctor.kill();
        until("nothing is left", || is_clean(place.directory()));
    }
}

fn child_of(pid: u32) -> Option<u32> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).ok()?;
    children.split_whitespace().next()?.parse().ok()
}

fn state(pid: u32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(") ").next()?.chars().next()
}

#[test]
fn a_signal_ends_it_after_the_cleaning() {
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1), ("QUIT", 3)] {
        let place = Place::new();
        let caught = caught(&place, "ulimit -c 0; exec \"$FASTEN\" doctor");
        caught.doctor.signal(name);
        let output = caught.doctor.finish();
        assert_eq!((output.status.signal(), report(&output)), (Some(number), String::new()), "{name}");
        assert!(is_clean(place.directory()), "{name}");
        until("the other process is gone", || state(caught.examiner).is_none());
    }
}

#[test]
fn a_signal_that_is_ignored_does_not_end_it() {
    let place = Place::new();
    let caught = caught(&place, "trap '' HUP; exec \"$FASTEN\" doctor");
    caught.doctor.signal("HUP");
    send("CONT", caught.examiner);
    let output = caught.doctor.finish();
    assert_eq!(output.status.code(), Some(0));
    assert!(report(&output).starts_with(".: locks work\n"));
}

#[test]
fn when_it_is_killed_the_process_that_examines_cleans_up_and_ends() {
    let place = Place::new();
    let caught = caught(&place, "exec \"$FASTEN\" doctor");
    caught.doctor.kill();
    send("CONT", caught.examiner);
    until("nothing is left", || is_clean(place.directory()));
    until("it is gone", || state(caught.examiner).is_none_or(|state| state == 'Z'));
}

#[test]
fn when_the_process_that_examines_is_killed_that_is_told_and_cleaned_up() {
    let place = Place::new();
    let caught = caught(&place, "exec \"$FASTEN\" doctor");
    send("KILL", caught.examiner);
    let output = caught.doctor.finish();
    assert_eq!(output.status.code(), Some(71));
    assert!(report(&output).contains(": the process that tried it was killed; try again\n"));
    assert!(is_clean(place.directory()));
}
