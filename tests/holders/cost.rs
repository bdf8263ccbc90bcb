//! Asking costs the same however many processes there are, as long as the process that took the lock has it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command};

use crate::support::lockers::{flock, lock_file, locker};

/// The processes whose /proc is opened by `fasten status LOCK`, as strace(1) sees it.
fn processes_asked(lock: &Path) -> BTreeSet<u32> {
    let trace = lock.with_extension("trace");
    let traced = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=%file", "-o"])
        .arg(&trace)
        .args([env!("CARGO_BIN_EXE_fasten"), "status"])
        .arg(lock)
        .output()
        .expect("this test needs strace (Debian package strace)");
    assert_eq!(traced.status.code(), Some(75), "{traced:?}");
    let trace = std::fs::read_to_string(trace).unwrap();
    let paths = trace.split("\"/proc/").skip(1);
    paths.filter_map(|path| path.split(['/', '"']).next()?.parse().ok()).collect()
}

struct Crowd(Vec<Child>);

impl Crowd {
    fn of(count: usize) -> Self {
        Self((0..count).map(|_| Command::new("sleep").arg("600").spawn().unwrap()).collect())
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for child in &mut self.0 {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

#[test]
fn while_the_locker_lives_nobody_else_is_asked() {
    let (_directory, path) = lock_file();
    let mut holder = flock(&[], &path);
    let child: u32 = holder.line().parse().unwrap();
    let crowd = Crowd::of(100);
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
    let crowd = Crowd::of(100);
    let asked = processes_asked(&path);
    assert!(crowd.0.iter().all(|process| asked.contains(&process.id())));
}
