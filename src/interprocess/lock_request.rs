//! A request for one of several locks.

use std::path::Path;
use std::sync::Arc;

use super::file_pool::FilePool;
use crate::mode::Mode;

/// A lock and the mode in which to acquire it, for [`lock_all`](super::lock_all).
///
/// Made by [`InterProcessLock::request`](super::InterProcessLock::request),
/// [`InterProcessReaderWriterLock::read_request`](super::InterProcessReaderWriterLock::read_request) and
/// [`write_request`](super::InterProcessReaderWriterLock::write_request).
#[derive(Debug, Clone)]
pub struct LockRequest {
    pub(super) pool: Arc<FilePool>,
    pub(super) mode: Mode,
}

impl LockRequest {
    pub(super) fn new(pool: &Arc<FilePool>, mode: Mode) -> Self {
        Self { pool: Arc::clone(pool), mode }
    }

    pub(super) fn path(&self) -> &Path {
        self.pool.path()
    }
}
