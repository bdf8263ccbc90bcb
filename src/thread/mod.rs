//! Locks between the threads of one process.
//!
//! [`ReaderWriterLock`] is Python's `fasteners.ReaderWriterLock`: many readers together or one
//! writer, reentrant, fair, and separate from what it protects.
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
//! | a value in memory | `std::sync::RwLock<T>` or `Mutex<T>`, or those of `parking_lot`: the compiler does not let you forget the lock |
//! | something else (a file, a device, several values); or code that acquires the lock again while it holds it; or threads that must not starve | [`ReaderWriterLock`] |
//! | something that other processes use too | this crate's process locks, which exclude threads as well |
//!
//! A fair lock is slower when many threads contend for a lock that each holds only briefly: the
//! lock goes to the thread that is next in the queue, not to one that happens to be running. We
//! measured eight threads on two processors, one operation in ten a write. They reach two thirds of
//! the throughput of `parking_lot` if each holds the lock for a microsecond, a quarter if for a
//! quarter of that, and a fiftieth if they do nothing inside. If half of the operations are writes,
//! it is two fifths at a microsecond. In return no thread waits for more than about sixteen phases
//! of the others, where with `parking_lot` some wait for thousands. Without contention the lock
//! takes about four times as long as that of std, some 23 nanoseconds. `cargo bench --bench thread`
//! measures all this.
//!
//! # How it works
//!
//! Each thread keeps an account of what it holds, which makes the lock reentrant without any
//! communication. The threads share one atomic word and a queue of waiting threads. A release
//! writes the next holders into the word and wakes exactly those. The order is that of Brandenburg
//! and Anderson's phase-fair locks (2010); see [`Preference`].

mod account;
mod error;
mod guard;
mod holds;
mod line;
mod preference;
mod queue;
mod raw;
mod rwlock;
mod sync;
mod waiter;

pub use account::Owner;
pub use error::LockError;
pub use guard::{ReadGuard, WriteGuard};
pub use preference::Preference;
pub use rwlock::ReaderWriterLock;

pub(crate) use queue::{Queue, Role};
pub(crate) use raw::{RawLock, Upgrade};
pub(crate) use waiter::QueuedThread;
