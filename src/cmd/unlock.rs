//! `fasten unlock`: gives back what `--fd` has taken.

use crate::cli::UnlockArgs;
use crate::failure;
use crate::message::say;

pub(crate) fn run(arguments: &UnlockArgs) -> u8 {
    let unlocked = fasten::lock::unlock(arguments.fd);
    unlocked.map_or_else(
        |error| {
            say(&error.to_string());
            failure::code(&error.into()).number()
        },
        |()| 0,
    )
}
