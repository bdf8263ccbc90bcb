//! What conversions rest on: the gate that others join by its bytes, and a kernel that lets nothing go in a downgrade.

use std::fs::File;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use crate::support::gate_file::{CONVERSION, LANDING};
use crate::support::joiner::joiner;
use crate::support::{Place, until};

#[test]
fn a_writer_that_leaves_the_gate_is_waited_for_and_not_taken_for_one_that_converts() {
    let place = Place::with(&["lock"]);
    let passing = joiner(&place.path("lock"), "sh", LANDING, 2);
    let mut upgrading = place.shell();
    upgrading.ends("exec 9<>lock; fasten read --fd 9", 0);
    upgrading.ends("fasten write -n -q --fd 9", 75);
    upgrading.begins("fasten write --fd 9");
    place.until_waiting("lock", 1);
    passing.leave();
    assert_eq!(upgrading.ended().code, 0);
}

#[test]
fn a_writer_waits_for_the_end_of_an_upgrade_with_nothing_in_hand() {
    let place = Place::with(&["lock"]);
    for writer in ["exclusive", "write --prefer reader"] {
        let upgrading = joiner(&place.path("lock"), "ofd-ex", CONVERSION, 1);
        let mut shell = place.shell();
        shell.begins(&format!("fasten {writer} lock -- true"));
        let waits = format!(" {LANDING} {CONVERSION}");
        until("it waits there and holds nothing", || {
            let table = place.table("lock");
            let there = table.iter().any(|line| line.contains("-> ") && line.ends_with(&waits));
            there && !table.iter().any(|line| line.contains("FLOCK"))
        });
        upgrading.leave();
        assert_eq!(shell.ended().code, 0);
    }
}

#[test]
fn the_kernel_lets_nobody_in_while_an_exclusive_lock_becomes_a_shared_one() {
    let place = Place::with(&["lock"]);
    let open = || File::open(place.path("lock")).unwrap();
    let (converting, other, over) = (open(), open(), AtomicBool::new(false));
    fs2::FileExt::lock_exclusive(&converting).unwrap();
    thread::scope(|scope| {
        let got_in = scope.spawn(|| {
            let mut got_in = 0;
            while !over.load(Relaxed) {
                got_in += usize::from(fs2::FileExt::try_lock_exclusive(&other).is_ok());
                fs2::FileExt::unlock(&other).unwrap();
            }
            got_in
        });
        for _ in 0..20_000 {
            fs2::FileExt::lock_shared(&converting).unwrap();
            fs2::FileExt::lock_exclusive(&converting).unwrap();
        }
        over.store(true, Relaxed);
        assert_eq!(got_in.join().unwrap(), 0);
    });
}
