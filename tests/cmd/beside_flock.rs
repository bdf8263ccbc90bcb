//! What flock(1) promises too: the same cases, with both programs, and with
//! fasten invoked as flock.

use super::play::{play, play_with_all};
use crate::support::{Place, fasten};

#[test]
fn one_at_a_time() {
    play_with_all(&["A: exclusive", "B: exclusive"], "A runs, B waits, A ends, B runs, B ends");
}

#[test]
fn many_readers_together() {
    play_with_all(&["A: read", "B: read", "C: read"], "A runs, B runs, C runs, A ends, B ends, C ends");
}

#[test]
fn a_writer_waits_for_a_reader_and_a_reader_for_a_writer() {
    play_with_all(&["R: read", "W: write"], "R runs, W waits, R ends, W runs, W ends");
    play_with_all(&["W: write", "R: read"], "W runs, R waits, W ends, R runs, R ends");
}

#[test]
fn who_does_not_want_to_wait_is_refused() {
    play_with_all(&["A: exclusive", "B: exclusive -n"], "A runs, B is refused, A ends, B runs, B ends");
    play_with_all(&["A: read", "B: read -n", "C: write -n"], "A runs, B runs, C is refused");
    play_with_all(&["A: write", "B: read --nonblock"], "A runs, B is refused");
}

#[test]
fn who_waits_so_long_gives_up_then() {
    play_with_all(&["A: exclusive", "B: exclusive -w 0.2"], "A runs, B gives up, A ends, B runs");
    play_with_all(&["A: exclusive", "B: read --timeout 0.2"], "A runs, B gives up, A ends, B runs");
    play_with_all(&["A: exclusive", "B: exclusive --wait 0"], "A runs, B is refused");
}

#[test]
fn a_killed_wrapper_leaves_the_lock_to_its_command() {
    play_with_all(
        &["A: exclusive", "B: exclusive -n", "C: exclusive"],
        "A runs, A is killed, B is refused, C waits, the command of A ends, C runs, C ends",
    );
}

#[test]
fn with_close_a_killed_wrapper_frees_the_lock() {
    play_with_all(
        &["A: exclusive -o", "B: exclusive"],
        "A runs, B waits, A is killed, B runs, the command of A ends, B ends",
    );
}

#[test]
fn a_killed_waiter_is_as_if_it_had_never_been() {
    play_with_all(
        &["A: exclusive", "B: exclusive", "C: exclusive"],
        "A runs, B waits, C waits, B is killed, A ends, C runs, C ends",
    );
}

#[test]
fn the_two_programs_exclude_each_other() {
    let place = Place::new();
    let [fasten, flock] = [fasten(), "flock"];
    for (holder, held, asker, asked, code) in [
        (fasten, "exclusive a.lock --", flock, "-n a.lock true", 1),
        (fasten, "read a.lock --", flock, "-nx a.lock true", 1),
        (fasten, "read a.lock --", flock, "-ns a.lock true", 0),
        (flock, "-x a.lock", fasten, "read -qn a.lock -- true", 75),
        (flock, "-s a.lock", fasten, "write -qn a.lock -- true", 75),
        (flock, "-s a.lock", fasten, "read -qn a.lock -- true", 0),
    ] {
        let mut holder =
            place.program(holder).words(held).args(["sh", "-c", "echo here; cat >/dev/null"]).start();
        assert_eq!(holder.line(), "here");
        place.program(asker).words(asked).code(code).run();
        holder.leave();
    }
}

#[test]
fn a_directory_is_a_lock_too() {
    let place = Place::new();
    std::fs::remove_file(&place.lock).unwrap();
    std::fs::create_dir(&place.lock).unwrap();
    play(
        &place,
        &["A: write", "B: read -n", "C: exclusive -n"],
        "A runs, B is refused, C is refused, A ends, B runs",
    );
}
