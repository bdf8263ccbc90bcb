//! Python's fasteners, the library that fasten's model of locks comes from.

use std::path::Path;
use std::process::Command;

/// The folder from which Python can import it.
pub fn python_path() -> &'static str {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/target/python");
    let there = Path::new(folder).join("fasteners").exists();
    assert!(there, "tools/python-packages gets what this test needs");
    folder
}

/// A Python that can `import fasteners`.
pub fn python_with_fasteners() -> Command {
    let mut python = Command::new("python3");
    python.env("PYTHONPATH", python_path());
    python
}
