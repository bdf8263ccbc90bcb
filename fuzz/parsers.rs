//! The properties of the parsers of /proc, for libFuzzer.
#![no_main]

#[path = "../tests/support/parsers.rs"]
mod parsers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::hold_for(bytes));
