//! `--fcntl`: an fcntl(2) lock of the open file description. It came with
//! util-linux 2.41; Debian 12 has 2.38, so there is nothing to be run beside it.
//! What it must do is what the manual of 2.41 says, seen in the kernel's table
//! and by what other programs with fcntl locks do.

use super::both::{Flock, run};

/// Holds an fcntl lock on `free` while the line after it runs.
const PYTHON: &str = "python3 -c '
import fcntl, subprocess, sys
file = open(\"free\", \"r+\")
fcntl.lockf(file, fcntl.LOCK_EX if sys.argv[1] == \"exclusive\" else fcntl.LOCK_SH)
sys.exit(subprocess.call([\"sh\", \"-c\", sys.argv[2]]))' ";

fn ours(expected: &str, line: &str) {
    assert_eq!(run(Flock::Ours, line).to_string(), expected, "{line}");
}

#[test]
fn it_is_refused_by_who_holds_an_fcntl_lock_and_refuses_them() {
    ours("1", &format!("{PYTHON} exclusive 'flock --fcntl -n free echo ran'"));
    ours("1", &format!("{PYTHON} exclusive 'flock --fcntl -s -w .01 free echo ran'"));
    ours("0 > ran", &format!("{PYTHON} shared 'flock --fcntl -s -n free echo ran'"));
    ours("1", &format!("{PYTHON} shared 'flock --fcntl -x -n free echo ran'"));
    ours(
        "0 > BlockingIOError",
        "flock --fcntl free python3 -c '
import fcntl
try: fcntl.lockf(open(\"free\", \"r+\"), fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError as error: print(type(error).__name__)'",
    );
}

#[test]
fn it_neither_sees_nor_shuts_out_flock_2() {
    ours("0 > ran", "flock --fcntl -n held echo ran");
    ours("0 > ran", "flock --fcntl free flock -n free echo ran");
}

#[test]
fn it_belongs_to_the_open_file_description() {
    ours("0 > 1", "flock --fcntl free sh -c 'grep -c OFDLCK.*WRITE /proc/$$/fdinfo/3'");
    ours("0 > 1", "flock --fcntl -s free sh -c 'grep -c OFDLCK.*READ /proc/$$/fdinfo/3'");
    ours("1", "flock --fcntl free flock --fcntl -n free echo ran");
    ours("0 > ran", "flock --fcntl -s free flock --fc -s -n free echo ran");
    ours(
        "1",
        "flock --fcntl free sh -c 'sleep 300 >/dev/null 2>&1 & echo $! >pid'; \
        flock --fcntl -n free echo ran; code=$?; kill $(cat pid); exit $code",
    );
    ours(
        "0 > ran",
        "flock --fcntl -o free sh -c 'sleep 300 >/dev/null 2>&1 & echo $! >pid'; \
        flock --fcntl -n free echo ran; code=$?; kill $(cat pid); exit $code",
    );
}

#[test]
fn a_descriptor_must_be_open_for_what_is_asked() {
    ours("0 > held", "exec 9<>free; flock --fcntl 9; flock --fcntl -n free true || echo held");
    ours("0 > ran", "exec 9<>free; flock --fcntl 9; flock --fcntl -u 9; flock --fcntl -n free echo ran");
    ours("0 > held", "exec 9<>free; flock --fcntl 9; flock -u 9; flock --fcntl -n free true || echo held");
    ours("0 > held", "exec 9<>free; flock 9; flock --fcntl -u 9; flock -n free true || echo held");
    ours("0 > ran", "exec 9<free; flock --fcntl -s 9; flock --fcntl -s -n free echo ran");
    ours("65 ! flock: 9: Bad file descriptor", "flock --fcntl 9 9<free");
    ours("65 ! flock: 9: Bad file descriptor", "flock --fcntl -s 9 9>free");
    ours("65 ! flock: folder: Bad file descriptor", "flock --fcntl folder echo ran");
    ours("0 > ran", "flock --fcntl -s folder echo ran");
}

#[test]
fn what_it_says_is_the_same() {
    ours(
        "1 ! flock: failed to get lock",
        &format!("{PYTHON} exclusive 'flock --verbose --fcntl -n free true'"),
    );
    ours(
        "1 ! flock: timeout while waiting to get lock",
        &format!("{PYTHON} exclusive 'flock --verbose --fcntl -w .01 free true'"),
    );
    ours(
        "0 > flock: getting lock took N seconds > flock: executing true",
        "flock --verbose --fcntl free true",
    );
}
