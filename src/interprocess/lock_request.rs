//! A request for one of several locks.

use std::path::Path;
use std::sync::Arc;

use super::file_pool::FilePool;
use crate::lock::Slots;
use crate::mode::Mode;

/// A lock and the mode in which to acquire it, for [`lock_all`](super::lock_all).
///
/// Made by [`InterProcessLock::request`](super::InterProcessLock::request),
/// [`InterProcessReaderWriterLock::read_request`](super::InterProcessReaderWriterLock::read_request),
/// [`write_request`](super::InterProcessReaderWriterLock::write_request) and
/// [`InterProcessSemaphore::request`](super::InterProcessSemaphore::request).
#[derive(Debug, Clone)]
pub struct LockRequest {
    pub(super) pool: Arc<FilePool>,
    pub(super) mode: Mode,
    /// The slots to take with it, if it is about slots.
    pub(super) slots: Option<Slots>,
}

impl LockRequest {
    pub(super) fn new(pool: &Arc<FilePool>, mode: Mode) -> Self {
        Self { pool: Arc::clone(pool), mode, slots: None }
    }

    /// A request for so many of the slots of a lock that has slots.
    pub(super) fn for_slots(pool: &Arc<FilePool>, slots: Slots) -> Self {
        Self { pool: Arc::clone(pool), mode: Mode::Shared, slots: Some(slots) }
    }

    pub(super) fn path(&self) -> &Path {
        self.pool.path()
    }
}
