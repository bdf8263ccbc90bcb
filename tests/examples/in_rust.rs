//! The programs in examples/, in Rust: what their heads promise.

use std::collections::BTreeSet;
use std::env;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use super::stage::{STAYS, said, stage};
use crate::support::Running;

#[test]
fn a_hundred_counters_at_once_lose_no_hit() {
    let place = stage();
    assert_eq!(place.numbers_of(100, &[&program("counter"), "hits.txt"]), (1..=100).collect());
    assert_eq!(place.text("hits.txt"), "100\n");
}

#[test]
fn a_counter_that_cannot_be_read_is_not_begun_anew() {
    let place = stage();
    place.write("hits.txt", "many\n");
    assert!(!place.run(&[&program("counter"), "hits.txt"]).status.success());
    assert_eq!(place.text("hits.txt"), "many\n");
}

#[test]
fn whoever_finds_the_cache_stale_makes_it_and_nobody_sees_half_of_it() {
    let place = stage();
    let all: Vec<_> = (0..20).map(|_| place.start(&[&program("cache"), "page.txt"])).collect();
    let made_by = all.iter().map(|one| format!("made by {}\n", one.pid)).collect::<BTreeSet<_>>();
    let seen = all.into_iter().map(|one| said(&one.finish()).0).collect::<BTreeSet<_>>();
    assert!(seen.is_subset(&made_by), "{seen:?}");
    assert!(seen.contains(&format!("{}\n", place.text("page.txt"))));
}

#[test]
fn a_worker_waits_for_its_turn_and_can_be_told_to_give_up() {
    let place = stage();
    let mut holder = place.start(&["fasten", "exclusive", "job.lock", "--", "sh", "-c", STAYS]);
    holder.line();
    let worker = || place.start(&[&program("worker"), "job.lock"]);
    let waits = |worker: Running| {
        place.until_waiting("job.lock", 1);
        worker
    };

    let told = said(&waits(worker()).finish());
    assert_eq!(told, ("gave up\n".into(), "waiting for job.lock; press Enter to give up\n".into()));

    let mut worker = waits(worker());
    holder.leave();
    assert_eq!(worker.line(), "at work");
    worker.leave();
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
