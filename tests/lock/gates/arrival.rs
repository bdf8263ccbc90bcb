//! Writers of one kind are served in the order in which they came.

use crate::support::Running;
use crate::support::ordered::{At, Lock};

const MANY: usize = 12;

#[test]
fn exclusive_waiters_are_served_in_order_of_arrival() {
    in_order_of_arrival("exclusive", At::Main);
}

#[test]
fn fair_writers_are_served_in_order_of_arrival() {
    in_order_of_arrival("write", At::Queue);
}

#[test]
fn preferring_writers_are_served_in_order_of_arrival() {
    in_order_of_arrival("write --prefer writer", At::Queue);
}

fn in_order_of_arrival(how: &str, place: At) {
    let lock = Lock::new();
    let served = lock.place.path("served");
    let first = lock.held(how);
    let arrived: Vec<_> = (0..MANY)
        .map(|number| {
            let note = format!("echo {number} >>{}", served.display());
            let running = lock.start(how, &["sh", "-c", &note]);
            lock.until_waits(running.pid, if number == 0 { At::Main } else { place });
            running
        })
        .collect();
    first.leave();
    arrived.into_iter().for_each(Running::leave);
    let expected: String = (0..MANY).map(|number| format!("{number}\n")).collect();
    assert_eq!(std::fs::read_to_string(served).unwrap(), expected);
}
