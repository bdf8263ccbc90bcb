//! Ancestors that hold the lock, and circles of waits.

use std::path::{Path, PathBuf};

use fasten::Family::{Fcntl, Flock};
use fasten::Mode;
use fasten::Mode::{Exclusive, Shared};
use fasten::holders::{LockId, Step, ancestor_holding, own_pid, wait_cycle};

use crate::support::lockers::{again, flock, lock_file, locker, until_blocked};
use crate::support::{Place, Program, Running, until};

fn id(path: &Path) -> LockId {
    LockId::of_path(path).unwrap()
}

fn paths<const N: usize>() -> (Place, [PathBuf; N]) {
    let (directory, _) = lock_file();
    let directory_path = directory.directory().canonicalize().unwrap();
    let paths = std::array::from_fn(|index| directory_path.join(format!("lock {index}")));
    for path in &paths {
        std::fs::write(path, "").unwrap();
    }
    (directory, paths)
}

/// Holds one lock and, under it, waits for another.
fn holding_and_wanting(held: &Path, wanted: &Path, options: &[&str]) -> Running {
    let outer = Program::new("flock").arg("-x").arg(held);
    outer.arg("flock").args(options).arg(wanted).arg("true").start()
}

#[test]
fn the_wrapper_above_a_process_holds_the_lock() {
    let (_directory, path) = lock_file();
    let mut process = flock(&["-s"], &path);
    let child = process.line().parse().unwrap();
    let ancestor = ancestor_holding(id(&path), Flock, child).unwrap().unwrap();
    // flock(1) leaves its descriptor to the command, so the nearest that holds it is the command itself.
    assert_eq!((ancestor.pid, ancestor.mode), (child, Shared));
    assert_eq!(ancestor_holding(id(&path), Fcntl, child).unwrap(), None);
}

#[test]
fn a_wrapper_that_keeps_its_descriptor_to_itself_holds_the_lock() {
    let (_directory, path) = lock_file();
    let mut process = flock(&["-o"], &path);
    let child = process.line().parse().unwrap();
    let ancestor = ancestor_holding(id(&path), Flock, child).unwrap().unwrap();
    assert_eq!((ancestor.pid, ancestor.mode), (process.pid, Exclusive));
    assert_eq!(ancestor.command.unwrap(), "sh -c 'echo $$; read x'");
}

#[test]
fn a_stranger_is_no_ancestor() {
    let (_directory, path) = lock_file();
    let _process = locker(&path, &["flock:ex"]);
    assert_eq!(ancestor_holding(id(&path), Flock, own_pid().unwrap()).unwrap(), None);
}

#[test]
fn an_ancestor_of_another_user_is_seen_by_its_pid() {
    let (directory, path) = lock_file();
    std::fs::set_permissions(directory.directory(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let under = [
        "flock",
        "-o",
        path.to_str().unwrap(),
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
    ];
    again(&under, below_roots_lock, &path);
}

#[test]
#[ignore = "run by another test under a lock"]
fn below_roots_lock() {
    let ancestor =
        ancestor_holding(id(&crate::support::lockers::given()), Flock, own_pid().unwrap()).unwrap().unwrap();
    assert_eq!((ancestor.user.as_deref(), ancestor.mode), (Some("root"), Exclusive));
}

/// The cycle, as soon as it is certain: a wrapper may still be on its way to its wait.
fn cycle_of(file: &Path, mode: Mode, asking: u32) -> Vec<Step> {
    let mut steps = None;
    until("it is certain", || {
        steps = wait_cycle(id(file), mode, Flock, asking).unwrap();
        steps.is_some()
    });
    steps.unwrap()
}

#[test]
fn a_circle_of_two_is_told() {
    let (_directory, [x, y]) = paths();
    let mut me = flock(&[], &y);
    let asking = me.line().parse().unwrap();
    let other = holding_and_wanting(&x, &y, &["-x"]);
    until_blocked(&y, 1);
    let steps = cycle_of(&x, Exclusive, asking);
    assert_eq!(steps.len(), 2, "{steps:?}");
    assert_eq!((steps[0].waiter, steps[1].pid), (asking, other.pid));
    let held: Vec<_> = steps.iter().map(|step| step.holds.path.clone().unwrap()).collect();
    let wanted: Vec<_> = steps.iter().map(|step| step.wants.path.clone().unwrap()).collect();
    assert_eq!((held, wanted), (vec![y.clone(), x.clone()], vec![x.clone(), y.clone()]));
    let command = steps[1].command.clone().unwrap().into_string().unwrap();
    assert_eq!(command, format!("flock -x '{}' true", y.display()));
}

#[test]
fn a_circle_of_three_is_told_in_order() {
    let (_directory, [x, y, z]) = paths();
    let mut me = flock(&[], &z);
    let asking = me.line().parse().unwrap();
    let second = holding_and_wanting(&y, &z, &["-s"]);
    until_blocked(&z, 1);
    let first = holding_and_wanting(&x, &y, &["-x"]);
    until_blocked(&y, 1);
    let steps = cycle_of(&x, Shared, asking);
    let links: Vec<_> = steps.iter().map(|step| (step.holds.file, step.wants.file)).collect();
    assert_eq!(links, [(id(&z), id(&x)), (id(&x), id(&y)), (id(&y), id(&z))]);
    assert_eq!((steps[1].pid, steps[2].pid), (first.pid, second.pid));
    assert_eq!((steps[0].wants.mode, steps[2].wants.mode), (Shared, Shared));
}

#[test]
fn a_chain_that_ends_elsewhere_is_no_circle() {
    let (_directory, [x, y, z]) = paths();
    let mut me = flock(&[], &z);
    let asking = me.line().parse().unwrap();
    let mut end = flock(&[], &y);
    end.line();
    let _other = holding_and_wanting(&x, &y, &["-x"]);
    until_blocked(&y, 1);
    assert_eq!(wait_cycle(id(&x), Exclusive, Flock, asking).unwrap(), None);
}

#[test]
fn readers_are_not_in_each_others_way() {
    let (_directory, [x, y]) = paths();
    let mut me = flock(&[], &y);
    let asking = me.line().parse().unwrap();
    let _reader = Program::new("flock").arg("-s").arg(&x).arg("flock").arg(&y).arg("true").start();
    until_blocked(&y, 1);
    assert_eq!(wait_cycle(id(&x), Shared, Flock, asking).unwrap(), None);
    cycle_of(&x, Exclusive, asking);
    assert_eq!(wait_cycle(id(&x), Exclusive, Fcntl, asking).unwrap(), None);
}

#[test]
fn waiting_for_an_ancestors_own_lock_is_no_circle() {
    let (_directory, [x]) = paths();
    let mut me = flock(&[], &x);
    let asking = me.line().parse().unwrap();
    assert_eq!(wait_cycle(id(&x), Exclusive, Flock, asking).unwrap(), None);
}
