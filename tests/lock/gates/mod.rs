//! The gates with real processes: what the kernel's table shows of them, and the traps around them. `tests/fairness`
//! shows the order that they make.

mod arrival;
mod bad_gate_file;
mod data_file;
mod executables;
mod foreign;
mod killed;
mod layout;
mod made_and_removed;
mod many;
mod nonblock;
mod not_inherited;
mod page;
mod read_under_read;
mod refused_by_the_kernel;
mod timeout;
mod unwritable;
mod users;
