//! `fasten doctor` on real mounts. Wants root, mkfs.btrfs and sshfs.

use crate::support::{Place, complaint, report};

/// Runs a script in a mount namespace, in a directory of its own; its code, and
/// what it said on standard output and error.
fn mounted(script: &str) -> (Option<i32>, String, String) {
    let place = Place::new();
    let output = place.program("unshare").args(["-m", "sh", "-euc", script]).output();
    (output.status.code(), report(&output), complaint(&output))
}

#[test]
fn local_file_systems_are_healthy_and_named() {
    let (code, told, said) = mounted(
        "mkdir tmp disk low up work merged
         mount -t tmpfs none tmp
         truncate -s 200M image; mkfs.btrfs -q image; mount -o loop image disk
         mkdir tmp/up tmp/work; mount -t overlay none -o lowerdir=low,upperdir=tmp/up,workdir=tmp/work merged
         exec \"$FASTEN\" doctor tmp disk merged",
    );
    assert_eq!(code, Some(0), "{told}{said}");
    for system in ["tmpfs", "btrfs", "overlay"] {
        assert!(told.contains(&format!("  ok     on {system} at /")), "{system} in {told}");
    }
    let apart = "  ok     flock and fcntl apart: a command may lock its own data\n";
    assert_eq!(told.matches(apart).count(), 3, "{told}");
    assert_eq!(told.matches("  note   ").count(), 1, "{told}");
    assert!(
        told.contains("note   overlay: locks are seen in this mount only; containers need a shared volume\n")
    );
}

#[test]
fn a_lock_in_one_overlay_is_not_seen_in_another_with_the_same_layer_below() {
    let (code, told, said) = mounted(
        "mount -t tmpfs none .; cd .
         mkdir low up1 work1 one up2 work2 two; touch low/lock
         mount -t overlay none -o lowerdir=low,upperdir=up1,workdir=work1 one
         mount -t overlay none -o lowerdir=low,upperdir=up2,workdir=work2 two
         \"$FASTEN\" exclusive one/lock -- \"$FASTEN\" exclusive -n two/lock -- echo both",
    );
    assert_eq!((code, told.as_str()), (Some(0), "both\n"), "{said}");
}

#[test]
fn a_read_only_or_full_file_system_is_73() {
    let read_only = "mount -t tmpfs -o ro none .; cd .; exec \"$FASTEN\" doctor";
    let full = "mount -t tmpfs -o nr_inodes=1 none .; cd .; exec \"$FASTEN\" doctor";
    let name_another = "read-only file system; give a writable directory";
    for (script, why) in [(read_only, name_another), (full, "no space left on device; make room")] {
        let (code, told, said) = mounted(script);
        assert_eq!((code, told.as_str()), (Some(73), ""), "{said}");
        assert_eq!(said, format!("fasten: .: no file can be created in it: {why}\n"));
    }
}

#[test]
fn a_sticky_directory_is_told_of_where_the_kernel_protects_the_files_in_it() {
    let doctor = |protected: u32, mode: &str| {
        let (code, told, said) = mounted(&format!(
            "echo {protected} >setting; mount --bind setting /proc/sys/fs/protected_regular
             chmod {mode} .; exec \"$FASTEN\" doctor"
        ));
        assert_eq!(code, Some(0), "{said}");
        told.contains("  note   fs.protected_regular keeps flock(1) from others' lock files, not fasten\n")
    };
    assert!(doctor(1, "1777") && doctor(2, "1777") && doctor(2, "1775"));
    assert!(!doctor(0, "1777") && !doctor(1, "1775") && !doctor(2, "0777") && !doctor(2, "1755"));
}

/// sshfs without a network: its server is started directly, and it remembers
/// nothing that it was asked. It is unmounted even if a process is still busy there.
const SSHFS: &str = "
    mkdir there here; printf '#!/bin/sh\\nexec /usr/lib/openssh/sftp-server\\n' >ssh; chmod +x ssh
    sshfs -f -o attr_timeout=0,entry_timeout=0,ssh_command=$PWD/ssh ann@files:$PWD/there here &
    trap 'kill -CONT $!; umount -l here; wait' EXIT
    until mountpoint -q here; do kill -0 $!; done";

#[test]
fn sshfs_locks_are_seen_in_that_mount_only_and_that_is_71() {
    let (code, told, said) = mounted(&format!("{SSHFS}\n\"$FASTEN\" doctor here"));
    assert_eq!(code, Some(71), "{told}{said}");
    assert!(told.starts_with("here: 1 problem\n  ok     on fuse.sshfs at /"), "{told}");
    let wrong = "sshfs: locks are seen in this mount only; take them on the server: ssh ann@files fasten ...";
    assert!(told.contains(&format!("  wrong  {wrong}\n")), "{told}");
    let note =
        "not known to be local: a lock for reading cannot be upgraded, and other machines take no turns";
    assert!(told.contains(&format!("  note   {note}\n")), "{told}");
}

#[test]
fn a_file_system_that_hangs_is_71_and_hangs_nobody() {
    let (code, told, said) = mounted(&format!("{SSHFS}\nkill -STOP $!; \"$FASTEN\" doctor here"));
    assert_eq!(code, Some(71), "{told}{said}");
    let wrong = "examining it: no answer within 10 s; check that the server is up, or remount";
    assert_eq!(told, format!("here: 1 problem\n  wrong  {wrong}\n"));
}
