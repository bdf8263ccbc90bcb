//! A refusal names the holder, but nobody has to wait for the name.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Place, complaint, fasten};

/// Far longer than a refusal takes; for this time the kernel is made to hold back what it is asked.
const HELD_BACK: Duration = Duration::from_secs(20);

/// What a refusal says while the kernel does not answer to the opening of these files. strace(1)
/// itself waits for all processes, so the end of the one that was refused is told by a shell.
fn refusal_without(paths: &[&str]) -> String {
    let place = Place::new();
    let holder = place.hold("exclusive");
    let strace = place.program("strace").words("-f -qq -o /dev/null");
    let strace = strace.args(paths.iter().flat_map(|path| ["-P", path]));
    let strace = strace.words(&format!("-e inject=?open,openat:delay_enter={}", HELD_BACK.as_micros()));
    let script = "\"$FASTEN\" exclusive -n a.lock -- true 2>&1; echo \"ended with $?\"";
    let start = Instant::now();
    let mut strace = strace.args(["sh", "-c", script]).start();
    let said = strace.line();
    assert_eq!(strace.line(), "ended with 75", "{said}");
    assert!(start.elapsed() < HELD_BACK, "it was waited for: {said}");
    strace.kill();
    holder.leave();
    said
}

#[test]
fn a_refusal_does_not_wait_for_the_table_of_locks() {
    let said = refusal_without(&["/proc/locks"]);
    assert!(said.contains("a.lock: "), "{said}");
}

#[test]
fn a_holder_that_is_not_found_in_time_is_not_named() {
    let said = refusal_without(&["/proc/locks", "/proc"]);
    assert!(said.ends_with("a.lock: busy; try again later, or leave out -n to wait"), "{said}");
}

/// Contenders in an endless loop, which go when this is dropped.
struct Contenders(Vec<Child>);

impl Contenders {
    fn at(place: &Place, count: usize) -> Self {
        let start = |_| {
            let script = "while :; do \"$0\" write -q \"$1\" -- true; done";
            let mut shell = Command::new("chrt");
            shell
                .args(["-o", "0", "sh", "-c", script, fasten()])
                .arg(&place.lock)
                .process_group(0)
                .spawn()
                .unwrap()
        };
        Self((0..count).map(start).collect())
    }
}

impl Drop for Contenders {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let group = format!("-{}", child.id());
            Command::new("kill").args(["-KILL", "--", &group]).status().unwrap();
            child.wait().unwrap();
        }
    }
}

/// Gives this thread, and all that it starts, a processor as soon as it wants one: what the others
/// take of the processors is not to be measured.
fn go_first() {
    let thread = nix::unistd::gettid().to_string();
    let set = Command::new("chrt").args(["-f", "-p", "1", &thread]).status();
    assert!(set.is_ok_and(|set| set.success()), "this test needs chrt (Debian package util-linux) and root");
}

#[test]
#[ignore = "it measures: see CONTRIBUTING.md"]
fn of_a_thousand_refusals_beside_sixteen_contenders_none_takes_10_ms_longer_for_the_name() {
    const RUNS: usize = 1000;
    let place = Place::new();
    go_first();
    let _contenders = Contenders::at(&place, 16);
    let (mut quiet, mut named, mut with_name) = (Vec::new(), Vec::new(), 0);
    let run = |options: &[&str], times: &mut Vec<Duration>| {
        let mut command = Command::new(fasten());
        command.args(["exclusive", "-n"]).args(options).arg(&place.lock).args(["--", "true"]);
        // The kernel would put this thread last for a while if it never slept.
        thread::sleep(Duration::from_millis(3));
        let start = Instant::now();
        let output = command.output().unwrap();
        if output.status.code() == Some(75) && times.len() < RUNS {
            times.push(start.elapsed());
        }
        complaint(&output)
    };
    while quiet.len() < RUNS || named.len() < RUNS {
        run(&["-q"], &mut quiet);
        with_name += usize::from(run(&[], &mut named).contains(": held by "));
    }
    quiet.sort_unstable();
    named.sort_unstable();
    let longer = |index: usize| named[index].saturating_sub(quiet[index]);
    let worst = (0..RUNS).map(longer).max().unwrap();
    println!(
        "quiet: median {:?}, longest {:?}; named: median {:?}, longest {:?}; at most {worst:?} longer; {with_name} names",
        quiet[RUNS / 2],
        quiet[RUNS - 1],
        named[RUNS / 2],
        named[RUNS - 1]
    );
    assert!(worst <= Duration::from_millis(10), "{worst:?}");
}
