//! A downgrade. It needs no gate, because Linux (since 4.0) lets nothing go where nobody is in the
//! way; by the manual of flock(2) alone, no gate that readers stand in would do.

use super::programs::*;
use crate::kernel::Lock::{Conversion, Main, MainShared};
use crate::once;
use crate::properties::Claim::*;
use crate::protocol::Step::{Convert, Drop, Goto, Here, Take, TryElse};
use crate::protocol::{FLOCK, Program, READER};
use crate::system::Fault;

#[test]
fn nobody_writes_in_between_and_nobody_is_stuck_with_a_death_anywhere() {
    let casts: [&[Program]; 3] = [
        &[downgrader(), READER, EXCLUSIVE, fair_writer()],
        &[downgrader(), UPGRADER, EXCLUSIVE],
        &[downgrader(), FLOCK, preferring_writer()],
    ];
    for cast in casts {
        once(cast).faults(1, Fault::Die).holds(SOUND);
    }
}

#[test]
fn a_kernel_that_lets_go_first_lets_a_writer_in() {
    let gap = downgrader().replacing(&[Convert, Take(MainShared)], &[Convert, Drop(Main), Take(MainShared)]);
    once(&[gap, EXCLUSIVE]).breaks(&[Unbroken]);
}

#[test]
fn with_such_a_kernel_the_gate_would_help_only_where_no_reader_waits() {
    let gated = downgrader().replacing(
        &[Convert, Take(MainShared)],
        &[
            Convert,
            TryElse(Conversion, "occupied"),
            Drop(Main),
            Take(MainShared),
            Drop(Conversion),
            Goto("down"),
            Here("occupied"),
            Drop(Main),
            Take(MainShared),
            Here("down"),
        ],
    );
    once(&[gated, EXCLUSIVE, EXCLUSIVE]).holds(&[Unbroken, NobodyStuck]);
    once(&[gated, READER, EXCLUSIVE]).breaks(&[Unbroken]);
}
