//! A slot under a slot, and under other locks.

use crate::slot_users::holder;
use crate::support::ordered::Lock;
use crate::support::{Place, complaint, fasten, report};

#[test]
fn a_slot_under_a_slot_is_another_one() {
    let place = Place::new();
    let nested = "\"$FASTEN\" slot -j 2 a.lock -c 'echo $FASTEN_SLOT'";
    place.fasten("slot -j 2 a.lock -c").arg(nested).stdout("1\n").run();
}

#[test]
fn a_slot_that_only_those_above_could_give_back_is_refused() {
    let place = Place::new();
    for (outer, inner) in [
        ("slot -j 1", "slot -j 1"),
        ("slot -j 3", "slot -j 3 --take 3"),
        ("slot -j 3 --take 3", "slot -j 2"),
        ("slot -F -j 1", "slot -j 1"),
        ("slot -j 2", "write"),
        ("exclusive", "slot -j 2"),
    ] {
        let nested = format!("\"$FASTEN\" {inner} a.lock -- echo in; exit $?");
        let refused = place.fasten(outer).words("a.lock -c").arg(&nested).code(75).output();
        assert_eq!(report(&refused), "", "{outer}, {inner}");
        let complaint = complaint(&refused);
        assert!(complaint.contains("a.lock: deadlock: "), "{outer}, {inner}: {complaint}");
        let remedy = if outer == "exclusive" { "outside of that lock" } else { "--nested wait" };
        assert!(complaint.contains(remedy), "{outer}, {inner}: {complaint}");
    }
}

#[test]
fn a_slot_that_another_could_give_back_is_waited_for() {
    let place = Place::new();
    // The job in the background has the second slot, and ends by itself.
    let script = "\"$FASTEN\" slot -j 2 a.lock -c 'echo >>in; exec sleep 1' & until [ -s in ]; do :; done; \
                  \"$FASTEN\" slot -j 2 a.lock -c 'echo $FASTEN_SLOT'; wait";
    place.fasten("slot -j 2 a.lock -c").arg(script).stdout("1\n").run();
}

#[test]
fn joining_runs_the_command_in_the_same_slots() {
    let place = Place::new();
    for (outer, inner, slots) in [
        ("slot -j 1", "slot -n -j 1", "0"),
        ("slot -j 2 --take 2", "slot -j 2 --take 2", "0,1"),
        ("slot -j 2", "slot -j 2", "0"),
    ] {
        let nested = format!("\"$FASTEN\" {inner} --nested join a.lock -c 'echo $FASTEN_SLOTS'");
        let after = "\"$FASTEN\" exclusive -nq a.lock -- true; echo $?";
        let script = format!("{nested}; {after}");
        place.fasten(outer).words("a.lock -c").arg(script).stdout(format!("{slots}\n75\n")).run();
    }
}

#[test]
fn too_few_slots_cannot_be_joined() {
    let place = Place::new();
    let nested = "\"$FASTEN\" slot -j 2 --take 2 --nested join a.lock -- echo in; exit $?";
    let refused = place.fasten("slot -j 2 a.lock -c").arg(nested).code(75).output();
    assert!(complaint(&refused).contains("too few slots to be joined"), "{}", complaint(&refused));
    let nested = "\"$FASTEN\" slot -j 2 --nested join a.lock -- echo in; exit $?";
    place.fasten("exclusive a.lock -c").arg(nested).code(75).run();
}

#[test]
fn a_slot_beyond_those_asked_for_cannot_be_joined() {
    let lock = Lock::new();
    let (lowest, _) = holder(&lock, "slot -j 2");
    let join = |count: u32| {
        let (fasten, path) = (fasten(), lock.path.display());
        let nested =
            format!("{fasten} slot -n -j {count} --nested join {path} -c 'echo $FASTEN_SLOTS'; exit $?");
        lock.run("slot -j 2", &["sh", "-c", &nested])
    };
    assert_eq!(report(&join(2)), "1\n");
    let refused = join(1);
    assert_eq!((report(&refused).as_str(), refused.status.code()), ("", Some(75)));
    lowest.leave();
}
