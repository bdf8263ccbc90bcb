//! The program in fasten-lock(5) is one that joins in.

use std::fs;
use std::path::Path;

use crate::support::Running;
use crate::support::gate_file::gate_file;
use crate::support::ordered::{At, Lock};

/// The program, as the page shows it.
fn program() -> String {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("man/fasten-lock.5")).unwrap();
    let (_, rest) = page.split_once(".Sh EXAMPLES").unwrap();
    let (_, rest) = rest.split_once(".Bd -literal\n").unwrap();
    let (program, _) = rest.split_once("\n.Ed").unwrap();
    program.replace("\\&", "").replace("\\e", "\\")
}

fn reader(lock: &Lock) -> Running {
    fs::write(&lock.path, "data\n").unwrap();
    let path = lock.path.to_str().unwrap().to_owned();
    Running::start(&["python3".to_owned(), "-c".to_owned(), program(), path])
}

#[test]
fn it_reads_after_the_writer_that_holds_and_before_the_next_one() {
    let lock = Lock::new();
    let holder = lock.held("write");
    let mut reader = reader(&lock);
    lock.until_waits(reader.pid, At::Main);
    let mut writer = lock.waiting("write", At::Main);
    holder.leave();
    assert_eq!(reader.line(), "data");
    reader.leave();
    writer.line();
    writer.leave();
    assert!(!gate_file(&lock.path).exists());
}

#[test]
fn it_stands_behind_a_writer_that_came_first() {
    let lock = Lock::new();
    let holder = lock.held("read");
    let mut writer = lock.waiting("write", At::Main);
    let mut reader = reader(&lock);
    lock.until_waits(reader.pid, At::Passage);
    holder.leave();
    writer.line();
    writer.leave();
    assert_eq!(reader.line(), "data");
    reader.leave();
    assert!(!gate_file(&lock.path).exists());
}

#[test]
fn it_makes_the_gate_file_and_removes_it() {
    let lock = Lock::new();
    let holder = lock.held("exclusive");
    let mut reader = reader(&lock);
    lock.until_waits(reader.pid, At::Main);
    assert!(gate_file(&lock.path).exists());
    holder.leave();
    assert_eq!(reader.line(), "data");
    reader.leave();
    assert!(!gate_file(&lock.path).exists());
}
