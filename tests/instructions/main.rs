//! How many instructions a run takes, as valgrind counts them, against the numbers in
//! tests/instructions/baseline.txt.
//!
//! A time differs from run to run by more than a change makes; these counts are the same
//! each time. They are those of the program as its users build it, with the start of the
//! C library and without the command's own. Valgrind shows every program the same
//! processor, so another machine makes no difference; another compiler or C library does.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![allow(missing_docs, reason = "test names say it")]

#[path = "../support/optimised.rs"]
mod optimised;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Write as _, stderr};
use std::path::Path;
use std::process::Command;

use optimised::optimised;

const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/instructions/baseline.txt");
const UPDATE: &str = "FASTEN_UPDATE=1 cargo test --test instructions";
const PERCENT: u64 = 3;

/// The runs that are counted, and the code that they end with.
const RUNS: [(&str, i32); 5] = [
    ("exclusive free -- /bin/true", 0),
    ("read free -- /bin/true", 0),
    ("write free -- /bin/true", 0),
    ("write --prefer writer free -- /bin/true", 0),
    ("exclusive -n -q held -- /bin/true", 75),
];

#[test]
fn no_run_takes_3_percent_more_instructions_than_it_did() {
    let directory = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(optimised(), directory.path().join("fasten")).unwrap();
    File::create(directory.path().join("free")).unwrap();
    let held = File::create(directory.path().join("held")).unwrap();
    fs2::FileExt::lock_exclusive(&held).unwrap();
    let counted = RUNS.map(|(run, code)| (run, count(directory.path(), run, code)));

    if std::env::var_os("FASTEN_UPDATE").is_some() {
        let lines = counted.iter().fold(String::new(), |mut lines, (run, count)| {
            let _ = writeln!(lines, "{count:7} {run}");
            lines
        });
        fs::write(BASELINE, lines).unwrap();
        return;
    }
    let baseline = fs::read_to_string(BASELINE).unwrap();
    let mut grown = String::new();
    for (run, now) in counted {
        let before = before(&baseline, run);
        if now * 100 > before * (100 + PERCENT) {
            let _ = writeln!(grown, "{run}: {before} instructions before, {now} now");
        } else if now * 100 < before * (100 - PERCENT) {
            let _ = writeln!(stderr(), "{run}: {before} instructions before, only {now} now: {UPDATE}");
        }
    }
    assert!(
        grown.is_empty(),
        "over {PERCENT} % more; if they pay, or if the compiler or the C library is another: {UPDATE}\n{grown}"
    );
}

/// The instructions of one run, in surroundings that are the same everywhere.
fn count(directory: &Path, run: &str, code: i32) -> u64 {
    let output = Command::new("/usr/bin/valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=counted", "--vgdb=no", "-q", "./fasten"])
        .args(run.split(' '))
        .current_dir(directory)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .output()
        .expect("the package valgrind is installed: tools/test does that");
    assert_eq!(output.status.code(), Some(code), "{run}: {}", String::from_utf8_lossy(&output.stderr));
    let counted = fs::read_to_string(directory.join("counted")).expect("callgrind has counted");
    let total = counted.lines().find_map(|line| line.strip_prefix("totals: "));
    total.and_then(|total| total.parse().ok()).unwrap_or_else(|| panic!("no total: {counted}"))
}

fn before(baseline: &str, run: &str) -> u64 {
    let lines = baseline.lines().filter_map(|line| line.trim_start().split_once(' '));
    let mut found = lines.filter(|(_, what)| *what == run);
    let (count, _) = found.next().unwrap_or_else(|| panic!("no baseline for {run}: {UPDATE}"));
    count.parse().unwrap_or_else(|_| panic!("no number for {run} in {BASELINE}"))
}
