//! `--fcntl`: an fcntl(2) lock of the open file description. It came with
//! util-linux 2.41; Debian 12 has 2.38, so only the newest is there to be compared with.

use super::both::{Flock, same_as};

/// Holds an fcntl lock on `free` while the line after it runs.
const PYTHON: &str = "python3 -c '
import fcntl, subprocess, sys
file = open(\"free\", \"r+\")
fcntl.lockf(file, fcntl.LOCK_EX if sys.argv[1] == \"exclusive\" else fcntl.LOCK_SH)
sys.exit(subprocess.call([\"sh\", \"-c\", sys.argv[2]]))' ";

fn same(table: &[(i32, &str)]) {
    same_as(&[Flock::Newest], table);
}

fn under_python(line: &str) -> &'static str {
    format!("{PYTHON}{line}").leak()
}

#[test]
fn it_is_refused_by_who_holds_an_fcntl_lock_and_refuses_them() {
    same(&[
        (1, under_python("exclusive 'flock --fcntl -n free echo ran'")),
        (1, under_python("exclusive 'flock --fcntl -s -w .01 free echo ran'")),
        (0, under_python("shared 'flock --fcntl -s -n free echo ran'")),
        (1, under_python("shared 'flock --fcntl -x -n free echo ran'")),
        (
            0,
            "flock --fcntl free python3 -c '
import fcntl
try: fcntl.lockf(open(\"free\", \"r+\"), fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError as error: print(type(error).__name__)'",
        ),
    ]);
}

#[test]
fn it_neither_sees_nor_shuts_out_flock_2() {
    same(&[
        (0, "flock --fcntl -n held echo ran"),
        (0, "flock --fcntl free flock -n free echo ran"),
        (0, "exec 9<>free; flock --fcntl 9; flock -u 9; flock --fcntl -n free true || echo held"),
        (0, "exec 9<>free; flock 9; flock --fcntl -u 9; flock -n free true || echo held"),
    ]);
}

#[test]
fn it_belongs_to_the_open_file_description() {
    let daemon = "sh -c 'sleep 300 >/dev/null 2>&1 & echo $! >pid'";
    let then = "flock --fcntl -n free echo ran; code=$?; kill $(cat pid); exit $code";
    same(&[
        (1, "flock --fcntl free flock --fcntl -n free echo ran"),
        (0, "flock --fcntl -s free flock --fc -s -n free echo ran"),
        (1, &format!("flock --fcntl free {daemon}; {then}")),
        (0, &format!("flock --fcntl -o free {daemon}; {then}")),
        (0, "flock --fcntl -u free flock --fcntl -n free echo ran"),
    ]);
}

#[test]
fn the_whole_file_is_locked() {
    let of = |options: &str, file: &str| -> &'static str {
        let inside = "grep -o 'OFDLCK.*' /proc/$$/fdinfo/3 | sed 's/[0-9a-f]*:[0-9a-f]*:[0-9]*/-/'";
        format!("flock {options} {file} sh -c \"{}\"", inside.replace('$', "\\$")).leak()
    };
    same(&[
        (0, of("--fcntl", "free")),
        (0, of("--fcntl", "new")),
        (0, of("--fcntl -s", "free")),
        (0, of("--fcntl", "/dev/null")),
        (0, of("--fcntl -s", "folder")),
    ]);
}

#[test]
fn a_character_device_is_locked() {
    same(&[
        (0, "flock --fcntl /dev/null echo ran"),
        (0, "flock --fcntl -s /dev/null echo ran"),
        (1, "flock --fcntl /dev/null flock --fcntl -n /dev/null echo ran"),
        (0, "flock --fcntl /dev/null flock -n /dev/null echo ran"),
        (0, "flock --fcntl -u /dev/null echo ran"),
    ]);
}

#[test]
fn a_program_is_locked_but_cannot_be_executed_meanwhile() {
    same(&[
        (0, "flock --fcntl script flock --fcntl -n script echo ran || echo held"),
        (69, "flock --fcntl script ./script"),
        (0, "flock --fcntl -s script ./script"),
    ]);
}

#[test]
fn a_descriptor_must_be_open_for_what_is_asked() {
    same(&[
        (0, "exec 9<>free; flock --fcntl 9; flock --fcntl -n free true || echo held"),
        (0, "exec 9<>free; flock --fcntl 9; flock --fcntl -u 9; flock --fcntl -n free echo ran"),
        (0, "exec 9<free; flock --fcntl -s 9; flock --fcntl -s -n free echo ran"),
        (65, "flock --fcntl 9 9<free"),
        (65, "flock --fcntl -s 9 9>free"),
        (65, "flock --fcntl 9 9<folder"),
    ]);
}

#[test]
fn a_path_must_be_allowed_for_what_is_asked() {
    let nobody = |line: &str| -> &'static str {
        format!("chmod 755 .; setpriv --reuid=65534 --clear-groups {line}").leak()
    };
    same(&[
        (65, "flock --fcntl folder echo ran"),
        (65, "flock --fcntl folder/ echo ran"),
        (0, "flock --fcntl -s folder echo ran"),
        (65, nobody("flock --fcntl folder echo ran")),
        (66, nobody("flock --fcntl free echo ran")),
        (0, nobody("flock --fcntl -s free echo ran")),
        (66, nobody("flock --fcntl new echo ran")),
        (66, &format!("chmod 222 free; {}", nobody("flock --fcntl -s free echo ran"))),
        (0, &format!("chmod 222 free; {}", nobody("flock --fcntl free echo ran"))),
        (66, "flock --fcntl missing/lock echo ran"),
        (66, "flock --fcntl new/ echo ran"),
        (0, "flock --fcntl new echo ran; ls new"),
        (
            73,
            "unshare -m sh -c 'mount -t tmpfs none folder; : >folder/lock; mount -o remount,ro folder; \
              flock --fcntl folder/lock echo ran'",
        ),
    ]);
}

#[test]
fn a_lock_file_that_is_replaced_while_it_is_waited_for_is_noticed() {
    super::both::differ_from(
        &[Flock::Newest],
        &[super::both::Difference {
            line: "flock --fcntl free sh -c ': >in; until [ -e go ]; do sleep .01; done' & until [ -e in ]; do :; done
                flock --fcntl free sh -c 'flock --fcntl -n free echo a second one || echo alone' &
                until grep -q -e \"-> .*:$(stat -c %i free) \" /proc/locks; do :; done
                rm free; : >free; : >go; wait $!",
            theirs: "0 > a second one",
            ours: "0 > alone",
            why: "a lock on a file that is gone excludes nobody",
        }],
    );
}

#[test]
fn what_it_says_is_the_same() {
    same(&[
        (1, under_python("exclusive 'flock --verbose --fcntl -n free true'")),
        (1, under_python("exclusive 'flock --verbose --fcntl -w .01 free true'")),
        (0, "flock --fcntl --verbose free true"),
        (1, under_python("exclusive 'flock --verbose --fcntl -E 1 -w 0 9 9<>free'")),
    ]);
}
