//! fasten beside every tool that a user might pick instead, and beside the minimum: a C program
//! that makes the same system calls and does nothing else.
//!
//! `tools/bench` installs the tools and runs this program, which prints all tables. With `--write`
//! it also puts them into docs/performance.md, between their markers, and writes
//! docs/performance.csv and docs/performance.svg, so that all come from one run. A run takes about
//! ten minutes on a machine that does nothing else; `--quick` only checks that everything works.
#![cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "it reads /proc"))]

mod arrival;
mod csv;
mod drain;
mod found;
#[path = "../../tests/support/gate_file.rs"]
mod gate_file;
mod goals;
mod handover;
mod holder;
mod idle;
mod library;
mod machine;
#[path = "../fairness/measure.rs"]
#[allow(dead_code, reason = "the bench of the fairness uses all of it")]
mod measure;
mod memory;
#[path = "../../tests/support/optimised.rs"]
mod optimised;
mod order;
#[path = "../support/page.rs"]
mod page;
mod picture;
mod programs;
mod readers;
mod results;
mod runs;
mod series;
#[path = "../support/shipped.rs"]
mod shipped;
mod stages;
#[path = "../../tests/support/stream.rs"]
mod stream;
#[path = "../support/svg.rs"]
mod svg;
#[path = "../../tests/support/table.rs"]
mod table;
mod tables;
mod tools;
mod turns;

use std::path::Path;
use std::{env, fs};

use found::Found;
use programs::Programs;
use results::Results;

fn main() {
    let options: Vec<String> = env::args().skip(1).collect();
    let wanted = |option: &str| options.iter().any(|given| given == option);
    if !wanted("--bench") || cfg!(not(target_os = "linux")) {
        return;
    }
    let programs = Programs::build();
    let found = found::all(&programs);
    let results = measure_all(&found, &programs);
    print!(
        "{}\n{}\n{}",
        goals::markdown(&results, &shipped::shipped()),
        tables::stages(&results),
        tables::all(&results)
    );
    if wanted("--write") {
        write(&results, &found, Path::new(env!("CARGO_MANIFEST_DIR")));
    }
}

fn measure_all(found: &[Found], programs: &Programs) -> Results {
    let directory = tempfile::tempdir().expect("a directory for the locks");
    let directory = directory.path();
    let mut results = Results::default();
    runs::measure(found, programs, directory, &mut results);
    handover::measure(found, programs, directory, &mut results);
    arrival::measure(found, programs, directory, &mut results);
    drain::measure(found, programs, directory, &mut results);
    readers::measure(&mut results);
    memory::measure(found, programs, directory, &mut results);
    idle::measure(found, programs, directory, &mut results);
    library::measure(programs, directory, &mut results);
    stages::measure(programs, directory, &mut results);
    results
}

fn write(results: &Results, found: &[Found], root: &Path) {
    let machine = format!("Measured on {}.", machine::described());
    let page = root.join("docs/performance.md");
    page::put(&page, "versus", &format!("{}\n{machine}\n", tables::summary(results)));
    page::put(&page, "goals", &format!("{}\n{machine}\n", goals::markdown(results, &shipped::shipped())));
    page::put(&page, "stages", &tables::stages(results));
    page::put(&page, "all", &tables::all(results));
    fs::write(root.join("docs/performance.csv"), csv::all(results, found)).expect("it can be written");
    fs::write(root.join("docs/performance.svg"), picture::draw(results)).expect("it can be drawn");
}
