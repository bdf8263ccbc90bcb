//! Locks on files, between processes.
//!
//! One thing decides who holds a lock: the kernel's flock(2) on the file. All
//! that stands around it here may delay somebody and never lets anybody in:
//!
//! - `acquire` takes one lock: through the gates, which put the waiters in
//!   order, to the main lock.
//! - `Held` is what was taken; it is given back when it is dropped.
//!
//! What a program sees of it is in `crate::process`.
//!
//! The lock file itself is the user's: it is never written, truncated, renamed
//! or removed.

mod acquire;
mod alarm;
mod cancel;
mod conversion;
mod convert;
mod descriptor;
mod endless;
mod enter;
mod error;
mod file;
mod gate_file;
mod gate_permissions;
mod gates;
mod gave_up;
mod guard;
#[cfg_attr(fasten_portable, allow(dead_code, reason = "half of it is for those who read the table"))]
pub(crate) mod layout;
mod lookout;
mod main_lock;
mod mode;
mod nested;
mod open;
mod patience;
pub(crate) mod plain;
mod request;
mod share;
mod unordered;
mod unseen;
mod waiting;

pub(crate) use acquire::{Acquired, acquire};
pub(crate) use alarm::Bell;
pub use cancel::Cancel;
pub(crate) use cancel::Ring;
pub(crate) use descriptor::{convert, unlock};
pub use endless::Endless;
pub use error::{Error, Unopenable};
pub(crate) use file::{FileId, LockFile, leads_to};
pub(crate) use gave_up::GaveUp;
pub use guard::DescriptorGuard;
pub(crate) use guard::Held;
pub(crate) use layout::Bytes;
pub use mode::{Family, Mode};
pub use nested::Nested;
pub(crate) use open::{create, open_existing, open_removed, opened};
pub(crate) use patience::Patience;
pub(crate) use request::{How, Threads};
pub(crate) use share::Joined;
pub use unordered::Unordered;
pub(crate) use unseen::{Found, find_out};
pub use waiting::Waiting;

/// For those who read the kernel's table.
#[cfg(all(target_os = "linux", not(fasten_portable)))]
pub(crate) use {
    gate_permissions::is_trusted,
    layout::{GATE_DIRECTORY, Gate, gate_file, lock_of_gate_file},
};
