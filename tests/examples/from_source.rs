//! tools/fasten: it builds fasten where cargo builds, and runs it where the user is.

use std::path::Path;

use super::documents::block;
use super::stage::stage;
use crate::support::Program;
use crate::support::optimised::optimised;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn the_line_of_the_readme_builds_and_runs_fasten() {
    let built = optimised();
    let target = built.parent().and_then(Path::parent).unwrap();
    let line = block("README.md", "tools/fasten");
    Program::new("sh")
        .args(["-c", &line])
        .inside(Path::new(ROOT))
        .env("CARGO_TARGET_DIR", target)
        .stdout("hello\n")
        .run();
}

/// A build in an empty directory takes minutes, so cargo is replaced by what it would do there.
#[test]
fn fasten_is_run_from_where_cargo_built_it_also_if_that_is_relative() {
    let place = stage();
    let build = "mkdir -p \"$CARGO_TARGET_DIR/release\" && cp \"$FASTEN\" \"$CARGO_TARGET_DIR/release\" && \
        printf '{\"executable\":\"%s\"}\\n' \"$CARGO_TARGET_DIR/release/fasten\"";
    place.replace("cargo", build);
    place
        .program(format!("{ROOT}/tools/fasten"))
        .args(["exclusive", "a.lock", "--", "sh", "-c", "pwd; readlink /proc/$PPID/exe"])
        .env("PATH", format!("{}:/usr/bin:/bin", place.path("bin").display()))
        .env("CARGO_TARGET_DIR", "built")
        .stdout(format!("{0}\n{0}/built/release/fasten\n", place.directory().display()))
        .run();
}
