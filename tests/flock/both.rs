//! One shell line, two programs called flock: what came of it, compared.
//!
//! Each line is run in a new directory with these in it: `free`, a file; `held`, a
//! file that is locked; `read`, one that is shared; `folder`;
//! `data`, a file that cannot be executed; `script`, one without `#!` that can;
//! `bin/flock`, the program, which stands first in `PATH`.

use std::fmt::{self, Write as _};
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Once, OnceLock};

use super::recorded::{newest, recording};
use crate::support::{Place, Program, fasten};

/// The programs that are called flock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flock {
    /// The one of Debian 12: util-linux 2.38.
    Theirs,
    /// The newest there is, which stands in recorded.txt: 2.42.
    Newest,
    Ours,
}

/// A directory in which a line is run.
pub struct Scene {
    pub place: Place,
    _held: [File; 2],
}

/// What came of it. `71 > on standard output ! on standard error`.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    pub code: Option<i32>,
    pub out: Vec<u8>,
    pub err: Vec<u8>,
}

/// A line with which the two are to differ, and why.
pub struct Difference {
    pub line: &'static str,
    pub theirs: &'static str,
    pub ours: &'static str,
    pub why: &'static str,
}

/// All three must say the same, and end with this code.
pub fn same(table: &[(i32, &str)]) {
    same_as(&[Flock::Theirs, Flock::Newest], table);
}

/// Ours and these must.
pub fn same_as(others: &[Flock], table: &[(i32, &str)]) {
    if recording().is_some() {
        return record(others, table.iter().map(|(_, line)| *line));
    }
    for (code, line) in table {
        let ours = run(Flock::Ours, line);
        for other in others {
            let theirs = outcome(*other, line);
            assert_eq!(ours, theirs, "{line}\n  ours: {ours}\n{other:?}: {theirs}");
        }
        assert_eq!(ours.code, Some(*code), "{line}: {ours}");
    }
}

/// Ours must differ from both others, just so.
pub fn differ(table: &[Difference]) {
    differ_from(&[Flock::Theirs, Flock::Newest], table);
}

/// Ours must differ from these.
pub fn differ_from(others: &[Flock], table: &[Difference]) {
    if recording().is_some() {
        return record(others, table.iter().map(|difference| difference.line));
    }
    for Difference { line, theirs, ours, why } in table {
        for other in others {
            assert_eq!(outcome(*other, line).to_string(), *theirs, "{other:?} of {line} ({why})");
        }
        assert_eq!(run(Flock::Ours, line).to_string(), *ours, "ours of {line} ({why})");
        assert_ne!(theirs, ours, "{line}: no difference any more");
    }
}

fn record<'a>(others: &[Flock], lines: impl Iterator<Item = &'a str>) {
    lines.filter(|_| others.contains(&Flock::Newest)).for_each(|line| drop(newest(line)));
}

fn outcome(flock: Flock, line: &str) -> Outcome {
    if flock == Flock::Newest { newest(line) } else { run(flock, line) }
}

/// Runs the line in a scene of its own.
pub fn run(flock: Flock, line: &str) -> Outcome {
    let scene = Scene::new(flock);
    let output = scene.sh(line).output();
    Outcome { code: output.status.code(), out: masked(output.stdout), err: output.stderr }
}

/// Whatever this was started with: what a line finds open is what the record says.
fn inherit_nothing() {
    const CLOSED_ON_EXEC: u32 = 0o2_000_000;
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for entry in fs::read_dir("/proc/self/fdinfo").unwrap() {
            let entry = entry.unwrap();
            let number: i32 = entry.file_name().to_str().unwrap().parse().unwrap();
            let info = fs::read_to_string(entry.path()).unwrap_or_default();
            let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
            let flags = flags.map(|flags| u32::from_str_radix(flags.trim(), 8).unwrap());
            if number > 2 && flags.is_some_and(|flags| flags & CLOSED_ON_EXEC == 0) {
                nix::unistd::close(number).unwrap();
            }
        }
    });
}

impl Scene {
    pub fn new(flock: Flock) -> Self {
        inherit_nothing();
        let place = Place::new();
        for file in ["free", "held", "read", "data", "script"] {
            fs::write(place.path(file), "").unwrap();
        }
        fs::write(place.path("script"), "echo script of $0 \"$@\"\n").unwrap();
        fs::set_permissions(place.path("script"), Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(place.path("folder")).unwrap();
        fs::create_dir(place.path("bin")).unwrap();
        symlink(flock.program(), place.path("bin/flock")).unwrap();
        let [held, read] = ["held", "read"].map(|name| File::open(place.path(name)).unwrap());
        fs2::FileExt::lock_exclusive(&held).unwrap();
        fs2::FileExt::lock_shared(&read).unwrap();
        Self { place, _held: [held, read] }
    }

    /// The shell that is to run the line.
    pub fn sh(&self, line: &str) -> Program {
        let path = std::env::var("PATH").unwrap();
        let shell = self.place.sh(&format!("umask 022\n{line}")).without_env("POSIXLY_CORRECT");
        let shell = shell.env("PATH", format!("{}:{path}", self.place.path("bin").display()));
        shell.env("LC_ALL", "C").env("SHELL", "/bin/sh")
    }
}

impl Flock {
    pub fn program(self) -> &'static Path {
        static REAL: OnceLock<PathBuf> = OnceLock::new();
        static NEWEST: OnceLock<PathBuf> = OnceLock::new();
        match self {
            Self::Ours => Path::new(fasten()),
            Self::Newest => NEWEST.get_or_init(|| recording().expect("only to record it").0),
            Self::Theirs => REAL.get_or_init(|| {
                let found = Command::new("sh").args(["-c", "command -v flock"]).output().unwrap().stdout;
                assert!(!found.is_empty(), "this test needs flock (Debian package util-linux)");
                String::from_utf8(found).unwrap().trim().into()
            }),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.code.map_or("killed".to_owned(), |code| code.to_string());
        for (mark, bytes) in [('>', &self.out), ('!', &self.err)] {
            for line in String::from_utf8_lossy(bytes).lines() {
                write!(text, " {mark} {line}")?;
            }
        }
        out.write_str(&text)
    }
}

/// How long it took is not the same twice: `took N seconds`.
fn masked(text: Vec<u8>) -> Vec<u8> {
    let text = match String::from_utf8(text) {
        Ok(text) => text,
        Err(other) => return other.into_bytes(),
    };
    let mut parts = text.split("getting lock took ");
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (time, rest) = part.split_at(part.find(' ').unwrap_or_default());
        assert!(is_time(time), "not seconds with six decimals: {time}");
        masked.push_str("getting lock took N");
        masked.push_str(rest);
    }
    masked.into_bytes()
}

fn is_time(text: &str) -> bool {
    let (seconds, micros) = text.split_once('.').unwrap_or_default();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_digit());
    digits(seconds) && digits(micros) && micros.len() == 6
}
