//! The tables in docs/: a bench writes everything between two markers.

use std::fs;
use std::path::Path;

/// Puts the text there, if the page has the markers of this name.
pub fn put(page: &Path, name: &str, text: &str) {
    let (begin, end) = (format!("<!-- {name}: begin -->"), format!("<!-- {name}: end -->"));
    let now = fs::read_to_string(page).unwrap_or_default();
    let parts = now.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    match parts {
        Some((before, after)) => {
            let new = format!("{before}{begin}\n\n{}\n\n{end}{after}", text.trim_end());
            fs::write(page, new).expect("the page can be written");
        }
        None => eprintln!("{}: no {begin} ... {end}, so it stays as it is", page.display()),
    }
}
