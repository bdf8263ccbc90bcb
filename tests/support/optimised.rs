//! The program as its users build it, whatever the tests are built with.

use std::path::{Path, PathBuf};
use std::process::Command;

/// `cargo build --release`, which does nothing if that has been done.
pub fn optimised() -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_fasten")).parent().and_then(Path::parent).unwrap();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--quiet", "--offline", "--bin", "fasten", "--manifest-path"]);
    build.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).arg("--target-dir").arg(target);
    assert!(build.status().unwrap().success());
    target.join("release/fasten")
}
