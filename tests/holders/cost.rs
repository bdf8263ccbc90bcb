//! Asking costs the same however many processes there are, as long as the process that took the lock has it.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::lockers::{flock, lock_file, locker};
use crate::support::{Program, Running, fasten};

/// The processes whose /proc is opened by `fasten status LOCK`, as strace(1) sees it.
fn processes_asked(lock: &Path) -> BTreeSet<u32> {
    let trace = lock.with_extension("trace");
    let strace = Program::new("strace").words("-f -qq -e trace=%file -o").arg(&trace);
    strace.args([fasten(), "status"]).arg(lock).code(75).run();
    let trace = std::fs::read_to_string(trace).unwrap();
    let paths = trace.split("\"/proc/").skip(1);
    paths.filter_map(|path| path.split(['/', '"']).next()?.parse().ok()).collect()
}

/// Processes that have nothing to do with the lock.
fn crowd() -> Vec<Running> {
    (0..100).map(|_| Program::new("sleep").arg("600").start()).collect()
}

#[test]
fn while_the_locker_lives_nobody_else_is_asked() {
    let (_directory, path) = lock_file();
    let mut holder = flock(&[], &path);
    let child: u32 = holder.line().parse().unwrap();
    let crowd = crowd();
    let asked = processes_asked(&path);
    // Running 1 tells which pid namespace this is.
    assert!(
        asked.contains(&holder.pid) && asked.is_subset(&BTreeSet::from([1, holder.pid, child])),
        "{asked:?}"
    );
    drop(crowd);
}

#[test]
fn when_the_locker_has_exited_everyone_is_asked() {
    let (_directory, path) = lock_file();
    let _holder = locker(&path, &["flock:ex", "leave"]);
    let crowd = crowd();
    let asked = processes_asked(&path);
    assert!(crowd.iter().all(|process| asked.contains(&process.pid)));
}
