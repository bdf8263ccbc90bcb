//! What -v reports is what has happened.

use crate::support::{Place, complaint, is_free};

/// The lines that are printed, without `fasten: `.
fn account(place: &Place, words: &str, script: &str) -> Vec<String> {
    let said = complaint(&place.fasten(words).args(["--", "sh", "-c", script]).run());
    said.lines().map(|line| line.strip_prefix("fasten: ").unwrap_or(line).to_owned()).collect()
}

/// A time as they have it: `12.3 ms`.
fn is_time(text: &str) -> bool {
    let Some((number, unit)) = text.split_once(' ') else { return false };
    let digits = number.chars().filter(char::is_ascii_digit).count();
    number.parse::<f64>().is_ok()
        && matches!((unit, digits), ("us", 1..=3) | ("ms", 3) | ("s", 4..=5))
        && (unit != "s" || number.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 3))
}

#[track_caller]
fn assert_timed(line: &str, start: &str) {
    assert!(line.strip_prefix(start).is_some_and(is_time), "{start}TIME: {line}");
}

#[test]
fn it_names_the_lock_and_its_times() {
    let place = Place::new();
    let lines = account(&place, "exclusive -v a.lock", "exec sleep 1.1");
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_timed(&lines[0], "a.lock: locked after ");
    assert_timed(&lines[1], "a.lock: released after ");
    assert!(lines[1].ends_with(" s"), "{lines:?}");
    let lines = account(&place, "write -v a.lock b.lock", "true");
    assert!(lines[0].starts_with("a.lock, b.lock: locked") || lines[0].starts_with("b.lock, a.lock: locked"));
    assert!(lines.iter().all(|line| line.is_ascii()), "{lines:?}");
}

#[test]
fn a_lock_that_is_joined_is_neither_locked_nor_released() {
    let place = Place::new();
    let lines =
        account(&place, "exclusive a.lock", "\"$FASTEN\" write -v --nested join a.lock b.lock -- true");
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert_timed(&lines[0], "b.lock: locked after ");
    assert_timed(&lines[1], "a.lock: joined after ");
    assert_timed(&lines[2], "a.lock: left after ");
    assert_timed(&lines[3], "b.lock: released after ");
}

#[test]
fn with_linger_it_names_the_process_that_keeps_the_lock() {
    let place = Place::new();
    let lines = account(&place, "exclusive -v --linger a.lock", "sleep 1000 >/dev/null 2>&1 & echo $! >pid");
    let pid = place.text("pid");
    assert_eq!(lines[1..], [format!("a.lock: kept by pid {}", pid.trim())]);
    assert!(!is_free(&place.lock));
    place.sh("kill $(cat pid)").run();
    let lines = account(&place, "exclusive -v --linger a.lock", "true");
    assert_timed(&lines[1], "a.lock: released after ");
}

#[test]
fn it_warns_of_a_process_that_would_have_kept_the_lock_of_flock() {
    let place = Place::new();
    let script = "sleep 1000 >/dev/null 2>&1 & echo $! >pid";
    let lines = account(&place, "exclusive -v a.lock", script);
    let warning = format!(
        "a.lock: pid {} outlives the command and does not keep the lock; use --linger to have it kept, as by flock(1)",
        place.text("pid").trim()
    );
    assert_timed(&lines[1], "a.lock: released after ");
    assert_eq!(lines[2..], [warning]);
    assert!(is_free(&place.lock));
    place.sh("kill $(cat pid)").run();
    for options in ["-v -o", "-q", ""] {
        let lines = account(&place, &format!("exclusive {options} a.lock"), script);
        place.sh("kill $(cat pid)").run();
        assert!(!lines.iter().any(|line| line.contains("pid ")), "{options}: {lines:?}");
    }
}

#[test]
fn of_a_descriptor_it_says_what_becomes_of_it() {
    let place = Place::new();
    let said = complaint(
        &place.sh("exec 9<a.lock; \"$FASTEN\" write -v --fd 9; \"$FASTEN\" read -v --fd 9 -- true").run(),
    );
    let lines: Vec<&str> = said.lines().collect();
    assert_timed(lines[0], "fasten: /dev/fd/9: locked after ");
    assert_timed(lines[1], "fasten: /dev/fd/9: locked after ");
    assert_timed(lines[2], "fasten: /dev/fd/9: as it was before, after ");
}
