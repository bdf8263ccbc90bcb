//! fasten as process 1 of a container: the kernel spares it every signal that it does not handle, and
//! gives it the processes that have lost their parents.

use std::fs;

use crate::support::{Place, Running, fasten, send, until, waits};

/// fasten as process 1 of a new process namespace, which is gone when it is.
fn process_1(place: &Place, words: &[&str]) -> Running {
    place
        .program("unshare")
        .args(["--pid", "--fork", "--kill-child", "--mount-proc", fasten()])
        .args(words)
        .stdin_from(fs::File::open(&place.lock).unwrap())
        .start()
}

#[test]
fn as_process_1_it_ends_by_a_signal_while_it_waits() {
    let place = Place::new();
    for (signal, number) in [("TERM", 15), ("INT", 2), ("HUP", 1), ("QUIT", 3), ("USR1", 10)] {
        for words in [&["exclusive", "a.lock", "--", "touch", "ran"][..], &["write", "--fd", "0"]] {
            let holder = place.hold("exclusive");
            let waiter = process_1(&place, words);
            let mut pid = 0;
            until("it waits", || {
                let children = format!("/proc/{0}/task/{0}/children", waiter.pid);
                pid = fs::read_to_string(children).unwrap().trim().parse().unwrap_or(0);
                pid != 0 && waits(pid, &place.lock)
            });
            send(signal, pid);
            waiter.ends(128 + number);
            holder.leave();
            assert!(place.is_free() && !place.path("ran").exists());
        }
    }
}

#[test]
fn as_process_1_it_reaps_orphans_while_the_command_runs() {
    let place = Place::new();
    let script = "(: & echo $! >orphan)
        i=0; while [ -e /proc/$(cat orphan) ]; do i=$((i+1)); [ $i -lt 1000 ] || exit 9; sleep .02; done";
    process_1(&place, &["exclusive", "a.lock", "-c", script]).leave();
}
