//! From a lock for reading to one for writing, and back.

mod conversion_gate;
mod conversions;
mod interrupted;
