//! Messages and `status` show the name of a lock, not its path.

use serde_json::Value;

use super::machine::{ANN, Machine};
use crate::support::{HOLD, complaint, report, until};

#[test]
fn status_shows_locks_by_name_also_those_that_it_finds_itself() {
    let machine = Machine::new();
    let script = format!("\"$FASTEN\" status name:x; \"$FASTEN\" status; {HOLD}");
    let run = machine.fasten(ANN, "exclusive name:x machine:y --").args(["sh", "-c", &script]).run();
    let shown = report(&run);
    assert_eq!(shown.lines().filter(|line| *line == "name:x: write").count(), 2, "{shown}");
    assert_eq!(shown.lines().filter(|line| *line == "machine:y: write").count(), 1, "{shown}");
    let paths = [machine.locks_of(ANN).join("x"), "/run/lock/fasten/y".into()];
    let by_path = paths.iter().any(|path| shown.contains(&format!("{}: ", path.display())));
    assert!(!by_path, "{shown}");
}

/// A home directory may be reached through a link.
#[test]
fn a_lock_is_shown_by_name_if_a_link_leads_to_its_directory() {
    let machine = Machine::new();
    let home = machine.home(ANN);
    machine.sh(0, &format!("mv {0} {0}.real; ln -s {0}.real {0}", home.display())).run();
    let run = machine.sh(ANN, "\"$FASTEN\" exclusive name:x -- \"$FASTEN\" status").code(75).run();
    assert!(report(&run).lines().any(|line| line == "name:x: write"), "{}", report(&run));
}

#[test]
fn the_locks_of_another_user_are_shown_by_path() {
    let machine = Machine::new();
    let script = "setpriv --reuid=1001 --regid=1001 --clear-groups \"$FASTEN\" exclusive name:x -- sleep 1000 &
        while ! [ -e home/1001/.local/state/fasten/x ] || \"$FASTEN\" status -q home/1001/.local/state/fasten/x; do :; done
        \"$FASTEN\" status || kill $!";
    let shown = report(&machine.sh(0, script).run());
    let path = machine.locks_of(ANN).join("x");
    assert!(shown.contains(&format!("{}: write", path.display())) && !shown.contains("name:x"), "{shown}");
}

#[test]
fn json_keeps_the_path_and_adds_the_name() {
    let machine = Machine::new();
    let run = machine.fasten(ANN, "exclusive name:x -- ").arg(machine.path("fasten"));
    let shown = report(&run.words("status --json name:x machine:y ./a.lock").code(75).run());
    let document: Value = serde_json::from_str(&shown).unwrap();
    let [named, machines, path] = [0, 1, 2].map(|at| &document["locks"][at]);
    assert_eq!(named["path"], machine.locks_of(ANN).join("x").to_str().unwrap());
    assert_eq!((&named["name"], &named["state"]), (&"name:x".into(), &"write".into()));
    assert_eq!((&machines["name"], &machines["path"]), (&"machine:y".into(), &"/run/lock/fasten/y".into()));
    assert_eq!((path.get("name"), &path["path"]), (None, &"./a.lock".into()));
}

#[test]
fn a_refusal_a_wait_and_a_report_name_it() {
    let machine = Machine::new();
    let holder = machine.hold(ANN, "exclusive name:x");
    let waiting = |words: &str| complaint(&machine.fasten(ANN, words).code(75).run());
    assert!(waiting("exclusive -n name:x -- true").starts_with("fasten: name:x: "));
    assert!(waiting("write -w 20ms name:x -- true").starts_with("fasten: name:x: "));
    let mut waiter = machine.fasten(ANN, "write -v name:x -- true").start();
    let lock = machine.locks_of(ANN).join("x");
    until("it waits", || crate::support::table::waiting(&lock) == 1);
    let line = waiter.complaint();
    assert!(line.starts_with("fasten: waiting for name:x"), "{line}");
    holder.leave();
    let said = complaint(&waiter.finish());
    assert!(said.starts_with("fasten: name:x: locked after "), "{said}");
    assert!(said.contains("\nfasten: name:x: released after "), "{said}");
}

#[test]
fn a_deadlock_names_all_its_locks() {
    let machine = Machine::new();
    let under = machine.fasten(0, "exclusive name:x --").arg(machine.path("fasten"));
    let said = complaint(&under.words("exclusive name:x -- true").code(75).run());
    assert!(said.starts_with("fasten: name:x: deadlock: "), "{said}");
    let half = |mine: &str, other: &str| {
        let script = format!(
            "touch {mine}; while ! [ -e {other} ]; do :; done; \"$FASTEN\" exclusive name:{other} -- true"
        );
        machine.fasten(0, &format!("exclusive name:{mine} --")).args(["sh", "-c", &script]).start()
    };
    let halves = [half("one", "two"), half("two", "one")].map(|half| half.finish());
    let said = halves.map(|half| complaint(&half)).concat();
    assert!(said.contains(" holds name:one and waits for name:two"), "{said}");
    assert!(said.contains(" holds name:two and waits for name:one"), "{said}");
}
