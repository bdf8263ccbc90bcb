//! From a lock for reading to one for writing, and back, on a descriptor.

use crate::shell::Shell;
use crate::support::{Place, gate_file};

fn reader(place: &Place, family: &str) -> Shell {
    let mut shell = place.shell();
    shell.ends(&format!("exec 9<>lock; fasten read {family} --fd 9"), 0);
    shell
}

fn may_read(place: &Place, family: &str) -> bool {
    place.shell().does(&format!("fasten read -n -q {family} lock -- true")).code == 0
}

fn may_write(place: &Place, family: &str) -> bool {
    place.shell().does(&format!("fasten exclusive -n -q {family} lock -- true")).code == 0
}

#[test]
fn up_and_down_and_up_again() {
    let place = Place::with(&["lock"]);
    for family in ["", "--fcntl"] {
        let mut shell = reader(&place, family);
        assert!(may_read(&place, family) && !may_write(&place, family));
        for options in ["", "-n", "-w 1h"] {
            shell.ends(&format!("fasten write {options} {family} --fd 9"), 0);
            assert!(!may_read(&place, family), "{options} {family}");
            shell.ends(&format!("fasten read {options} {family} --fd 9"), 0);
            assert!(may_read(&place, family) && !may_write(&place, family), "{options} {family}");
        }
    }
}

#[test]
fn an_upgrade_waits_for_the_other_readers() {
    let place = Place::with(&["lock"]);
    for family in ["", "--fcntl"] {
        let (mut one, mut other) = (reader(&place, family), reader(&place, family));
        one.begins(&format!("fasten write {family} --fd 9"));
        place.until_waiting("lock", 1);
        other.ends("fasten unlock --fd 9", 0);
        assert_eq!(one.ended().code, 0);
        assert!(!may_read(&place, family));
    }
}

#[test]
fn a_refused_upgrade_keeps_the_lock_for_reading() {
    let place = Place::with(&["lock"]);
    for family in ["", "--fcntl"] {
        let (mut one, _other) = (reader(&place, family), reader(&place, family));
        for options in ["-n", "-w 10ms", "-w 300ms"] {
            one.ends(&format!("fasten write -q {options} {family} --fd 9"), 75);
            assert_reads(&place, one.pid());
            assert!(may_read(&place, family) && !may_write(&place, family), "{options} {family}");
        }
    }
}

/// That this process holds the lock for reading.
fn assert_reads(place: &Place, pid: u32) {
    let status = place.shell().does("fasten status lock").said;
    let held = |line: &str| line.trim_start().starts_with("holds") && line.contains(&format!(" {pid} "));
    assert!(status.lines().any(|line| held(line) && line.contains(" read ")), "{status}");
}

#[test]
fn of_two_upgraders_the_second_is_refused_and_keeps_reading() {
    let place = Place::with(&["lock"]);
    for family in ["", "--fcntl"] {
        let (mut one, mut other) = (reader(&place, family), reader(&place, family));
        one.begins(&format!("fasten write {family} --fd 9"));
        place.until_waiting("lock", 1);
        for options in ["", "-n", "-w 1h"] {
            let refused = other.does(&format!("fasten write {options} {family} --fd 9"));
            assert_eq!(refused.code, 75, "{refused:?}");
            assert!(refused.said.contains("another reader is upgrading"), "{refused:?}");
        }
        assert_reads(&place, other.pid());
        other.ends("fasten unlock --fd 9", 0);
        assert_eq!(one.ended().code, 0);
    }
}

#[test]
fn no_writer_gets_in_between() {
    let place = Place::with(&["lock", "log"]);
    for family in ["", "--fcntl"] {
        for writer in ["exclusive", "write", "write --prefer writer", "write --prefer reader"] {
            let (mut one, mut other) = (reader(&place, family), reader(&place, family));
            let mut between = place.shell();
            between.begins(&format!("fasten {writer} {family} lock -c 'echo writer >> log'"));
            place.until_waiting("lock", 1);
            one.begins(&format!(
                "fasten write {family} --fd 9 && echo upgraded >> log; fasten unlock --fd 9"
            ));
            place.until_waiting("lock", 2);
            other.ends("fasten unlock --fd 9", 0);
            assert_eq!(one.ended().code, 0, "{writer} {family}");
            assert_eq!(between.ended().code, 0, "{writer} {family}");
            let mut shell = place.shell();
            assert_eq!(shell.does("cat log; : > log").said, "upgraded\nwriter\n", "{writer} {family}");
        }
    }
}

#[test]
fn an_interrupted_upgrade_keeps_the_lock_for_reading() {
    let place = Place::with(&["lock"]);
    let signals = [("TERM", 143), ("USR1", 138), ("ALRM", 142), ("PIPE", 141), ("ABRT", 134), ("RTMIN", 162)];
    for (family, (signal, code)) in signals.iter().flat_map(|signal| [("", signal), ("--fcntl", signal)]) {
        let (mut one, other) = (reader(&place, family), reader(&place, family));
        one.begins(&format!("ulimit -c 0; fasten write {family} --fd 9 & wait $! || (exit $?)"));
        place.until_waiting("lock", 1);
        let mut killer = place.shell();
        killer.ends(&format!("pkill -{signal} -P {} fasten", one.pid()), 0);
        let ended = one.ended();
        assert_eq!(ended.code, *code, "{signal} {ended:?}");
        assert_reads(&place, one.pid());
        drop(other);
    }
}

#[test]
fn a_downgrade_lets_readers_in_and_no_writer() {
    let place = Place::with(&["lock"]);
    for family in ["", "--fcntl"] {
        let mut one = place.shell();
        one.ends(&format!("exec 9<>lock; fasten write {family} --fd 9"), 0);
        let mut writer = place.shell();
        writer.begins(&format!("fasten exclusive {family} lock -- true"));
        place.until_waiting("lock", 1);
        one.ends(&format!("fasten read {family} --fd 9"), 0);
        assert_reads(&place, one.pid());
        assert!(may_read(&place, family), "{family}");
        one.ends("fasten unlock --fd 9", 0);
        assert_eq!(writer.ended().code, 0);
    }
}

#[test]
fn a_directory_a_program_and_a_read_only_file_are_upgraded_too() {
    let place = Place::with(&["lock"]);
    for made in ["rm lock; mkdir lock", "rm -r lock; cp /bin/true lock", "chmod 444 lock"] {
        let mut shell = place.shell();
        shell.ends(&format!("{made}; exec 9<lock; fasten read --fd 9"), 0);
        assert!(may_read(&place, "") && !may_write(&place, ""), "{made}");
        shell.ends("fasten write --fd 9", 0);
        assert!(!may_read(&place, ""), "{made}");
        shell.ends("fasten read --fd 9", 0);
        assert!(may_read(&place, "") && !may_write(&place, ""), "{made}");
    }
}

#[test]
fn where_there_are_no_gates_an_upgrade_is_refused_and_loses_nothing() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    shell.ends(
        "chmod 644 lock; ln -s /nowhere /dev/shm/fasten.$(printf %x $(stat -c %d lock)).$(stat -c %i lock)",
        0,
    );
    shell.ends("exec 9<>lock; fasten read --fd 9", 0);
    let refused = shell.does("fasten write --fd 9");
    std::fs::remove_file(gate_file::gate_file(&place.path("lock"))).unwrap();
    assert_eq!(refused.code, 66);
    assert!(refused.said.contains("its gate file in /dev/shm is not trusted"), "{refused:?}");
    assert_reads(&place, shell.pid());
}

#[test]
fn readers_come_and_go_while_one_upgrades() {
    let place = Place::with(&["lock"]);
    for family in ["", "--fcntl"] {
        let (mut one, other) = (reader(&place, family), reader(&place, family));
        one.begins(&format!("fasten write {family} --fd 9"));
        place.until_waiting("lock", 1);
        assert!(!may_read(&place, family), "a new reader queues after the upgrade");
        drop(other);
        assert_eq!(one.ended().code, 0);
    }
}
