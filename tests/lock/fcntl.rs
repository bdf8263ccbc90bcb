//! Locks of the fcntl family.

use crate::support::Place;

/// Holds an fcntl lock as lockf(3) does, on the whole file, until its input ends.
const LOCKF: &str = r"
import fcntl, sys
file = open('lock', 'r+')
fcntl.lockf(file, {'ex': fcntl.LOCK_EX, 'sh': fcntl.LOCK_SH}[sys.argv[1]])
print('here', flush=True)
sys.stdin.read()
";

fn code(place: &Place, line: &str) -> i32 {
    place.shell().does(line).code
}

#[test]
fn it_excludes_as_the_other_family_does() {
    let place = Place::with(&["lock"]);
    for (held, read, write) in [("read", 0, 75), ("write", 75, 75), ("exclusive", 75, 75)] {
        let inner =
            "fasten read -nq --fcntl lock -- true; echo $?; fasten write -nq --fcntl lock -- true; echo $?";
        let ended = place.shell().does(&format!("fasten {held} --fcntl lock -- sh -c '{inner}'"));
        assert_eq!(ended.said, format!("{read}\n{write}\n"), "{held}");
    }
}

#[test]
fn lockf_is_excluded_and_excludes() {
    let place = Place::with(&["lock"]);
    std::fs::write(place.path("lockf.py"), LOCKF).unwrap();
    let mut master = place.shell();
    master.ends("mkfifo go", 0);
    for (held, read, write) in [("ex", 75, 75), ("sh", 0, 75)] {
        let mut holder = place.shell();
        holder.begins(&format!("python3 lockf.py {held} < go"));
        master.ends("exec 8> go", 0);
        assert!(holder.says("here"));
        assert_eq!(code(&place, "fasten read -nq --fcntl lock -- true"), read, "{held}");
        assert_eq!(code(&place, "fasten write -nq --fcntl lock -- true"), write, "{held}");
        assert_eq!(code(&place, "fasten write -nq lock -- true"), 0, "another family");
        master.ends("exec 8>&-", 0);
        assert_eq!(holder.ended().code, 0);
    }
    let tried = "python3 -c \"import fcntl; fcntl.lockf(open(\\\"lock\\\", \\\"r+\\\"), fcntl.LOCK_EX | fcntl.LOCK_NB)\" 2>/dev/null";
    for how in ["read", "write", "exclusive"] {
        assert_eq!(code(&place, &format!("fasten {how} --fcntl lock -c '{tried}'")), 1, "{how}");
        assert_eq!(code(&place, &format!("fasten {how} lock -c '{tried}'")), 0, "{how}");
    }
}

#[test]
fn readers_need_to_read_and_writers_to_write() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    shell.ends("mkdir folder; chmod 777 . folder", 0);
    let ended = shell.does("fasten write --fcntl folder -- true");
    assert_eq!(ended.code, 66, "{ended:?}");
    assert!(ended.said.contains("is a directory: --fcntl locks files only"), "{ended:?}");
    let as_nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups";
    for (mode, read, write) in [("444", 0, 66), ("666", 0, 0), ("222", 66, 0)] {
        shell.ends(&format!("chmod {mode} lock"), 0);
        for (how, code) in [("read", read), ("write", write)] {
            let ended = shell.does(&format!("{as_nobody} $(command -v fasten) {how} --fcntl lock -- true"));
            assert_eq!(ended.code, code, "{how} {mode}: {ended:?}");
        }
    }
}

#[test]
fn a_lock_outlives_its_killed_wrapper() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    shell.ends("mkfifo go", 0);
    assert_eq!(shell.does("fasten write --fcntl lock -- sh -c 'kill -9 $PPID; cat go >/dev/null'").code, 137);
    assert_eq!(code(&place, "fasten read -nq --fcntl lock -- true"), 75);
    let mut waiter = place.shell();
    waiter.begins("fasten read --fcntl lock -- true");
    shell.ends("echo > go", 0);
    assert_eq!(waiter.ended().code, 0);
}

#[test]
fn writers_and_readers_take_turns_by_the_same_gates() {
    let place = Place::with(&["lock"]);
    let mut holder = place.shell();
    holder.ends("exec 9<>lock; fasten read --fcntl --fd 9", 0);
    let mut writer = place.shell();
    writer.begins("fasten write --fcntl lock -- true");
    place.until_waiting("lock", 1);
    assert_eq!(code(&place, "fasten read -nq --fcntl lock -- true"), 75, "it queues after the writer");
    holder.ends("fasten unlock --fd 9", 0);
    assert_eq!(writer.ended().code, 0);
}
