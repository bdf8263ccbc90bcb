//! `fasten doctor` where all is well, and where it cannot look.

mod caught;
mod mount_options;
mod mounts;
mod no_locks;

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::support::{Place, complaint, fasten, report};

/// Whether there is nothing but what the test has put there.
pub fn is_clean(directory: &Path) -> bool {
    let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    !names.into_iter().any(|name| name.to_string_lossy().contains("fasten-doctor"))
}

fn doctor(place: &Place, arguments: &[&str]) -> Output {
    place.fasten("doctor").args(arguments).output()
}

#[test]
fn a_healthy_directory_is_0_and_every_trial_is_told() {
    let place = Place::new();
    let output = doctor(&place, &["."]);
    let told = report(&output);
    assert_eq!((output.status.code(), complaint(&output)), (Some(0), String::new()), "{told}");
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], ".: locks work");
    assert!(lines[1].starts_with("  ok     on "), "{told}");
    for line in [
        "flock between two processes",
        "flock between two descriptors",
        "flock is freed by close and by SIGKILL",
        "flock is inherited by a command, and kept when its parent closes",
        "flock wakes waiters",
        "flock, exclusive, on a file that is open for reading",
        "flock on a directory",
        "fcntl between two processes",
        "fcntl on bytes of a file, and far past its end",
        "fcntl is freed by close and by SIGKILL",
        "fcntl wakes waiters",
        "fcntl of open files (OFD) between two descriptors",
        "fcntl of open files (OFD) against that of a process",
        "flock and fcntl apart: a command may lock its own data",
    ] {
        let line = format!("  ok     {line}");
        assert!(lines.contains(&line.as_str()), "{line} in {told}");
        assert!(line.len() <= 80, "{line}");
    }
    assert!(is_clean(place.directory()));
}

#[test]
fn without_a_directory_it_is_the_current_one_and_quiet_says_nothing_of_it() {
    let place = Place::new();
    assert!(report(&doctor(&place, &[])).starts_with(".: locks work\n"));
    let output = doctor(&place, &["-q"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(report(&output) + &complaint(&output), "");
}

#[test]
fn several_directories_are_told_one_after_the_other() {
    let place = Place::new();
    fs::create_dir(place.path("b")).unwrap();
    fs::create_dir(place.path("two\nlines")).unwrap();
    let output = doctor(&place, &["b", ".", "two\nlines"]);
    let told = report(&output);
    let heads: Vec<&str> = told.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(heads, ["b: locks work", ".: locks work", "two\\nlines: locks work"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(is_clean(place.directory()) && is_clean(&place.path("b")));
}

#[test]
fn what_is_no_directory_is_66_and_does_not_keep_the_others_from_being_tried() {
    let place = Place::new();
    let output = doctor(&place, &["missing", "a.lock", "."]);
    assert_eq!(output.status.code(), Some(66));
    assert!(report(&output).starts_with(".: locks work\n"));
    let said = complaint(&output);
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(said.contains("fasten: missing: cannot be examined: no such file or directory; give"), "{said}");
    assert!(said.contains("fasten: a.lock: not a directory; give the directory that contains it"), "{said}");
}

#[test]
fn a_directory_that_cannot_be_written_is_73() {
    let place = Place::new();
    assert!(nix::unistd::geteuid().is_root(), "this test wants to be root, to become another user");
    let said = "fasten: .: no file can be created in it: permission denied; give a writable directory\n";
    place.as_nobody("doctor").code(73).stderr(said).run();
}

/// Its own files then get the numbers of the standard streams.
#[test]
fn closed_standard_streams_do_not_get_into_its_way() {
    for closed in ["<&- >&- 2>&-", "<&- >&-", ">&-", "<&-"] {
        let place = Place::new();
        place.sh(&format!("\"$FASTEN\" doctor {closed}")).stderr("").run();
        assert!(is_clean(place.directory()), "{closed}");
    }
}

#[test]
fn there_is_colour_at_a_terminal_unless_no_colour_is_wanted() {
    let place = Place::new();
    let at_terminal = |no_colour: &str| {
        let script = place.program("script").args(["-qec", &format!("'{}' doctor", fasten()), "/dev/null"]);
        report(&script.env("NO_COLOR", no_colour).run())
    };
    assert!(at_terminal("").starts_with(".: \x1b[32mlocks work\x1b[0m"));
    assert!(at_terminal("1").starts_with(".: locks work"));
}
