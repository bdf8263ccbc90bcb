//! What is in dist/, and what tools/release does where it cannot make it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::support::{Place, Program, complaint};

const PROJECT: &str = env!("CARGO_MANIFEST_DIR");

/// The one file in dist/ whose name ends so.
pub fn file(end: &str) -> PathBuf {
    let directory = Path::new(PROJECT).join("dist");
    let files = fs::read_dir(&directory).expect("tools/release has made dist/");
    let mut paths = files.map(|file| file.unwrap().path());
    paths.find(|path| path.to_str().unwrap().ends_with(end)).unwrap_or_else(|| panic!("dist/ has a {end}"))
}

#[test]
fn the_checksums_are_those_of_every_file() {
    let sums = file("SHA256SUMS");
    let directory = sums.parent().unwrap();
    Program::new("sha256sum").words("--check --strict SHA256SUMS").inside(directory).run();
    let listed = fs::read_to_string(&sums).unwrap().lines().count();
    assert_eq!(listed + 1, fs::read_dir(directory).unwrap().count());
}

#[test]
fn the_binary_needs_no_library_and_is_small() {
    let binary = file("/fasten");
    let size = fs::metadata(&binary).unwrap().len();
    assert!(size <= 1_100_000, "{size} bytes");
    let headers = Program::new("readelf").arg("--program-headers").arg(&binary).run();
    assert!(!String::from_utf8(headers.stdout).unwrap().contains("INTERP"));
}

#[test]
fn the_archive_has_all_that_a_user_needs() {
    let place = Place::new();
    Program::new("tar").arg("-xzf").arg(file(".tar.gz")).arg("-C").arg(place.directory()).run();
    let found = place.directory().join(format!(
        "fasten-{}-{}-linux",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::ARCH
    ));
    for name in ["README.md", "CHANGELOG.md", "LICENSE-MIT", "man/fasten.1", "completions/fasten.bash"] {
        assert!(found.join(name).exists(), "{name}");
    }
    Program::new(found.join("fasten"))
        .words("exclusive lock -- echo in")
        .inside(place.directory())
        .stdout("in\n")
        .run();
}

#[test]
fn a_tool_that_is_missing_is_named_and_nothing_is_left() {
    let place = Place::new();
    let before = listing();
    let said = complaint(
        &Program::new(format!("{PROJECT}/tools/release"))
            .env("PATH", "/usr/bin:/bin")
            .env("CARGO_TARGET_DIR", place.path("target"))
            .code(1)
            .run(),
    );
    assert!(said.starts_with("tools/release: cargo-deb is missing: run tools/packagers"), "{said}");
    assert_eq!(listing(), before);
}

#[test]
fn a_tool_that_fails_leaves_nothing_half_done() {
    let place = Place::new();
    let bin = place.path("target/packagers/bin");
    fs::create_dir_all(&bin).unwrap();
    for name in ["cargo-deb", "maturin", "wheel"] {
        let path = bin.join(name);
        fs::write(&path, "#!/bin/sh\necho \"$0 fails\" >&2; exit 3\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let before = listing();
    // The binary is built already, in the real target directory.
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("musl");
    std::os::unix::fs::symlink(built, place.path("target/musl")).unwrap();
    let release =
        Program::new(format!("{PROJECT}/tools/release")).env("CARGO_TARGET_DIR", place.path("target"));
    let said = complaint(&release.code(3).run());
    assert!(said.contains("cargo-deb fails"), "{said}");
    assert_eq!(listing(), before);
}

fn listing() -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = fs::read_dir(PROJECT).unwrap().map(|file| file.unwrap().path()).collect();
    names.sort();
    names
}

#[test]
fn the_package_for_the_registry_builds() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("package");
    let cargo = Program::new(env!("CARGO")).words("package --quiet --locked --allow-dirty --target-dir");
    cargo.arg(target).inside(Path::new(PROJECT)).run();
}
