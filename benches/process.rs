//! How fast the locks between processes are: `cargo bench --bench process`.
//!
//! Each lock is measured beside the bare system calls, in the same run: the calls that only lock,
//! and the calls that any safe use needs (to check that the path still leads to the locked file,
//! and that no other process is upgrading). After that come the hand-over between two processes,
//! and Python's fasteners, if `FASTENERS` is the path of a Python that has it.

#[path = "process/bare.rs"]
mod bare;
#[path = "process/hand_over.rs"]
mod hand_over;

use std::env;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use fasten::{InterProcessLock, InterProcessReaderWriterLock};

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let [_, plays, how, path] = &arguments[..]
        && plays == "--plays"
    {
        return hand_over::plays(Path::new(path), how);
    }
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("lock");
    std::fs::write(&path, "").expect("a file");
    uncontended(&path);
    hand_over::measure(&path, "fasten");
    hand_over::measure(&path, "bare");
    fasteners(&path);
}

fn uncontended(path: &Path) {
    let (lock, shared) = (InterProcessLock::new(path), InterProcessReaderWriterLock::new(path));
    let calls = bare::Calls::on(path);
    let kept = each([&|| drop(lock.lock().expect("free")), &|| calls.lock(), &|| calls.lock_safely()]);
    let opened = each([
        &|| drop(InterProcessLock::new(path).lock().expect("free")),
        &|| calls.open_and_lock(),
        &|| calls.open_and_lock_safely(),
    ]);
    let [read, write] =
        each([&|| drop(shared.read().expect("free")), &|| drop(shared.write().expect("free"))]);
    println!("uncontended, take and release      fasten   bare  ratio   bare and safe  ratio");
    for (what, [ours, bare, safe]) in [("kept open", kept), ("opened each time", opened)] {
        println!(
            "{what:30} {ours:8.0} ns {bare:5.0} ns {:5.2} {safe:12.0} ns {:6.2}",
            ours / bare,
            ours / safe
        );
    }
    println!("{:30} {read:8.0} ns", "read, kept open");
    println!("{:30} {write:8.0} ns", "write, kept open");
}

/// Nanoseconds that each takes, in the best of many runs. They take turns, so that other work on
/// the machine hits all.
fn each<const N: usize>(operations: [&dyn Fn(); N]) -> [f64; N] {
    const TIMES: u32 = 2_000;
    let run = |operation: &dyn Fn()| {
        let start = Instant::now();
        (0..TIMES).for_each(|_| operation());
        start.elapsed().as_secs_f64() * 1e9 / f64::from(TIMES)
    };
    let mut best = [f64::INFINITY; N];
    for _ in 0..200 {
        for (best, operation) in best.iter_mut().zip(operations) {
            *best = best.min(run(operation));
        }
    }
    best
}

/// The same in Python: take and release, and the hand-over between two processes.
const FASTENERS: &str = r"
import fasteners, os, sys, time
def each(lock):
    best = 1e9
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(5000):
            lock.acquire(); lock.release()
        best = min(best, (time.perf_counter() - start) / 5000)
    return best * 1e9
print(f'fasteners, take and release    {each(fasteners.InterProcessLock(sys.argv[1])):8.0f} ns')
def hand_over(path):
    read, write = os.pipe()
    ready, said = os.pipe()
    lock = fasteners.InterProcessLock(path)
    if os.fork() == 0:
        own, got = fasteners.InterProcessLock(path), []
        for _ in range(40):
            os.read(read, 1)
            os.write(said, b'.')
            own.acquire()
            os.write(said, (b'%d' % time.monotonic_ns()).ljust(20))
            own.release()
        os._exit(0)
    waits = []
    for turn in range(40):
        lock.acquire()
        os.write(write, b'.')
        os.read(ready, 1)
        time.sleep(0.03 + turn * 0.0017)
        released = time.monotonic_ns()
        lock.release()
        waits.append(int(os.read(ready, 20)) - released)
    waits.sort()
    print(f'fasteners, hand-over           {waits[20] / 1e6:8.3f} ms median')
hand_over(sys.argv[1])
";

fn fasteners(path: &Path) {
    let Some(python) = env::var_os("FASTENERS") else {
        println!("fasteners: not measured; set FASTENERS to a Python that has it");
        return;
    };
    let ran = Command::new(&python).args(["-c", FASTENERS]).arg(path).status();
    assert!(ran.expect("FASTENERS names a program").success());
}
