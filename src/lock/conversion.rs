//! The gate of those who convert a lock that they hold from shared to exclusive.
//!
//! flock(2) lets the old lock go when it cannot give the new one at once, and in
//! between somebody else may get in. So one who converts stands in a gate of its
//! own, CONVERSION; and one who has got the main lock exclusively while somebody
//! stands there gives it back and waits until the gate is empty. New readers
//! stand before it too, for it is one of the bytes that they pass.
//!
//! Who gave way has the gate shared for an instant, with the byte before it,
//! LANDING: so it begins where no converter does, and can be waited for there.
//!
//! Whoever takes part in no order (flock(1), a lock file that is not local) does
//! not look, and may get in between.

use std::fs::File;
use std::thread;

use super::endless::Endless;
use super::file::LockFile;
use super::gave_up::GaveUp;
use super::layout;
use super::mode::{Family, Mode};
use super::patience::Patience;
use super::unordered::Unordered;
use crate::sys::records::{self, Bytes, Owner};

const CONVERSION: Bytes = Bytes { first: layout::CONVERSION, count: 1 };
const LANDING: Bytes = Bytes { first: layout::LANDING, count: 1 };
const LANDING_AND_CONVERSION: Bytes = Bytes { first: layout::LANDING, count: 2 };
/// A reader stands in the gates for an instant; one who is not to wait looks so
/// often whether it has passed.
const LOOKS: usize = 1000;

/// While this lives, nobody else converts this lock or gets in between.
#[derive(Debug)]
pub(crate) struct Conversion<'a> {
    gate: &'a File,
}

/// Who stands where we want to stand.
enum Before {
    /// One who converts, and so waits for all shared holders to go: for us.
    Converter,
    /// A reader on its way in, or a writer that gave way to one who converts.
    Passing,
    /// One who knows nothing of gates.
    Stranger,
}

impl<'a> Conversion<'a> {
    /// For one who holds the lock shared and wants it exclusively.
    pub(crate) fn begin(lock: &'a LockFile, patience: &Patience) -> Result<Self, GaveUp> {
        let gate = gate(lock).map_err(GaveUp::CannotConvert)?;
        let mut looks = 0;
        while !records::try_set(gate, Owner::Process, CONVERSION, Mode::Exclusive).map_err(GaveUp::Failed)? {
            match before(gate)? {
                Some(Before::Converter) => return Err(GaveUp::WouldNeverEnd(Box::new(Endless::Conversion))),
                Some(_) if patience.may_wait() => wait_for_those_who_pass(gate, patience)?,
                Some(Before::Stranger) => return Err(GaveUp::Busy),
                Some(Before::Passing) if looks == LOOKS => return Err(GaveUp::Busy),
                Some(Before::Passing) => thread::yield_now(),
                None => {}
            }
            looks += 1;
        }
        Ok(Self { gate })
    }
}

impl Drop for Conversion<'_> {
    fn drop(&mut self) {
        let _ = records::clear(self.gate, Owner::Process, CONVERSION);
    }
}

/// Whether somebody converts this lock, and so is to be let in first. In the
/// fcntl family the kernel converts without letting go.
pub(crate) fn is_under_way(lock: &LockFile) -> bool {
    let converter = || records::blocker(&lock.file, CONVERSION, Mode::Shared).ok().flatten();
    lock.family == Family::Flock && converter() == Some(layout::CONVERSION) && lock.has_gates()
}

/// Sleeps until the conversion is over.
pub(crate) fn wait_until_over(lock: &LockFile, patience: &Patience) -> Result<(), GaveUp> {
    patience
        .block(|| records::set(lock.for_gates(), Owner::Process, LANDING_AND_CONVERSION, Mode::Shared))?;
    records::clear(lock.for_gates(), Owner::Process, LANDING_AND_CONVERSION).map_err(GaveUp::Failed)
}

fn gate(lock: &LockFile) -> Result<&File, Unordered> {
    if !lock.has_gates() {
        return Err(Unordered::FileSystem);
    }
    if lock.executable {
        return Err(Unordered::Executable);
    }
    lock.for_writing().ok_or(Unordered::NotWritable)
}

fn before(gate: &File) -> Result<Option<Before>, GaveUp> {
    let first = records::blocker(gate, CONVERSION, Mode::Exclusive).map_err(GaveUp::Failed)?;
    Ok(first.map(|first| match first {
        layout::CONVERSION => Before::Converter,
        layout::GATES.. => Before::Passing,
        _ => Before::Stranger,
    }))
}

/// Not in the gate itself: a converter might come first, and would wait for us.
fn wait_for_those_who_pass(gate: &File, patience: &Patience) -> Result<(), GaveUp> {
    patience.block(|| records::set(gate, Owner::Process, LANDING, Mode::Exclusive))?;
    records::clear(gate, Owner::Process, LANDING).map_err(GaveUp::Failed)
}
