//! A mistake is answered with what would have been right, and with nothing that is not.

use crate::support::{Place, complaint, refused_by_name, report};

const WHICH: &str = "which lock: exclusive, read, write or slot? e.g. fasten exclusive LOCK -- COMMAND";

/// The line that is printed, without `fasten: `; nothing may have run, and no file may have come.
fn answer(words: &[&str]) -> String {
    let place = Place::new();
    let said = complaint(&place.fasten("").args(words).code(64).stdout("").run());
    let files = std::fs::read_dir(place.directory()).unwrap().count();
    assert_eq!((said.lines().count(), files), (1, 1), "{words:?}: {said}");
    said.trim_end().strip_prefix("fasten: ").unwrap().to_owned()
}

fn split(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

#[test]
fn a_mistake_is_answered_with_the_right_line() {
    for (line, right) in [
        ("exclusive L echo hi", "no -- before the command; did you mean: fasten exclusive L -- echo hi"),
        ("read -w 5 L sh -x", "no -- before the command; did you mean: fasten read -w 5 L -- sh -x"),
        ("write -n A B sh", "no -- before the command; did you mean: fasten write -n A B -- sh"),
        ("exclusive -c free.lock", "-c took 'free.lock' as its STRING; a LOCK is still missing"),
        ("exclusive -x L -- true", "-x is flock(1)'s: 'exclusive' says it already"),
        ("exclusive -xn L true", "-x is flock(1)'s: 'exclusive' says it already"),
        ("write -e L true", "-e is flock(1)'s: 'write' says it already"),
        ("exclusive -s L true", "-s is flock(1)'s: use 'fasten read'"),
        ("read -x L -- true", "-x is flock(1)'s: use 'fasten exclusive'"),
        ("read -ns L -- true", "-s is flock(1)'s: 'read' says it already"),
        ("exclusive -u 9", "-u is flock(1)'s: use 'fasten unlock --fd N'"),
        ("exclusive --no-wait L -- true", "unexpected argument '--no-wait' found; tip: -n, --nonblock"),
        ("exclusive --nonblocking L true", "unexpected argument '--nonblocking' found; tip: -n, --nonblock"),
        ("lock L -- true", WHICH),
        ("shared L -- true", WHICH),
        ("run true", WHICH),
        ("opt.lock -- true", WHICH),
        ("-n L -- true", WHICH),
        ("-x L true", WHICH),
        ("-n -w 5 write L -- true", "options stand after the subcommand: fasten write -n -w 5 L -- true"),
        (
            "exclusive L sh -c true",
            "no -- before the command; did you mean: fasten exclusive L -- sh -c true",
        ),
        (
            "read -n L /bin/sh -c x",
            "no -- before the command; did you mean: fasten read -n L -- /bin/sh -c x",
        ),
        ("exclusive --fd 9 echo x", "put -- before the command: --fd 9 -- echo x"),
        ("exclusive L -c true -- a b", "-c takes no arguments: put them into the string"),
        ("unlock 9", "did you mean --fd 9?"),
        ("unlock l9", "a lock file needs no unlocking: it is free when its command ends"),
    ] {
        assert_eq!(answer(&split(line)), right, "{line}");
    }
    let script = ["exclusive", "a lock", "printf", "it's; done"];
    let right =
        r"no -- before the command; did you mean: fasten exclusive 'a lock' -- printf 'it'\''s; done'";
    assert_eq!(answer(&script), right);
}

#[test]
fn a_bad_value_is_answered_with_a_good_one() {
    for (line, right) in [
        ("exclusive -E x L -- true", "give a number from 0 to 255"),
        ("exclusive -E 256 L -- true", "give a number from 0 to 255"),
        ("exclusive -E -1 L -- true", "give a number from 0 to 255"),
        ("read --fd x", "give a descriptor number, such as 9"),
        ("unlock --fd -1", "give a descriptor number, such as 9"),
        ("write -w 1M L -- true", "use the units ms, s, m, h, d"),
    ] {
        let said = answer(&split(line));
        assert!(said.contains(right) && !said.contains("digit"), "{line}: {said}");
    }
    for (words, name) in [
        (&["exclusive", "", "--", "true"][..], "LOCK"),
        (&["read", "L", "", "--", "true"], "LOCK"),
        (&["status", ""], "LOCK"),
        (&["doctor", ""], "DIR"),
    ] {
        assert_eq!(answer(words), format!("a {name} is empty: is a variable not set?"));
    }
}

#[test]
fn the_help_that_is_pointed_to_is_that_of_the_subcommand() {
    for (line, help) in [
        ("exclusive --what L -- true", "fasten exclusive"),
        ("read --nested x L -- true", "fasten read"),
        ("write -n -w 1 L -- true", "fasten write"),
        ("unlock", "fasten unlock"),
        ("status --json --watch", "fasten status"),
        ("doctor --what", "fasten doctor"),
        ("exclusiv L -- true", "fasten"),
        ("--what", "fasten"),
    ] {
        let said = answer(&split(line));
        assert!(said.ends_with(&format!("; see '{help} --help'")), "{line}: {said}");
    }
}

#[test]
fn a_slip_of_the_fingers_is_recognised_and_a_guess_is_not_shown() {
    for (line, tip) in [
        ("exclusive --timeuot 1 L -- true", Some("'--timeout'")),
        ("status --josn", Some("'--json'")),
        ("statu", Some("'status'")),
        ("wirte L -- true", Some("'write'")),
        ("exclusive --no-queue L -- true", None),
        ("exclusive --exclusive L -- true", None),
        ("lock L", None),
        ("run", None),
    ] {
        let said = answer(&split(line));
        assert_eq!(said.contains("tip: "), tip.is_some(), "{line}: {said}");
        assert!(tip.is_none_or(|tip| said.contains(tip)), "{line}: {said}");
    }
}

#[test]
fn one_call_is_about_one_descriptor() {
    for subcommand in ["exclusive", "read", "write", "unlock"] {
        let said = answer(&[subcommand, "--fd", "8", "--fd", "9"]);
        assert_eq!(said, "--fd is given more than once: one call is about one descriptor");
    }
}

#[test]
fn without_arguments_the_help_is_printed() {
    let place = Place::new();
    let help = report(&place.fasten("--help").run());
    place.fasten("").code(64).stdout("").stderr(&help).run();
}

#[test]
fn a_command_that_is_a_line_for_a_shell_is_recognised() {
    let place = Place::new();
    let said = "fasten: echo hi > x: command not found; for a shell line use -c 'echo hi > x'\n";
    place.fasten("exclusive a.lock --").arg("echo hi > x").code(127).stderr(said).run();
}

#[test]
fn a_lock_under_which_this_runs_is_not_just_busy() {
    let place = Place::new();
    let nested = |outer: &str, inner: &str| {
        let script = format!("\"$FASTEN\" {inner} a.lock -- true; exit $?");
        let run = || place.fasten(outer).words("a.lock -- sh -c").arg(&script).output();
        let refused = refused_by_name(run);
        assert_eq!(refused.status.code(), Some(75));
        complaint(&refused)
    };
    let said = nested("exclusive", "exclusive -n");
    assert!(said.ends_with("; this runs under that lock; use --nested join to run under it too\n"), "{said}");
    let said = nested("exclusive -o", "read -n --nested join");
    assert!(said.ends_with("; this runs under that lock; cannot be joined\n"), "{said}");
    let said = nested("read", "exclusive -n");
    assert!(said.ends_with("; try again later, or leave out -n to wait\n"), "{said}");
    place.fasten("exclusive a.lock -- sh -c").arg("\"$FASTEN\" write -n --nested join a.lock -- true").run();
}

#[test]
fn a_directory_cannot_be_locked_with_fcntl() {
    let place = Place::new();
    let said = "fasten: .: is a directory: --fcntl locks files only\n";
    place.fasten("exclusive --fcntl . -- true").code(66).stderr(said).run();
}

#[test]
fn a_lock_that_is_called_like_a_shell_can_be_locked() {
    let place = Place::with(&["sh", "b.lock"]);
    place.fasten("exclusive b.lock sh -c").arg("flock -n sh true || echo held").stdout("held\n").run();
    place.fasten("exclusive -c true b.lock zsh").stdout("").run();
}
