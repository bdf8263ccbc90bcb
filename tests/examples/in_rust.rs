//! The programs in examples/, in Rust: what their heads promise.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use super::stage::{STAYS, said, stage};
use crate::support::{HOLD, Running};

#[test]
fn a_hundred_counters_at_once_lose_no_hit() {
    let place = stage();
    assert_eq!(place.numbers_of(100, &[&program("counter"), "hits.txt"]), (1..=100).collect());
    assert_eq!(place.text("hits.txt"), "100\n");
}

#[test]
fn a_counter_that_cannot_be_read_is_not_overwritten() {
    let place = stage();
    place.write("hits.txt", "many\n");
    assert!(!place.run(&[&program("counter"), "hits.txt"]).status.success());
    assert_eq!(place.text("hits.txt"), "many\n");
}

#[test]
fn the_threads_of_two_processes_make_a_stale_cache_once() {
    let place = stage();
    for _ in 0..5 {
        let all = [0, 1].map(|_| place.start(&[&program("cache"), "page.txt", "8"]));
        let made_by = BTreeSet::from(all.each_ref().map(|one| format!("made by {}", one.pid)));
        let outputs = all.map(Running::finish);
        assert!(outputs.iter().all(|output| output.status.success()), "{outputs:?}");
        let seen = outputs.iter().map(|output| said(output).0).collect::<String>();
        let page = place.text("page.txt");
        assert_eq!(seen.lines().collect::<Vec<_>>(), [page.as_str(); 16]);
        assert!(made_by.contains(&page), "{page} of {made_by:?}");
        fs::remove_file(place.path("page.txt")).unwrap();
    }
}

#[test]
fn a_worker_waits_for_its_turn_and_gives_up_at_ctrl_c_or_when_its_time_is_up() {
    let place = stage();
    let mut holder = place.start(&["fasten", "exclusive", "job.lock", "--", "sh", "-c", STAYS]);
    holder.line();
    let waiting = |seconds| {
        let mut worker = place.start(&[&program("worker"), "job.lock", seconds]);
        assert_eq!(worker.complaint(), "waiting for job.lock; press Ctrl-C to give up");
        worker
    };

    let interrupted = waiting("1000");
    interrupted.signal("INT");
    assert_eq!(said(&interrupted.finish()), ("gave up\n".into(), String::new()));
    assert_eq!(said(&waiting("1").finish()), ("no turn within 1s\n".into(), String::new()));

    let mut worker = waiting("1000");
    holder.leave();
    assert_eq!(worker.line(), "at work; press Enter to end");
    worker.leave();
}

#[test]
fn a_second_instance_names_the_first_one_and_ends() {
    let place = stage();
    let words = [&program("single_instance"), "app.lock"];
    let mut first = place.start(&words);
    assert_eq!(first.line(), "running; press Enter to end");
    let second = place.run(&words);
    assert_eq!(second.status.code(), Some(1));
    let (output, complaint) = said(&second);
    let named = format!("already running: {} app.lock (pid {}, ", words[0], first.pid);
    assert!(output.is_empty() && complaint.starts_with(&named), "{output}{complaint}");
    first.kill();

    let mut next = place.start(&words);
    assert_eq!(next.line(), "running; press Enter to end");
    next.leave();
}

#[test]
fn transfers_in_both_directions_at_once_end_and_lose_nothing() {
    let place = stage();
    place.write("ann.txt", "1000\n");
    place.write("bob.txt", "1000\n");
    let transfer = |from, to, amount| place.start(&[&program("transfer"), from, to, amount]);
    let there = (0..20).map(|_| transfer("ann.txt", "bob.txt", "3"));
    let back = (0..20).map(|_| transfer("bob.txt", "ann.txt", "2"));
    there.zip(back).flat_map(<[Running; 2]>::from).collect::<Vec<_>>().into_iter().for_each(Running::leave);
    assert_eq!((place.text("ann.txt"), place.text("bob.txt")), ("980\n".into(), "1020\n".into()));

    transfer("ann.txt", "./ann.txt", "7").leave();
    assert_eq!(place.text("ann.txt"), "980\n");
    transfer("ann.txt", "bob.txt", "981").ends(1);
    assert_eq!((place.text("ann.txt"), place.text("bob.txt")), ("980\n".into(), "1020\n".into()));
}

#[test]
fn the_tasks_of_two_processes_lose_no_visit() {
    let place = stage();
    let all = [0, 1].map(|_| place.start(&[&program("tasks"), "visits.txt", "50"]));
    for output in all.map(Running::finish) {
        assert_eq!(said(&output), ("50 visits counted\n".into(), String::new()));
    }
    assert_eq!(place.text("visits.txt"), "100\n");
}

#[test]
fn what_is_ported_from_python_counts_every_hit_of_every_thread() {
    let place = stage();
    for hits in ["400", "800"] {
        assert_eq!(said(&place.run(&[&program("from_python"), "settings.txt"])).0, format!("{hits}\n"));
        assert_eq!(place.text("settings.txt"), format!("hits = {hits}\n"));
    }
}

#[test]
fn a_log_that_is_locked_itself_has_one_heading_and_whole_lines() {
    let place = stage();
    let all: Vec<_> = (0..20).map(|_| place.start(&[&program("own_file"), "log.csv"])).collect();
    let mut wanted: BTreeSet<String> = all.iter().map(|one| format!("{0},{0}", one.pid)).collect();
    all.into_iter().for_each(Running::leave);
    let log = place.text("log.csv");
    let (heading, lines) = log.split_once('\n').unwrap();
    assert_eq!(heading, "pid,pid again");
    assert!(lines.lines().all(|line| wanted.remove(line)), "{log}");
    assert_eq!(wanted, BTreeSet::new(), "{log}");
}

#[test]
fn the_table_of_holders_shows_the_lock_its_holder_and_the_number_of_waiters() {
    let place = stage();
    place.write("job.lock", "");
    let path = place.path("job.lock").canonicalize().unwrap();
    let rows = || {
        let table = said(&place.run(&[&program("holders")])).0;
        let rows = table.lines().filter(|row| row.contains(path.to_str().unwrap()));
        rows.map(|row| row.split_whitespace().map(str::to_owned).collect()).collect::<Vec<Vec<String>>>()
    };
    assert_eq!(rows(), Vec::<Vec<String>>::new());

    let mut holder = place.start(&["fasten", "exclusive", "job.lock", "--", "sh", "-c", HOLD]);
    holder.line();
    let waiter = place.start(&["fasten", "exclusive", "job.lock", "--", "true"]);
    place.until_waiting("job.lock", 1);
    let found = rows();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0][..4], ["exclusive", "1", path.to_str().unwrap(), "sh"]);
    assert!(found[0].contains(&format!("{},", holder.pid)), "{found:?}");
    holder.leave();
    waiter.leave();
}

/// A program of this name, built from examples/.
fn program(name: &str) -> String {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--offline", "--examples"]);
        build.args((!cfg!(debug_assertions)).then_some("--release")).current_dir(env!("CARGO_MANIFEST_DIR"));
        assert!(build.status().unwrap().success());
    });
    let fasten = Path::new(env!("CARGO_BIN_EXE_fasten"));
    fasten.with_file_name("examples").join(name).into_os_string().into_string().unwrap()
}
