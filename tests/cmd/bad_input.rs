//! Bad input gets one clear line, the right code, and nothing done.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;

use crate::support::{Place, complaint};

/// Runs `fasten ARGUMENTS` in the place, where the command would leave a file
/// `ran`, and wants one line with all the words.
fn refused(place: &Place, arguments: &[&str], code: i32, words: &[&str]) {
    let said = complaint(&place.fasten("").args(arguments).code(code).run());
    assert_eq!(said.lines().count(), 1, "one line for {arguments:?}: {said}");
    assert!(said.starts_with("fasten: "), "{said}");
    for word in words {
        assert!(said.contains(word), "{arguments:?} should say {word}: {said}");
    }
    assert!(!place.path("ran").exists(), "the command of {arguments:?} ran");
    assert!(place.is_free(), "{arguments:?} left a lock");
}

const RUN: [&str; 3] = ["--", "touch", "ran"];

fn with_run<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &RUN].concat()
}

#[test]
fn wrong_usage_is_64_and_says_what_is_right() {
    let place = Place::new();
    refused(&place, &["exclusive", "a.lock"], 64, &["COMMAND", "LOCK... -- COMMAND"]);
    refused(&place, &["exclusive", "a.lock", "b.lock"], 64, &["LOCK... -- COMMAND"]);
    refused(&place, &["exclusive", "a.lock", "--"], 64, &["COMMAND"]);
    refused(&place, &["exclusive", "--", "touch", "ran"], 64, &["LOCK"]);
    refused(&place, &with_run(&["exclusive", "--timeuot", "1", "a.lock"]), 64, &["--timeuot", "'--timeout'"]);
    refused(&place, &with_run(&["exclusiv", "a.lock"]), 64, &["exclusiv", "'exclusive'"]);
    refused(&place, &with_run(&["exclusive", ""]), 64, &["LOCK"]);
    refused(&place, &with_run(&["exclusive", "-n", "-w", "1", "a.lock"]), 64, &["--nonblock", "--timeout"]);
    refused(&place, &with_run(&["exclusive", "-o", "--linger", "a.lock"]), 64, &["--close", "--linger"]);
    refused(&place, &with_run(&["exclusive", "-F", "-o", "a.lock"]), 64, &["--no-fork", "--close"]);
    refused(&place, &with_run(&["exclusive", "-c", "touch ran", "a.lock"]), 64, &["-c takes no arguments"]);
    refused(&place, &with_run(&["read", "--prefer", "fair", "a.lock"]), 64, &["'--prefer' found; see"]);
    refused(&place, &with_run(&["write", "--prefer", "me", "a.lock"]), 64, &["fair", "reader", "writer"]);
}

#[test]
fn a_bad_number_is_64() {
    let place = Place::new();
    for wrong in ["-1", "nan", "inf", "1e30", "", "ten", "5 parsecs", "--", "1M", "1h1M", "1y", "2min", "s"] {
        refused(&place, &with_run(&["exclusive", "-w", wrong, "a.lock"]), 64, &[]);
    }
    for wrong in ["256", "-1", "x", ""] {
        refused(&place, &with_run(&["exclusive", &format!("-E{wrong}"), "a.lock"]), 64, &[]);
    }
}

#[test]
fn what_cannot_be_opened_is_66() {
    let place = Place::new();
    nix::unistd::mkfifo(&place.path("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let _socket = UnixListener::bind(place.path("socket")).unwrap();
    refused(&place, &with_run(&["exclusive", "fifo"]), 66, &["fifo", "a FIFO"]);
    refused(&place, &with_run(&["exclusive", "socket"]), 66, &["socket", "a socket"]);
    refused(&place, &with_run(&["exclusive", "/dev/null"]), 66, &["/dev/null", "a character device"]);
    refused(
        &place,
        &with_run(&["exclusive", "missing/b.lock"]),
        66,
        &["missing/b.lock", "directory must exist"],
    );
    refused(&place, &with_run(&["exclusive", "a.lock/b.lock"]), 66, &["a.lock/b.lock"]);
    refused(&place, &with_run(&["exclusive", "a.lock", "missing/b.lock"]), 66, &["missing/b.lock"]);
}

#[test]
fn a_lock_that_is_not_to_be_created_is_69() {
    let place = Place::new();
    refused(&place, &with_run(&["exclusive", "--no-create", "b.lock"]), 69, &["b.lock", "does not exist"]);
    assert!(!place.path("b.lock").exists());
}

#[test]
fn no_permission_is_66_and_a_folder_that_cannot_be_written_73() {
    let place = Place::new();
    assert!(nix::unistd::geteuid().is_root(), "this test wants to be root, to become another user");
    fs::set_permissions(&place.lock, fs::Permissions::from_mode(0o600)).unwrap();
    let said = complaint(&place.as_nobody("exclusive a.lock -- touch ran").code(66).run());
    assert!(said.contains("a.lock") && said.contains("permission denied"), "{said}");
    let said = complaint(&place.as_nobody("exclusive b.lock -- touch ran").code(73).run());
    assert!(said.contains("b.lock") && said.contains("directory must be writable"), "{said}");
    assert!(!place.path("ran").exists());
}

/// A small file system of its own, with these options.
fn on_tmpfs(options: &str, script: &str) -> (Option<i32>, String) {
    let place = Place::new();
    let script =
        format!("mount -t tmpfs -o {options} none {0} && cd {0} && {script}", place.directory().display());
    let output = place.program("unshare").args(["-m", "sh", "-c", &script]).output();
    (output.status.code(), complaint(&output))
}

#[test]
fn a_read_only_or_full_file_system_is_73() {
    let read_only = on_tmpfs("size=1m", "mount -o remount,ro . && \"$FASTEN\" exclusive b.lock -- touch ran");
    assert_eq!(read_only.0, Some(73), "{}", read_only.1);
    assert!(read_only.1.contains("writable file system"), "{}", read_only.1);
    let full = on_tmpfs("nr_inodes=2", "touch filler; \"$FASTEN\" exclusive b.lock -- touch ran");
    assert_eq!(full.0, Some(73), "{}", full.1);
    assert!(full.1.contains("make room"), "{}", full.1);
}

#[test]
fn out_of_descriptors_is_71() {
    let place = Place::new();
    place.sh("ulimit -n 3; exec \"$FASTEN\" exclusive a.lock -- touch ran").code(71).run();
    assert!(!place.path("ran").exists());
}

#[test]
fn a_command_that_is_missing_is_127_and_one_that_cannot_be_executed_126() {
    let place = Place::new();
    fs::write(place.path("data"), "nothing to run").unwrap();
    for subcommand in ["exclusive", "read", "write"] {
        refused(
            &place,
            &[subcommand, "a.lock", "--", "no-such-command"],
            127,
            &["no-such-command", "not found"],
        );
        refused(&place, &[subcommand, "a.lock", "--", "./no/such"], 127, &["./no/such"]);
        refused(&place, &[subcommand, "a.lock", "--", "./data"], 126, &["./data", "permission denied"]);
        refused(&place, &[subcommand, "a.lock", "--", "/"], 126, &[]);
    }
    refused(&place, &["exclusive", "-F", "a.lock", "--", "no-such-command"], 127, &["no-such-command"]);
    refused(&place, &["exclusive", "-F", "a.lock", "--", "./data"], 126, &["./data"]);
}

#[test]
fn the_lock_file_is_never_changed() {
    let place = Place::new();
    fs::write(&place.lock, "precious\n").unwrap();
    fs::set_permissions(&place.lock, fs::Permissions::from_mode(0o640)).unwrap();
    let before = fs::metadata(&place.lock).unwrap();
    for subcommand in ["exclusive", "read", "write"] {
        place.fasten(subcommand).words("a.lock -- true").run();
    }
    let after = fs::metadata(&place.lock).unwrap();
    assert_eq!(before.modified().unwrap(), after.modified().unwrap());
    assert_eq!(before.permissions(), after.permissions());
    assert_eq!(place.text("a.lock"), "precious\n");
}

#[test]
fn a_lock_file_is_made_with_the_umask() {
    let place = Place::new();
    place.sh("umask 027; \"$FASTEN\" exclusive b.lock -- true").run();
    assert_eq!(fs::metadata(place.path("b.lock")).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_link_to_a_file_that_is_not_there_makes_that_file() {
    let place = Place::new();
    std::os::unix::fs::symlink("target", place.path("link")).unwrap();
    place.fasten("exclusive link -- true").run();
    assert!(place.path("target").is_file());
}

#[test]
fn a_message_is_one_line_whatever_the_lock_is_called() {
    let place = Place::new();
    refused(
        &place,
        &with_run(&["exclusive", "missing/two\nlines\u{1b}[31m"]),
        66,
        &["two\\nlines\\u{1b}[31m"],
    );
}

#[test]
fn quiet_is_quiet_about_busy_locks_and_nothing_else() {
    let place = Place::new();
    let holder = place.hold("exclusive");
    for words in ["exclusive -q -n", "read -q -w 20ms", "write -n -q"] {
        place.fasten(words).words("a.lock -- true").code(75).stderr("").run();
    }
    holder.leave();
    refused(&place, &["exclusive", "-q", "/dev/null", "--", "true"], 66, &["a character device"]);
    refused(&place, &["exclusive", "-q", "none/a.lock", "--", "true"], 66, &["none/a.lock"]);
    refused(&place, &["read", "-q", "--no-create", "b.lock", "--", "true"], 69, &["does not exist"]);
    refused(&place, &["exclusive", "-q", "-n", "-E", "0", "a.lock", "--", "no-such"], 127, &["no-such"]);
    refused(&place, &["write", "-q", "-F", "a.lock", "--", "/"], 126, &["/: cannot be executed"]);
    let script = "\"$FASTEN\" exclusive -q a.lock -- true";
    let under = place.fasten("exclusive a.lock -- sh -c").arg(script);
    assert!(complaint(&under.code(75).run()).contains(": deadlock: "));
}
