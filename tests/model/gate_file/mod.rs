//! The gate file: made by the first client that has to wait, removed by the last one that leaves.
//!
//! The gates only order those who have the same file open, so there must never be two in use. And
//! one who gets main looks there for a conversion, so a file in which a client converts must keep
//! its name.

mod converters;
mod life;
pub mod with_file;
