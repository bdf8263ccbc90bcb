//! Locks on files, between processes.
//!
//! The kernel's lock on the file (flock(2), or fcntl(2) in its family) alone decides who holds a
//! lock. Everything else here may delay a process but never admits one:
//!
//! - `acquire` acquires one lock: it passes the `gates`, which put the waiters into an order, and
//!   then acquires the `main_lock`.
//! - `Held` is a lock that was acquired; dropping it releases the lock.
//! - `wait_state` and `interrupter` end a wait; `deadlock_watch` finds waits that would never end.
//!
//! `crate::interprocess` builds the public locks on this, and keeps the threads of a process apart.
//!
//! The lock file belongs to the user: nothing here writes, truncates, renames or removes it.

mod acquire;
mod caller_descriptor;
mod cancel;
mod coalesce;
mod deadlock;
mod deadlock_watch;
mod errno_words;
mod error;
mod file;
mod file_kind;
mod gate_file;
mod gates;
mod guard;
mod held;
mod interrupter;
mod interrupter_thread;
mod link_target;
mod main_lock;
mod open_error;
mod open_failure;
mod open_gate_file;
mod operation;
pub(crate) mod plain;
mod rename;
mod request;
mod share;
mod slot_file;
mod slot_line;
mod slot_watch;
mod slots;
mod stop_descriptor;
mod unfair;
mod upgrade;
mod wait;
mod wait_error;
mod wait_state;

pub(crate) use acquire::{Acquired, acquire};
pub(crate) use caller_descriptor::{Found, convert, probe, unlock};
pub use cancel::CancelToken;
pub(crate) use cancel::Wakeable;
pub(crate) use coalesce::CoalesceGate;
pub use deadlock::{Deadlock, held_by};
pub use errno_words::{lower, strerror};
pub use error::Error;
pub use file::above_standard;
pub(crate) use file::{LockFile, create, open_existing, open_removed, opened};
pub(crate) use file_kind::FileKind;
pub use file_kind::not_plain;
pub use guard::DescriptorGuard;
pub(crate) use held::Held;
pub(crate) use interrupter::Waker;
pub use link_target::target_of;
pub use open_error::OpenError;
pub use operation::Operation;
pub use request::Nested;
pub(crate) use request::{Request, Slots, Threads};
pub(crate) use share::Joined;
pub(crate) use slot_file::open_for_slots;
pub use unfair::UnfairReason;
pub use wait::Wait;
pub(crate) use wait_error::WaitError;
pub(crate) use wait_state::WaitState;
