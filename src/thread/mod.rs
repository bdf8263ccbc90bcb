//! Locks between the threads of one process.
//!
//! [`ReaderWriterLock`] is Python's `fasteners.ReaderWriterLock`: many readers together or one writer, reentrant, fair, and a
//! lock by itself, beside what it protects.
//!
//! ```
//! use fasten::thread::ReaderWriterLock;
//! use std::{fs, thread};
//!
//! static REPORT: ReaderWriterLock = ReaderWriterLock::new();
//!
//! fn publish(text: &str) -> Result<(), Box<dyn std::error::Error>> {
//!     let _writing = REPORT.write()?;
//!     # let report = std::env::temp_dir().join(format!("report-{}", std::process::id()));
//!     fs::write(&report, text)?;
//!     assert_eq!(length()?, text.len()); // reads, inside the write
//!     # fs::remove_file(&report)?;
//!     Ok(())
//! }
//!
//! fn length() -> std::io::Result<usize> {
//!     let _reading = REPORT.read();
//!     # let report = std::env::temp_dir().join(format!("report-{}", std::process::id()));
//!     Ok(fs::read(&report)?.len())
//! }
//!
//! publish("all is well")?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # When to use what
//!
//! | to protect | use |
//! | --- | --- |
//! | a value in memory | `std::sync::RwLock<T>` or `Mutex<T>`, or those of `parking_lot`: the compiler sees to it that nobody forgets the lock |
//! | what is no single value (a file, a device, several values), or code that calls itself under the lock, or when nobody may starve | [`ReaderWriterLock`] |
//! | something that other processes use too | this crate's process locks, which exclude threads as well |
//!
//! A fair lock pays for its fairness where many threads fight for a lock that each holds for a mere moment: the lock goes to
//! who is next in line, not to who happens to be running. Eight threads on two processors, one operation in ten a write, get as
//! much done as with `parking_lot` when they hold the lock for a microsecond, half as much at a quarter of that, and a
//! seventh when they do nothing inside; half of them writes, half as much at a microsecond. In return nobody waits for more than
//! some fourteen phases of the others, where with `parking_lot` somebody waits for thousands. Without contention the lock is less
//! than twice as slow as std's. `cargo bench --bench thread` measures all this.
//!
//! # How it works
//!
//! Each thread keeps an account of what it holds, which makes the lock reentrant without asking anybody. What threads share is
//! one atomic word and, behind it, a line of waiting threads. A release writes the next holders into the word and wakes them
//! and nobody else. The order is that of Brandenburg and Anderson's phase-fair locks (2010), see [`Preference`].

mod account;
mod error;
mod guard;
mod holds;
mod line;
mod owner;
mod preference;
mod queue;
mod raw;
mod rwlock;
mod sync;
mod waiter;

pub use error::Error;
pub use guard::{ReadGuard, WriteGuard};
pub use owner::Owner;
pub use preference::Preference;
pub use rwlock::ReaderWriterLock;

pub(crate) use queue::{Queue, Role};
pub(crate) use raw::{RawLock, Upgrade};
pub(crate) use waiter::Waiter;
