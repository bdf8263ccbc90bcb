//! Slots beside `exclusive` and GNU sem: `cargo bench --bench slots`. With `-- --write` the results
//! go into docs/performance.md.
//!
//! It needs the package parallel, which has GNU sem.

mod contenders;
#[path = "../../tests/support/optimised.rs"]
mod optimised;
#[path = "../support/page.rs"]
mod page;
mod programs;

use std::env;
use std::path::Path;

use contenders::{CONTENDERS, RUNS, SLOTS, Story};

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let [_, contends, path] = &arguments[..] {
        if contends == "--contends" {
            return contenders::contend(Path::new(path));
        }
    }
    let directory = tempfile::tempdir().expect("a directory");
    let lock = directory.path().join("lock");
    let Story { most_inside, all_in_use, in_use, passed } = contenders::story(&lock);
    let fasten = optimised::optimised();
    let uncontended = programs::uncontended(&fasten, &lock);
    let [ours, sem] = programs::throughput(&fasten, directory.path());
    let text = format!(
        "| {CONTENDERS} contenders for {SLOTS} slots, 10 ms each, {RUNS} runs | |\n| --- | --- |\n\
         | most inside at the same time | {most_inside} |\n\
         | all slots in use while someone waits | {:.1} % of the time |\n\
         | a slot in use while someone waits | {:.1} % of the time |\n\
         | runs that passed one that had waited 2 ms longer | {passed} |\n\
         | `slot -j 4` without contention, against `exclusive` | {uncontended:.3} |\n\
         | runs of `sleep 0.01` a second, of fasten and of GNU sem | {ours:.0}, {sem:.1}: {:.0} times |\n",
        all_in_use * 100.0,
        in_use * 100.0,
        ours / sem,
    );
    print!("{text}");
    if arguments.iter().any(|argument| argument == "--write") {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/performance.md");
        page::put(&docs, "slots", &text);
    }
}
