//! The lock between the threads of one process.

mod in_line;
mod interleavings;
mod many_threads;
mod one_thread;
mod order;
mod out_of_time;
