//! Of the commands with --coalesce one waits, and those that leave are covered by it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::time::{Duration, Instant};

use crate::support::gate_file::{COALESCE, FCNTL, gate_file};
use crate::support::lockers::locker;
use crate::support::table::entries;
use crate::support::{HOLD, Place, Program, Running, complaint, until};

const FLAVOURS: [&str; 6] = [
    "exclusive",
    "write",
    "write --prefer writer",
    "write --prefer reader",
    "exclusive --fcntl",
    "write --fcntl",
];

/// A request that waits to run `HOLD`, and can be seen.
#[track_caller]
fn waiter(place: &Place, how: &str) -> Running {
    let waiter = place.fasten(how).words("--coalesce a.lock --").args(["sh", "-c", HOLD]).start();
    until("it waits to run", || has_byte(place, waiter.pid));
    waiter
}

fn has_byte(place: &Place, pid: u32) -> bool {
    let is_it = |byte| entries(&place.lock).iter().any(|entry| entry.pid == pid && entry.is_gate_from(byte));
    is_it(COALESCE) || is_it(COALESCE + FCNTL)
}

fn request(place: &Place, how: &str) -> Program {
    place.fasten(how).words("--coalesce a.lock -- touch ran")
}

/// What one that leaves says.
fn covered_by(waiter: &Running) -> String {
    let user = fasten::holders::user_name(fs::metadata("/proc/self").unwrap().uid());
    format!("fasten: a.lock: covered by sh -c '{HOLD}' (pid {}, {user}), which waits to run\n", waiter.pid)
}

#[test]
fn one_runs_one_waits_and_the_third_leaves_and_names_the_one_that_waits() {
    for how in FLAVOURS {
        let place = Place::new();
        let holder = place.hold(&format!("{how} --coalesce"));
        let mut next = waiter(&place, how);
        request(&place, how).code(75).stdout("").stderr(&covered_by(&next)).run();
        request(&place, &format!("{how} -E 3")).code(3).stderr(&covered_by(&next)).run();
        request(&place, &format!("{how} -E 0 -w 1h")).code(0).stderr(&covered_by(&next)).run();
        request(&place, &format!("{how} -q")).code(75).stderr("").run();
        assert!(!place.path("ran").exists(), "{how}");
        holder.leave();
        next.line();
        next.leave();
        request(&place, how).stderr("").run();
        assert!(place.path("ran").exists() && !gate_file(&place.lock).exists(), "{how}");
    }
}

/// From its start on it covers nobody: who asks then may have changed what it has read already.
#[test]
fn one_that_has_started_covers_nobody() {
    for how in FLAVOURS {
        let place = Place::new();
        let holder = place.hold(how);
        let mut first = waiter(&place, how);
        holder.leave();
        first.line();
        assert!(!has_byte(&place, first.pid), "{how}");
        let mut second = waiter(&place, how);
        request(&place, how).code(75).stderr(&covered_by(&second)).run();
        first.leave();
        second.line();
        second.leave();
    }
}

#[test]
fn after_a_waiter_was_killed_or_gave_up_the_next_one_waits() {
    for how in FLAVOURS {
        let place = Place::new();
        let holder = place.hold(how);
        waiter(&place, how).kill();
        let late = complaint(&request(&place, &format!("{how} -w 50ms")).code(75).run());
        assert!(late.contains("gave up after 50ms"), "{how}: {late}");
        let stopped = waiter(&place, how);
        stopped.signal("TERM");
        assert_eq!(stopped.finish().status.code(), None, "{how}");
        let mut last = waiter(&place, how);
        request(&place, how).code(75).stderr(&covered_by(&last)).run();
        holder.leave();
        last.line();
        last.leave();
        assert!(!gate_file(&place.lock).exists(), "{how}");
    }
}

/// `exclusive` and `write` are one lock; the others are not asked to leave, and cover nobody.
#[test]
fn they_cover_each_other_and_leave_those_without_the_option_alone() {
    let place = Place::new();
    let holder = place.hold("exclusive");
    let mut plain = place.fasten("write a.lock --").args(["sh", "-c", HOLD]).start();
    place.until_waits(plain.pid);
    let next = waiter(&place, "exclusive");
    request(&place, "write").code(75).stderr(&covered_by(&next)).run();
    let reader = place.waiter("read a.lock -- true");
    let other = place.waiter("exclusive a.lock -- true");
    request(&place, "exclusive").code(75).stderr(&covered_by(&next)).run();
    holder.leave();
    // Which of them is first is for the kernel to decide.
    let mut next = next;
    for running in [&mut plain, &mut next] {
        running.tell("");
    }
    [plain, next, reader, other].into_iter().for_each(Running::leave);
}

#[test]
fn status_shows_the_one_that_waits_once_and_in_its_place() {
    for (how, place_of_it) in
        [("exclusive", 1), ("write", 2), ("write --prefer writer", 2), ("write --fcntl", 2)]
    {
        let family = if how.contains("fcntl") { " --fcntl" } else { "" };
        let place = Place::new();
        let holder = place.hold(&format!("read{family}"));
        let mut before = None;
        if place_of_it == 2 {
            before = Some(place.fasten(&format!("write{family} a.lock -- true")).start());
            place.until_waiting("a.lock", 1);
        }
        let mut next = waiter(&place, how);
        place.until_waiting("a.lock", place_of_it);
        let shown = place.fasten("status --json a.lock").code(75).output();
        let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
        let waiters = shown["locks"][0]["waiters"].as_array().unwrap();
        let pids: Vec<_> = waiters.iter().map(|waiter| waiter["pid"].as_u64().unwrap()).collect();
        let of_it: Vec<_> = pids.iter().enumerate().filter(|(_, pid)| **pid == u64::from(next.pid)).collect();
        assert_eq!(
            (pids.len(), of_it.len(), of_it[0].0 + 1),
            (place_of_it, 1, place_of_it),
            "{how}: {shown}"
        );
        holder.leave();
        next.line();
        next.leave();
        before.into_iter().for_each(Running::leave);
    }
}

/// Each of forty requests changes something first, and a run begins with a look at all changes. No request may have
/// left after whose change none looked.
#[test]
fn forty_requests_in_a_short_time_are_all_covered_by_a_run_that_starts_later() {
    for how in ["exclusive", "write", "exclusive --fcntl"] {
        let place = Place::new();
        let script = "echo \"asked $0\" >>log\n\
            \"$FASTEN\" $HOW --coalesce a.lock -- sh -c 'echo started >>log; sleep 0.08'\n\
            echo \"ended $0 $?\" >>log";
        let begin = Instant::now();
        let requests: Vec<_> = (0..40)
            .map(|number| {
                until("its turn to come", || begin.elapsed() >= Duration::from_millis(10) * number);
                place.sh(script).arg(number.to_string()).env("HOW", how).start()
            })
            .collect();
        requests.into_iter().for_each(Running::leave);
        let log = place.text("log");
        let lines: Vec<&str> = log.lines().collect();
        let at = |line: String| lines.iter().position(|found| *found == line);
        let last_start = lines.iter().rposition(|line| *line == "started").unwrap();
        let mut left = 0;
        for number in 0..40 {
            let ran = at(format!("ended {number} 0")).is_some();
            if !ran {
                assert!(at(format!("ended {number} 75")).is_some(), "{how}: {number} in {log}");
                assert!(at(format!("asked {number}")).unwrap() < last_start, "{how}: {number} in {log}");
                left += 1;
            }
        }
        let starts = lines.iter().filter(|line| **line == "started").count();
        assert_eq!(starts + left, 40, "{how}: {log}");
        assert!(left > 10, "{how}: only {left} of forty left");
        assert!(!gate_file(&place.lock).exists());
    }
}

#[test]
fn what_it_cannot_be_combined_with_is_refused_in_one_line_and_nothing_happens() {
    let place = Place::new();
    for (words, says) in [
        ("exclusive --coalesce a.lock b.lock", "--coalesce is for one LOCK"),
        ("write --coalesce -n a.lock", "'--coalesce' cannot be used with '--nonblock'"),
        ("write -w 0 --coalesce a.lock", "a timeout of 0 does not"),
        ("exclusive --coalesce --fd 9", "'--coalesce' cannot be used with '--fd <N>'"),
        ("read --coalesce a.lock", "unexpected argument '--coalesce'"),
    ] {
        let said = complaint(&place.fasten(words).words("-- touch ran").code(64).stdout("").run());
        assert!(said.lines().count() == 1 && said.contains(says), "{words}: {said}");
    }
    assert!(!place.path("ran").exists() && !place.path("b.lock").exists());
}

/// Where a process may not show that it waits, it waits as it would without the option, and -v says why.
#[test]
fn where_the_one_that_waits_cannot_be_seen_each_runs() {
    let place = Place::new();
    place.public_fasten();
    fs::set_permissions(&place.lock, PermissionsExt::from_mode(0o644)).unwrap();
    let holder = place.hold("exclusive");
    let start = || place.as_nobody("exclusive --coalesce -v a.lock -- echo ran").start();
    let waiters = [start(), start()];
    waiters.iter().for_each(|waiter| place.until_waits(waiter.pid));
    holder.leave();
    for waiter in waiters {
        let output = waiter.finish();
        let said = complaint(&output);
        let why = "a.lock: not coalesced: it is not writable, and no writer has made a gate file for it";
        assert!(said.contains(why) && output.stdout == b"ran\n", "{said}");
    }
}

/// A shared lock needs no permission to write, so it shows no waiter, and makes no command leave.
#[test]
fn a_byte_that_is_only_shared_makes_none_leave() {
    let place = Place::new();
    let sharer = locker(&place.lock, &["gate:sh:0:1", &format!("gate:sh:{COALESCE}:1")]);
    let holder = place.hold("exclusive --coalesce");
    let waiters = [1, 2].map(|_| place.waiter("exclusive --coalesce -v a.lock -- echo ran"));
    holder.leave();
    for waiter in waiters {
        let output = waiter.finish();
        let said = complaint(&output);
        let why = "a.lock: not coalesced: its gate file in /dev/shm cannot be used: ";
        assert!(said.contains(why) && output.stdout == b"ran\n", "{said}");
    }
    sharer.leave();
}

/// A run inside a run waits for itself, as without the option; and it can join.
#[test]
fn under_its_own_lock_it_is_a_deadlock_and_can_be_joined() {
    let place = Place::new();
    let inner = |options: &str| format!("\"$FASTEN\" exclusive --coalesce {options} a.lock -- echo inside");
    let outer = |options: &str| place.fasten("exclusive --coalesce a.lock -- sh -c").arg(inner(options));
    let said = complaint(&outer("").code(75).stdout("").run());
    assert!(said.contains("a.lock: deadlock: already held exclusively by our parent"), "{said}");
    outer("--nested join").stdout("inside\n").stderr("").run();
}
