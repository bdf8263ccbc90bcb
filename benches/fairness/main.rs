//! The three preferences and flock(1) side by side: how long readers and writers wait, and how much
//! they get done.
//!
//! `cargo bench --bench fairness` prints a table. With `-- --write` it also puts the table into
//! docs/fairness.md, between its two markers, and draws docs/fairness.svg, so that table and
//! picture always come from one run.
#![cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "there are no gates elsewhere"))]

mod measure;
#[path = "../support/page.rs"]
mod page;
mod picture;
mod scale;
#[path = "../../tests/support/stream.rs"]
mod stream;
#[path = "../support/svg.rs"]
mod svg;
mod table;

use std::env;
use std::fs;
use std::path::Path;

use measure::{SCENES, measure};

fn main() {
    let options: Vec<String> = env::args().skip(1).collect();
    let wanted = |option: &str| options.iter().any(|given| given == option);
    if !wanted("--bench") || cfg!(not(target_os = "linux")) {
        return;
    }
    let results: Vec<_> = SCENES.iter().map(|scene| (scene, measure(scene))).collect();
    let table = table::markdown(&results);
    print!("{table}");
    if wanted("--write") {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        fs::create_dir_all(root.join("docs")).expect("docs/ can be made");
        fs::write(root.join("docs/fairness.svg"), picture::draw(&results)).expect("it can be drawn");
        page::put(&root.join("docs/fairness.md"), "fairness", &table);
    }
}
