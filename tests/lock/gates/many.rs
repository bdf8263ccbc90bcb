//! Readers beside readers: never refused without a writer.

use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use crate::support::ordered::Lock;

const AT_ONCE: usize = 4;
const EACH: usize = 2_500;

#[test]
fn ten_thousand_reads_beside_other_readers_are_all_let_in() {
    let lock = Lock::new();
    let reader = lock.held("read");
    let words = lock.words("read --nonblock --no-fork", &["true"]);
    let run = || Command::new(&words[0]).args(&words[1..]).stdin(Stdio::null()).status().unwrap();
    let refused = || (0..EACH).map(|_| run()).filter(|status: &ExitStatus| !status.success()).count();
    let refused: usize = thread::scope(|scope| {
        let streams: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(refused)).collect();
        streams.into_iter().map(|stream| stream.join().unwrap()).sum()
    });
    assert_eq!(refused, 0);
    reader.leave();
}
