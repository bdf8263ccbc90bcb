//! The lock file is removed while its lock is held: the next one that creates it waits for the holder.

use std::fs;
use std::process::{Command, Output};

use crate::support::place::{FASTEN, Place, complaint, hold, kill, refused_by_name, release, until};

fn run(place: &Place, words: &str) -> Output {
    let mut command = Command::new(FASTEN);
    command.args(words.split(' ')).arg("a.lock").args(["--", "true"]);
    command.current_dir(place.folder()).output().unwrap()
}

/// A lock that is held, in this way, on a file that is gone.
fn held_and_removed(place: &Place, how: &str) -> std::process::Child {
    let holder = hold(place, how);
    fs::remove_file(&place.lock).unwrap();
    holder
}

#[test]
fn a_refusal_names_the_holder_and_says_that_its_file_was_removed() {
    for family in ["", " --fcntl"] {
        let place = Place::new();
        let mut holder = Command::new(FASTEN);
        holder.args(format!("exclusive{family}").split(' ')).arg(&place.lock);
        let mut holder = holder.args(["--", "sleep", "1000"]).spawn().unwrap();
        until("it is held", || run(&place, &format!("exclusive -nq{family}")).status.code() == Some(75));
        fs::remove_file(&place.lock).unwrap();
        for how in ["exclusive", "read", "write"] {
            let refused = refused_by_name(|| run(&place, &format!("{how} -n{family}")));
            assert_eq!(refused.status.code(), Some(75), "{how}");
            let said = complaint(&refused);
            assert!(said.starts_with("fasten: a.lock: held by sleep 1000 (pid "), "{how}: {said}");
            assert!(said.contains(" (its file was removed); "), "{how}: {said}");
            assert!(!place.lock.exists());
        }
        let status =
            Command::new(FASTEN).args(["status", "a.lock"]).current_dir(place.folder()).output().unwrap();
        assert_eq!(status.status.code(), Some(75));
        assert!(String::from_utf8_lossy(&status.stdout).contains("sleep 1000"), "{status:?}");
        kill("TERM", holder.id());
        holder.wait().unwrap();
        assert_eq!(run(&place, &format!("exclusive -n{family}")).status.code(), Some(0));
    }
}

#[test]
fn one_that_waits_gets_the_lock_when_the_holder_leaves() {
    let place = Place::new();
    let holder = held_and_removed(&place, "exclusive");
    let mut waiters: Vec<_> = ["exclusive", "read", "write"]
        .iter()
        .map(|how| Command::new(FASTEN).arg(how).arg(&place.lock).args(["--", "true"]).spawn().unwrap())
        .collect();
    let sleeps = |pid: u32| {
        fs::read_to_string("/proc/locks")
            .unwrap()
            .lines()
            .any(|line| line.contains("-> ") && line.contains(&format!(" {pid} ")))
    };
    until("they wait", || waiters.iter().all(|waiter| sleeps(waiter.id())));
    assert!(!place.lock.exists());
    release(holder);
    waiters.iter_mut().for_each(|waiter| assert!(waiter.wait().unwrap().success()));
    assert!(place.lock.exists());
}

#[test]
fn readers_are_not_in_each_others_way() {
    let place = Place::new();
    let holder = held_and_removed(&place, "read");
    assert_eq!(run(&place, "write -nq").status.code(), Some(75));
    assert_eq!(run(&place, "read -n").status.code(), Some(0));
    release(holder);
}

#[test]
fn a_command_whose_wrapper_was_killed_is_waited_for_too() {
    let place = Place::new();
    let mut holder = hold(&place, "exclusive");
    let input = holder.stdin.take();
    kill("KILL", holder.id());
    holder.wait().unwrap();
    fs::remove_file(&place.lock).unwrap();
    assert_eq!(run(&place, "exclusive -nq").status.code(), Some(75));
    drop(input);
    until("it is free", || run(&place, "exclusive -nq").status.success());
}

#[test]
fn a_file_of_another_name_or_directory_is_not_taken_for_it() {
    let (place, other) = (Place::new(), Place::new());
    let holder = held_and_removed(&other, "exclusive");
    fs::rename(&place.lock, place.path("moved")).unwrap();
    let moved = Command::new("flock").arg("-F").arg(place.path("moved")).args(["sleep", "1000"]).spawn();
    let mut moved = moved.unwrap();
    assert_eq!(run(&place, "exclusive -n").status.code(), Some(0));
    kill("TERM", moved.id());
    moved.wait().unwrap();
    release(holder);
}

#[test]
fn one_that_has_removed_its_own_lock_does_not_wait_for_itself() {
    let place = Place::new();
    for (how, code) in [("", 75), ("--nested join", 0), ("--nested wait", 0)] {
        let inner = format!("rm -f a.lock; \"$FASTEN\" exclusive -q {how} a.lock -- true");
        let mut outer = Command::new(FASTEN);
        outer.args(["exclusive", "a.lock", "-c", &inner]).env("FASTEN", FASTEN).current_dir(place.folder());
        assert_eq!(outer.status().unwrap().code(), Some(code), "{how}");
    }
}
