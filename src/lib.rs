//! Locks on files, between the threads of all processes: the library that the command `fasten` is
//! built on.
//!
//! # Package
//!
//! ```toml
//! [dependencies]
//! fasten-lock = { version = "0.1", default-features = false }
//! ```
//!
//! In a program the name is `fasten`: `use fasten::InterProcessLock`. The only feature, `command`,
//! is for the command, which needs most of the dependencies; it is on by default. The library needs
//! Rust 1.85 or later.
//!
//! - **Linux** has everything that is described here.
//! - **macOS and the BSDs** have all locks, but processes take no turns
//!   ([`UnfairReason::Unsupported`]), an upgrade is refused ([`Error::CannotUpgrade`]), and neither
//!   the holders of a lock nor deadlocks between processes are found.
//! - **Windows** is not supported: the crate does not compile there.
//!
//! # Which lock to use
//!
//! | to protect | use |
//! | --- | --- |
//! | what other processes use too: a file, a port, a database | [`InterProcessLock`] |
//! | the same, if many only read | [`InterProcessReaderWriterLock`] |
//! | what only N may use at the same time, each with a number | [`InterProcessSemaphore`] |
//! | several of these at once | [`lock_all`] |
//! | a file that is already open, by its own descriptor | [`DescriptorLock`] |
//! | a value in the memory of this process | `std::sync::Mutex<T>` or `RwLock<T>`, or those of `parking_lot` |
//! | a device, or several values, from the threads of this process; reentrant and fair | [`thread::ReaderWriterLock`] |
//!
//! The locks between processes exclude threads as well. They are the locks that `fasten exclusive`,
//! `read` and `write` acquire, so scripts and programs exclude each other. Depending on
//! [`LockOptions::family`] they are also the locks of flock(1) and cargo, or those of Python's
//! fasteners.
//!
//! # Examples
//!
//! One thread of one process at a time:
//!
//! ```
//! # let path = std::env::temp_dir().join(format!("start-{}", std::process::id()));
//! use fasten::InterProcessLock;
//!
//! let lock = InterProcessLock::new(&path);
//! let guard = lock.lock()?;
//! // no other thread or process holds the lock
//! drop(guard);
//! # std::fs::remove_file(&path).unwrap();
//! # Ok::<(), fasten::Error>(())
//! ```
//!
//! Many readers or one writer:
//!
//! ```
//! # let path = std::env::temp_dir().join(format!("start-rw-{}", std::process::id()));
//! use fasten::{InterProcessReaderWriterLock, Wait};
//!
//! let lock = InterProcessReaderWriterLock::new(&path);
//! let guard = lock.read()?;
//! # let is_stale = true;
//! if is_stale {
//!     guard.upgrade(Wait::forever())?; // no other writer got in between
//!     // refresh it
//! }
//! # drop(guard);
//! # std::fs::remove_file(&path).unwrap();
//! # Ok::<(), fasten::Error>(())
//! ```
//!
//! Find the holders of a lock:
//!
//! ```
//! # let path = std::env::temp_dir().join(format!("start-who-{}", std::process::id()));
//! # let lock = fasten::InterProcessLock::new(&path);
//! # let guard = lock.lock().unwrap();
//! for holder in fasten::holders::of(&path)?.holders {
//!     println!("{:?} since {:?}", holder.pid, holder.since);
//! }
//! # drop(guard);
//! # std::fs::remove_file(&path).unwrap();
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Waiting
//!
//! A lock can be acquired in four ways, here with the names of [`InterProcessLock`]; the other locks
//! have the same, with `read` and `write` for `lock`. A `Duration` and an `Instant` are waits too:
//! `lock_with(Duration::from_secs(5))`.
//!
//! | method | waits |
//! | --- | --- |
//! | [`lock`](InterProcessLock::lock) | until the lock is acquired |
//! | [`try_lock`](InterProcessLock::try_lock) | never |
//! | [`lock_timeout`](InterProcessLock::lock_timeout) | at most a `Duration` |
//! | [`lock_with`](InterProcessLock::lock_with) | as a [`Wait`] says |
//!
//! [`Wait::cancel_on`] lets another thread cancel the wait with a [`CancelToken`];
//! [`Wait::on_wait`] sets a callback for when there is something to wait for. A request that ends
//! without the lock leaves nothing of it in any queue. Waiters sleep in the kernel and do not poll;
//! what ends such a sleep early is SIGURG, about which [`Wait`] says more.
//!
//! # Shared state and async
//!
//! A [`Guard`] stays in its thread; [`Guard::into_shared`] makes it a [`SharedGuard`], which is `Send`
//! and `Sync`. Tasks of any runtime await one with [`lock_async`](InterProcessLock::lock_async) and
//! the like, which return a [`LockFuture`]; dropping it cancels the wait.
//!
//! # Deadlocks and errors
//!
//! A wait that certainly never ends fails with [`Error::Deadlock`], and [`Deadlock`] is the reason:
//! this thread or an ancestor holds the lock, processes wait for each other in a cycle, or two
//! readers upgrade. [`Nested`] selects what else to do. [`lock_all`] cannot deadlock with itself.
//!
//! [`Error`] is the error of all locks between processes, with details in [`OpenError`],
//! [`Operation`] and [`UnfairReason`]; [`thread::LockError`] is that of the thread lock. Both convert
//! to a `std::io::Error` of the kind that fits, and into the errors of other crates:
//!
//! ```
//! # let path = std::env::temp_dir().join(format!("errors-{}", std::process::id()));
//! use anyhow::Context;
//! use fasten::{Guard, InterProcessLock};
//! use std::io;
//!
//! #[derive(Debug, thiserror::Error)]
//! enum StoreError {
//!     #[error("the store is in use: {0}")]
//!     Lock(#[from] fasten::Error),
//!     // and others
//! }
//!
//! fn with_thiserror(lock: &InterProcessLock) -> Result<Guard, StoreError> {
//!     Ok(lock.try_lock()?)
//! }
//!
//! fn with_anyhow(lock: &InterProcessLock) -> anyhow::Result<Guard> {
//!     lock.try_lock().context("the store is in use")
//! }
//!
//! fn with_io(lock: &InterProcessLock) -> io::Result<Guard> {
//!     Ok(lock.try_lock()?)
//! }
//!
//! let lock = InterProcessLock::new(&path);
//! let guard = lock.lock()?;
//! let text = format!("the store is in use: {}: busy", path.display());
//! assert_eq!(with_thiserror(&lock).unwrap_err().to_string(), text);
//! let error = with_anyhow(&lock).unwrap_err();
//! assert_eq!(format!("{error:#}"), text);
//! assert!(error.downcast_ref::<fasten::Error>().is_some_and(fasten::Error::is_busy));
//! assert_eq!(with_io(&lock).unwrap_err().kind(), io::ErrorKind::WouldBlock);
//! # drop(guard);
//! # std::fs::remove_file(&path).unwrap();
//! # Ok::<(), fasten::Error>(())
//! ```
//!
//! # Programs
//!
//! The directory `examples` of the package has whole programs, and the tests run them:
//!
//! | program | what it does |
//! | --- | --- |
//! | `counter` | counts in a file that many processes share |
//! | `single_instance` | runs once at a time; a second instance names the first one |
//! | `worker` | waits five seconds for a lock, or until Ctrl-C |
//! | `cache` | is a cache for the threads of many processes, refreshed by a reader that upgrades |
//! | `tasks` | counts in a file from many tasks of an async runtime, which give up in time |
//! | `transfer` | locks two files together |
//! | `own_file` | locks the file that it writes, without a lock file |
//! | `holders` | prints a table of all locks and their holders |
//! | `from_python` | is a class with `@read_locked`, ported to the thread lock |
//!
//! # Guarantees
//!
//! - **Fairness.** Readers and writers take turns, both threads and processes, unless a
//!   [`Preference`] says otherwise. The turns are among the processes of one machine.
//!   [`Guard::unfair_reason`] says why a lock was acquired without turns.
//! - **Panic.** A guard that a panic drops releases its lock. There is no poisoning.
//! - **Crash.** The kernel releases the locks of a process that ends, however it ends.
//!   [`Guard::detach`] leaves a lock to the processes that inherited its descriptor.
//! - **Fork.** In a forked child, copies of guards release nothing. Lock objects of locks between
//!   processes work there; they open their files again.
//! - **Symbolic links** are followed: the lock is that of the file to which the path leads, and a
//!   missing file is created where the link leads. Only another user's link, in a directory that
//!   others can write to, creates nothing ([`OpenError::ForeignLink`]). With
//!   [`LockOptions::plain_file`], no link is followed.
//! - **The lock file** is never written, truncated or removed. With [`Family::Flock`] it is not
//!   even opened for writing where the file system allows that, and fasten holds nothing but the
//!   lock on it. So it may be the data itself, a program or a directory. If the file is removed or
//!   replaced, the waiters go on to the new file, and the process that creates a new file waits for
//!   the holder of the removed one.
//!
//! No lock library can change one thing: when a process closes any descriptor of a file, it loses
//! its own fcntl(2) locks on that file. So do not lock a file that your process also locks with
//! fcntl(2) by other means, such as an `SQLite` database; lock another file instead.
//!
//! # From Python's fasteners
//!
//! | fasteners | here |
//! | --- | --- |
//! | `InterProcessLock(path)` | [`InterProcessLock::new`]; [`Family::Fcntl`] is its kind of kernel lock |
//! | `lock.acquire()`, `with lock:` | [`lock()`](InterProcessLock::lock), which returns a [`Guard`] |
//! | `acquire(blocking=False)` | [`try_lock()`](InterProcessLock::try_lock) |
//! | `acquire(timeout=s)` | [`lock_timeout()`](InterProcessLock::lock_timeout) |
//! | `release()`, `ThreadError` in the wrong thread | dropping the guard, which cannot leave its thread unless it becomes a [`SharedGuard`] |
//! | `delay`, `max_delay` | nothing: waiters sleep in the kernel |
//! | `lock.exists()`, `lock.acquired` | the path; having the guard |
//! | `InterProcessReaderWriterLock` | [`InterProcessReaderWriterLock`] |
//! | `acquire_read_lock()`, `read_lock()` | [`read()`](InterProcessReaderWriterLock::read) |
//! | `acquire_write_lock()`, `write_lock()` | [`write()`](InterProcessReaderWriterLock::write) |
//! | `ReaderWriterLock` | [`thread::ReaderWriterLock`] |
//! | `@interprocess_locked(path)`, `@read_locked` | a guard in the first line of the function |
//! | `@locked` with several locks | [`lock_all`] |
#![warn(missing_docs)]

#[cfg(not(unix))]
compile_error!("fasten needs flock(2): it builds on Linux, macOS and the BSDs");

pub mod holders;
mod interprocess;
#[cfg_attr(
    any(fasten_portable, not(target_os = "linux")),
    allow(dead_code, reason = "half of it is for reading the lock table")
)]
mod layout;
mod lock;
mod mode;
mod sys;
pub mod thread;

pub use interprocess::{
    DescriptorLock, Guard, Guards, InterProcessLock, InterProcessReaderWriterLock, InterProcessSemaphore,
    LockFuture, LockOptions, LockRequest, SharedGuard, SlotGuard, lock_all,
};
pub use lock::{
    CancelToken, Deadlock, DescriptorGuard, Error, Nested, OpenError, Operation, UnfairReason, Wait,
};
#[doc(hidden)]
pub use lock::{above_standard, held_by, lower, not_plain, strerror, target_of};
pub use mode::{Family, Mode};
#[cfg(target_os = "linux")]
#[doc(hidden)]
pub use sys::wide;
#[doc(hidden)]
pub use sys::{
    fd::{ForeignDescriptor, without_nonblock},
    file_id, helper_thread,
};
pub use thread::Preference;
