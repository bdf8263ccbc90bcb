//! What messages and documents say: what is true, and nothing that a terminal would take for a
//! command.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Place, Program, Running, complaint, fasten, refused_by_name, report};

#[test]
fn permission_denied_names_the_owner_and_what_is_missing() {
    let place = Place::new();
    fs::set_permissions(&place.lock, Permissions::from_mode(0o600)).unwrap();
    fs::create_dir(place.path("closed")).unwrap();
    fs::write(place.path("closed/lock"), "").unwrap();
    fs::set_permissions(place.path("closed"), Permissions::from_mode(0o700)).unwrap();
    fs::write(place.path("read-only"), "").unwrap();
    fs::set_permissions(place.path("read-only"), Permissions::from_mode(0o644)).unwrap();
    let cases = [
        ("exclusive a.lock -- true", "it belongs to root (mode 0600): ask for read permission for nobody"),
        (
            "read closed/lock -- true",
            "the directory closed belongs to root (mode 0700): ask for search permission for nobody",
        ),
        (
            "status closed/lock",
            "the directory closed belongs to root (mode 0700): ask for search permission for nobody",
        ),
        (
            "write --fcntl read-only -- true",
            "it belongs to root (mode 0644): ask for write permission for nobody",
        ),
    ];
    for (words, expected) in cases {
        let said = complaint(&place.as_nobody(words).code(66).run());
        assert!(said.contains("permission denied; ") && said.contains(expected), "{words}: {said}");
        assert!(!said.contains("folder") && !said.contains("os error"), "{words}: {said}");
    }
}

#[test]
fn a_directory_that_is_missing_does_not_exist() {
    let place = Place::new();
    let said = complaint(&place.fasten("exclusive nodir/ -- true").code(66).run());
    assert!(said.starts_with("fasten: nodir/: does not exist, "), "{said}");
    assert!(!said.contains("is a directory"), "{said}");
}

#[test]
fn an_input_or_output_error_is_71() {
    let place = Place::new();
    for (call, words) in [
        ("?open,openat", "exclusive"),
        ("?open,openat", "read"),
        ("flock", "exclusive"),
        ("flock", "read"),
        ("flock", "write"),
    ] {
        let strace = place.program("strace").words("-qq -o /dev/null -P").arg(&place.lock);
        let strace = strace.words(&format!("-e inject={call}:error=EIO")).args([fasten(), words]);
        let said = complaint(&strace.arg(&place.lock).words("-- true").code(71).run());
        assert!(
            said.contains("input/output error") && !said.contains("permission"),
            "{call} {words}: {said}"
        );
    }
}

#[test]
fn a_full_standard_output_is_one_line_and_71() {
    let place = Place::new();
    for words in ["--help", "--version", "help read", "status a.lock", "status --json a.lock", "doctor ."] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let said =
            "fasten: standard output: cannot be written: no space left on device; write it elsewhere\n";
        place.fasten(words).stdout_to(full).code(71).stderr(said).run();
    }
}

#[test]
fn the_number_of_an_error_is_not_shown() {
    let place = Place::new();
    for words in ["status a.lock/below", "exclusive a.lock/below -- true", "read missing/below -- true"] {
        let said = complaint(&place.fasten(words).code(66).run());
        assert!(!said.contains("os error"), "{words}: {said}");
    }
}

#[test]
fn each_subcommand_shows_its_own_form() {
    let place = Place::new();
    for subcommand in ["exclusive", "read", "write"] {
        let said = complaint(&place.fasten(subcommand).code(64).run());
        assert!(said.contains(&format!("; the form is: fasten {subcommand} LOCK... -- COMMAND")), "{said}");
    }
}

/// A process of that name which holds the lock, and has `argument` in its command line.
fn python_holds(place: &Place, name: &str, argument: &str) -> Running {
    let script = "import fcntl, sys\n\
        lock = open(sys.argv[1])\n\
        fcntl.flock(lock, fcntl.LOCK_EX)\n\
        print('in', flush=True)\n\
        sys.stdin.read()";
    let python = Program::new("/usr/bin/python3").called(name).args(["-c", script]);
    let mut python = python.arg(&place.lock).arg(argument).start();
    python.line();
    python
}

/// C0, DEL, C1, and what turns the direction of text.
const TREACHEROUS: &str = "x\u{1b}[31m\u{7f}\u{9b}31m\u{202e}\u{2066}\u{61c}\u{2028}y";

fn is_harmless(text: &str) -> bool {
    !text
        .trim_end_matches('\n')
        .chars()
        .any(|letter| letter != '\n' && TREACHEROUS[1..].contains(letter) && !letter.is_ascii_graphic())
}

#[test]
fn what_a_holder_is_called_cannot_command_a_terminal() {
    let place = Place::new();
    let holder = python_holds(&place, TREACHEROUS, TREACHEROUS);
    let status = |words: &str| report(&place.fasten(words).code(75).run());
    let said = complaint(&refused_by_name(|| place.fasten("exclusive -n a.lock -- true").output()));
    let (table, document) = (status("status a.lock"), status("status --json a.lock"));
    for shown in [&said, &table, &document] {
        assert!(is_harmless(shown), "{shown:?}");
    }
    assert!(table.contains("\\u{9b}31m\\u{202e}\\u{2066}\\u{61c}\\u{2028}y"), "{table}");
    let document: Value = serde_json::from_str(&document).unwrap();
    let command = document["locks"][0]["holders"][0]["command"].as_str().unwrap();
    assert!(command.contains(TREACHEROUS), "a program gets what it is called: {command:?}");
    holder.leave();
}

#[test]
fn what_a_user_is_called_cannot_command_a_terminal_either() {
    let place = Place::new();
    let holder = python_holds(&place, "python3", "");
    place.write("passwd", "ro\u{9b}31m\u{202e}ot:x:0:0::/:/bin/sh\n");
    let script = "mount --bind passwd /etc/passwd && \"$FASTEN\" status a.lock; \"$FASTEN\" status --json a.lock; \
        until \"$FASTEN\" exclusive -n a.lock -- true 2>&1 | grep 'held by'; do :; done";
    let shown = report(&place.program("unshare").args(["--mount", "sh", "-c", script]).run());
    assert!(is_harmless(&shown), "{shown:?}");
    assert_eq!(shown.matches("ro\\u{9b}31m\\u{202e}ot").count(), 2, "{shown}");
    assert_eq!(shown.matches("ro\\u009b31m\\u202eot").count(), 1, "{shown}");
    holder.leave();
}

#[test]
fn a_long_command_is_cut_in_messages_and_not_in_documents() {
    let place = Place::new();
    let long = "\u{e4}".repeat(5000);
    let holder = python_holds(&place, "python3", &long);
    let said = complaint(&refused_by_name(|| place.fasten("exclusive -n a.lock -- true").output()));
    let (_, rest) = said.split_once("held by ").unwrap();
    let (command, _) = rest.split_once("... (pid ").expect("it is cut, and the process named");
    // The script in it has line ends, which are shown with two letters each.
    assert_eq!(command.replace("\\n", "\n").chars().count(), 200, "{said}");
    assert!(report(&place.fasten("status --json a.lock").code(75).run()).contains(&long));
    holder.leave();
}

#[test]
fn a_long_command_above_is_cut_in_the_complaint_about_it() {
    let place = Place::new();
    let script = format!("\"$FASTEN\" exclusive a.lock -- true; exit; {}", "x".repeat(5000));
    let said = complaint(&place.fasten("exclusive a.lock -- sh -c").arg(script).code(75).run());
    assert!(said.contains("... (pid ") && said.len() < 600, "{said}");
}

/// A directory that everybody may write to, without the sticky bit for which the kernel itself would
/// look.
fn open_directory(place: &Place) -> PathBuf {
    let directory = place.path("open");
    fs::create_dir(&directory).unwrap();
    for path in [place.directory(), &directory] {
        fs::set_permissions(path, Permissions::from_mode(0o777)).unwrap();
    }
    directory
}

#[test]
fn a_link_of_another_user_to_a_missing_file_creates_none() {
    let place = Place::new();
    let (directory, victim) = (open_directory(&place), place.path("victim"));
    let foreign = directory.join("a.lock");
    symlink(&victim, &foreign).unwrap();
    std::os::unix::fs::lchown(&foreign, Some(65534), Some(65534)).unwrap();
    symlink(&foreign, directory.join("own.lock")).unwrap();
    for lock in ["open/a.lock", "open/own.lock"] {
        for family in ["", "--fcntl "] {
            let run = place.fasten(&format!("exclusive {family}{lock} -- true"));
            let said = complaint(&run.code(73).run());
            assert!(said.contains(lock) && said.contains("another user's symbolic link"), "{said}");
            assert!(!victim.exists(), "{lock}");
        }
    }
    fs::write(&victim, "").unwrap();
    place.fasten("exclusive open/a.lock -- true").stderr("").run();
}

#[test]
fn links_of_our_own_and_of_root_and_in_our_own_directory_are_followed() {
    let place = Place::new();
    let directory = open_directory(&place);
    symlink("made by root", directory.join("own.lock")).unwrap();
    place.fasten("exclusive open/own.lock -- true").stderr("").run();
    assert!(directory.join("made by root").exists());
    symlink("made by nobody", directory.join("root.lock")).unwrap();
    place.as_nobody("exclusive open/root.lock -- true").stderr("").run();
    assert!(directory.join("made by nobody").exists());
    fs::create_dir(place.path("private")).unwrap();
    let given = place.path("private/given.lock");
    symlink("made", &given).unwrap();
    std::os::unix::fs::lchown(&given, Some(65534), Some(65534)).unwrap();
    place.fasten("exclusive private/given.lock -- true").stderr("").run();
    assert!(place.path("private/made").exists());
}
