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
mod gates;
mod gave_up;
mod guard;
pub(crate) mod layout;
mod lookout;
mod main_lock;
mod mode;
mod nested;
mod open;
mod patience;
pub(crate) mod plain;
mod request;
mod unordered;
mod waiting;

pub(crate) use crate::holders::Ancestor;
pub(crate) use acquire::{Acquired, acquire};
pub(crate) use alarm::Bell;
pub use cancel::Cancel;
pub(crate) use cancel::Ring;
pub(crate) use descriptor::{take_descriptor, unlock};
pub use endless::Endless;
pub use error::{Error, Unopenable};
pub(crate) use file::{FileId, LockFile, leads_to};
pub(crate) use gave_up::GaveUp;
pub use guard::DescriptorGuard;
pub(crate) use guard::Held;
pub use mode::{Family, Mode};
pub use nested::Nested;
pub(crate) use open::{open, open_again_for_both};
pub(crate) use patience::Patience;
pub(crate) use request::{How, Threads};
pub use unordered::Unordered;
pub use waiting::Waiting;
