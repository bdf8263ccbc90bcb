//! The table in README.md: everything between two markers is ours.

use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- bench: begin -->";
const END: &str = "<!-- bench: end -->";

/// Puts the table there, if the page has the markers.
pub fn put(page: &Path, table: &str) {
    let text = fs::read_to_string(page).unwrap_or_default();
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    match parts {
        Some((before, after)) => {
            let table = table.trim_end();
            let new = format!("{before}{BEGIN}\n\n{table}\n\n{END}{after}");
            fs::write(page, new).expect("the page can be written");
        }
        None => eprintln!("{}: no {BEGIN} ... {END}, so it stays as it is", page.display()),
    }
}
