//! Waits that would never end, and those that only look so.

mod certain;
mod circles;
