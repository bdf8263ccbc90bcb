//! What `fasten doctor` says of a mount, for those that no test machine has.

#[allow(dead_code, reason = "only findings that a mount leads to are made here")]
#[path = "../../../src/cmd/doctor/finding.rs"]
mod finding;

use fasten::holders::file_system::{FileSystem, Mount};

use finding::{Finding, Mark, of_mount};

/// The findings on a mount with this kind and these options.
fn on(kind: &str, options: &str) -> Vec<Finding> {
    let mount = Mount {
        kind: kind.to_owned(),
        source: "ann@files:/export".to_owned(),
        point: "/srv".to_owned(),
        options: options.to_owned(),
    };
    let kind = Some(kind.to_owned());
    let findings = of_mount(&FileSystem { kind, mount: Some(mount), keeps_families_apart: false });
    assert_eq!(findings[0].mark, Mark::Ok);
    findings[1..].to_vec()
}

const NFS: &str = "rw,relatime,vers=4.2,rsize=1048576,hard,proto=tcp,sec=sys,clientaddr=10.0.0.2";

#[test]
fn nfs_locks_that_stay_on_this_machine_are_wrong_and_the_remedy_is_named() {
    for (options, text) in [
        (
            "local_lock=flock",
            "local_lock=flock: flock locks are seen by this machine only; mount it with local_lock=none",
        ),
        (
            "local_lock=posix",
            "local_lock=posix: fcntl locks are seen by this machine only; mount it with local_lock=none",
        ),
        (
            "local_lock=all",
            "local_lock=all: locks are seen by this machine only; mount it with local_lock=none",
        ),
        (
            "nolock,local_lock=all",
            "local_lock=all: locks are seen by this machine only; mount it without nolock",
        ),
    ] {
        for kind in ["nfs", "nfs4"] {
            let found = on(kind, &format!("{NFS},{options},addr=10.0.0.1"));
            assert_eq!(found, [Finding::wrong(text)], "{options}");
        }
    }
    assert_eq!(on("nfs4", &format!("{NFS},local_lock=none,addr=10.0.0.1")), []);
}

#[test]
fn other_systems_that_keep_locks_here_are_wrong_too() {
    let text = "nobrl: locks are seen by this machine only; mount it without nobrl";
    assert_eq!(on("cifs", "rw,vers=3.1.1,nobrl,addr=10.0.0.1"), [Finding::wrong(text)]);
    let text = "localflock: locks are seen by this machine only; mount it with flock";
    assert_eq!(on("lustre", "rw,localflock,lazystatfs"), [Finding::wrong(text)]);
    let text = "sshfs: locks are seen in this mount only; take them on the server: ssh ann@files fasten ...";
    assert_eq!(on("fuse.sshfs", "rw"), [Finding::wrong(text)]);
    assert_eq!(
        (on("cifs", "rw,vers=3.1.1"), on("lustre", "rw,flock"), on("ext4", "rw")),
        (vec![], vec![], vec![])
    );
}

#[test]
fn what_cannot_be_known_is_a_note() {
    for kind in ["fuse", "fuse.glusterfs", "virtiofs"] {
        let text = format!("{kind}: its program decides whether others see the locks; see its manual");
        assert_eq!(on(kind, "rw"), [Finding::note(text)]);
    }
    assert_eq!(on("fuseblk", "rw"), []);
}

#[test]
fn a_file_system_without_a_mount_or_without_a_name_is_told_all_the_same() {
    let system = |kind: Option<&str>| FileSystem {
        kind: kind.map(str::to_owned),
        mount: None,
        keeps_families_apart: false,
    };
    assert_eq!(of_mount(&system(Some("nfs"))), [Finding::ok("on nfs")]);
    assert_eq!(of_mount(&system(None)), [Finding::ok("on an unknown file system")]);
}
