//! Do holders exclude each other as they must, and does what ends a lock end it?

use std::fs::File;
use std::io;

use fasten::Mode::{self, Exclusive, Shared};

use super::fault::Fault;
use super::others::{Asker, LONG, cannot_open, number, process, start};
use super::place::Place;
use crate::cmd::sys::fork::Heard;
use crate::cmd::sys::locks::{Bytes, Kind, try_lock, unlock};

/// Exclusive ones exclude everybody, shared ones only the exclusive ones, and
/// unlocking frees.
pub(super) fn excludes(place: &Place, held_as: Kind, asked_as: Kind, asker: Asker) -> Result<(), Fault> {
    let holder = place.open().map_err(cannot_open)?;
    for (held, asked) in [(Exclusive, Exclusive), (Exclusive, Shared), (Shared, Exclusive), (Shared, Shared)]
    {
        take(&holder, held_as, held)?;
        let may = (held, asked) == (Shared, Shared);
        let granted = asker(place, asked_as, asked)?;
        if granted != may {
            let answer = if granted { "granted" } else { "refused" };
            return broken(format!("{} {answer} beside {}", name(asked), name(held)));
        }
        unlock(&holder, held_as)?;
        must_be_free(place, asked_as, asker, "it is unlocked")?;
    }
    Ok(())
}

/// Closing the descriptor frees, and so does the end of the process.
pub(super) fn is_freed(place: &Place, kind: Kind) -> Result<(), Fault> {
    let holder = place.open().map_err(cannot_open)?;
    take(&holder, kind, Exclusive)?;
    drop(holder);
    must_be_free(place, kind, process, "its descriptor is closed")?;

    let mut holder = start(|mut line| {
        let taken = place.open().and_then(|file| Ok((try_lock(&file, kind, Exclusive)?, file)));
        let _ = line.say(&taken.as_ref().map_or_else(number, |(taken, _)| taken.to_string()));
        line.hear(LONG, || true);
    })?;
    let taken = holder.line.hear(LONG, || true);
    let beside = process(place, kind, Exclusive);
    holder.kill();
    if taken != Heard::Words("true".to_owned()) {
        return broken("another process cannot take it though it is free");
    }
    if beside? {
        return broken("exclusive granted beside exclusive");
    }
    must_be_free(place, kind, process, "its process is killed")
}

/// Locks on different bytes have nothing to do with each other.
pub(super) fn keeps_bytes_apart(place: &Place, kind: fn(Bytes) -> Kind) -> Result<(), Fault> {
    let bytes = |first, count| kind(Bytes { first, count });
    let far = 1 << 62;
    let holder = place.open().map_err(cannot_open)?;
    for (held, same, other) in
        [(bytes(0, 10), bytes(5, 10), bytes(10, 10)), (bytes(far, 1), bytes(far, 2), bytes(0, 10))]
    {
        take(&holder, held, Exclusive)?;
        if process(place, same, Exclusive)? {
            return broken("the same bytes granted twice");
        }
        if !process(place, other, Exclusive)? {
            return broken("bytes refused that nobody holds");
        }
        unlock(&holder, held)?;
    }
    Ok(())
}

/// A lock on what is open only for reading, or can be: two descriptors of it
/// exclude each other. `refused` says what it means if there is no such lock.
pub(super) fn excludes_read_only(
    open: impl Fn() -> io::Result<File>,
    refused: impl Fn(io::Error) -> Fault,
) -> Result<(), Fault> {
    let (first, second) = (open().map_err(cannot_open)?, open().map_err(cannot_open)?);
    match try_lock(&first, Kind::Flock, Exclusive).map_err(refused)? {
        false => broken("refused though it is free"),
        true if try_lock(&second, Kind::Flock, Exclusive)? => broken("exclusive granted beside exclusive"),
        true => Ok(()),
    }
}

/// Takes what nobody else holds.
pub(super) fn take(holder: &File, kind: Kind, mode: Mode) -> Result<(), Fault> {
    if try_lock(holder, kind, mode)? { Ok(()) } else { broken("refused though it is free".to_owned()) }
}

pub(super) fn must_be_free(place: &Place, kind: Kind, asker: Asker, after: &str) -> Result<(), Fault> {
    if asker(place, kind, Exclusive)? { Ok(()) } else { broken(format!("still held when {after}")) }
}

pub(super) fn broken(what: impl Into<String>) -> Result<(), Fault> {
    Err(Fault::Broken(what.into()))
}

fn name(mode: Mode) -> &'static str {
    match mode {
        Shared => "shared",
        Exclusive => "exclusive",
    }
}
