//! To wait for facts: a thread is in line when the lock says so.

use std::thread;

use fasten::thread::ReaderWriterLock;

/// How many threads wait to read and to write, from the lock's own account of itself.
pub fn in_line(lock: &ReaderWriterLock) -> (usize, usize) {
    let account = format!("{lock:?}");
    let count = |name: &str| {
        let (_, rest) = account.split_once(name).expect("the lock counts its waiters");
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().expect("a number")
    };
    (count("pending_readers: "), count("pending_writers: "))
}

/// Returns when exactly so many threads wait to read and to write.
pub fn await_line(lock: &ReaderWriterLock, readers: usize, writers: usize) {
    while in_line(lock) != (readers, writers) {
        thread::yield_now();
    }
}
