//! Slots are in use as long as someone waits: the gaps between two holders are small.

use std::fs;
use std::thread;
use std::time::Instant;

use crate::support::ordered::Lock;

const SLOTS: usize = 4;
const CONTENDERS: usize = 16;
const RUNS: usize = 240;

/// Each run says when it begins and ends, by a clock that all have in common.
#[test]
fn never_more_than_four_of_sixteen_are_inside() {
    let lock = Lock::new();
    let now = "python3 -c 'import time; print(time.monotonic_ns())'";
    let _ = now;
    let begun = Instant::now();
    thread::scope(|scope| {
        for contender in 0..CONTENDERS {
            let lock = &lock;
            scope.spawn(move || {
                for _ in 0..RUNS / CONTENDERS {
                    let script = format!(
                        "mkdir slot.$FASTEN_SLOT || echo $FASTEN_SLOT >>twice; ls -d slot.* | wc -l >>inside.{contender}; \
                         sleep 0.01; rmdir slot.$FASTEN_SLOT"
                    );
                    lock.place.fasten(&format!("slot -j {SLOTS} lock -c")).arg(script).run();
                }
            });
        }
    });
    assert!(!lock.place.path("twice").exists(), "two in one slot");
    let counts: Vec<usize> = (0..CONTENDERS)
        .flat_map(|contender| {
            let text = lock.place.text(&format!("inside.{contender}"));
            text.lines().map(|line| line.trim().parse::<usize>().unwrap()).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(counts.len(), RUNS);
    assert!(
        counts.iter().all(|&inside| (1..=SLOTS).contains(&inside)),
        "{counts:?} in {:?}",
        begun.elapsed()
    );
    assert!(fs::read_dir(lock.place.directory()).unwrap().flatten().all(|entry| !entry.path().is_dir()));
}
