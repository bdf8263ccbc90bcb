//! What is public is meant to be: every item, method, variant and field stands in `tests/docs/public_api.txt`. And the page that
//! shows them is made without a warning.
//!
//! `FASTEN_UPDATE=1 cargo test --test docs public_api` rewrites the list, to be looked at in the change.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/docs/public_api.txt");

#[test]
fn every_public_name_is_meant_and_the_documentation_has_no_warning() {
    let found = names(&documentation());
    if env::var_os("FASTEN_UPDATE").is_some() {
        fs::write(LIST, found.iter().map(|name| format!("{name}\n")).collect::<String>()).unwrap();
    }
    let text = fs::read_to_string(LIST).unwrap();
    let meant: BTreeSet<String> = text.lines().map(str::to_owned).collect();
    let (new, gone): (Vec<_>, Vec<_>) =
        (found.difference(&meant).collect(), meant.difference(&found).collect());
    assert!(new.is_empty() && gone.is_empty(), "public and not in the list: {new:#?}\nnot public: {gone:#?}");
}

/// The directory of pages that rustdoc makes.
fn documentation() -> PathBuf {
    let made = Command::new(env!("CARGO"))
        .args(["rustdoc", "--lib", "--offline", "--", "-D", "warnings"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let target = env::current_exe().unwrap();
    target.ancestors().nth(3).expect("target/debug/deps/this").join("doc/fasten")
}

fn names(pages: &Path) -> BTreeSet<String> {
    let all = fs::read_to_string(pages.join("all.html")).unwrap();
    let (_, list) = all.split_once("List of all items").expect("rustdoc's own heading");
    let links = list.split("<a href=\"").skip(1).filter_map(|rest| rest.split_once('"').map(|found| found.0));
    let mut names = BTreeSet::new();
    for link in links.filter(|link| !link.starts_with("..") && !link.contains("://")) {
        let Some(item) = link.strip_suffix(".html").map(|path| path.replace('/', "::")) else { continue };
        let page = fs::read_to_string(pages.join(link)).unwrap();
        names.extend(parts(&page).into_iter().map(|part| format!("{item}::{part}")));
        names.insert(item);
    }
    names
}

/// Methods of its own, variants, fields; what it has by traits is not listed.
fn parts(page: &str) -> Vec<String> {
    let tags = page.split('<').filter(|tag| !tag.contains("trait-impl") && !tag.contains(".fields"));
    let ids = tags.filter_map(|tag| tag.split_once("id=\"")?.1.split_once('"').map(|found| found.0));
    let parts =
        ids.filter(|id| ["method.", "variant.", "structfield."].iter().any(|kind| id.starts_with(kind)));
    parts.map(str::to_owned).collect()
}
