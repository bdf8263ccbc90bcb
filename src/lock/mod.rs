//! Locks on files, between processes.
//!
//! One thing decides who holds a lock: the kernel's flock(2) on the file. All
//! that stands around it here may delay somebody and never lets anybody in:
//!
//! - `acquire` takes one lock: through the gates, which put the waiters in
//!   order, to the main lock.
//! - `Held` is what was taken; it is given back when it is dropped.
//!
//! What a program sees of it is in `crate::interprocess`.
//!
//! The lock file itself is the user's: it is never written, truncated, renamed
//! or removed.

mod acquire;
mod cancel;
mod deadlock;
mod deadlock_watch;
mod error;
mod file;
mod gate_file;
mod gate_permissions;
mod gates;
mod guard;
mod interrupter;
mod main_lock;
mod open;
pub(crate) mod plain;
mod request;
mod share;
mod unfair;
mod unseen;
mod upgrade;
mod wait;
mod wait_error;
mod wait_state;

pub(crate) use acquire::{Acquired, acquire};
pub use cancel::Cancel;
pub(crate) use cancel::Ring;
pub use deadlock::{Endless, held_by};
pub use error::{Error, Unopenable};
pub(crate) use file::{FileId, LockFile, leads_to};
pub use guard::DescriptorGuard;
pub(crate) use guard::Held;
pub(crate) use interrupter::Bell;
pub(crate) use open::{create, open_existing, open_removed, opened};
pub use request::Nested;
pub(crate) use request::{How, Threads};
pub(crate) use share::Joined;
pub use unfair::Unordered;
pub(crate) use unseen::{Found, find_out};
pub(crate) use unseen::{convert, unlock};
pub use wait::Waiting;
pub(crate) use wait_error::GaveUp;
pub(crate) use wait_state::Patience;

/// For those who read the kernel's table.
#[cfg(all(target_os = "linux", not(fasten_portable)))]
pub(crate) use gate_permissions::is_trusted;
