//! Slots, writers and kills, all at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::ordered::Lock;
use crate::support::{Place, until};

const SLOTS: u64 = 4;
const WORKERS: u64 = 10;

/// Locks one file for each of its slots with flock(1), which finds none of them taken; and one for writers.
const IN_SLOTS: &str = "for n in $(echo $FASTEN_SLOTS | tr , ' '); do exec {fd}>slot.$n; flock -n $fd || exit 98; done; \
                        exec {writer}>writer; flock -n -s $writer || exit 98; sleep 0.00$1";
const ALONE: &str = "exec {writer}>writer; flock -n $writer || exit 98; sleep 0.00$1";

/// A small generator of numbers: the same tale each time, as far as the processes let it.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

#[test]
fn nothing_is_held_twice_and_nothing_is_lost_beside_writers_and_kills() {
    torture(Duration::from_secs(5));
}

#[test]
#[ignore = "30 s: cargo test --test slots -- --ignored"]
fn nothing_is_held_twice_and_nothing_is_lost_in_half_a_minute() {
    torture(Duration::from_secs(30));
}

fn torture(time: Duration) {
    let lock = Lock::new();
    let (end, ran) = (Instant::now() + time, AtomicUsize::new(0));
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (place, ran) = (&lock.place, &ran);
            scope.spawn(move || {
                let mut random = Random(worker);
                while Instant::now() < end {
                    ran.fetch_add(usize::from(one_run(place, &mut random)), Ordering::Relaxed);
                }
            });
        }
    });
    assert!(ran.load(Ordering::Relaxed) > 50, "{ran:?} ran");
    until("everything is free again", || lock.code("exclusive -nq") == Some(0));
    until("nothing is left", || lock.table().is_empty());
}

/// Whether it ran to its end.
fn one_run(place: &Place, random: &mut Random) -> bool {
    let (how, script) = match random.below(8) {
        0 => ("write".to_owned(), ALONE),
        1 => ("exclusive".to_owned(), ALONE),
        2 => (format!("slot -nq -j {SLOTS}"), IN_SLOTS),
        3 => (format!("slot -q -w 50ms -j {SLOTS}"), IN_SLOTS),
        4 => (format!("slot -j {SLOTS} --take {}", 2 + random.below(SLOTS - 1)), IN_SLOTS),
        _ => (format!("slot -j {SLOTS}"), IN_SLOTS),
    };
    let milliseconds = (1 + random.below(9)).to_string();
    let running = place.fasten(&how).words("lock -- bash -c").args([script, "bash", &milliseconds]).start();
    if random.below(5) == 0 {
        thread::sleep(Duration::from_millis(random.below(80)));
        running.kill();
        return false;
    }
    let ended = running.finish();
    let code = ended.status.code();
    assert!(matches!(code, Some(0 | 75)), "{how}: {ended:?}");
    code == Some(0)
}
