//! Names that are none, and what is not trusted in the place of a lock: one clear line, the right
//! code, and nothing happens.

use std::fs;
use std::os::unix::fs::{chown, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

use super::machine::{ANN, BOB, Machine, STRANGER};
use crate::support::complaint;

/// Wants one line with all the words, for a command that would leave a file `ran`.
#[track_caller]
fn refused(machine: &Machine, user: u32, words: &str, code: i32, expected: &[&str]) {
    let said = complaint(&machine.fasten(user, words).words("-- touch ran").code(code).run());
    assert_eq!(said.lines().count(), 1, "{said}");
    for word in expected {
        assert!(said.contains(word), "{words}: no {word} in {said}");
    }
    assert!(!machine.path("ran").exists());
}

#[test]
fn a_bad_name_is_64() {
    let machine = Machine::new();
    let long = "x".repeat(201);
    for name in ["", ".", "..", ".x", "a/b", "../x", "a b", "ü", "a:b", "a\n", "~", "x*", long.as_str()] {
        for prefix in ["name:", "machine:"] {
            let lock = format!("{prefix}{name}");
            for subcommand in ["exclusive", "read", "write"] {
                let run = machine.fasten(0, subcommand).arg(&lock).words("-- touch ran");
                let said = complaint(&run.code(64).run());
                assert!(said.contains("1 to 200 letters") && said.lines().count() == 1, "{said}");
            }
            let said = complaint(&machine.fasten(0, "status").arg(&lock).code(64).stdout("").run());
            assert!(said.contains("1 to 200 letters"), "{said}");
        }
    }
    assert!(!machine.path("ran").exists() && !machine.home(0).join(".local").exists());
}

#[test]
fn every_letter_of_a_good_name_is_taken() {
    let machine = Machine::new();
    let long = "x".repeat(200);
    for name in ["x", "-", "_", "a.b", "A-Z_0.9", "--", "x..", long.as_str()] {
        machine.fasten(0, &format!("exclusive name:{name} machine:{name} -- true")).run();
        assert!(machine.locks_of(0).join(name).is_file() && machine.path("lock/fasten").join(name).is_file());
    }
}

/// Puts everything that is no lock into the directory.
fn fill(directory: &Path) -> Vec<(&'static str, &'static str)> {
    fs::write(directory.join("file"), "").unwrap();
    symlink("file", directory.join("link")).unwrap();
    symlink("missing", directory.join("dangling")).unwrap();
    fs::create_dir(directory.join("directory")).unwrap();
    nix::unistd::mkfifo(&directory.join("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    drop(UnixListener::bind(directory.join("socket")).unwrap());
    fs::write(directory.join("one"), "").unwrap();
    fs::hard_link(directory.join("one"), directory.join("two")).unwrap();
    vec![
        ("link", "a symbolic link"),
        ("dangling", "a symbolic link"),
        ("directory", "a directory"),
        ("fifo", "a FIFO"),
        ("socket", "a socket"),
        ("one", "a hard link"),
        ("two", "a hard link"),
    ]
}

#[test]
fn a_file_that_is_not_trusted_is_66() {
    let machine = Machine::new();
    machine.fasten(0, "exclusive name:x machine:x -- true").run();
    for (prefix, directory, shown) in [
        ("name", machine.locks_of(0), machine.locks_of(0)),
        ("machine", machine.path("lock/fasten"), "/run/lock/fasten".into()),
    ] {
        for (name, kind) in fill(&directory) {
            let path = format!("remove it ({})", shown.join(name).display());
            let words = [&format!("fasten: {prefix}:{name}: is "), kind, &path];
            for how in ["exclusive", "read", "write --fcntl", "read --no-create"] {
                refused(&machine, 0, &format!("{how} {prefix}:{name}"), 66, &words);
            }
            let said = complaint(&machine.fasten(0, &format!("status {prefix}:{name}")).code(66).run());
            assert!(words.iter().all(|word| said.contains(word)), "{said}");
        }
        assert!(!directory.join("missing").exists());
    }
}

#[test]
fn a_directory_of_the_users_that_others_could_change_is_66() {
    let machine = Machine::new();
    let directory = machine.with_locks_of(ANN);
    let both = |code: i32, words: &[&str]| {
        refused(&machine, ANN, "exclusive name:x", code, words);
        let said = complaint(&machine.fasten(ANN, "status name:x").code(code).run());
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    };
    for mode in [0o770, 0o702, 0o1777] {
        machine.permit("home/1001/.local/state/fasten", mode);
        both(66, &["fasten: name:x: ", &format!("(mode {mode:04o})"), "chmod go-w"]);
    }
    machine.permit("home/1001/.local/state/fasten", 0o755);
    machine.fasten(ANN, "exclusive name:x -- true").run();
    chown(&directory, Some(BOB), None).unwrap();
    both(66, &["belongs to bob", "must belong to ann"]);
    fs::remove_dir_all(&directory).unwrap();
    fs::write(&directory, "").unwrap();
    both(66, &["not a directory"]);
}

#[test]
fn a_directory_of_the_machine_that_others_could_change_is_66() {
    let machine = Machine::new();
    machine.fasten(0, "exclusive machine:x -- true").run();
    machine.permit("lock/fasten", 0o777);
    for user in [0, ANN] {
        refused(&machine, user, "exclusive machine:x", 66, &["fasten: machine:x: ", "chmod 1777"]);
    }
    machine.fasten(ANN, "status machine:x").code(66).run();
    fs::rename(machine.path("lock/fasten"), machine.path("lock/there")).unwrap();
    machine.permit("lock/there", 0o1777);
    symlink("there", machine.path("lock/fasten")).unwrap();
    refused(&machine, 0, "exclusive machine:x", 66, &["/run/lock/fasten is not a directory"]);
    fs::remove_file(machine.path("lock/fasten")).unwrap();
    fs::rename(machine.path("lock/there"), machine.path("lock/fasten")).unwrap();
    machine.permit("lock/fasten", 0o755);
    machine.fasten(ANN, "exclusive machine:x -- true").run();
    refused(
        &machine,
        ANN,
        "exclusive machine:new",
        73,
        &["machine:new: cannot be created", "/run/lock/fasten"],
    );
}

#[test]
fn a_directory_that_cannot_be_created_is_73() {
    let machine = Machine::new();
    machine.permit("lock", 0o755);
    let remedy = "as root, run: install -d -m 1777 /run/lock/fasten";
    refused(&machine, ANN, "exclusive machine:x", 73, &["fasten: machine:x: ", "permission denied", remedy]);
    machine.fasten(ANN, "status machine:x").stdout("machine:x: free (does not exist)\n").run();
    chown(machine.home(ANN), Some(0), None).unwrap();
    refused(&machine, ANN, "exclusive name:x", 73, &["fasten: name:x: ", "permission denied", "by a path"]);
    fs::remove_dir_all(machine.home(BOB)).unwrap();
    refused(
        &machine,
        BOB,
        "exclusive name:x",
        73,
        &["name:x: the home directory", "does not exist", "by a path"],
    );
    assert!(!machine.home(BOB).exists());
}

#[test]
fn a_user_without_a_home_directory_is_73_and_can_use_the_locks_of_the_machine() {
    let machine = Machine::new();
    for words in ["exclusive name:x", "exclusive --no-create name:x", "exclusive -q -n name:x"] {
        refused(
            &machine,
            STRANGER,
            words,
            73,
            &["fasten: name:x: ", "uid 1003 is unknown", "name the lock by a path"],
        );
    }
    machine.fasten(STRANGER, "status name:x").code(73).run();
    machine.fasten(STRANGER, "exclusive machine:x -- true").run();
}

#[test]
fn a_missing_lock_is_free_and_not_to_be_created_69() {
    let machine = Machine::new();
    for lock in ["name:x", "machine:x"] {
        machine
            .fasten(ANN, &format!("status {lock}"))
            .stdout(format!("{lock}: free (does not exist)\n"))
            .run();
        machine.fasten(ANN, &format!("status -q {lock}")).stdout("").run();
        let missing = format!("fasten: {lock}: does not exist (--no-create was given)");
        refused(&machine, ANN, &format!("exclusive --no-create {lock}"), 69, &[&missing]);
    }
    assert!(!machine.home(ANN).join(".local").exists() && !machine.path("lock/fasten").exists());
}
