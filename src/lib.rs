//! Locks for threads and processes: the library under the command `fasten`.
//!
//! # Start here
//!
//! One at a time, whoever they are, threads or processes:
//!
//! ```
//! # let path = std::env::temp_dir().join(format!("start-{}", std::process::id()));
//! use fasten::InterProcessLock;
//!
//! let lock = InterProcessLock::new(&path);
//! let guard = lock.lock()?;
//! // nobody else is here
//! drop(guard);
//! # std::fs::remove_file(&path).unwrap();
//! # Ok::<(), fasten::Error>(())
//! ```
//!
//! Many that look, or one that changes something:
//!
//! ```
//! # let path = std::env::temp_dir().join(format!("start-rw-{}", std::process::id()));
//! use fasten::{InterProcessReaderWriterLock, Wait};
//!
//! let lock = InterProcessReaderWriterLock::new(&path);
//! let guard = lock.read()?;
//! # let is_stale = true;
//! if is_stale {
//!     guard.upgrade(Wait::forever())?; // nobody has written in between
//!     // refresh it
//! }
//! # drop(guard);
//! # std::fs::remove_file(&path).unwrap();
//! # Ok::<(), fasten::Error>(())
//! ```
//!
//! Who has it:
//!
//! ```
//! # let path = std::env::temp_dir().join(format!("start-who-{}", std::process::id()));
//! # let lock = fasten::InterProcessLock::new(&path);
//! # let guard = lock.lock().unwrap();
//! for holder in fasten::holders::holders(&path)?.holders {
//!     println!("{:?} since {:?}", holder.pid, holder.since);
//! }
//! # drop(guard);
//! # std::fs::remove_file(&path).unwrap();
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Which lock for what
//!
//! | to protect | use |
//! | --- | --- |
//! | a value in this process' memory | `std::sync::Mutex<T>` or `RwLock<T>`, or `parking_lot`'s |
//! | what is no single value (a device, several values), between threads, reentrant and fair | [`thread::ReaderWriterLock`] |
//! | what other processes use too: a file, a port, a data base | [`InterProcessLock`] |
//! | the same, where many only look | [`InterProcessReaderWriterLock`] |
//! | several of these at once | [`lock_all`] |
//! | a file that is open already, by its descriptor's number | [`DescriptorLock`] |
//!
//! The process locks exclude threads as well as processes. They are the ones that `fasten exclusive`, `read` and `write` take, so
//! scripts and programs exclude each other; and, as [`Options::family`] says, those of flock(1) and cargo or those of Python's
//! fasteners.
//!
//! # How to wait
//!
//! Each lock has four forms of taking: wait for ever, not at all (`try_`), for so long (`_timeout`), until then (`_deadline`); and
//! `_with` a [`Wait`], which can be [called off](CancelToken) by another thread and tells when there is something to wait for.
//! An attempt that ends without the lock leaves nothing behind.
//!
//! A wait that would never end is an error and not a hang, where that can be seen: [`Nested`] says what is seen, and what
//! else one may want.
//!
//! [`Error`] is one enum for the process locks, and [`thread::Error`] its part that a thread lock can meet; both become a
//! `std::io::Error` of the kind that fits.
//!
//! # What to rely on
//!
//! - **Fairness.** Readers and writers take turns, threads and processes alike, unless a [`Preference`] says otherwise.
//!   They do so among the processes of one machine; [`Guard::unfair_reason`] says where that was not possible.
//! - **Panic.** Guards release; there is no poisoning.
//! - **Crash.** The kernel frees a process' locks, however it ended.
//! - **Fork.** A child's copies of guards release nothing; its copies of process locks work, with files of their own.
//! - **The lock file** is never written, truncated or removed, and of the flock family not even opened for writing where the
//!   file system allows that; nothing but the lock is held on it. So it may be the data itself, a program or a directory.
//!   If it is removed or replaced, its waiters go on to the new file; the process that creates a new one waits for the
//!   holder of the removed one. One thing no lock library can change: closing a descriptor of a file drops the *closing
//!   process' own* fcntl(2) locks on it. So do not lock a file that your process also locks with fcntl(2) by other means
//!   (a data base of `SQLite`, say); lock a file beside it.
//!
//! # From Python's fasteners
//!
//! | fasteners | here |
//! | --- | --- |
//! | `InterProcessLock(path)` | [`InterProcessLock::new`]; its kind of kernel lock by [`Family::Fcntl`] |
//! | `lock.acquire()`, `with lock:` | [`lock()`](InterProcessLock::lock), a [`Guard`] |
//! | `acquire(blocking=False)` | [`try_lock()`](InterProcessLock::try_lock) |
//! | `acquire(timeout=s)` | [`lock_timeout()`](InterProcessLock::lock_timeout) |
//! | `release()`, `ThreadError` in the wrong hands | dropping the guard, which cannot leave its thread |
//! | `delay`, `max_delay` | nothing: who waits sleeps in the kernel |
//! | `lock.exists()`, `lock.acquired` | the path; having the guard |
//! | `InterProcessReaderWriterLock` | [`InterProcessReaderWriterLock`] |
//! | `acquire_read_lock()`, `read_lock()` | [`read()`](InterProcessReaderWriterLock::read) |
//! | `acquire_write_lock()`, `write_lock()` | [`write()`](InterProcessReaderWriterLock::write) |
//! | `ReaderWriterLock` | [`thread::ReaderWriterLock`] |
//! | `@interprocess_locked(path)`, `@read_locked` | a guard in the function's first line |
//! | `@locked` with several locks | [`lock_all`] |
#![warn(missing_docs)]

#[cfg(not(unix))]
compile_error!("fasten needs flock(2): it builds on Linux, macOS and the BSDs");

pub mod holders;
mod interprocess;
#[cfg_attr(fasten_portable, allow(dead_code, reason = "half of it is for those who read the table"))]
mod layout;
mod lock;
mod mode;
mod sys;
pub mod thread;

pub use interprocess::{
    DescriptorLock, Guard, InterProcessLock, InterProcessReaderWriterLock, LockRequest, Options, lock_all,
};
pub use lock::{
    CancelToken, Deadlock, DescriptorGuard, Error, Nested, OpenError, Operation, UnfairReason, Wait,
};
#[doc(hidden)]
pub use lock::{above_standard, held_by, target_of};
pub use mode::{Family, Mode};
#[doc(hidden)]
pub use sys::{descriptor::without_nonblock, file_id, helper_thread};
pub use thread::Preference;
