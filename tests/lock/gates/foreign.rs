//! Others who use fcntl locks on the same file for something else.

use crate::support::Running;
use crate::support::ordered::{At, Lock};

/// Locks the file in its second way from 0 to infinity, as Python's fasteners does.
const STRANGER: &str = "import fcntl, sys
file = open(sys.argv[1], 'r+b')
fcntl.lockf(file, fcntl.LOCK_EX if sys.argv[2] == 'ex' else fcntl.LOCK_SH)
print(flush=True)
sys.stdin.read()";

#[test]
fn a_stranger_who_locks_everything_with_fcntl_blocks_nobody() {
    let lock = Lock::new();
    for how in ["ex", "sh"] {
        let stranger = stranger(&lock, how);
        for ours in ["read -n", "write -n", "write -n --prefer writer", "exclusive -n"] {
            assert_eq!(lock.code(ours), Some(0), "{ours} beside {how}");
        }
        stranger.leave();
    }
}

#[test]
fn beside_such_a_stranger_a_writer_waits_for_the_readers_only() {
    let lock = Lock::new();
    let stranger = stranger(&lock, "ex");
    for how in ["write", "write --prefer writer", "exclusive"] {
        let reader = lock.held("read");
        let mut writer = lock.waiting(how, At::Main);
        reader.leave();
        writer.line();
        writer.leave();
    }
    stranger.leave();
}

#[test]
fn beside_such_a_stranger_a_reader_waits_for_the_writer_only() {
    let lock = Lock::new();
    let stranger = stranger(&lock, "ex");
    let writer = lock.held("write");
    let mut reader = lock.waiting("read", At::Main);
    writer.leave();
    reader.line();
    reader.leave();
    stranger.leave();
}

fn stranger(lock: &Lock, how: &str) -> Running {
    let path = lock.path.to_str().unwrap();
    let mut stranger = Running::start(&["python3", "-c", STRANGER, path, how]);
    stranger.line();
    stranger
}
