//! The holders of a lock, seen from another pid namespace, or by another user.

use fasten::holders::{State, of as holders};

use super::real_processes::only;
use crate::support::Running;
use crate::support::lockers::{again, flock, given, lock_file, locker, table};

#[test]
fn a_holder_in_an_inner_pid_namespace_is_seen() {
    let (_directory, path) = lock_file();
    let arguments =
        ["--pid", "--fork", "--mount-proc", "flock", path.to_str().unwrap(), "sh", "-c", "echo; read x"];
    let mut process = Running::start(&[&["unshare"], &arguments[..]].concat());
    let _ = process.line();
    let holder = only(&path);
    assert_eq!(holder.command.unwrap(), "sh -c 'echo; read x'");
    assert!(holder.pid.unwrap() > process.pid);
}

#[test]
fn a_holder_in_an_outer_pid_namespace_is_never_taken_for_none() {
    let (_directory, path) = lock_file();
    let _process = locker(&path, &["flock:ex"]);
    again(&["unshare", "--pid", "--fork", "--mount-proc"], inside_the_state_is_unknown, &path);
}

#[test]
fn with_the_outer_proc_an_inner_pid_namespace_sees_all() {
    let (_directory, path) = lock_file();
    let _process = locker(&path, &["flock:sh"]);
    again(&["unshare", "--pid", "--fork"], inside_with_the_outer_proc_the_holder_is_seen, &path);
}

#[test]
fn in_a_pid_namespace_a_child_left_behind_is_found() {
    let (_directory, path) = lock_file();
    again(&["unshare", "--pid", "--fork", "--mount-proc"], inside_a_child_left_behind_is_found, &path);
}

#[test]
#[ignore = "run by another test in a pid namespace"]
fn inside_the_state_is_unknown() {
    let report = holders(given()).unwrap();
    assert_eq!((report.state, report.holders.len()), (State::Unknown, 0));
}

#[test]
#[ignore = "run by another test in a pid namespace"]
fn inside_a_child_left_behind_is_found() {
    let path = given();
    let process = locker(&path, &["flock:sh", "leave"]);
    assert!(table(&path).is_empty(), "the kernel hides the dead locker's line in a pid namespace");
    assert_eq!(only(&path).pid, Some(process.pid));
}

#[test]
#[ignore = "run by another test in a pid namespace"]
fn inside_with_the_outer_proc_the_holder_is_seen() {
    let path = given();
    let process = locker(&path, &["ofd:sh:0:0"]);
    let report = holders(&path).unwrap();
    assert_eq!((report.state, report.holders.len()), (State::Shared, 2));
    assert_ne!(report.holders[1].pid, Some(process.pid), "numbered from outside");
}

#[test]
fn an_ofd_holder_in_an_outer_pid_namespace_is_not_visible() {
    let (_directory, path) = lock_file();
    let _process = locker(&path, &["ofd:ex:0:0"]);
    again(&["unshare", "--pid", "--fork", "--mount-proc"], held_by_nobody_visible, &path);
}

#[test]
fn without_permission_an_ofd_holder_is_not_visible_and_a_flock_holder_is_a_pid() {
    let (directory, path) = lock_file();
    std::fs::set_permissions(directory.directory(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let process = locker(&path, &["ofd:ex:0:0"]);
    again(&nobody, held_by_nobody_visible, &path);
    drop(process);
    let mut process = flock(&[], &path);
    process.line();
    again(&nobody, held_by_a_command_of_roots, &path);
}

#[test]
#[ignore = "run by another test without permissions"]
fn held_by_nobody_visible() {
    let report = holders(given()).unwrap();
    assert_eq!(report.state, State::Exclusive);
    assert_eq!((report.holders[0].pid, report.holders.len()), (None, 1));
}

#[test]
#[ignore = "run by another test without permissions"]
fn held_by_a_command_of_roots() {
    let holder = only(&given());
    assert_eq!(holder.command.unwrap(), "sh -c 'echo $$; read x'");
    assert_eq!(holder.user.as_deref(), Some("root"));
}
