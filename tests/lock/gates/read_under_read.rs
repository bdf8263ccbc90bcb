//! A read under a read must not queue after a writer that waits for the outer one.

use crate::support::ordered::{At, Lock};

#[test]
fn a_read_under_a_read_gets_in_past_a_waiting_writer() {
    for writer in ["write", "write --prefer writer"] {
        for inner in ["read", "read -n", "read -w 1h"] {
            under_a_read(writer, inner);
        }
    }
}

fn under_a_read(writer: &str, inner: &str) {
    let lock = Lock::new();
    let nested = lock.words(inner, &["echo", "nested"]).join(" ");
    let mut outer =
        lock.start("read", &["sh", "-c", &format!("echo in; read line; {nested}; read line; exit 0")]);
    outer.line();
    let writer = lock.waiting(writer, At::Main);
    outer.tell("go on");
    assert_eq!(outer.line(), "nested", "{inner}");
    lock.until_waits(writer.pid, At::Main);
    outer.leave();
    writer.leave();
}

#[test]
fn another_read_stands_behind_the_same_writer() {
    let lock = Lock::new();
    let outer = lock.held("read");
    let writer = lock.waiting("write", At::Main);
    let reader = lock.waiting("read", At::Passage);
    assert_eq!(lock.code("read -n"), Some(75));
    outer.leave();
    writer.leave();
    reader.leave();
}
