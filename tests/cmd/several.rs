//! Several locks: all or none, in one order, each file once.

use std::fs;
use std::process::{Child, Command, Stdio};

use crate::support::place::{FASTEN, Place, fasten, is_free, until, until_written, waits};

#[test]
fn all_are_held_while_the_command_runs() {
    let place = Place::new();
    let script = "for lock in a.lock b.lock c.lock; do flock -n $lock true && echo free; done; :";
    let mut run = fasten();
    run.current_dir(place.folder()).args(["exclusive", "c.lock", "a.lock", "b.lock", "-c", script]);
    run.assert().success().stdout("");
}

#[test]
fn none_is_kept_when_one_is_refused() {
    let place = Place::new();
    fs::write(place.path("b.lock"), "").unwrap();
    let script = format!(
        "'{FASTEN}' exclusive -nq b.lock a.lock -- touch ran; [ $? = 75 ] && flock -n b.lock echo free"
    );
    let mut run = fasten();
    run.current_dir(place.folder()).args(["exclusive", "a.lock", "-c", &script]);
    run.assert().success().stdout("free\n");
    assert!(!place.path("ran").exists());
}

#[test]
fn one_file_under_several_names_is_one_lock() {
    let place = Place::new();
    fs::hard_link(&place.lock, place.path("hard")).unwrap();
    std::os::unix::fs::symlink("a.lock", place.path("soft")).unwrap();
    for subcommand in ["exclusive", "write", "read"] {
        let mut run = fasten();
        run.current_dir(place.folder())
            .args([subcommand, "-n", "a.lock", "a.lock", "hard", "soft", "--", "true"]);
        run.assert().success();
    }
}

#[test]
fn the_same_locks_in_different_orders_do_not_deadlock() {
    let place = Place::new();
    let rounds = "i=0; while [ $i -lt 100 ]; do \"$F\" exclusive $1 $2 $3 -- true || exit; i=$((i+1)); done";
    let start = |order: [&str; 3]| {
        let mut command = Command::new("sh");
        command.args(["-c", rounds, "sh"]).args(order).env("F", FASTEN).current_dir(place.folder());
        command.spawn().unwrap()
    };
    let runs =
        [["a.lock", "b.lock", "c.lock"], ["c.lock", "b.lock", "a.lock"], ["b.lock", "c.lock", "a.lock"]];
    for mut run in runs.map(start) {
        assert!(run.wait().unwrap().success());
    }
}

#[test]
fn one_deadline_serves_the_whole_call() {
    let place = Place::new();
    let hold = |name: &str| -> Child {
        let script = format!("echo here >{name}.here; read -r x");
        let mut command = Command::new(FASTEN);
        command.args(["exclusive", name, "--", "sh", "-c", &script]).current_dir(place.folder());
        let process = command.stdin(Stdio::piped()).spawn().unwrap();
        until_written(&place.path(&format!("{name}.here")));
        process
    };
    let mut holders = [hold("a.lock"), hold("b.lock")];
    let mut waiter = Command::new(FASTEN)
        .current_dir(place.folder())
        .args(["exclusive", "-q", "-w", "1", "a.lock", "b.lock", "--", "true"])
        .spawn()
        .unwrap();
    let started = std::time::Instant::now();
    until("it waits for one", || {
        waits(waiter.id(), &place.lock) || waits(waiter.id(), &place.path("b.lock"))
    });
    let first = usize::from(!waits(waiter.id(), &place.lock));
    drop(holders[first].stdin.take());
    assert_eq!(waiter.wait().unwrap().code(), Some(75));
    assert!(started.elapsed().as_millis() < 1900, "one deadline, not one for each lock");
    drop(holders[1 - first].stdin.take());
    for mut holder in holders {
        holder.wait().unwrap();
    }
    assert!(is_free(&place.lock) && is_free(&place.path("b.lock")));
}
