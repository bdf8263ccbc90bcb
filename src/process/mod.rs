//! Locks between processes, and between the threads of each.
//!
//! A lock object knows a [`place`]: a path, and files of it that are open. A thread that takes the lock goes through the
//! [`front`], where the threads of this process stand in line, to the gates and the main lock in `crate::lock`, where the
//! processes do. What it gets is [`taken`] until its last [`guard`] is dropped; it is put down among what is [`mine`], so that the
//! thread never waits for itself.

mod again;
mod all;
mod descriptor;
mod front;
mod guard;
mod mine;
mod missing;
mod mutex;
mod obtain;
mod options;
mod place;
mod reader_writer;
mod taken;

pub use all::{Wanted, lock_all};
pub use descriptor::DescriptorLock;
pub use guard::Guard;
pub use mutex::InterProcessLock;
pub use options::Options;
pub use reader_writer::InterProcessReaderWriterLock;
