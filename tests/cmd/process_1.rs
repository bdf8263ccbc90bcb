//! fasten as process 1 of a container: the kernel spares it every signal that it does not handle, and
//! gives it the processes that have lost their parents.

use std::fs;
use std::process::{Child, Command};

use crate::support::place::{FASTEN, Place, hold, is_free, kill, release, until, waits};

/// fasten as process 1 of a new process namespace, which is gone when it is.
fn process_1(place: &Place, words: &[&str]) -> Child {
    Command::new("unshare")
        .args(["--pid", "--fork", "--kill-child", "--mount-proc", FASTEN])
        .args(words)
        .current_dir(place.folder())
        .stdin(fs::File::open(&place.lock).unwrap())
        .spawn()
        .expect("this test needs unshare (Debian package util-linux)")
}

/// The code with which it ends; where it goes on it is killed.
fn code(mut process: Child) -> Option<i32> {
    let mut ended = None;
    until("it ends", || {
        ended = process.try_wait().unwrap();
        ended.is_some()
    });
    ended.unwrap().code()
}

#[test]
fn as_process_1_it_ends_by_a_signal_while_it_waits() {
    let place = Place::new();
    for (signal, number) in [("TERM", 15), ("INT", 2), ("HUP", 1), ("QUIT", 3), ("USR1", 10)] {
        for words in [&["exclusive", "a.lock", "--", "touch", "ran"][..], &["write", "--fd", "0"]] {
            let holder = hold(&place, "exclusive");
            let waiter = process_1(&place, words);
            let mut pid = 0;
            until("it waits", || {
                let children = format!("/proc/{0}/task/{0}/children", waiter.id());
                pid = fs::read_to_string(children).unwrap().trim().parse().unwrap_or(0);
                pid != 0 && waits(pid, &place.lock)
            });
            kill(signal, pid);
            assert_eq!(code(waiter), Some(128 + number), "{signal} {words:?}");
            release(holder);
            assert!(is_free(&place.lock) && !place.path("ran").exists());
        }
    }
}

#[test]
fn as_process_1_it_reaps_orphans_while_the_command_runs() {
    let place = Place::new();
    let script = "(: & echo $! >orphan)
        i=0; while [ -e /proc/$(cat orphan) ]; do i=$((i+1)); [ $i -lt 1000 ] || exit 9; sleep .02; done";
    let ended = process_1(&place, &["exclusive", "a.lock", "-c", script]);
    assert_eq!(code(ended), Some(0), "it stays a zombie");
}
