//! The words for the system's errors, which must be glibc's whatever C library fasten has.

use std::io;

#[path = "../../src/lock/errno_words.rs"]
mod errno_words;

use errno_words::{lower, strerror};

#[test]
fn they_are_those_of_glibc() {
    for code in 1..=133 {
        let error = io::Error::from_raw_os_error(code);
        assert_eq!(error.to_string(), format!("{} (os error {code})", strerror(&error)));
        assert_eq!(lower(&error).to_lowercase(), strerror(&error).to_lowercase());
    }
}
