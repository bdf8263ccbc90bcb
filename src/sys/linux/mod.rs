//! Linux: flock(2) and fcntl(2) locks are independent families on local file systems, so record
//! locks can put the waiters for a flock into an order.

pub(crate) mod fork;
pub(crate) mod gate_directory;
mod kcmp;
pub(crate) mod proc_directory;
pub(crate) mod records;
pub(crate) mod reopen;
pub(crate) mod statfs;

pub(crate) use kcmp::same_description;
