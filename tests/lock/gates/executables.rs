//! Locks that are programs: open for writing they could not be run (`ETXTBSY`).

use std::fs;
use std::path::Path;

use crate::support::Program;
use crate::support::ordered::{At, Lock};

const WRITERS: [&str; 4] = ["write", "write --prefer writer", "write --prefer reader", "exclusive"];

#[test]
fn a_script_runs_under_a_lock_on_itself() {
    let lock = script();
    for how in WRITERS {
        let output = lock.run(how, &[lock.path.to_str().unwrap()]);
        assert_eq!(output.stdout, b"ran\n", "{how}: {output:?}");
    }
}

#[test]
fn a_binary_runs_under_a_lock_on_itself() {
    let lock = binary();
    for how in WRITERS {
        let output = lock.run(how, &[lock.path.to_str().unwrap()]);
        assert!(output.status.success(), "{how}: {output:?}");
    }
}

#[test]
fn a_program_runs_under_a_lock_on_itself_while_another_writer_waits() {
    for lock in [script(), binary()] {
        let program = format!("echo in; read line; exec {}", lock.path.display());
        for how in WRITERS {
            let mut first = lock.start(how, &["sh", "-c", &program]);
            first.line();
            let second = lock.waiting(how, At::Main);
            first.tell("go on");
            let output = first.finish();
            assert!(output.status.success(), "{how}: {output:?}");
            second.leave();
        }
    }
}

#[test]
fn readers_and_writers_of_a_program_take_turns() {
    for lock in [script(), binary()] {
        let reader = lock.held("read");
        let writer = lock.waiting("write", At::Main);
        assert_eq!(lock.code("read -n"), Some(75));
        reader.leave();
        writer.leave();
    }
}

#[test]
fn a_command_that_makes_the_lock_file_a_program_can_run_it() {
    for how in WRITERS {
        let lock = Lock::new();
        let path = lock.path.display();
        let command = format!("printf '#!/bin/sh\\necho ran\\n' >{path}; chmod +x {path}; read line; {path}");
        let mut first = lock.start(how, &["sh", "-c", &format!("echo in; {command}")]);
        first.line();
        let second = lock.waiting(how, At::Main);
        first.tell("go on");
        let output = first.finish();
        assert_eq!(output.stdout, b"ran\n", "{how}: {output:?}");
        second.leave();
    }
}

fn script() -> Lock {
    let lock = Lock::new();
    fs::write(&lock.path, "#!/bin/sh\necho ran\n").unwrap();
    let text = lock.path.clone();
    installed(lock, &text)
}

fn binary() -> Lock {
    installed(Lock::new(), "/bin/true".as_ref())
}

/// Another process makes the copy: were this one to write it, a child that is
/// being started beside it would hold it open for writing.
fn installed(lock: Lock, from: &Path) -> Lock {
    let program = lock.place.path("program");
    Program::new("install").args(["-m", "755"]).args([from, &program]).run();
    lock.at(program)
}
