//! The table of old lines and new lines: both of each row do the same, and those that take the same lock exclude each
//! other.

use super::{PAGE, STAYS, logged, recipe, until_logged, until_waiting};
use crate::documents::read;
use crate::machine::Machine;
use crate::support::{HOLD, Running, until};

#[derive(Debug, Clone)]
struct Line {
    words: String,
    /// What it ends with if the lock is busy; nothing if it waits.
    busy: Option<i32>,
}

#[derive(Debug)]
struct Row {
    old: Line,
    new: Line,
}

/// What run-one does, which is a script of Ubuntu.
const RUN_ONE: &str = "mkdir -p /root/.cache/run-one; \
    flock -xn /root/.cache/run-one/$(echo cmd | md5sum | awk '{print $1}') cmd";

fn rows() -> Vec<Row> {
    let page = read(PAGE);
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let rows = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let line = |words: &str, busy: &str| Line {
        words: words.trim_matches('`').replace("run-one cmd", RUN_ONE),
        busy: if busy == "waits" { None } else { Some(busy.parse().unwrap()) },
    };
    rows.map(|row| Row { old: line(row[1], row[3]), new: line(row[2], row[4]) }).collect()
}

impl Row {
    fn shares(&self) -> bool {
        self.new.words.starts_with("fasten read")
    }

    /// Whether both lines take the same lock.
    fn is_one_lock(&self) -> bool {
        !self.old.words.starts_with("sem ") && !self.old.words.contains("run-one")
    }

    fn places(&self) -> usize {
        if self.new.words.contains("-j 4") { 4 } else { 1 }
    }

    /// Which lines hold the lock against which, each time on a machine of its own.
    fn pairs(&self) -> Vec<(Line, Line)> {
        let [mut old, mut new] = [self.old.clone(), self.new.clone()];
        if self.shares() {
            old.words = old.words.replace("-s ", "");
            new.words = new.words.replace("read", "exclusive");
        }
        let own = [(old.clone(), self.old.clone()), (new.clone(), self.new.clone())];
        let across = [(old, self.new.clone()), (new, self.old.clone())];
        own.into_iter().chain(across.into_iter().filter(|_| self.is_one_lock())).collect()
    }
}

fn machine(cmd: &str) -> Machine {
    let machine = Machine::new();
    machine.stub("cmd", cmd);
    machine
}

fn start(machine: &Machine, line: &Line) -> Running {
    let words =
        if line.words.starts_with("mkdir") { line.words.clone() } else { format!("exec {}", line.words) };
    machine.run(&["env", "HOME=/root", "sh", "-c", &words]).start()
}

#[test]
fn all_old_programs_are_in_the_table() {
    let rows = rows();
    for program in ["sem", "lckdo", "with-lock-ex", "chpst -l", "chpst -L", "run-one"] {
        assert!(rows.iter().any(|row| row.old.words.contains(program)), "{program}");
    }
}

#[test]
fn both_lines_end_as_the_command_does() {
    for row in rows() {
        for line in [&row.old, &row.new] {
            let machine = machine("echo in >>log; exit 7");
            let code = start(&machine, line).finish().status.code();
            assert_eq!((logged(&machine, "in"), code), (1, Some(7)), "{line:?}");
        }
    }
}

#[test]
fn a_line_that_finds_the_lock_busy_does_what_the_table_says() {
    for row in rows() {
        for (holds, finds) in row.pairs() {
            let machine = machine(STAYS);
            let holders: Vec<_> = (0..row.places()).map(|_| start(&machine, &holds)).collect();
            until_logged(&machine, "in", row.places());
            let last = start(&machine, &finds);
            if let Some(code) = finds.busy {
                last.ends(code);
                assert_eq!(logged(&machine, "in"), row.places(), "{finds:?} beside {holds:?}");
                machine.write("go", "");
            } else {
                until_it_waits(&machine, &finds, &last);
                assert_eq!(logged(&machine, "in"), row.places(), "{finds:?} beside {holds:?}");
                machine.write("go", "");
                last.leave();
                assert_eq!(logged(&machine, "in"), row.places() + 1);
            }
            holders.into_iter().for_each(Running::leave);
        }
    }
}

/// The kernel knows of the one that waits, but not of sem, which looks, and sleeps in pselect6(2), again and again.
fn until_it_waits(machine: &Machine, line: &Line, running: &Running) {
    let lock = if line.words.contains("name:X") { "root/.local/state/fasten/X" } else { "home/L" };
    until(&format!("it waits: {line:?}"), || {
        if line.words.starts_with("sem ") {
            let calls = std::fs::read_to_string(format!("/proc/{}/syscall", running.pid)).unwrap();
            return calls.starts_with("270 ");
        }
        machine.place.waiting(lock) > 0
    });
}

#[test]
fn two_readers_run_together_with_both_lines() {
    for row in rows().into_iter().filter(Row::shares) {
        let machine = machine(STAYS);
        let readers = [&row.old, &row.new, &row.old].map(|line| start(&machine, line));
        until_logged(&machine, "in", 3);
        machine.write("go", "");
        readers.into_iter().for_each(Running::leave);
    }
}

#[test]
fn what_the_command_leaves_behind_keeps_the_lock_with_chpst_alone_or_with_linger() {
    let stays = format!("({STAYS}) >/dev/null 2>&1 &");
    let is_kept = |line: &str| {
        let machine = machine(&stays);
        machine.sh(line).run();
        until_logged(&machine, "in", 1);
        // chpst takes flock(2) locks, the others fcntl(2) locks.
        let is_flock = ["chpst", "fasten"].iter().any(|program| line.starts_with(program));
        let how = if is_flock { "exclusive -n" } else { "exclusive -n --fcntl" };
        let code = machine.sh(&format!("fasten {how} L -- true")).output().status.code();
        machine.write("go", "");
        until_logged(&machine, "out", 1);
        code == Some(75)
    };
    assert!(is_kept("chpst -l L cmd") && is_kept("fasten exclusive --linger L -- cmd"));
    for line in ["fasten exclusive L -- cmd", "lckdo L cmd", "with-lock-ex -w L cmd"] {
        assert!(!is_kept(line), "{line}");
    }
}

#[test]
fn run_this_one_ends_the_old_run_and_starts_the_new_one() {
    let machine = Machine::new();
    let script =
        "sleep 1000 & trap \"kill $!; read -r line; echo ended >>log; exit 1\" TERM; echo in >>log; wait";
    machine.stub("sync-all", script);
    let old = machine.run(&["fasten", "exclusive", "name:sync", "--", "sync-all"]).start();
    until_logged(&machine, "in", 1);
    machine.stub("sync-all.new", HOLD);
    machine.run(&["mv", "/usr/local/bin/sync-all.new", "/usr/local/bin/sync-all"]).run();
    let mut new = machine.sh(&recipe("xargs -r kill")).start();
    until_waiting(&machine, "name:sync", 1);
    old.ends(1);
    new.line();
    assert_eq!(logged(&machine, "ended"), 1);
    new.leave();
}
