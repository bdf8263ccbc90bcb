//! Conversions of a lock that is held (src/lock/upgrade.rs, conversion.rs, enter.rs), beside the
//! gates.
//!
//! flock(2) lets a lock go before it asks for the other kind. An upgrade is walked through as the
//! manual of flock(2) allows it, with a gap in which anybody may get in: worse than Linux, where
//! the gap is there only if another is in the way. What rests on the better kernel says so.
//!
//! A writer's look at CONVERSION changes nothing where nobody converts, so the programs of the
//! other files do without.

mod beside;
mod downgrade;
mod impatient;
mod one_step;
pub mod programs;
mod promises;
mod upgrade;
