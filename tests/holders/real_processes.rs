//! The holders of a lock: what the library says of real processes.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use fasten::holders::{Holder, Report, State, all, of as holders, search};
use fasten::{Family, Mode};

use crate::support::lockers::{flock, lock_file, locker, table};
use crate::support::{Program, gate_file};

pub fn only(path: &Path) -> Holder {
    let mut report = holders(path).unwrap();
    assert_eq!(report.holders.len(), 1, "{report:?}");
    report.holders.remove(0)
}

#[test]
fn a_file_that_nobody_locks_is_free() {
    let (_directory, path) = lock_file();
    assert_eq!(holders(&path).unwrap().state, State::Free);
}

#[test]
fn a_missing_file_is_free() {
    let (directory, _) = lock_file();
    let report = holders(directory.path("missing")).unwrap();
    assert_eq!((report.state, report.file), (State::Free, None));
}

#[test]
fn a_path_through_a_file_is_an_error() {
    let (_directory, path) = lock_file();
    assert!(holders(path.join("below")).is_err());
}

#[test]
fn flock_is_shown_as_the_command_it_wraps() {
    let (_directory, path) = lock_file();
    let mut process = flock(&["-x", "-w", "5"], &path);
    let before = SystemTime::now();
    let child: u32 = process.line().parse().unwrap();
    let holder = only(&path);
    assert_eq!(holder.pid, Some(process.pid));
    assert_ne!(holder.pid, Some(child));
    assert_eq!(holder.processes, [process.pid]);
    assert_eq!(holder.command.unwrap(), "sh -c 'echo $$; read x'");
    assert_eq!(holder.user.as_deref(), Some("root"), "this test wants to be root");
    assert_eq!((holder.mode, holder.family), (Mode::Exclusive, Family::Flock));
    let since = holder.since.unwrap();
    assert!(since > before - Duration::from_secs(5) && since <= SystemTime::now(), "{since:?}");
    assert_eq!(holders(&path).unwrap().state, State::Exclusive);
}

#[test]
fn several_readers_are_several_holders() {
    let (_directory, path) = lock_file();
    let mut readers = [flock(&["-s"], &path), flock(&["-s"], &path), flock(&["-s"], &path)];
    for reader in &mut readers {
        reader.line();
    }
    let report = holders(&path).unwrap();
    assert_eq!(report.state, State::Shared);
    let mut pids: Vec<_> = report.holders.iter().map(|holder| holder.pid.unwrap()).collect();
    pids.sort_unstable();
    let mut expected: Vec<_> = readers.iter().map(|reader| reader.pid).collect();
    expected.sort_unstable();
    assert_eq!(pids, expected);
}

#[test]
fn a_shell_holds_after_its_flock_has_exited() {
    let (_directory, path) = lock_file();
    let script = "exec 9>\"$1\"; flock 9; echo $$; read x";
    let mut shell = Program::new("sh").args(["-c", script, "sh"]).arg(&path).start();
    shell.line();
    assert!(!table(&path)[0].contains(&format!(" {} ", shell.pid)));
    let holder = only(&path);
    assert_eq!((holder.pid, holder.processes), (Some(shell.pid), vec![shell.pid]));
    assert!(holder.command.unwrap().as_bytes().starts_with(b"sh -c 'exec 9>"));
}

#[test]
fn a_child_holds_after_its_parent_has_died() {
    let (_directory, path) = lock_file();
    let process = locker(&path, &["flock:sh", "leave"]);
    let holder = only(&path);
    assert_eq!((holder.pid, holder.mode), (Some(process.pid), Mode::Shared));
}

#[test]
fn two_left_behind_by_two_lockers_are_two_holders() {
    let (_directory, path) = lock_file();
    let processes = [locker(&path, &["flock:sh", "leave"]), locker(&path, &["flock:sh", "leave"])];
    let report = holders(&path).unwrap();
    let pids: Vec<_> = report.holders.iter().filter_map(|holder| holder.pid).collect();
    assert_eq!(pids.len(), 2);
    assert!(processes.iter().all(|process| pids.contains(&process.pid)));
}

#[test]
fn a_directory_is_held() {
    let (directory, _) = lock_file();
    let mut process = flock(&[], directory.directory());
    process.line();
    assert_eq!(only(directory.directory()).pid, Some(process.pid));
}

#[test]
fn posix_locks_are_of_the_fcntl_family() {
    let (_directory, path) = lock_file();
    let process = locker(&path, &["posix:sh:10:5", "posix:ex:30:5"]);
    let holder = only(&path);
    assert_eq!((holder.pid, holder.family, holder.mode), (Some(process.pid), Family::Fcntl, Mode::Exclusive));
}

#[test]
fn ofd_locks_name_nobody_and_are_found() {
    let (_directory, path) = lock_file();
    let process = locker(&path, &["ofd:ex:0:0"]);
    let holder = only(&path);
    assert_eq!((holder.pid, holder.family), (Some(process.pid), Family::Fcntl));
}

#[test]
fn two_ofd_readers_are_told_apart() {
    let (_directory, path) = lock_file();
    let processes = [locker(&path, &["ofd:sh:0:0"]), locker(&path, &["ofd:sh:0:0"])];
    let report = holders(&path).unwrap();
    let pids: Vec<_> = report.holders.iter().filter_map(|holder| holder.pid).collect();
    assert_eq!(pids.len(), 2, "{report:?}");
    assert!(processes.iter().all(|process| pids.contains(&process.pid)));
}

#[test]
fn gates_alone_hold_nothing() {
    let (_directory, path) = lock_file();
    let process = locker(&path, &["gate:ex:4294967296:1"]);
    let report = holders(&path).unwrap();
    assert_eq!(report.state, State::Free);
    assert_eq!(report.waiters[0].pid, Some(process.pid));
    let gates = gate_file::gate_file(&path);
    let everything = all().unwrap();
    let is_it = |report: &&fasten::holders::Report| report.path.as_deref() == Some(&gates);
    assert_eq!(everything.iter().find(is_it), None, "a gate file is no lock");
    std::fs::remove_file(gates).unwrap();
}

#[test]
fn names_may_be_any_bytes() {
    let (directory, _) = lock_file();
    let path = directory.path(OsStr::from_bytes(b"a b\nc \xff (deleted)"));
    std::fs::write(&path, "").unwrap();
    let process = locker(&path, &["flock:ex"]);
    let holder = only(&path);
    assert_eq!(holder.pid, Some(process.pid));
    assert!(holder.command.unwrap().as_bytes().windows(3).any(|bytes| bytes == b"c \xff"));
    let path = path.canonicalize().unwrap();
    assert!(all().unwrap().iter().any(|report| report.path.as_deref() == Some(&path)));
}

#[test]
fn another_users_holder_is_named() {
    let (directory, path) = lock_file();
    std::fs::set_permissions(directory.directory(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let _process = locker(&path, &["user:65534", "flock:ex"]);
    assert_eq!(only(&path).user.as_deref(), Some("nobody"));
}

#[test]
fn a_user_without_a_name_is_a_number() {
    let (_directory, path) = lock_file();
    let _process = locker(&path, &["flock:ex", "user:54321"]);
    assert_eq!(only(&path).user.as_deref(), Some("54321"));
}

#[test]
fn asking_drops_no_posix_lock_of_ours() {
    let (_directory, path) = lock_file();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    let lock = nix::libc::flock { l_type: 1, l_whence: 0, l_start: 0, l_len: 0, l_pid: 0 };
    nix::fcntl::fcntl(&file, nix::fcntl::FcntlArg::F_SETLK(&lock)).unwrap();
    assert_eq!(only(&path).pid, Some(std::process::id()));
    assert_eq!(only(&path).pid, Some(std::process::id()));
    assert_eq!(table(&path).len(), 1);
}

#[test]
fn all_shows_the_own_files_first_with_their_paths() {
    let (directory, path) = lock_file();
    std::fs::set_permissions(directory.directory(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let foreign = directory.path("a foreign one");
    std::fs::write(&foreign, "").unwrap();
    let _processes = [locker(&foreign, &["flock:ex", "user:65534"]), locker(&path, &["flock:ex", "leave"])];
    let reports = all().unwrap();
    let at = |path: &Path| reports.iter().position(|report| report.path.as_deref() == Some(path)).unwrap();
    assert!(at(&path) < at(&foreign));
    assert_eq!(reports[at(&path)].holders, holders(&path).unwrap().holders);
}

#[test]
fn a_search_without_the_table_finds_the_same_holders() {
    let ways: [&[&[&str]]; 7] = [
        &[],
        &[&["flock:ex"]],
        &[&["flock:sh"], &["flock:sh"]],
        &[&["flock:ex", "leave"]],
        &[&["posix:ex:0:0"]],
        &[&["ofd:ex:0:0"]],
        &[&["ofd:sh:0:0"], &["ofd:sh:0:0"]],
    ];
    for lockers in ways {
        let (_directory, path) = lock_file();
        let _lockers: Vec<_> = lockers.iter().map(|steps| locker(&path, steps)).collect();
        let sorted = |report: Report| {
            let mut holders = report.holders;
            holders.sort_by_key(|holder| holder.pid);
            holders
        };
        let found = sorted(search(&path).unwrap());
        assert_eq!(found.len(), lockers.len(), "{lockers:?}");
        assert_eq!(found, sorted(holders(&path).unwrap()), "{lockers:?}");
    }
}
