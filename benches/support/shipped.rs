//! The program as people install it.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Its path; it is built if it has changed.
pub fn shipped() -> PathBuf {
    let built =
        Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tools/musl")).stderr(Stdio::inherit()).output();
    let built = built.expect("tools/musl can be started");
    assert!(built.status.success(), "tools/musl failed");
    PathBuf::from(String::from_utf8(built.stdout).expect("a plain path").trim())
}
