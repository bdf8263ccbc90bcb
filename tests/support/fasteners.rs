//! Python's fasteners, the library that fasten's model of locks comes from.

use std::path::Path;
use std::process::Command;

/// The directory from which Python can import it.
pub fn python_path() -> &'static str {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/target/python");
    let there = Path::new(directory).join("fasteners").exists();
    assert!(there, "tools/python-packages gets what this test needs");
    directory
}

/// A Python that can `import fasteners`.
pub fn python_with_fasteners() -> Command {
    let mut python = Command::new("python3");
    python.env("PYTHONPATH", python_path());
    python
}
