//! The holders of a lock that Python's fasteners took.

use std::path::Path;

use fasten::Family::Fcntl;
use fasten::Mode::{self, Exclusive, Shared};
use fasten::holders::{State, of as holders};

use crate::support::fasteners::python_with_fasteners;
use crate::support::lockers::lock_file;
use crate::support::{Program, Running, fasten, report};

/// A process that has acquired `fasteners.LOCK(path)`, and keeps it.
fn acquired(lock: &str, acquire: &str, path: &Path) -> Running {
    let code = format!(
        "import fasteners, sys
lock = fasteners.{lock}(sys.argv[1])
lock.{acquire}()
print('acquired', flush=True)
sys.stdin.read()"
    );
    let mut python = python_with_fasteners();
    python.args(["-c", &code]).arg(path);
    let mut process = Program::from(python).start();
    assert_eq!(process.line(), "acquired");
    process
}

/// Checks that these hold it, in any order, and that the command says the same.
fn held_by(path: &Path, processes: &[&Running], mode: Mode) {
    let found = holders(path).unwrap();
    assert_eq!(found.state, if mode == Shared { State::Shared } else { State::Exclusive });
    let mut pids: Vec<u32> = found.holders.iter().map(|holder| holder.pid.unwrap()).collect();
    let mut expected: Vec<u32> = processes.iter().map(|process| process.pid).collect();
    pids.sort_unstable();
    expected.sort_unstable();
    assert_eq!(pids, expected);
    for holder in &found.holders {
        assert_eq!((holder.mode, holder.family), (mode, Fcntl));
        let command = holder.command.as_ref().unwrap().to_string_lossy();
        assert!(command.contains("python") && command.contains("import fasteners"), "{command}");
    }

    let table = report(&Program::new(fasten()).arg("status").arg(path).code(75).run());
    let kind = if mode == Shared { "read fcntl" } else { "write fcntl" };
    assert_eq!(table.lines().filter(|line| line.contains(kind)).count(), processes.len(), "{table}");
}

#[test]
fn an_inter_process_lock_is_held_by_its_python() {
    let (_directory, path) = lock_file();
    let process = acquired("InterProcessLock", "acquire", &path);
    held_by(&path, &[&process], Exclusive);
    drop(process);
    assert_eq!(holders(&path).unwrap().state, State::Free);
}

#[test]
fn a_reader_writer_lock_is_held_by_its_writer() {
    let (_directory, path) = lock_file();
    let process = acquired("InterProcessReaderWriterLock", "acquire_write_lock", &path);
    held_by(&path, &[&process], Exclusive);
}

#[test]
fn a_reader_writer_lock_is_held_by_all_its_readers() {
    let (_directory, path) = lock_file();
    let reader = || acquired("InterProcessReaderWriterLock", "acquire_read_lock", &path);
    held_by(&path, &[&reader(), &reader(), &reader()], Shared);
}
