//! A disk that is partitioned, and a program that takes the lock which udev takes. The disk is a loop device.

use super::recipe;
use crate::machine::Machine;
use crate::support::{Program, Running, complaint, report, until};

/// A loop device, which is gone when this is dropped.
struct Disk {
    machine: Machine,
    device: String,
}

impl Drop for Disk {
    fn drop(&mut self) {
        Program::new("losetup").args(["--detach", &self.device]).output();
    }
}

impl Disk {
    fn new() -> Self {
        let machine = Machine::new();
        machine.run(&["truncate", "-s", "8M", "image"]).run();
        let made = Program::new("losetup").args(["--find", "--show"]).arg(machine.path("image")).run();
        Self { machine, device: report(&made).trim().to_owned() }
    }

    fn line(&self) -> String {
        recipe("wipefs").replace("/dev/sda", &self.device)
    }

    /// Has the lock as udev has it, if it gets it.
    fn udev(&self) -> Program {
        let look = "import fcntl, os, sys
try: fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_SH | fcntl.LOCK_NB)
except BlockingIOError: sys.exit('skipped')
print('looks', flush=True); input()";
        self.machine.run(&["python3", "-c", look, &self.device])
    }

    /// How many wait for the lock of the device, by the number of its inode in /dev.
    fn waiting(&self) -> bool {
        let inode = report(&Program::new("stat").args(["-c", "%i", &self.device]).run());
        let waits = |line: &str| line.contains("-> ") && line.contains(&format!(":{} ", inode.trim()));
        std::fs::read_to_string("/proc/locks").unwrap().lines().any(waits)
    }
}

#[test]
fn a_disk_is_partitioned_and_the_lock_needs_no_writing() {
    let disk = Disk::new();
    disk.machine.write("layout", "label: gpt\nsize=1M\n");
    disk.machine.sh(&disk.line()).run();
    let dump = report(&disk.machine.run(&["sfdisk", "--dump", &disk.device]).run());
    assert!(
        dump.contains("label: gpt") && dump.lines().filter(|line| line.contains("start=")).count() == 1,
        "{dump}"
    );
}

#[test]
fn udev_leaves_a_disk_alone_that_is_locked_and_fasten_waits_for_udev() {
    let disk = Disk::new();
    disk.machine.stub("wipefs", "echo in; read -r line; exit 0");
    disk.machine.stub("sfdisk", "cat >>log");
    disk.machine.write("layout", "label: gpt\n");
    let mut udev = disk.udev().start();
    assert_eq!(udev.line(), "looks");
    let mut line: Running = disk.machine.sh(&disk.line()).start();
    until("fasten waits", || disk.waiting());
    udev.tell("");
    udev.leave();
    assert_eq!(line.line(), "in");
    let skipped = disk.udev().code(1).run();
    assert_eq!(complaint(&skipped), "skipped\n");
    line.leave();
    assert_eq!(disk.machine.text("log"), "label: gpt\n");
    disk.udev().stdin("\n").run();
}

#[test]
fn sfdisk_with_its_own_lock_is_kept_out_by_the_lock_of_fasten() {
    let disk = Disk::new();
    let line = format!("fasten exclusive {0} -- sfdisk --lock=nonblock --delete {0}", disk.device);
    let refused = disk.machine.sh(&line).code(1).run();
    assert!(complaint(&refused).contains("device already locked"), "{refused:?}");
}
