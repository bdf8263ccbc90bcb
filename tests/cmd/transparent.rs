//! The command notices nothing: arguments, streams, dispositions and mask are
//! as if it had been started directly.

use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};

use crate::support::place::{FASTEN, Place, fasten};

#[test]
fn arguments_and_lock_names_may_be_any_bytes() {
    let place = Place::new();
    let odd = OsStr::from_bytes(b"\xff\xfe odd\n name");
    let mut run = fasten();
    run.current_dir(place.folder())
        .arg("exclusive")
        .arg(odd)
        .args(["--", "printf", "%s|"])
        .arg(odd)
        .args(["", "--", "-n"]);
    assert_eq!(run.assert().success().get_output().stdout, b"\xff\xfe odd\n name||--|-n|");
    assert!(place.folder().join(odd).is_file());
}

#[test]
fn standard_input_goes_to_the_command() {
    let place = Place::new();
    let mut run = fasten();
    run.arg("exclusive").arg(&place.lock).args(["--", "cat"]).write_stdin("through\n");
    run.assert().success().stdout("through\n").stderr("");
}

#[test]
fn the_command_string_is_for_bin_sh() {
    let place = Place::new();
    let mut run = fasten();
    run.arg("exclusive").arg(&place.lock).args(["-c", "echo $0; exit 7"]).env("SHELL", "/bin/false");
    run.assert().code(7).stdout("/bin/sh\n");
}

#[test]
fn a_script_without_an_interpreter_line_is_run_by_sh() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let script = place.path("script");
    std::fs::write(&script, "echo ran \"$1\" $#\n").unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    for (options, words) in [(&[][..], 1), (&["-F"], 1), (&[], 50_000)] {
        let mut run = fasten();
        run.arg("exclusive").args(options).arg(&place.lock).arg("--").arg(&script);
        run.args(std::iter::repeat_n("so", words));
        run.assert().success().stdout(format!("ran so {words}\n"));
    }
}

/// The signal lines of /proc/self/status, seen by a command under these words.
fn signals_under(words: &[&str], prelude: &str) -> String {
    let wrapped = words.iter().map(|word| format!("'{word}' ")).collect::<String>();
    let script = format!("{prelude} exec {wrapped} grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status");
    let output = Command::new("bash").args(["-c", &script]).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
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
            let words = [&[FASTEN], options, &[lock, "--"]].concat();
            assert_eq!(signals_under(&words, prelude), directly, "{options:?} after {prelude:?}");
        }
    }
}

#[test]
fn a_wait_with_a_deadline_leaves_no_trace_in_the_command() {
    let place = Place::new();
    let lock = place.lock.to_str().unwrap();
    let mut holder = Command::new("flock")
        .args([lock, "sh", "-c", "echo here; read -r x"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Read::read_exact(holder.stdout.as_mut().unwrap(), &mut [0; 5]).unwrap();
    let prelude = "trap '' URG;";
    let script = format!(
        "{prelude} exec '{FASTEN}' exclusive -v -w 60 '{lock}' -- grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status"
    );
    let waiter = Command::new("bash")
        .args(["-c", &script])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let pid = waiter.id();
    crate::support::place::until("it waits", || crate::support::place::waits(pid, &place.lock));
    holder.stdin.take().unwrap().write_all(b"\n").unwrap();
    holder.wait().unwrap();
    let output = waiter.wait_with_output().unwrap();
    let under = String::from_utf8(output.stdout).unwrap();
    assert_eq!(a_users(&under), a_users(&signals_under(&[], prelude)));
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
    let script = format!("trap '' CHLD; exec '{FASTEN}' exclusive a.lock -- sh -c 'exit 9'");
    let ended = Command::new("bash").args(["-c", &script]).current_dir(place.folder()).status().unwrap();
    assert_eq!(ended.code(), Some(9));
    let script = format!("trap '' CHLD; exec '{FASTEN}' exclusive a.lock -- no-such-command");
    let ended = Command::new("bash").args(["-c", &script]).current_dir(place.folder()).status().unwrap();
    assert_eq!(ended.code(), Some(127));
}
