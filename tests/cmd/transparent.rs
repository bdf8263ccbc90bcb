//! The command notices nothing: arguments, streams, dispositions and mask are
//! as if it had been started directly.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::support::{Place, Program, fasten, report};

#[test]
fn arguments_and_lock_names_may_be_any_bytes() {
    let place = Place::new();
    let odd = OsStr::from_bytes(b"\xff\xfe odd\n name");
    let run = place.fasten("exclusive").arg(odd).words("-- printf %s|").arg(odd).args(["", "--", "-n"]);
    run.stdout(b"\xff\xfe odd\n name||--|-n|").run();
    assert!(place.directory().join(odd).is_file());
}

#[test]
fn standard_input_goes_to_the_command() {
    let place = Place::new();
    place.fasten("exclusive a.lock -- cat").stdin("through\n").stdout("through\n").stderr("").run();
}

#[test]
fn the_command_string_is_for_bin_sh() {
    let place = Place::new();
    let run = place.fasten("exclusive a.lock -c").arg("echo $0; exit 7").env("SHELL", "/bin/false");
    run.code(7).stdout("/bin/sh\n").run();
}

#[test]
fn a_script_without_an_interpreter_line_is_run_by_sh() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let script = place.path("script");
    std::fs::write(&script, "echo ran \"$1\" $#\n").unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    for (options, words) in [("exclusive", 1), ("exclusive -F", 1), ("exclusive", 50_000)] {
        let run = place.fasten(options).words("a.lock -- ./script").args(std::iter::repeat_n("so", words));
        run.stdout(format!("ran so {words}\n")).run();
    }
}

/// The signal lines of /proc/self/status, seen by a command under these words.
fn signals_under(words: &[&str], prelude: &str) -> String {
    let wrapped = words.iter().map(|word| format!("'{word}' ")).collect::<String>();
    let script = format!("{prelude} exec {wrapped} grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status");
    report(&Program::new("bash").args(["-c", &script]).run())
}

#[test]
fn dispositions_and_mask_are_as_if_started_directly() {
    let place = Place::new();
    let lock = place.lock.to_str().unwrap();
    let preludes = [
        "",
        "trap '' INT QUIT;",
        "trap '' PIPE;",
        "trap '' HUP TERM USR1;",
        "trap '' CHLD;",
        "trap '' URG ALRM;",
    ];
    for prelude in preludes {
        let directly = signals_under(&[], prelude);
        for options in [&["exclusive"][..], &["write"], &["read"], &["exclusive", "-F"], &["exclusive", "-v"]]
        {
            let words = [&[fasten()], options, &[lock, "--"]].concat();
            assert_eq!(signals_under(&words, prelude), directly, "{options:?} after {prelude:?}");
        }
    }
}

#[test]
fn a_wait_with_a_deadline_leaves_no_trace_in_the_command() {
    let place = Place::new();
    let lock = place.lock.to_str().unwrap();
    let mut holder = Program::new("flock").args([lock, "sh", "-c", "echo here; read -r x"]).start();
    holder.line();
    let prelude = "trap '' URG;";
    let program = fasten();
    let script = format!(
        "{prelude} exec '{program}' exclusive -v -w 60 '{lock}' -- grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status"
    );
    let waiter = place.bash(&script).start();
    place.until_waits(waiter.pid);
    holder.tell("");
    holder.leave();
    assert_eq!(a_users(&report(&waiter.finish())), a_users(&signals_under(&[], prelude)));
}

/// The sets without 32 and 33, which the C library keeps to itself: it takes 33
/// when a thread is started, and `posix_spawn`, which may have started us, ignores both.
fn a_users(signals: &str) -> Vec<u64> {
    let sets =
        signals.lines().map(|line| u64::from_str_radix(line.rsplit('\t').next().unwrap(), 16).unwrap());
    sets.map(|set| set & !(0b11 << 31)).collect()
}

#[test]
fn a_child_that_must_not_be_reaped_for_us_is_waited_for_all_the_same() {
    let place = Place::new();
    for (command, code) in [("sh -c 'exit 9'", 9), ("no-such-command", 127)] {
        place.bash(&format!("trap '' CHLD; exec \"$FASTEN\" exclusive a.lock -- {command}")).code(code).run();
    }
}
