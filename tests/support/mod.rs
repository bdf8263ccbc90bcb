//! What the tests have in common. Each test program includes all of it and uses its part.
#![allow(dead_code, missing_docs, unused_imports, reason = "each test program uses its part of it")]

pub mod calls;
pub mod fasteners;
pub mod gate_file;
pub mod joiner;
pub mod lockers;
pub mod optimised;
pub mod ordered;
pub mod place;
pub mod portable;
pub mod program;
pub mod running;
pub mod stream;
pub mod table;
pub mod wait;

pub use place::{Place, is_free, refused_by_name, waits};
pub use program::{HOLD, Program, complaint, fasten, report};
pub use running::{Running, send};
pub use wait::{LIMIT, until, until_written};
