//! `fasten doctor`, ended in the middle of it: nothing of it stays.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Output, Stdio};

use super::{is_clean, report};
use crate::support::place::{FASTEN, Place, kill, until};

/// A doctor whose examining process is stopped while its file is there.
struct Caught {
    doctor: Child,
    examiner: u32,
}

/// Starts one with a command of sh(1), until it has been caught before it was over.
fn caught(place: &Place, start: &str) -> Caught {
    loop {
        let mut doctor = Command::new("sh")
            .args(["-c", start])
            .env("FASTEN", FASTEN)
            .current_dir(place.folder())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        until("it has begun or ended", || !is_clean(place.folder()) || doctor.try_wait().unwrap().is_some());
        if let Some(examiner) = child_of(doctor.id()) {
            let _ = Command::new("kill").args(["-STOP", &examiner.to_string()]).status();
            until("it is stopped or gone", || state(examiner).is_none_or(|state| "TZX".contains(state)));
            if state(examiner) == Some('T') && !is_clean(place.folder()) {
                return Caught { doctor, examiner };
            }
        }
        let _ = doctor.kill();
        doctor.wait().unwrap();
        until("nothing is left", || is_clean(place.folder()));
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

fn end(doctor: Child) -> Output {
    doctor.wait_with_output().unwrap()
}

#[test]
fn a_signal_ends_it_after_the_cleaning() {
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1), ("QUIT", 3)] {
        let place = Place::new();
        let caught = caught(&place, "ulimit -c 0; exec \"$FASTEN\" doctor");
        kill(name, caught.doctor.id());
        let output = end(caught.doctor);
        assert_eq!((output.status.signal(), report(&output)), (Some(number), String::new()), "{name}");
        assert!(is_clean(place.folder()), "{name}");
        until("the other process is gone", || state(caught.examiner).is_none());
    }
}

#[test]
fn a_signal_that_is_ignored_does_not_end_it() {
    let place = Place::new();
    let caught = caught(&place, "trap '' HUP; exec \"$FASTEN\" doctor");
    kill("HUP", caught.doctor.id());
    kill("CONT", caught.examiner);
    let output = end(caught.doctor);
    assert_eq!(output.status.code(), Some(0));
    assert!(report(&output).starts_with(".: locks work\n"));
}

#[test]
fn when_it_is_killed_the_process_that_examines_cleans_up_and_ends() {
    let place = Place::new();
    let caught = caught(&place, "exec \"$FASTEN\" doctor");
    kill("KILL", caught.doctor.id());
    end(caught.doctor);
    kill("CONT", caught.examiner);
    until("nothing is left", || is_clean(place.folder()));
    until("it is gone", || state(caught.examiner).is_none_or(|state| state == 'Z'));
}

#[test]
fn when_the_process_that_examines_is_killed_that_is_told_and_cleaned_up() {
    let place = Place::new();
    let caught = caught(&place, "exec \"$FASTEN\" doctor");
    kill("KILL", caught.examiner);
    let output = end(caught.doctor);
    assert_eq!(output.status.code(), Some(71));
    assert!(report(&output).contains(": the process that tried it was killed; try again\n"));
    assert!(is_clean(place.folder()));
}
