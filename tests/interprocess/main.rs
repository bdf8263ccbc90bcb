//! The library between threads and processes: what its users are promised, with
//! real threads and real processes.

#[path = "../support/mod.rs"]
mod support;

mod chaos;
mod coalesce;
mod conversion;
mod fork;
mod giving_up;
mod kept_out;
mod lock_all;
mod own_signal;
mod plain_file;
mod player;
mod pool;
mod processes;
mod reentrant;
mod semaphore;
mod shared_guard;
mod shared_guard_deadlock;
mod tasks;
mod tasks_dropped;
mod threads;
