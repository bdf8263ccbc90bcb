//! The tools that are installed on this machine, ready to be run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::optimised::optimised;
use crate::programs::Programs;
use crate::shipped::shipped;
use crate::tools::{Call, Origin, TOOLS, Tool};

/// What a run meets: a login on Debian has these. The locale and the shell matter to
/// flock(1), which reads the one and starts the other.
const SURROUNDINGS: [(&str, &str); 4] =
    [("PATH", "/usr/bin:/bin"), ("LANG", "C.UTF-8"), ("SHELL", "/bin/bash"), ("HOME", "/")];

pub struct Found {
    pub tool: &'static Tool,
    pub version: String,
    words: Vec<PathBuf>,
}

/// All tools that are installed; prints the names of the others.
pub fn all(programs: &Programs) -> Vec<Found> {
    let (built, shipped) = (optimised(), shipped());
    let find = |tool: &'static Tool| {
        let found = find(tool, [&built, &shipped], programs);
        if found.is_none() {
            eprintln!("{} is not here: tools/bench installs what is missing", tool.name);
        }
        found
    };
    TOOLS.iter().filter_map(find).collect()
}

fn find(tool: &'static Tool, [built, shipped]: [&Path; 2], programs: &Programs) -> Option<Found> {
    let version = || env!("CARGO_PKG_VERSION").to_owned();
    let (words, version) = match tool.from {
        Origin::Shipped => (vec![shipped.to_owned()], version()),
        Origin::Built => (vec![built.to_owned()], version()),
        Origin::AsFlock => (vec![programs.link("flock", shipped)], version()),
        Origin::Floor(name) => (vec![programs.path(name)], "gcc -O2 -static".to_owned()),
        Origin::Debian(package, program) => {
            let path = in_path(program, &programs.directory)?;
            (vec![path], said("dpkg-query", &["-W", "-f", "${Version}", package])?)
        }
        Origin::Python(library) => {
            let python = programs.path("venv/bin/python");
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/versus/locks.py");
            let words = ["version", library];
            let version = said(python.to_str()?, &[&[script.to_str()?], &words[..]].concat())?;
            (vec![python, script], version)
        }
    };
    Some(Found { tool, version, words })
}

impl Found {
    /// The tool with the words of this call, for this lock and this command; `None` if it cannot.
    pub fn call(&self, call: Call, lock: &Path, command: &[&str]) -> Option<Command> {
        let template = self.tool.words(call)?;
        let mut words = self.words.iter();
        let mut called = Command::new(words.next()?);
        called.args(words).env_clear().envs(SURROUNDINGS);
        called.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        for word in template.split(' ') {
            match word {
                "LOCK" => called.arg(lock),
                "CMD" => called.args(command),
                word => called.arg(word),
            };
        }
        Some(called)
    }

    /// Whether it takes an interpreter to start it, so that it takes part more rarely.
    pub fn is_slow(&self) -> bool {
        matches!(self.tool.from, Origin::Python(_))
    }
}

/// Debian's `BusyBox` has no flock: tools/bench builds one that has.
fn in_path(program: &str, built: &Path) -> Option<PathBuf> {
    let directories = [built, Path::new("/usr/bin"), Path::new("/bin")];
    let mut found = directories.iter().map(|directory| directory.join(program)).filter(|path| path.is_file());
    let has_it = |path: &PathBuf| {
        program != "busybox"
            || said(path.to_str().unwrap_or(""), &["--list"]).is_some_and(|list| list.contains("flock"))
    };
    found.find(has_it)
}

fn said(program: &str, words: &[&str]) -> Option<String> {
    let output = Command::new(program).args(words).stderr(Stdio::null()).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !said.is_empty()).then_some(said)
}
