//! File systems whose stat(2) and lock table disagree. Wants root, and mkfs.btrfs.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use fasten::Family::Flock;
use fasten::holders::{LockId, State, all, ancestor_holding, of as holders};

use crate::support::lockers::{again, asking, given, lock_file, locker};
use crate::support::until;

fn run(script: &str, directory: &Path) {
    let status = Command::new("sh").args(["-euc", script]).current_dir(directory).status().unwrap();
    assert!(status.success(), "{script}");
}

#[test]
fn locks_on_overlayfs_are_found() {
    let (directory, _) = lock_file();
    again(&["unshare", "--mount"], on_overlayfs, directory.directory());
}

#[test]
#[ignore = "run by another test in a mount namespace"]
fn on_overlayfs() {
    let directory = given();
    run(
        "mount -t tmpfs none .; cd .; mkdir lower upper work merged two; touch lower/file
         mkdir other; mount -t tmpfs none other; mkdir other/lower; touch other/lower/far",
        &directory,
    );
    run("mount -t overlay none -o lowerdir=other/lower:lower,upperdir=upper,workdir=work merged", &directory);
    let far = LockId::of_path(&directory.join("merged/far")).unwrap();
    assert_ne!(far.subvolume, None, "stat(2) and the table agree; nothing is tested");
    for name in ["file", "far"] {
        let path = directory.join("merged").join(name);
        let process = locker(&path, &["flock:ex"]);
        let report = holders(&path).unwrap();
        assert_eq!(report.holders[0].pid, Some(process.pid));
        assert!(all().unwrap().iter().any(|report| report.path.as_deref() == Some(&path)));
        drop(process);
        assert_eq!(holders(&path).unwrap().state, State::Free);
    }
}

#[test]
fn locks_on_btrfs_are_found_and_snapshots_are_told_apart() {
    let (directory, _) = lock_file();
    again(&["unshare", "--mount"], on_btrfs, directory.directory());
}

#[test]
#[ignore = "run by another test in a mount namespace"]
fn on_btrfs() {
    let directory = given();
    run("truncate -s 200M image; mkfs.btrfs -q image; mkdir disk; mount -o loop image disk", &directory);
    run(
        "btrfs -q subvolume create one; touch one/file; btrfs -q subvolume snapshot one two",
        &directory.join("disk"),
    );
    let (one, two) = (directory.join("disk/one/file"), directory.join("disk/two/file"));
    let (id, other) = (LockId::of_path(&one).unwrap(), LockId::of_path(&two).unwrap());
    assert_ne!(id.subvolume, None, "stat(2) and the table agree; nothing is tested");
    assert_eq!(id.in_table(), other.in_table());
    assert_ne!(one.metadata().unwrap().dev(), two.metadata().unwrap().dev());

    let process = locker(&one, &["flock:ex"]);
    let waiter = asking(&one, &["flock:sh"]);
    until("blocked", || holders(&one).unwrap().waiters.len() == 1);
    let report = holders(&one).unwrap();
    assert_eq!((report.holders[0].pid, report.waiters[0].pid), (Some(process.pid), Some(waiter.pid)));
    let report = holders(&two).unwrap();
    assert_eq!((report.state, report.holders.len(), report.waiters.len()), (State::Free, 0, 0));
    assert!(ancestor_holding(id, Flock, process.pid).unwrap().is_some());
    assert!(ancestor_holding(other, Flock, process.pid).unwrap().is_none());
    drop((process, waiter));

    let _left = [locker(&one, &["flock:sh", "leave"]), locker(&one, &["ofd:ex:0:0"])];
    assert_eq!(holders(&one).unwrap().holders.len(), 2);
    assert_eq!(holders(&two).unwrap().state, State::Free);
}
