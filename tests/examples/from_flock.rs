//! The lines of docs/from-flock.md: those of flock(1), as they are found in crontabs and scripts, and their
//! translations. Each keeps the other tool out of its lock, and is kept out by it.

use super::documents::{Block, blocks, read};
use super::machine::Machine;
use crate::support::{HOLD, Running, until};

const PAGE: &str = "docs/from-flock.md";

/// A pair of lines.
struct Pair {
    /// These words are in the line of flock(1).
    words: &'static str,
    lock: &'static str,
    /// What runs under the lock.
    inside: &'static str,
    /// What else the line runs.
    outside: &'static [&'static str],
    shared: bool,
}

const fn pair(words: &'static str, lock: &'static str, inside: &'static str) -> Pair {
    Pair { words, lock, inside, outside: &[], shared: false }
}

const PAIRS: [Pair; 10] = [
    pair("sync.lock", "/run/sync.lock", "sync-all"),
    Pair { outside: &["prune"], ..pair("backup.lock", "/run/backup.lock", "backup") },
    pair("report.lock", "/var/lock/report.lock", "report"),
    pair("service.lock", "service.lock", "service"),
    pair("deploy.lock", "deploy.lock", "./deploy"),
    Pair { shared: true, ..pair("site.lock", "site.lock", "rsync") },
    pair("list.lock", "list.lock", "./append"),
    pair("script.lock", "script.lock", "./work"),
    Pair { shared: true, outside: &["./report"], ..pair("cache.lock", "cache.lock", "./look") },
    pair("FLOCKER", "line", "./work"),
];

/// Says that it is in, and stays until it may go.
const STAYS: &str = "echo in >>log; until [ -e go ]; do sleep 0.02; done";

/// The blocks under the heading, two for each pair.
fn lines() -> Vec<[Block; 2]> {
    let page = read(PAGE);
    let heading = page.lines().position(|line| line == "## Line by line").expect("it has this heading");
    let all: Vec<_> = blocks(PAGE).into_iter().filter(|block| block.line > heading).collect();
    assert_eq!(all.len() % 2, 0, "one line has no translation");
    all.chunks(2).map(|pair| [pair[0].clone(), pair[1].clone()]).collect()
}

/// Both lines of each pair.
fn each(test: impl Fn(&Pair, &Machine)) {
    let lines = lines();
    assert_eq!(lines.len(), PAIRS.len());
    for ([flock, fasten], pair) in lines.iter().zip(&PAIRS) {
        assert!(flock.text.contains(pair.words), "{flock:?}");
        assert!(flock.text.contains("flock ") && fasten.text.contains("fasten "), "{flock:?} {fasten:?}");
        for line in [flock, fasten] {
            println!("{}", line.text);
            let machine = Machine::new();
            machine.write_program("line", &line.text);
            machine.stub(pair.inside, STAYS);
            pair.outside.iter().for_each(|name| machine.stub(name, "exit 0"));
            test(pair, &machine);
        }
    }
}

fn start(machine: &Machine) -> Running {
    let is_program = machine.text("line").starts_with("#!");
    machine.run(if is_program { &["./line"] } else { &["sh", "line"] }).start()
}

fn entered(machine: &Machine) -> usize {
    machine.text("log").lines().count()
}

/// Whether this tool gets the lock at once.
fn can(machine: &Machine, tool: &[&str], lock: &str) -> bool {
    let end_of_options: &[&str] = if tool[0] == "fasten" { &["--"] } else { &[] };
    machine.run(&[tool, &[lock], end_of_options, &["true"]].concat()).output().status.success()
}

#[test]
fn while_a_line_runs_both_tools_and_the_same_line_are_kept_out() {
    each(|pair, machine| {
        let line = start(machine);
        until("it is in", || entered(machine) == 1);
        for writer in [&["flock", "-n"][..], &["fasten", "exclusive", "-n"], &["fasten", "write", "-n"]] {
            assert!(!can(machine, writer, pair.lock), "{writer:?}");
        }
        for reader in [&["flock", "-sn"][..], &["fasten", "read", "-n"]] {
            assert_eq!(can(machine, reader, pair.lock), pair.shared, "{reader:?}");
        }
        let mut same = start(machine);
        if pair.shared {
            until("the second reader is in", || entered(machine) == 2);
        } else {
            is_kept_out(pair, machine, &mut same);
        }
        machine.write("go", "");
        line.finish();
        same.finish();
        until("the lock is free", || can(machine, &["flock", "-n"], pair.lock));
    });
}

#[test]
fn a_line_is_kept_out_by_both_tools() {
    each(|pair, machine| {
        machine.write("go", "");
        for tool in [&["flock", pair.lock][..], &["fasten", "exclusive", pair.lock, "--"]] {
            let mut holder = machine.run(&[tool, &["sh", "-c", HOLD]].concat()).start();
            holder.line();
            let mut line = start(machine);
            is_kept_out(pair, machine, &mut line);
            holder.leave();
            line.finish();
            machine.write("log", "");
        }
    });
}

/// It has given up, or it sleeps for the lock, and it has not been in.
fn is_kept_out(pair: &Pair, machine: &Machine, line: &mut Running) {
    let (lock, holders) = (machine.path(pair.lock), usize::from(!machine.path("go").exists()));
    until("it waits or has given up", || {
        let waits = machine.place.waiting(lock.to_str().unwrap()) > 0;
        waits || line.has_ended() || entered(machine) > holders
    });
    assert_eq!(entered(machine), holders, "it got in");
}
