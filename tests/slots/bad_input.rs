//! What cannot have slots gets one line and the right code, and nothing happens.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use crate::support::{Place, complaint};

#[test]
fn numbers_that_make_no_sense_are_a_wrong_usage() {
    let place = Place::new();
    for (words, says) in [
        ("-j 0", "give a number from 1 to 4096"),
        ("-j -1", "give a number from 1 to 4096"),
        ("-j 5000", "give a number from 1 to 4096"),
        ("-j four", "give a number from 1 to 4096"),
        ("-j 2 --take 0", "give a number from 1 to 4096"),
        ("-j 2 --take 3", "--take 3 needs 3 slots, and --jobs 2 gives 2"),
        ("-j 2 --fcntl", "slot cannot be used with --fcntl"),
        ("", "how many at once? fasten slot -j N LOCK -- COMMAND"),
    ] {
        let refused = place.fasten("slot").words(words).words("new.lock -- touch ran").code(64).output();
        let said = complaint(&refused);
        assert!(said.contains(says) && said.lines().count() == 1, "{words}: {said}");
        assert!(!place.path("ran").exists() && !place.path("new.lock").exists(), "{words}");
    }
    let refused = place.fasten("slot -j 2 --fd 0 -- true").code(64).output();
    assert!(complaint(&refused).contains("slot cannot be used with --fd"), "{}", complaint(&refused));
}

#[test]
fn a_directory_has_no_slots() {
    let place = Place::new();
    fs::create_dir(place.path("directory")).unwrap();
    let refused = place.fasten("slot -j 2 directory -- true").code(66).output();
    assert!(complaint(&refused).contains("is a directory, which has no slots"), "{}", complaint(&refused));
}

#[test]
fn a_file_that_may_not_be_written_has_no_slots() {
    let place = Place::new();
    fs::set_permissions(&place.lock, Permissions::from_mode(0o444)).unwrap();
    let refused = place.as_nobody("slot -j 2 a.lock -- true").code(66).output();
    let said = complaint(&refused);
    assert!(
        said.contains("cannot have slots: permission denied; choose a file that may be written"),
        "{said}"
    );
}

#[test]
fn a_program_that_runs_has_no_slots() {
    let place = Place::new();
    place.program("cp").words("/bin/sleep program").run();
    let mut running = place.sh("./program 1000 & echo $!; wait").start();
    let sleep = running.line().parse().unwrap();
    crate::support::until("it runs", || {
        fs::read_link(format!("/proc/{sleep}/exe")).is_ok_and(|exe| exe.ends_with("program"))
    });
    let refused = place.fasten("slot -j 2 program -- true").code(66).output();
    assert!(complaint(&refused).contains("cannot have slots: text file busy"), "{}", complaint(&refused));
    crate::support::send("KILL", sleep);
}

#[test]
fn what_is_not_there_is_made_or_not() {
    let place = Place::new();
    place.fasten("slot -j 2 --no-create new.lock -- true").code(69).run();
    place.fasten("slot -j 2 new.lock -- true").run();
    assert_eq!(place.text("new.lock"), "");
    place.fasten("slot -j 2 none/new.lock -- true").code(66).run();
}
