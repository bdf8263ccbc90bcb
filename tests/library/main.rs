//! The library between threads and processes: what its users are promised, with
//! real threads and real processes.

#[path = "../support/ordered.rs"]
mod ordered;
#[path = "../support/running.rs"]
mod running;
#[path = "../support/table.rs"]
mod table;

mod all;
mod chaos;
mod conversion;
mod fork;
mod nested;
mod player;
mod pool;
mod processes;
mod starvation;
mod threads;
mod waiting;
