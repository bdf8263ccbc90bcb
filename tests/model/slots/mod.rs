//! Slots (`fasten slot`): a command has main shared, and some of a few slots of the lock file, each
//! locked exclusively.
//!
//! Those who must wait stand in a line: `SLOT_QUEUE` in the gate file, and TURN on the lock file,
//! which is all there is where no gate file can be used. The first in line takes main if no writer
//! is before it, or else leaves the line, waits for that writer as a reader does, and stands there
//! again. With main and TURN in hand it takes its slots, or sleeps until one of those that others
//! hold is free. So nobody waits for anything while it has slots, and one below a holder of main can
//! go past the line.

mod accumulators;
pub mod claims;
mod gate_life;
mod impatient;
mod limits;
mod line;
mod nesting;
mod programs;
mod sound;
mod steps;
mod writers;
