//! What can be a lock file, and what becomes of it.

use std::fs;
use std::path::Path;

use super::both::{Difference, Flock, differ, run, same};

#[test]
fn a_directory_a_device_a_program_and_a_link_are_lock_files() {
    same(&[
        (0, "flock folder echo ran"),
        (0, "flock folder/ echo ran"),
        (1, "flock folder flock -n folder echo ran"),
        (0, "flock . echo ran"),
        (0, "flock script ./script"),
        (0, "ln -s free link; flock link echo ran"),
        (1, "ln free other; flock other flock -n free echo ran"),
        (1, "flock /dev/null flock -n /dev/null echo ran"),
        (0, "flock -s /dev/null flock -n -s /dev/null echo ran"),
        (1, "flock /dev/null flock -w .01 --verbose /dev/null echo ran"),
    ]);
}

#[test]
fn a_missing_file_is_created_and_no_other_changed() {
    same(&[
        (0, "flock new true; ls -l new | cut -c 1-10"),
        (0, "umask 0; flock new true; ls -l new | cut -c 1-10"),
        (0, "umask 077; flock -s new true; ls -l new | cut -c 1-10"),
        (0, "umask 027; flock -u new true; ls -l new | cut -c 1-10"),
        (0, "ln -s target link; flock link true; ls target"),
        (0, "echo precious >free; chmod 640 free; flock free true; cat free; ls -l free | cut -c 1-10"),
        (0, "chmod 0 free; flock free echo ran"),
    ]);
}

#[test]
fn a_lock_file_that_is_replaced_while_somebody_waits_is_noticed() {
    differ(&[Difference {
        line: "flock free sh -c ': >in; until [ -e go ]; do sleep .01; done' & until [ -e in ]; do :; done
            flock free sh -c 'flock -n free echo a second one || echo alone' &
            until grep -q -e \"-> .* $! \" /proc/locks; do :; done
            rm free; : >free; : >go; wait $!",
        theirs: "0 > a second one",
        ours: "0 > alone",
        why: "a lock on a file that is gone excludes nobody",
    }]);
}

/// The kernel's setting is put back when this is dropped.
struct ProtectedRegular(String);

const SETTING: &str = "/proc/sys/fs/protected_regular";

impl ProtectedRegular {
    fn on() -> Self {
        let before = fs::read_to_string(SETTING).unwrap();
        fs::write(SETTING, "2").unwrap();
        Self(before)
    }
}

impl Drop for ProtectedRegular {
    fn drop(&mut self) {
        let _ = fs::write(SETTING, &self.0);
    }
}

#[test]
fn somebody_elses_lock_file_in_a_sticky_directory_can_be_locked() {
    assert!(Path::new(SETTING).exists(), "this test wants Linux 4.19 or later");
    let _setting = ProtectedRegular::on();
    differ(&[Difference {
        line: "chmod 1777 folder; : >folder/lock; chown 65534:65534 folder/lock; flock folder/lock echo ran",
        theirs: "66 ! flock: cannot open lock file folder/lock: Permission denied",
        ours: "0 > ran",
        why: "theirs opens with O_CREAT, and fs.protected_regular refuses that, even to root",
    }]);
    let unlocking =
        "chmod 1777 folder; : >folder/lock; chown 65534 folder/lock; flock -u folder/lock echo ran";
    assert_eq!(run(Flock::Ours, unlocking).to_string(), "0 > ran");
}

/// Where others can write, such as in /tmp, a link may be there to have root create its target.
#[test]
fn a_link_of_another_user_to_a_missing_file_creates_none() {
    for options in ["", "-u", "-s --start 1", "--length 1", "--fcntl", "-u --fcntl"] {
        let line = format!(
            "chmod 777 folder; ln -s ../made folder/link; chown -h 65534 folder/link
            flock {options} folder/link true; code=$?; test ! -e made || echo made; exit $code"
        );
        let ours = run(Flock::Ours, &line).to_string();
        let refusal = "66 ! flock: cannot open lock file folder/link: is another user's symbolic link";
        assert!(ours.starts_with(refusal), "{options}: {ours}");
    }
}
