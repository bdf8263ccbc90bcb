//! The methods of the locks for tasks, which await a lock instead of blocking their thread.

use std::time::Duration;

use super::lock_future::LockFuture;
use super::mutex::InterProcessLock;
use super::rwlock::InterProcessReaderWriterLock;
use super::semaphore::InterProcessSemaphore;
use super::slot_guard::SlotGuard;
use crate::lock::Wait;
use crate::mode::Mode;

/// For tasks, with any runtime.
impl InterProcessLock {
    /// Acquires the lock in a task. Waits until it is free, without blocking the thread that polls:
    /// see [`LockFuture`]. Drop the future to give up.
    ///
    /// # Errors
    ///
    /// - [`Error::Deadlock`](crate::Error::Deadlock) if the wait [certainly never
    ///   ends](crate::Nested): this process has inherited the lock, or an ancestor that waits for
    ///   this process holds it. If this task or thread holds the lock, nothing is certain.
    /// - [`Error::CouldNotOpen`](crate::Error::CouldNotOpen) if the lock file cannot be opened or
    ///   created.
    /// - [`Error::System`](crate::Error::System) if a system call fails, for example for lack of
    ///   descriptors or threads.
    ///
    /// The idea is that of Tokio's `Mutex::lock_owned`.
    pub fn lock_async(&self) -> LockFuture {
        LockFuture::new(&self.pool, Mode::Exclusive, Wait::forever())
    }

    /// Acquires the lock in a task. Waits at most `timeout` from the first poll on, without a timer
    /// of a runtime.
    ///
    /// # Errors
    ///
    /// - [`Error::TimedOut`](crate::Error::TimedOut), after which nothing of the request is left.
    /// - Those of [`lock_async`](Self::lock_async).
    pub fn lock_async_timeout(&self, timeout: Duration) -> LockFuture {
        LockFuture::new(&self.pool, Mode::Exclusive, Wait::at_most(timeout))
    }
}

/// For tasks, with any runtime.
impl InterProcessReaderWriterLock {
    /// Acquires the lock to read, in a task. Waits until no writer holds it and no writer goes
    /// first, without blocking the thread that polls: see [`LockFuture`]. Drop the future to give
    /// up.
    ///
    /// # Errors
    ///
    /// - [`Error::Deadlock`](crate::Error::Deadlock) if the wait [certainly never
    ///   ends](crate::Nested): this process has inherited the lock, or an ancestor that waits for
    ///   this process writes. If this task or thread holds the lock, nothing is certain.
    /// - [`Error::CouldNotOpen`](crate::Error::CouldNotOpen) if the lock file cannot be opened or
    ///   created.
    /// - [`Error::System`](crate::Error::System) if a system call fails, for example for lack of
    ///   descriptors or threads.
    ///
    /// The idea is that of Tokio's `RwLock::read_owned`.
    pub fn read_async(&self) -> LockFuture {
        LockFuture::new(&self.pool, Mode::Shared, Wait::forever())
    }

    /// Acquires the lock to read, in a task. Waits at most `timeout` from the first poll on, without
    /// a timer of a runtime.
    ///
    /// # Errors
    ///
    /// - [`Error::TimedOut`](crate::Error::TimedOut), after which nothing of the request is left.
    /// - Those of [`read_async`](Self::read_async).
    pub fn read_async_timeout(&self, timeout: Duration) -> LockFuture {
        LockFuture::new(&self.pool, Mode::Shared, Wait::at_most(timeout))
    }

    /// Acquires the lock to write, in a task. Waits until no reader or writer holds it and it is
    /// this writer's turn, without blocking the thread that polls: see [`LockFuture`]. Drop the
    /// future to give up.
    ///
    /// # Errors
    ///
    /// - [`Error::Deadlock`](crate::Error::Deadlock) if the wait [certainly never
    ///   ends](crate::Nested): this process has inherited the lock, or an ancestor that waits for
    ///   this process reads or writes. If this task or thread holds the lock, nothing is certain.
    /// - [`Error::CouldNotOpen`](crate::Error::CouldNotOpen) and
    ///   [`Error::System`](crate::Error::System), as for [`read_async`](Self::read_async).
    ///
    /// The idea is that of Tokio's `RwLock::write_owned`.
    pub fn write_async(&self) -> LockFuture {
        LockFuture::new(&self.pool, Mode::Exclusive, Wait::forever())
    }

    /// Acquires the lock to write, in a task. Waits at most `timeout` from the first poll on,
    /// without a timer of a runtime.
    ///
    /// # Errors
    ///
    /// - [`Error::TimedOut`](crate::Error::TimedOut), after which nothing of the request is left.
    /// - Those of [`write_async`](Self::write_async).
    pub fn write_async_timeout(&self, timeout: Duration) -> LockFuture {
        LockFuture::new(&self.pool, Mode::Exclusive, Wait::at_most(timeout))
    }
}

/// For tasks, with any runtime.
impl InterProcessSemaphore {
    /// Acquires a slot in a task. Waits until one is free and no other waiter came before, without
    /// blocking the thread that polls: see [`LockFuture`]. Drop the future to give up.
    ///
    /// # Errors
    ///
    /// Those of [`acquire`](Self::acquire). If this task or thread holds the lock exclusively,
    /// nothing is certain.
    ///
    /// The idea is that of Tokio's `Semaphore::acquire_owned`.
    pub fn acquire_async(&self) -> LockFuture<SlotGuard> {
        self.future(1, Wait::forever())
    }

    /// Acquires a slot in a task. Waits at most `timeout` from the first poll on, without a timer of
    /// a runtime.
    ///
    /// # Errors
    ///
    /// - [`Error::TimedOut`](crate::Error::TimedOut), after which nothing of the request is left.
    /// - Those of [`acquire_async`](Self::acquire_async).
    pub fn acquire_async_timeout(&self, timeout: Duration) -> LockFuture<SlotGuard> {
        self.future(1, Wait::at_most(timeout))
    }

    /// Acquires so many slots in a task: all of them, or none; see
    /// [`acquire_many`](Self::acquire_many).
    ///
    /// # Errors
    ///
    /// Those of [`acquire_async`](Self::acquire_async).
    ///
    /// # Panics
    ///
    /// If the number is 0 or greater than that of the slots.
    pub fn acquire_many_async(&self, take: u32) -> LockFuture<SlotGuard> {
        self.future(take, Wait::forever())
    }

    fn future(&self, take: u32, wait: Wait<'static>) -> LockFuture<SlotGuard> {
        LockFuture::for_slots(&self.pool, self.wanted(take), wait)
    }
}
