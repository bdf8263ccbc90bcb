//! What the tests have in common. Each test program includes all of it and uses its part.
#![allow(dead_code, missing_docs, reason = "each test program uses its part of it")]

pub mod calls;
pub mod fasteners;
pub mod joiner;
pub mod lockers;
pub mod optimised;
pub mod ordered;
pub mod place;
pub mod portable;
pub mod running;
pub mod stream;
pub mod table;
