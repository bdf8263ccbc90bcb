//! Locks between processes, and between the threads of each.
//!
//! A lock object knows a [`file_pool`]: a path, and files of it that are open. A thread that takes the lock goes through the
//! [`thread_queue`], where the threads of this process stand in line, to the gates and the main lock in `crate::lock`, where the
//! processes do. What it gets is [`held_lock`] until its last [`guard`] is dropped; it is put down among what is [`held_by_thread`], so that the
//! thread never waits for itself.

mod descriptor;
mod file_pool;
mod guard;
mod held_lock;
mod lock_all;
mod missing;
mod mutex;
mod obtain;
mod options;
mod reentry;
mod rwlock;
mod thread_queue;

pub use descriptor::DescriptorLock;
pub use guard::Guard;
pub use lock_all::{LockRequest, lock_all};
pub use mutex::InterProcessLock;
pub use options::Options;
pub use rwlock::InterProcessReaderWriterLock;
