//! The parsers of /proc, with lines as kernels write them and with any others.

use fasten::Mode;
use fasten::holders::LockId;
use fasten::holders::mountinfo;
use fasten::holders::parse::{self, Entry, Kind};
use proptest::prelude::*;

use crate::parsers::hold_for;

fn file(major: u32, minor: u32, inode: u64) -> LockId {
    LockId { major, minor, inode, subvolume: None }
}

#[test]
fn a_lock_is_read() {
    let entry = parse::lock(b"12: FLOCK  ADVISORY  WRITE 1234 fe:10:5678 0 EOF").unwrap();
    let expected = Entry {
        blocked: false,
        kind: Kind::Flock,
        mode: Mode::Exclusive,
        pid: Some(1234),
        file: file(0xfe, 0x10, 5678),
        start: 0,
        end: i64::MAX,
    };
    assert_eq!(entry, expected);
}

#[test]
fn waiters_are_read_however_deep_they_wait() {
    for line in ["1: -> POSIX  ADVISORY  READ 7 00:2a:9 5 6", "1:    -> POSIX  ADVISORY  READ 7 00:2a:9 5 6"]
    {
        let entry = parse::lock(line.as_bytes()).unwrap();
        assert!(entry.blocked);
        assert_eq!((entry.kind, entry.mode, entry.start, entry.end), (Kind::Posix, Mode::Shared, 5, 6));
    }
}

#[test]
fn nobody_is_no_pid() {
    for pid in ["-1", "0"] {
        let line = format!("1: OFDLCK ADVISORY  WRITE {pid} 08:01:5678 0 4611686018427387903");
        assert_eq!(parse::lock(line.as_bytes()).unwrap().pid, None);
    }
}

#[test]
fn what_is_no_lock_on_a_file_is_left_out() {
    for line in [
        "1: LEASE  ACTIVE    READ 7 08:01:5 0 EOF",
        "1: DELEG  ACTIVE    READ 7 08:01:5 0 EOF",
        "1: FLOCK  ADVISORY  WRITE 7 <none>:0 0 EOF",
        "1: FLOCK  ADVISORY  UNLCK 7 08:01:5 0 EOF",
        "1: FLOCK  ADVISORY  WRITE 7 08:01:5:6 0 EOF",
        "FLOCK  ADVISORY  WRITE 7 08:01:5 0 EOF",
        "1: FLOCK  ADVISORY  WRITE 7 08:01:5 0",
        "",
    ] {
        assert_eq!(parse::lock(line.as_bytes()), None, "{line}");
    }
}

#[test]
fn the_locks_of_a_descriptor_are_read() {
    let info =
        b"pos:\t0\nmnt_id:\t27\nino:\t5\nlock:\t1: FLOCK  ADVISORY  WRITE 7 08:01:5 0 EOF\ntfd: 5 ino:9\n";
    assert_eq!(parse::fdinfo_locks(info).count(), 1);
    assert_eq!(
        (parse::field_number(info, "mnt_id:"), parse::field_number(info, "ino:")),
        (Some(27), Some(5))
    );
}

#[test]
fn a_mounts_device_is_decimal() {
    let mounts = b"66 63 0:40 / /a\\040b rw - overlay none rw\n67 63 254:0 / /c rw - ext4 /dev/vda rw\n";
    assert_eq!(mountinfo::device(mounts, 67), Some((254, 0)));
    assert_eq!(mountinfo::device(mounts, 66), Some((0, 40)));
    assert_eq!(mountinfo::device(mounts, 1), None);
    assert_eq!(mountinfo::device(b"67\n67 63 254:0 / /c rw - ext4 /dev/vda rw\n", 67), Some((254, 0)));
}

const MOUNTS: &[u8] = br"25 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,errors=continue
41 25 0:40 / /srv/two\040words\134 rw,noatime shared:7 master:1 - nfs4 files:/export rw,vers=4.2,rsize=1048576,hard,proto=tcp,sec=sys,clientaddr=10.0.0.2,local_lock=none,addr=10.0.0.1
42 25 0:41 / /srv/old rw,relatime - nfs files:/old ro,vers=3,hard,nolock,proto=tcp,timeo=600,mountproto=udp,local_lock=all,addr=10.0.0.1
43 25 0:42 / /srv/nameless rw - tmpfs  rw
44 25 0:43 / /srv/cut rw shared:2
";

#[test]
fn a_mount_is_read_with_its_point_kind_source_and_both_lists_of_options() {
    let mount = mountinfo::mount(MOUNTS, 41).unwrap();
    assert_eq!((mount.kind.as_str(), mount.source.as_str()), ("nfs4", "files:/export"));
    assert_eq!(mount.point, r"/srv/two words\");
    assert_eq!((mount.option("noatime"), mount.option("vers")), (Some(""), Some("4.2")));
    assert_eq!((mount.option("local_lock"), mount.option("nolock")), (Some("none"), None));
    let old = mountinfo::mount(MOUNTS, 42).unwrap();
    assert_eq!((old.option("local_lock"), old.option("nolock")), (Some("all"), Some("")));
    assert_eq!(mountinfo::mount(MOUNTS, 43).unwrap().source, "");
    assert_eq!((mountinfo::mount(MOUNTS, 44), mountinfo::mount(MOUNTS, 4)), (None, None));
}

#[test]
fn a_command_name_may_hold_blanks_and_parentheses() {
    let stat = b"42 (a) S 1 (b) S 7 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 9876 0\n";
    let stat = parse::stat(stat).unwrap();
    assert_eq!((stat.comm, stat.parent, stat.start), (&b"a) S 1 (b"[..], 7, 9876));
}

#[test]
fn the_users_id_is_the_effective_one() {
    assert_eq!(parse::effective_uid(b"Name:\tx\nUid:\t1\t2\t3\t4\n"), Some(2));
}

#[test]
fn a_users_name_is_found_by_number() {
    let passwd =
        b"root:x:0:0:root:/root:/bin/bash\n+::::::\n\nann:x:10:7:A. N. Other:/:/bin/sh\n\xff:x:8:8::/:\n";
    assert_eq!(parse::user_name(passwd, 0), Some("root"));
    assert_eq!(parse::user_name(passwd, 10), Some("ann"));
    assert_eq!(parse::user_name(passwd, 8), None);
    assert_eq!(parse::user_name(passwd, 1), None);
}

#[test]
fn a_wait_for_an_ofd_lock_is_recognised() {
    assert_eq!(parse::ofd_wait(b"72 0x1f 0x26 0x7f 0x0 0x0 0x0 0x7 0x7\n", 72, 38), Some(31));
    assert_eq!(parse::ofd_wait(b"72 0x1f 0x7 0x7f\n", 72, 38), None);
    assert_eq!(parse::ofd_wait(b"running\n", 72, 38), None);
}

proptest! {
    #[test]
    fn the_properties_hold_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        hold_for(&bytes);
    }

    #[test]
    fn the_properties_hold_for_what_resembles_a_table(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "1:", "->", "FLOCK", "POSIX", "OFDLCK", "ADVISORY", "READ", "WRITE", "-1", "99999999999999999999", "0",
                "08:01:5", "::", "ffffffffff:1:1", "EOF", "\n", "lock:\t", "(", ")", "1 1 1:1 / /", "\\04", " - ", "Uid:", "ino:", "0x", "0x26", "72", "1:1",
            ]),
            0..60,
        )
    ) {
        hold_for(words.join(" ").as_bytes());
        hold_for(words.concat().as_bytes());
    }
}
