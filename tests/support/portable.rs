//! The program with the portable side of `src/sys`, as on systems other than Linux.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds it, which does nothing if that has been done.
pub fn portable() -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_fasten")).parent().and_then(Path::parent).unwrap();
    let target = target.join("portable");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--offline", "--bin", "fasten", "--manifest-path"]);
    build.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).arg("--target-dir").arg(&target);
    build.env("RUSTFLAGS", "--cfg fasten_portable").env_remove("CARGO_ENCODED_RUSTFLAGS");
    assert!(build.status().unwrap().success());
    target.join("debug/fasten")
}
