//! Locks on files, between processes.
//!
//! One thing decides who holds a lock: the kernel's flock(2) on the file. All
//! that stands around it here may delay somebody and never lets anybody in:
//!
//! - [`Request`] says which files, in which [`Mode`], with which [`Preference`]
//!   and for how long to [`Wait`]; it is carried out in `several` (a global
//!   order, all or none, and the path must still be the file that was locked).
//! - `acquire` takes one lock: through the gates, which put the waiters in
//!   order, to the main lock.
//! - A [`Guard`] holds what was taken and gives it back when it is dropped.
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
pub mod plain;
mod request;
mod several;
mod unordered;
mod waiting;

pub(crate) use crate::holders::Ancestor;
pub use crate::thread::Preference;
pub(crate) use acquire::{Acquired, acquire};
pub(crate) use alarm::Bell;
pub use cancel::Cancel;
pub(crate) use cancel::Ring;
pub use descriptor::unlock;
pub use endless::Endless;
pub use error::{Error, Unopenable};
pub(crate) use file::{FileId, LockFile, leads_to};
pub(crate) use gave_up::GaveUp;
pub use guard::Guard;
pub(crate) use guard::Held;
pub use mode::{Family, Mode};
pub use nested::Nested;
pub(crate) use open::{open, open_again_for_both};
pub(crate) use patience::Patience;
pub use patience::Wait;
pub(crate) use request::{How, Threads};
pub use request::{Request, Target};
pub use unordered::Unordered;
pub use waiting::Waiting;
