//! The wheel, in an environment with nothing else.

use super::dist::file;
use crate::support::Place;

#[test]
fn pip_installs_the_command_and_removes_it() {
    let place = Place::new();
    place.program("/usr/bin/python3").words("-m venv empty").run();
    let pip = || place.program("empty/bin/pip").words("--quiet --disable-pip-version-check");
    pip().words("install --no-index").arg(file(".whl")).run();
    place.program("empty/bin/fasten").words("exclusive lock -- echo in").stdout("in\n").run();
    let version = format!("fasten {}\n", env!("CARGO_PKG_VERSION"));
    place.program("empty/bin/fasten").arg("--version").stdout(version).run();
    pip().words("uninstall --yes fasten-lock").run();
    assert!(!place.path("empty/bin/fasten").exists());
}
