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
mod gates;
mod guard;
mod held;
mod interrupter;
mod main_lock;
mod open_gate_file;
pub(crate) mod plain;
mod request;
mod share;
mod stop_descriptor;
mod unfair;
mod unseen;
mod upgrade;
mod wait;
mod wait_error;
mod wait_state;

pub(crate) use acquire::{Acquired, acquire};
pub use cancel::CancelToken;
pub(crate) use cancel::Wakeable;
pub use deadlock::{Deadlock, held_by};
pub use error::{Error, OpenError, Operation};
pub(crate) use file::LockFile;
pub use file::{above_standard, target_of};
pub(crate) use file::{create, open_existing, open_removed, opened};
pub use guard::DescriptorGuard;
pub(crate) use held::Held;
pub(crate) use interrupter::Waker;
pub use request::Nested;
pub(crate) use request::{Request, Threads};
pub(crate) use share::Joined;
pub use unfair::UnfairReason;
pub(crate) use unseen::{Found, find_out};
pub(crate) use unseen::{convert, unlock};
pub use wait::Wait;
pub(crate) use wait_error::WaitError;
pub(crate) use wait_state::WaitState;
