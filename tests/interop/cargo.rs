//! cargo, which locks the target directory that it builds in.

use std::fs;
use std::path::Path;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::contenders::until_one_waits;
use super::tools::SUBCOMMANDS;
use crate::support::ordered::{At, Lock};
use crate::support::{Running, refused_by_name, until};

const MANIFEST: &str = "[package]\nname = \"tiny\"\nedition = \"2024\"\n[workspace]\n";

/// Says that it runs, and then reads to the end of a pipe.
const BUILD: &str = "fn main() { std::fs::write(\"runs\", \"\").unwrap(); std::fs::read(\"go\").unwrap(); }";

/// A package in the directory of its target's lock. Its build waits in the middle.
fn package() -> Lock {
    let lock = Lock::new();
    let directory = lock.place.directory();
    fs::create_dir(directory.join("src")).unwrap();
    fs::create_dir_all(directory.join("target/debug")).unwrap();
    fs::write(directory.join("Cargo.toml"), MANIFEST).unwrap();
    fs::write(directory.join("src/lib.rs"), "").unwrap();
    fs::write(directory.join("build.rs"), BUILD).unwrap();
    mkfifo(&directory.join("go"), Mode::S_IRWXU).unwrap();
    let path = directory.join("target/debug/.cargo-lock");
    fs::write(&path, "").unwrap();
    lock.at(path)
}

fn cargo_build(lock: &Lock) -> Running {
    let directory = lock.place.directory().to_str().unwrap();
    let target = format!("CARGO_TARGET_DIR={directory}/target");
    let home = format!("CARGO_HOME={directory}/home");
    let words = ["env", "-C", directory, &target, &home, env!("CARGO"), "build", "--offline"];
    Running::start(&words)
}

fn let_go(directory: &Path) {
    fs::write(directory.join("go"), "").unwrap();
}

fn until_it_builds(directory: &Path) {
    until("cargo builds", || directory.join("runs").exists());
}

#[test]
fn fasten_is_refused_or_waits_while_cargo_builds() {
    let lock = package();
    let cargo = cargo_build(&lock);
    until_it_builds(lock.place.directory());
    for subcommand in SUBCOMMANDS {
        let refused = refused_by_name(|| lock.run(&format!("{subcommand} -n"), &["true"]));
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(75), "{subcommand}: {said}");
        assert!(said.contains(&format!("(pid {}, ", cargo.pid)), "{subcommand}: {said}");
    }
    let mut waiter = lock.start("exclusive", &["echo", "in"]);
    until_one_waits(&lock);
    let_go(lock.place.directory());
    cargo.leave();
    assert_eq!(waiter.line(), "in");
    waiter.leave();
}

#[test]
fn cargo_waits_while_fasten_holds_and_then_builds() {
    for subcommand in SUBCOMMANDS {
        let lock = package();
        let holder = lock.held(subcommand);
        let cargo = cargo_build(&lock);
        lock.until_waits(cargo.pid, At::Main);
        assert!(!lock.place.path("runs").exists(), "{subcommand}");
        holder.leave();
        until_it_builds(lock.place.directory());
        let_go(lock.place.directory());
        let built = cargo.finish();
        let said = String::from_utf8(built.stderr).unwrap();
        assert!(built.status.success(), "{subcommand}: {said}");
        assert!(
            said.contains("Blocking waiting for file lock on artifact directory"),
            "{subcommand}: {said}"
        );
    }
}
