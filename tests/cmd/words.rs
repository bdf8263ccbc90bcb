//! What messages and documents say: what is true, and nothing that a terminal would take for a
//! command.

use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::place::{FASTEN, Place, complaint, fasten, refused_by_name};

/// What this says as an ordinary user, in a folder that everybody may enter, and what it ends with.
fn as_nobody(place: &Place, words: &str) -> (Option<i32>, String) {
    let copy = place.path("fasten");
    if !copy.exists() {
        fs::set_permissions(place.folder(), Permissions::from_mode(0o755)).unwrap();
        fs::copy(FASTEN, &copy).unwrap();
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(copy);
    let output = command.args(words.split(' ')).current_dir(place.folder()).output().unwrap();
    (output.status.code(), complaint(&output))
}

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
        let (code, said) = as_nobody(&place, words);
        assert_eq!(code, Some(66), "{words}: {said}");
        assert!(said.contains("permission denied; ") && said.contains(expected), "{words}: {said}");
        assert!(!said.contains("folder") && !said.contains("os error"), "{words}: {said}");
    }
}

/// What fasten says with these words, in the place.
fn says(place: &Place, words: &str) -> (Option<i32>, String) {
    let output = fasten().current_dir(place.folder()).args(words.split(' ')).output().unwrap();
    (output.status.code(), complaint(&output))
}

#[test]
fn a_directory_that_is_missing_does_not_exist() {
    let place = Place::new();
    let (code, said) = says(&place, "exclusive nodir/ -- true");
    assert_eq!(code, Some(66), "{said}");
    assert!(said.starts_with("fasten: nodir/: does not exist, "), "{said}");
    assert!(!said.contains("is a directory"), "{said}");
}

#[test]
fn an_input_or_output_error_is_71() {
    let place = Place::new();
    for (call, words) in [
        ("openat", "exclusive"),
        ("openat", "read"),
        ("flock", "exclusive"),
        ("flock", "read"),
        ("flock", "write"),
    ] {
        let mut strace = Command::new("strace");
        strace.args(["-qq", "-o", "/dev/null", "-P"]).arg(&place.lock);
        strace.args(["-e", &format!("inject={call}:error=EIO"), FASTEN, words]);
        let output = strace.arg(&place.lock).args(["--", "true"]).output().unwrap();
        let said = complaint(&output);
        assert_eq!(output.status.code(), Some(71), "{call} {words}: {said}");
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
        let mut command = Command::new(FASTEN);
        command.args(words.split(' ')).current_dir(place.folder()).stdout(full);
        let output = command.output().unwrap();
        let said = complaint(&output);
        assert_eq!(output.status.code(), Some(71), "{words}: {said}");
        assert_eq!(
            said, "fasten: standard output: cannot be written: no space left on device; write it elsewhere\n",
            "{words}"
        );
    }
}

#[test]
fn the_number_of_an_error_is_not_shown() {
    let place = Place::new();
    for words in ["status a.lock/below", "exclusive a.lock/below -- true", "read missing/below -- true"] {
        let (code, said) = says(&place, words);
        assert_eq!(code, Some(66), "{said}");
        assert!(!said.contains("os error"), "{words}: {said}");
    }
}

#[test]
fn each_subcommand_shows_its_own_form() {
    let place = Place::new();
    for subcommand in ["exclusive", "read", "write"] {
        let (code, said) = says(&place, subcommand);
        assert_eq!(code, Some(64), "{said}");
        assert!(said.contains(&format!("; the form is: fasten {subcommand} LOCK... -- COMMAND")), "{said}");
    }
}

/// A process of that name which holds the lock, and has `argument` in its command line.
fn python_holds(place: &Place, name: &str, argument: &str) -> Child {
    let script = "import fcntl, sys\n\
        lock = open(sys.argv[1])\n\
        fcntl.flock(lock, fcntl.LOCK_EX)\n\
        print('in', flush=True)\n\
        sys.stdin.read()";
    let mut python = Command::new("/usr/bin/python3");
    python.arg0(name).args(["-c", script]).arg(&place.lock).arg(argument);
    let mut python = python.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    BufReader::new(python.stdout.as_mut().unwrap()).read_line(&mut String::new()).unwrap();
    python
}

fn end(mut process: Child) {
    drop(process.stdin.take());
    process.wait().unwrap();
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
    let status = |options: &[&str]| {
        let output = fasten().arg("status").args(options).arg(&place.lock).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let refused =
        || fasten().args(["exclusive", "-n"]).arg(&place.lock).args(["--", "true"]).output().unwrap();
    let said = complaint(&refused_by_name(refused));
    let (table, document) = (status(&[]), status(&["--json"]));
    for shown in [&said, &table, &document] {
        assert!(is_harmless(shown), "{shown:?}");
    }
    assert!(table.contains("\\u{9b}31m\\u{202e}\\u{2066}\\u{61c}\\u{2028}y"), "{table}");
    let document: Value = serde_json::from_str(&document).unwrap();
    let command = document["locks"][0]["holders"][0]["command"].as_str().unwrap();
    assert!(command.contains(TREACHEROUS), "a program gets what it is called: {command:?}");
    end(holder);
}

#[test]
fn what_a_user_is_called_cannot_command_a_terminal_either() {
    let place = Place::new();
    let holder = python_holds(&place, "python3", "");
    let passwd = place.path("passwd");
    fs::write(&passwd, "ro\u{9b}31m\u{202e}ot:x:0:0::/:/bin/sh\n").unwrap();
    let script = "mount --bind \"$1\" /etc/passwd && \"$0\" status \"$2\"; \"$0\" status --json \"$2\"; \
        until \"$0\" exclusive -n \"$2\" -- true 2>&1 | tee \"$3\" | grep 'held by'; do :; done";
    let mut unshare = Command::new("unshare");
    unshare.args(["--mount", "sh", "-c", script, FASTEN]).args([&passwd, &place.lock, &place.path("said")]);
    let output = unshare.output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(is_harmless(&shown), "{shown:?}");
    assert_eq!(shown.matches("ro\\u{9b}31m\\u{202e}ot").count(), 2, "{shown}");
    assert_eq!(shown.matches("ro\\u009b31m\\u202eot").count(), 1, "{shown}");
    end(holder);
}

#[test]
fn a_long_command_is_cut_in_messages_and_not_in_documents() {
    let place = Place::new();
    let long = "\u{e4}".repeat(5000);
    let holder = python_holds(&place, "python3", &long);
    let refused =
        || fasten().args(["exclusive", "-n"]).arg(&place.lock).args(["--", "true"]).output().unwrap();
    let said = complaint(&refused_by_name(refused));
    let (_, rest) = said.split_once("held by ").unwrap();
    let (command, _) = rest.split_once("... (pid ").expect("it is cut, and the process named");
    // The script in it has line ends, which are shown with two letters each.
    assert_eq!(command.replace("\\n", "\n").chars().count(), 200, "{said}");
    let output = fasten().args(["status", "--json"]).arg(&place.lock).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains(&long));
    end(holder);
}

#[test]
fn a_long_command_above_is_cut_in_the_complaint_about_it() {
    let place = Place::new();
    let script = format!("\"$0\" exclusive \"$1\" -- true; exit; {}", "x".repeat(5000));
    let mut above = Command::new(FASTEN);
    above.arg("exclusive").arg(&place.lock).args(["--", "sh", "-c", &script, FASTEN]).arg(&place.lock);
    let output = above.output().unwrap();
    let said = complaint(&output);
    assert_eq!(output.status.code(), Some(75), "{said}");
    assert!(said.contains("... (pid ") && said.len() < 600, "{said}");
}

/// A folder that everybody may write to, without the sticky bit for which the kernel itself would
/// look.
fn open_folder(place: &Place) -> PathBuf {
    let folder = place.path("open");
    fs::create_dir(&folder).unwrap();
    for path in [place.folder(), &folder] {
        fs::set_permissions(path, Permissions::from_mode(0o777)).unwrap();
    }
    folder
}

#[test]
fn a_link_of_another_user_to_a_missing_file_creates_none() {
    let place = Place::new();
    let (folder, victim) = (open_folder(&place), place.path("victim"));
    let foreign = folder.join("a.lock");
    symlink(&victim, &foreign).unwrap();
    std::os::unix::fs::lchown(&foreign, Some(65534), Some(65534)).unwrap();
    symlink(&foreign, folder.join("own.lock")).unwrap();
    for lock in ["open/a.lock", "open/own.lock"] {
        for family in ["", "--fcntl "] {
            let (code, said) = says(&place, &format!("exclusive {family}{lock} -- true"));
            assert_eq!(code, Some(73), "{lock}: {said}");
            assert!(said.contains(lock) && said.contains("another user's symbolic link"), "{said}");
            assert!(!victim.exists(), "{lock}");
        }
    }
    fs::write(&victim, "").unwrap();
    assert_eq!(says(&place, "exclusive open/a.lock -- true"), (Some(0), String::new()));
}

#[test]
fn links_of_our_own_and_of_root_and_in_our_own_directory_are_followed() {
    let place = Place::new();
    let folder = open_folder(&place);
    symlink("made by root", folder.join("own.lock")).unwrap();
    assert_eq!(says(&place, "exclusive open/own.lock -- true"), (Some(0), String::new()));
    assert!(folder.join("made by root").exists());
    symlink("made by nobody", folder.join("root.lock")).unwrap();
    assert_eq!(as_nobody(&place, "exclusive open/root.lock -- true"), (Some(0), String::new()));
    assert!(folder.join("made by nobody").exists());
    fs::create_dir(place.path("private")).unwrap();
    let given = place.path("private/given.lock");
    symlink("made", &given).unwrap();
    std::os::unix::fs::lchown(&given, Some(65534), Some(65534)).unwrap();
    assert_eq!(says(&place, "exclusive private/given.lock -- true"), (Some(0), String::new()));
    assert!(place.path("private/made").exists());
}
