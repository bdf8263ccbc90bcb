//! `fasten unlock`: releases a lock that was taken with `--fd`.

use fasten::{DescriptorLock, LockOptions};

use crate::cmd::args::UnlockArgs;
use crate::cmd::failure;
use crate::cmd::message::report;
use crate::cmd::sys::descriptors::inherited;

pub(crate) fn run(arguments: &UnlockArgs) -> u8 {
    let unlocked = arguments
        .fd
        .iter()
        .try_for_each(|&fd| DescriptorLock::of_foreign(inherited(fd), LockOptions::new()).unlock_raw());
    unlocked.map_or_else(
        |error| {
            report(&error.to_string());
            failure::code(&error.into()).number()
        },
        |()| 0,
    )
}
