//! Locks between processes, and between the threads of each process.
//!
//! A lock object shares a [`file_pool`]: the lock's path, and open files of it that no guard uses.
//! A thread that acquires the lock ([`obtain`]) first waits for its turn in the [`thread_queue`],
//! where the threads of this process wait for each other. With its turn it goes to `crate::lock`,
//! where processes wait for each other, at the gates and for the main lock. What it gets is a
//! [`lease`], the lock and the turn. A [`held_lock`] is a lease that belongs to a thread, until the
//! last [`guard`] of it is dropped: each thread has a list of its held locks, so that it never waits
//! for itself. A [`shared_guard`] owns a lease that belongs to no thread. A [`lock_future`] returns
//! one, for which a [`waiting_thread`] waits.

mod async_locks;
mod cancellable_waiter;
mod covered;
mod descriptor;
mod file_pool;
mod foreign;
mod guard;
mod guards;
mod held_lock;
mod lease;
mod lock_all;
mod lock_future;
mod lock_request;
mod missing;
mod mutex;
mod obtain;
mod options;
mod rwlock;
mod semaphore;
mod shared_guard;
mod slot_guard;
mod thread_queue;
mod waiting_thread;

pub use descriptor::DescriptorLock;
pub use guard::Guard;
pub use guards::Guards;
pub use lock_all::lock_all;
pub use lock_future::LockFuture;
pub use lock_request::LockRequest;
pub use mutex::InterProcessLock;
pub use options::LockOptions;
pub use rwlock::InterProcessReaderWriterLock;
pub use semaphore::InterProcessSemaphore;
pub use shared_guard::SharedGuard;
pub use slot_guard::SlotGuard;
