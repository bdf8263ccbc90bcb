//! The locks of apt and dpkg, taken by apt and dpkg themselves. Their directories are the machine's own.

use super::{is_free, recipe};
use crate::machine::Machine;
use crate::support::{Program, Running, complaint, report, until};

const LOCK: &str = "/var/lib/dpkg/lock-frontend";

/// A package whose installation says `in`, and then waits for a line.
const PACKAGE: &str = "
mkdir -p trial/DEBIAN /var/lib/dpkg/info /var/lib/dpkg/updates /var/lib/dpkg/triggers cache/archives/partial log.d
mkdir -p /var/lib/apt/lists/partial
touch /var/lib/dpkg/status /var/lib/dpkg/lock-frontend /var/lib/apt/lists/lock
printf '%s\\n' 'Package: trial' 'Version: 1' 'Architecture: all' 'Maintainer: no one <root@localhost>' \
    'Description: waits for a line' >trial/DEBIAN/control
printf '%s\\n' '#!/bin/sh' 'echo in' 'read -r line' 'exit 0' >trial/DEBIAN/preinst
chmod 0755 trial/DEBIAN trial/DEBIAN/preinst
dpkg-deb --build trial trial.deb >/dev/null
";

const APT_GET: &str = "/usr/bin/apt-get -q -o Dir::Cache=/mnt/home/cache -o Dir::Log=/mnt/home/log.d \
    -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::Parts=/dev/null \
    -o DPkg::Options::=--log=/dev/null -o DPkg::Use-Pty=0";

const DPKG: &str = "dpkg --log=/dev/null";

fn machine() -> Machine {
    let machine = Machine::new();
    machine.sh(PACKAGE).run();
    machine
}

/// A dpkg at work: it has said that it is in the middle of an installation.
fn installing(machine: &Machine) -> Running {
    let mut dpkg = machine.sh(&format!("exec {DPKG} -i trial.deb")).start();
    while dpkg.line() != "in" {}
    dpkg
}

#[test]
fn a_wait_for_dpkg_ends_when_dpkg_has_ended() {
    let machine = machine();
    let dpkg = installing(&machine);
    assert!(!is_free(&machine, LOCK));
    let mut waiter = machine.sh(&recipe("lock-frontend -- true")).start();
    until("it waits", || machine.place.waiting("var/lib/dpkg/lock-frontend") == 1);
    assert!(!waiter.has_ended());
    dpkg.leave();
    waiter.leave();
}

#[test]
fn under_the_lock_of_dpkg_dpkg_is_refused_and_apt_get_waits_if_it_is_told_to() {
    let machine = machine();
    machine.stub("backup", "echo \"in $1\"; read -r line; exit 0");
    let mut holder = machine.sh(&recipe("-- backup /usr")).start();
    assert_eq!(holder.line(), "in /usr");
    let dpkg = machine.sh(&format!("{DPKG} -i trial.deb")).code(2).run();
    assert!(complaint(&dpkg).contains("lock was locked by another process"), "{dpkg:?}");
    let apt = machine.sh(&format!("{APT_GET} install ./trial.deb")).code(100).run();
    assert!(complaint(&apt).contains("Could not get lock /var/lib/dpkg/lock-frontend"), "{apt:?}");
    let status = report(&machine.run(&["fasten", "status", LOCK]).code(75).run());
    assert!(status.contains("backup /usr"), "{status}");
    let waits = "-o DPkg::Lock::Timeout=600";
    let mut apt = machine.sh(&format!("exec {APT_GET} {waits} install ./trial.deb")).start();
    let shown = apt.line();
    assert!(
        shown.starts_with("Waiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend"),
        "{shown}"
    );
    holder.leave();
    while apt.line() != "in" {}
    apt.leave();
}

#[test]
fn apt_waits_for_the_lock_of_dpkg_without_being_told_to() {
    let set = report(&Program::new("apt-config").words("dump Binary::apt::DPkg::Lock::Timeout").run());
    assert_eq!(set, "Binary::apt::DPkg::Lock::Timeout \"120\";\n");
}

#[test]
fn apt_get_update_does_not_wait_for_its_lock_and_the_line_does() {
    let machine = machine();
    let take = "import fcntl; f = open('/var/lib/apt/lists/lock', 'w'); fcntl.lockf(f, fcntl.LOCK_EX); print('in', flush=True); input()";
    let mut other = machine.run(&["python3", "-c", take]).start();
    other.line();
    let update = machine.sh(&format!("{APT_GET} -o DPkg::Lock::Timeout=600 update")).code(100).run();
    assert!(complaint(&update).contains("Could not get lock /var/lib/apt/lists/lock"), "{update:?}");
    machine.stub("apt-get", &format!("echo \"$@\"; exec {APT_GET} \"$@\""));
    let waiter = machine.sh(&recipe("apt-get update")).start();
    until("it waits", || machine.place.waiting("var/lib/apt/lists/lock") == 1);
    other.tell("");
    other.leave();
    let updated = waiter.finish();
    assert!(updated.status.success() && report(&updated).starts_with("update\n"), "{updated:?}");
}
