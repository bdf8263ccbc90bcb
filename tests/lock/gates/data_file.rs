//! The lock file may be the data itself: fasten holds nothing on it but the main lock, and does not write it.

use crate::support::ordered::{At, Lock};
use crate::support::{Running, report};

const ALL: [&str; 5] = ["read", "write", "write --prefer writer", "write --prefer reader", "exclusive"];

/// What procmail, dpkg and lckpwdf do with their file.
const LOCKS_ITS_DATA: &str = "import fcntl, sys
print(flush=True)
sys.stdin.readline()
data = open(sys.argv[1], 'r+')
fcntl.lockf(data, fcntl.LOCK_EX)
print('locked', flush=True)";

#[test]
fn a_command_locks_its_data_with_fcntl_whoever_waits() {
    for how in ALL {
        for waiter in ["read", "write", "write --prefer writer"] {
            let lock = Lock::new();
            let mut holder = lock.start(how, &["python3", "-c", LOCKS_ITS_DATA, lock.path.to_str().unwrap()]);
            locks_its_data(&mut holder, &lock, (how, waiter));
            holder.leave();
        }
    }
}

#[test]
fn so_it_does_under_flock() {
    for waiter in ["read", "write", "write --prefer writer"] {
        let lock = Lock::new();
        let path = lock.path.to_str().unwrap();
        let mut holder = Running::start(&["flock", path, "python3", "-c", LOCKS_ITS_DATA, path]);
        locks_its_data(&mut holder, &lock, ("flock", waiter));
        holder.leave();
    }
}

fn locks_its_data(holder: &mut Running, lock: &Lock, (how, waiter): (&str, &str)) {
    holder.line();
    let waiting = match (how, waiter) {
        ("read", "read") => lock.held("read"),
        ("write --prefer writer", "read") => lock.waiting("read", At::Passage),
        _ => lock.waiting(waiter, At::Main),
    };
    holder.tell("go on");
    assert_eq!(holder.line(), "locked", "{how}, {waiter} waits");
    drop(waiting);
}

/// Says which events of files that were open for writing a command brings about at the first of its words.
const WATCHED: &str = "import ctypes, os, struct, subprocess, sys
IN_CLOSE_WRITE = 8
libc = ctypes.CDLL(None)
watch = libc.inotify_init1(os.O_NONBLOCK)
assert libc.inotify_add_watch(watch, sys.argv[1].encode(), IN_CLOSE_WRITE) > 0
assert subprocess.run(sys.argv[2:]).returncode == 0
try: print('written', len(os.read(watch, 4096)))
except BlockingIOError: print('untouched')";

#[test]
fn nothing_that_watches_the_file_sees_it_written() {
    for how in ALL {
        let lock = Lock::new();
        assert_eq!(watched(&lock, &lock.words(how, &["true"])), "untouched\n", "{how}");
        let written = ["sh", "-c", &format!(": > {}", lock.path.display())].map(str::to_owned);
        assert_ne!(watched(&lock, &written), "untouched\n", "the watch itself works");
    }
}

#[test]
fn nor_does_it_when_one_waits() {
    for how in ALL {
        let lock = Lock::new();
        let script = "\"$@\" & waiter=$!; exec 9<lock; flock 9 -c true; wait $waiter";
        let words = lock.words(how, &["true"]).join(" ");
        let both = format!("flock lock -c 'read x' & {words}; {script}");
        let mut command = vec!["sh".to_owned(), "-c".to_owned(), both, "sh".to_owned()];
        command.extend(lock.words("exclusive", &["true"]));
        assert_eq!(watched(&lock, &command), "untouched\n", "{how}");
    }
}

fn watched(lock: &Lock, words: &[String]) -> String {
    report(&lock.place.python(WATCHED).arg(&lock.path).args(words).output())
}
