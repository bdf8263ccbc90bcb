//! `fasten status`, as people and programs read it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::support::{FASTEN, Place, complaint, fasten, hold, kill, release, until, waits};

fn wait_for(place: &Place, subcommand: &str) -> Child {
    let mut waiter = Command::new(FASTEN);
    let waiter = waiter.arg(subcommand).arg(&place.lock).args(["--", "true"]).spawn().unwrap();
    until("it waits", || waits(waiter.id(), &place.lock));
    waiter
}

fn status(place: &Place, options: &[&str]) -> (Option<i32>, String) {
    let output =
        fasten().current_dir(place.folder()).arg("status").args(options).arg("a.lock").output().unwrap();
    assert_eq!(complaint(&output), "");
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_free_lock_is_0_and_so_is_one_that_does_not_exist() {
    let place = Place::new();
    assert_eq!(status(&place, &[]), (Some(0), "a.lock: free\n".to_owned()));
    assert_eq!(status(&place, &["-q"]), (Some(0), String::new()));
    fasten().arg("status").arg(place.path("missing")).assert().code(0);
    assert!(!place.path("missing").exists());
}

#[test]
fn the_table_names_the_holder_and_the_waiters_in_their_order() {
    let place = Place::new();
    let holder = hold(&place, "write");
    let waiters = [wait_for(&place, "write"), wait_for(&place, "read")];
    let (code, table) = status(&place, &[]);
    assert_eq!(code, Some(75));
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["a.lock:", "write"]);
    assert_eq!((lines[1][0], lines[1][1]), ("holds", holder.id().to_string().as_str()));
    assert_eq!(
        (lines[2][..3].to_vec(), lines[2][5]),
        (vec!["waits", "1", &waiters[1].id().to_string()], "read")
    );
    assert_eq!(
        (lines[3][..3].to_vec(), lines[3][5]),
        (vec!["waits", "2", &waiters[0].id().to_string()], "write")
    );
    assert_eq!(status(&place, &["-q"]), (Some(75), String::new()));
    release(holder);
    waiters.into_iter().for_each(release);
}

#[test]
fn json_has_the_documented_shape() {
    let place = Place::new();
    let holder = hold(&place, "read");
    let waiter = wait_for(&place, "write");
    let (code, text) = status(&place, &["--json"]);
    assert_eq!(code, Some(75));
    let document: Value = serde_json::from_str(&text).unwrap();
    let lock = &document["locks"][0];
    assert_eq!((&lock["path"], &lock["state"]), (&"a.lock".into(), &"read".into()));
    let held = &lock["holders"][0];
    assert_eq!(held["pid"], holder.id());
    assert_eq!(held["command"], "sh -c 'echo here; read -r x'");
    assert_eq!((&held["mode"], &held["family"]), (&"read".into(), &"flock".into()));
    assert!(held["since"].as_str().is_some_and(|since| since.ends_with('Z')), "{held}");
    assert_eq!(held["processes"][0], holder.id());
    let waits = &lock["waiters"][0];
    assert_eq!((&waits["pid"], &waits["mode"]), (&waiter.id().into(), &"write".into()));
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(lock), ["path", "state", "holders", "waiters"]);
    assert_eq!(keys(held), ["pid", "user", "command", "mode", "family", "since", "processes"]);
    assert_eq!(keys(waits), ["pid", "user", "command", "mode", "family", "since"]);
    release(holder);
    release(waiter);
}

#[test]
fn without_a_name_every_lock_is_told() {
    let place = Place::new();
    let holder = hold(&place, "exclusive");
    let output = fasten().arg("status").output().unwrap();
    assert_eq!(output.status.code(), Some(75));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains(&format!("{}: write\n", place.lock.display())), "{told}");
    release(holder);
}

#[test]
fn watching_tells_of_every_change_until_it_is_interrupted() {
    let place = Place::new();
    let mut watch = Command::new(FASTEN)
        .args(["status", "--watch", "a.lock"])
        .current_dir(place.folder())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "a.lock: free");
    let holder = hold(&place, "exclusive");
    assert!(lines.by_ref().any(|line| line == "a.lock: write"));
    release(holder);
    assert!(lines.by_ref().any(|line| line == "a.lock: free"));
    kill("INT", watch.id());
    assert_eq!(watch.wait().unwrap().code(), Some(0));
}

/// So many times `status`, in every form, beside as many `HOW -n`, of which none may be refused.
fn ask_beside(how: &str, times: usize) {
    let place = Place::new();
    let mut watch = Command::new(FASTEN);
    let mut watch = watch.args(["status", "--watch"]).arg(&place.lock).stdout(Stdio::null()).spawn().unwrap();
    std::thread::scope(|scope| {
        for form in ["-q", "--json"] {
            let place = &place;
            scope.spawn(move || (0..times / 2).for_each(|_| drop(status(place, &[form]))));
        }
        for _ in 0..times {
            let mut run = Command::new(FASTEN);
            let ended = run.args([how, "-n"]).arg(&place.lock).args(["--", "true"]).status().unwrap();
            assert!(ended.success());
        }
    });
    assert_eq!(watch.try_wait().unwrap(), None);
    kill("INT", watch.id());
    watch.wait().unwrap();
}

#[test]
fn asking_gets_in_nobodys_way() {
    ask_beside("write", 500);
    ask_beside("exclusive", 500);
}

#[test]
#[ignore = "takes minutes: see CONTRIBUTING.md"]
fn asking_ten_thousand_times_gets_in_nobodys_way() {
    ask_beside("exclusive", 10_000);
}

#[test]
fn what_cannot_be_looked_at_is_66() {
    let place = Place::new();
    let output = fasten().current_dir(place.folder()).args(["status", "a.lock/below"]).output().unwrap();
    assert_eq!(output.status.code(), Some(66));
    assert!(complaint(&output).starts_with("fasten: a.lock/below: cannot be examined: "));
}
