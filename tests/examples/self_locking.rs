//! self-locking.sh: one instance at a time, whatever the environment says.

use std::fs;

use super::stage::{STAYS, kill_script, said, stage};
use crate::support::{Place, until};

/// Stands in for tar: stays, and then packs.
fn staying() -> String {
    format!("{STAYS}; exec REAL \"$@\"")
}

fn place() -> Place {
    let place = stage();
    fs::create_dir(place.path("directory")).unwrap();
    place.write("directory/file", "data");
    place
}

const PACK: [&str; 3] = ["self-locking.sh", "directory", "archive"];

#[test]
fn a_second_one_is_refused_and_a_later_one_is_not() {
    let place = place();
    place.replace("tar", &staying());
    let mut first = place.start(&PACK);
    first.line();
    let mut complaint = String::new();
    until("the refusal names the holder", || {
        let second = place.run(&PACK);
        assert_eq!(second.status.code(), Some(75));
        complaint = said(&second).1;
        complaint.contains("archive.lock: held by")
    });
    assert!(complaint.contains("directory archive"), "{complaint}");
    first.leave();
    place.run(&PACK);
    assert_eq!(place.text("log"), "in\nout\nin\nout\n");
    let (list, _) = said(&place.run(&["tar", "-tf", "archive"]));
    assert!(list.lines().any(|line| line == "./file"), "{list}");
}

#[test]
fn of_many_at_once_only_one_is_inside() {
    let place = place();
    place.replace("tar", "echo in >>log; REAL \"$@\"; echo out >>log");
    let all: Vec<_> = (0..12).map(|_| place.start(&PACK)).collect();
    let codes: Vec<_> = all.into_iter().map(|one| one.finish().status.code().unwrap()).collect();
    assert!(codes.iter().all(|code| [0, 75].contains(code)), "{codes:?}");
    let worked = codes.iter().filter(|&&code| code == 0).count();
    assert!(worked > 0);
    assert_eq!(place.text("log"), "in\nout\n".repeat(worked));
}

#[test]
fn what_it_starts_takes_a_lock_of_its_own() {
    let place = place();
    place.replace(
        "tar",
        "case $2 in archive.new) self-locking.sh directory inner; echo $? ;; esac; fasten status inner.lock | head -1",
    );
    let (lines, complaint) = said(&place.run(&PACK));
    assert_eq!(lines.lines().next(), Some("inner.lock: write"), "{complaint}");
}

#[test]
fn what_it_starts_does_not_get_in_beside_it() {
    let place = place();
    place.replace("tar", "self-locking.sh directory archive; echo $?");
    let (lines, _) = said(&place.run(&PACK));
    assert_eq!(lines, "75\n");
}

#[test]
fn a_variable_that_has_gone_stale_does_not_matter() {
    let place = place();
    place.replace("tar", "fasten status archive.lock | head -1");
    for stale in ["FASTENED=1 archive.lock", "FASTENED=yes", "FASTENED="] {
        let words: Vec<_> = ["env", stale].into_iter().chain(PACK).collect();
        assert_eq!(said(&place.run(&words)).0, "archive.lock: write\n", "{stale}");
    }
}

#[test]
fn killed_it_leaves_the_lock_to_what_is_still_at_work() {
    let place = place();
    place.replace("tar", &staying());
    let mut first = place.start(&PACK);
    let script = first.line().parse().unwrap();
    kill_script(&first, script);
    assert_eq!(place.run(&PACK).status.code(), Some(75), "tar still writes");
    first.tell("");
    until("tar has ended", || place.nobody_has("archive.lock"));
    assert!(!place.path("archive").exists());
    place.restore("tar");
    assert!(place.run(&PACK).status.success());
    assert!(place.path("archive").exists());
}
