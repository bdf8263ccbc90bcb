//! Descriptors of which it cannot be seen what they hold: on a file system that keeps locks in its
//! server, without /proc, and on the portable side. Wants root, and libfuse3-dev. What is really
//! held is read from outside: in /proc, which the shells do not have, and from the files that the
//! server locks in their stead.

use std::fs;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::shell::Shell;
use crate::support::{Place, until};
use crate::world::World;

fn assert_cannot_be_seen(shell: &mut Shell, line: &str) {
    let refused = shell.does(line);
    assert_eq!(refused.code, 66, "{line}: {refused:?}");
    let why = "whether this descriptor holds it already cannot be seen here";
    assert!(refused.said.contains(why) && refused.said.lines().count() == 1, "{line}: {refused:?}");
}

#[test]
fn the_state_of_a_lock_whose_holders_cannot_be_seen_is_unknown() {
    for world in World::each() {
        let mut shell = world.shell();
        for held in [false, true] {
            if held {
                shell.ends("exec 9<>lock; fasten write --fd 9", 0);
                assert_eq!(world.held(), ["write"]);
            }
            let table = shell.does("fasten status lock");
            assert_eq!((table.code, table.said.as_str()), (75, "lock: unknown\n"));
            let document = shell.does("fasten status --json lock");
            assert!(document.said.contains("\"state\":\"unknown\""), "{document:?}");
            shell.ends("fasten status -q lock", 75);
        }
    }
}

#[test]
fn a_lock_that_is_waited_for_and_whose_holder_is_in_a_server_is_not_free() {
    let world = World::served();
    let (mut holder, mut waiter, mut asking) = (world.shell(), world.shell(), world.shell());
    holder.ends("exec 9<>lock; fasten write --fd 9", 0);
    waiter.begins("exec fasten write lock -- true");
    world.place.until_waiting("lock", 1);
    for (from, status) in
        [("inside", asking.does("fasten status")), ("outside", world.place.shell().does("fasten status"))]
    {
        let lines: Vec<_> = status.said.lines().collect();
        let waits = |line: &&str| line.contains("waits 1") && line.contains(&format!(" {} ", waiter.pid()));
        let at = lines.iter().position(waits).unwrap_or_else(|| panic!("{from}: {status:?}"));
        assert_eq!(lines[at - 1], "a file that cannot be seen: unknown", "{from}: {status:?}");
    }
}

#[test]
fn without_a_table_of_locks_it_is_not_said_that_there_are_none() {
    for world in [World::without_proc(), World::portable()] {
        let ended = world.shell().does("fasten status");
        assert_eq!(ended.code, 71, "{ended:?}");
        assert!(ended.said.contains("the locks of the system cannot be read"), "{ended:?}");
    }
}

#[test]
fn an_upgrade_that_could_lose_an_unseen_lock_is_refused() {
    for world in World::each() {
        let (mut one, mut other, mut writer) = (world.shell(), world.shell(), world.shell());
        one.ends("exec 9<>lock; fasten read --fd 9", 0);
        for how in ["write", "exclusive", "write -n", "exclusive -w 1h", "write --prefer writer"] {
            assert_cannot_be_seen(&mut one, &format!("fasten {how} --fd 9"));
            assert_eq!(world.held(), ["read"], "{how}");
        }
        other.ends("exec 9<>lock; fasten read --fd 9", 0);
        assert_cannot_be_seen(&mut one, "fasten write -n --fd 9");
        assert_cannot_be_seen(&mut one, "fasten write --fd 9 -- true");
        assert_eq!(world.held(), ["read", "read"]);
        writer.begins("flock lock true");
        world.place.until_waiting("lock", 1);
        assert_cannot_be_seen(&mut one, "fasten write --fd 9");
        other.ends("fasten unlock --fd 9", 0);
        assert_eq!(world.held(), ["read"], "the writer waits for the script still");
        one.ends("fasten unlock --fd 9", 0);
        assert_eq!(writer.ended().code, 0);
        one.ends("fasten write --fd 9", 0);
        assert_eq!(world.held(), ["write"], "unlocked, it can be locked again");
    }
}

#[test]
fn a_descriptor_that_holds_nothing_is_locked_as_anywhere() {
    for world in World::each() {
        let (mut one, mut other) = (world.shell(), world.shell());
        one.ends("exec 9>>lock", 0);
        other.ends("exec 9>>lock", 0);
        for (how, held) in [("write", "write"), ("exclusive", "write"), ("read", "read")] {
            one.ends(&format!("fasten {how} --fd 9"), 0);
            assert_eq!(world.held(), [held], "{how}");
            one.ends(&format!("fasten {how} --fd 9"), 0);
            assert_eq!(world.held(), [held], "{how}, once more");
            if held == "write" {
                other.ends("fasten write -n -q --fd 9", 75);
                other.ends("fasten read -q -w 10ms --fd 9", 75);
                for waiting in ["write", "read", "exclusive"] {
                    other.begins(&format!("fasten {waiting} --fd 9"));
                    world.place.until_waiting("lock", 1);
                    one.ends("fasten unlock --fd 9", 0);
                    assert_eq!(other.ended().code, 0, "{waiting}");
                    other.ends("fasten unlock --fd 9", 0);
                    one.ends(&format!("fasten {how} --fd 9"), 0);
                }
            } else {
                other.ends("fasten read --fd 9; fasten unlock --fd 9", 0);
            }
            one.ends("fasten unlock --fd 9", 0);
            assert!(world.held().is_empty(), "{how}");
        }
    }
}

#[test]
fn an_unseen_lock_is_downgraded_without_a_gap() {
    for world in World::each() {
        let (mut one, mut writer) = (world.shell(), world.shell());
        one.ends("exec 9<>lock; fasten write --fd 9", 0);
        writer.begins("flock lock true");
        world.place.until_waiting("lock", 1);
        one.ends("fasten read --fd 9", 0);
        assert_eq!(world.held(), ["read"]);
        one.ends("fasten unlock --fd 9", 0);
        assert_eq!(writer.ended().code, 0);
    }
}

#[test]
fn after_a_command_the_descriptor_is_as_it_was_though_nobody_sees_how() {
    for world in World::each() {
        let (mut one, mut other) = (world.shell(), world.shell());
        one.ends("exec 9<>lock", 0);
        other.ends("exec 9<>lock", 0);
        let busy = "-c 'flock -n -x lock true'";
        for how in ["write", "exclusive", "read"] {
            one.ends(&format!("fasten {how} --fd 9 {busy}"), 1);
            assert!(world.held().is_empty(), "{how}");
        }
        one.ends(&format!("fasten write --fd 9 && fasten exclusive --fd 9 {busy}"), 1);
        assert_eq!(world.held(), ["write"], "it was locked before");
        one.ends("fasten unlock --fd 9", 0);
        other.ends("fasten read --fd 9", 0);
        one.ends(&format!("fasten read --fd 9 {busy}"), 1);
        assert_eq!(world.held(), ["read"], "it was not locked before");
        one.ends(&format!("fasten read --fd 9 && fasten read --fd 9 {busy}"), 1);
        assert_eq!(world.held(), ["read", "read"], "it was locked for reading before");
    }
}

#[test]
fn a_command_keeps_an_unseen_lock_though_fasten_is_killed() {
    let world = World::served();
    let (mut one, mut other) = (world.shell(), world.shell());
    other.ends("exec 9<>lock; fasten read --fd 9", 0);
    let end = world.place.path("end");
    mkfifo(&end, Mode::S_IRWXU).unwrap();
    let command = format!("kill -KILL $PPID; read -r line <{}", end.display());
    assert_eq!(one.does(&format!("exec 9<>lock; fasten read --fd 9 -c '{command}'")).code, 137);
    other.ends("fasten unlock --fd 9; exec 9<&-", 0);
    until("only the command's lock is left", || world.held() == ["read"]);
    fs::write(&end, "\n").unwrap();
    until("it ends with the command", || world.held().is_empty());
}

/// Nobody but root can open a file once more that has neither a name nor /proc.
#[test]
fn where_nothing_at_all_can_be_found_out_a_descriptor_is_locked_for_reading_only() {
    let mut world = World::without_proc();
    world.enter.extend(["setpriv", "--bounding-set", "-dac_read_search"].map(str::to_owned));
    let mut shell = world.shell();
    shell.ends("exec 9<>lock", 0);
    assert_cannot_be_seen(&mut shell, "fasten exclusive --fd 9");
    shell.ends("fasten read --fd 9", 0);
    assert_cannot_be_seen(&mut shell, "fasten write --fd 9");
    assert_eq!(world.held(), ["read"]);
    shell.ends("fasten exclusive --fcntl --fd 9; fasten unlock --fd 9", 0);
    let mut other = world.shell();
    other.ends("exec 9<>lock; flock 9", 0);
    shell.ends("fasten read -n -q --fd 9", 75);
}

/// In a pid namespace the table leaves out locks whose lockers are gone, as that of `--fd` is.
#[test]
fn the_lock_of_another_is_not_taken_for_the_own_one_that_the_table_leaves_out() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell_in(&["unshare", "--pid", "--fork", "--mount-proc"].map(str::to_owned));
    shell.ends("exec 9<>lock; fasten read --fd 9", 0);
    shell.ends("fasten read lock -- sleep 1h 9<&- >/dev/null 2>&1 &", 0);
    let readers = || place.table("lock").iter().filter(|line| line.starts_with("FLOCK")).count();
    until("both read", || readers() == 2);
    shell.ends("strace -f -o calls -e trace=flock fasten write -n -q --fd 9", 75);
    let calls = fs::read_to_string(place.path("calls")).unwrap();
    assert!(!calls.contains("LOCK_EX"), "a call that loses the lock: {calls}");
    shell.ends("pkill sleep", 0);
}
