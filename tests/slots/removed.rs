//! A lock file that is removed while slots of it are held.

use std::fs;

use crate::slot_users::holder;
use crate::support::ordered::Lock;

#[test]
fn the_slots_of_a_removed_file_count() {
    let lock = Lock::new();
    let (old, slots) = holder(&lock, "slot -j 1");
    assert_eq!(slots, "0");
    fs::remove_file(&lock.path).unwrap();
    for how in ["slot -n -j 1", "slot -n -j 4", "exclusive -n"] {
        assert_eq!(lock.code(how), Some(75), "{how}");
    }
    old.leave();
    assert_eq!(lock.code("slot -n -j 1"), Some(0));
}
