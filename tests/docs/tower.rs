//! The tower of the source: each floor knows only those below it, no files import each other in a
//! circle, and a file's name says which one it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The floors from the ground up; those of one row do not know each other.
const FLOORS: [&[&str]; 8] = [
    &["mode", "layout", "thread"],
    &["sys"],
    &["holders"],
    &["lock"],
    &["interprocess"],
    &["lib"],
    &["cmd"],
    &["main"],
];

/// One idea on two floors, and the files that only list others.
const NAMES_OF_SEVERAL: [&str; 4] = ["mod.rs", "guard.rs", "error.rs", "rwlock.rs"];

/// A guard releases its lock, and a lock makes its guards.
const CIRCLE_OF_A_LOCK: [&str; 2] = ["src/thread/guard.rs", "src/thread/rwlock.rs"];

/// The list of the options, with the help of each.
const LIST_OF_OPTIONS: &str = "src/cmd/args.rs";

type Imports = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

#[test]
fn no_import_points_upwards() {
    let upwards: Vec<_> = arrows()
        .filter(|(from, to)| floor(from) < floor(to) || floor(from) == floor(to) && room(from) != room(to))
        .collect();
    assert!(upwards.is_empty(), "{upwards:#?}");
}

#[test]
fn the_library_knows_nothing_of_the_command() {
    let sources = sources();
    let library = sources.iter().filter(|file| floor(file) < floor(Path::new("src/cmd/mod.rs")));
    let knowing = library.filter(|file| paths_in(file).iter().any(|path| path.starts_with("fasten::")));
    assert_eq!(knowing.collect::<Vec<_>>(), Vec::<&PathBuf>::new());
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let imports = imports();
    let circles: BTreeSet<Vec<&Path>> = imports
        .keys()
        .filter(|file| reached_from(file, &imports).contains(*file))
        .map(|file| {
            let reached = reached_from(file, &imports);
            let back = reached.into_iter().filter(|other| reached_from(other, &imports).contains(file));
            back.map(PathBuf::as_path).collect()
        })
        .collect();
    assert_eq!(circles, BTreeSet::from([CIRCLE_OF_A_LOCK.map(Path::new).to_vec()]));
}

#[test]
fn no_file_name_occurs_twice() {
    let mut seen: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for file in sources() {
        seen.entry(file.file_name().unwrap().to_str().unwrap().to_owned()).or_default().push(file);
    }
    seen.retain(|name, files| files.len() > 1 && !NAMES_OF_SEVERAL.contains(&name.as_str()));
    assert!(seen.is_empty(), "{seen:#?}");
}

#[test]
fn no_file_is_too_long_to_read() {
    let lines = |file: &PathBuf| fs::read_to_string(file).unwrap().lines().count();
    let counted = sources().into_iter().filter(|file| file != Path::new(LIST_OF_OPTIONS));
    let long: Vec<_> = counted.filter(|file| lines(file) > 250).collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn system_calls_without_a_library_are_made_in_a_sys_folder_only() {
    let is_unsafe = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        code(&text).lines().any(|line| line.contains("unsafe {") || line.contains("unsafe fn"))
    };
    let in_sys = |file: &PathBuf| file.iter().any(|part| part == "sys");
    let elsewhere: Vec<_> = sources().into_iter().filter(|file| is_unsafe(file) && !in_sys(file)).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:#?}");
}

fn sources() -> Vec<PathBuf> {
    fn below(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    below(Path::new("src"), &mut found);
    found.sort();
    assert!(found.len() > 50, "the test runs in the project's directory");
    found
}

/// `src/lock/gates.rs` is in the room `lock`, `src/mode.rs` in `mode`.
fn room(file: &Path) -> String {
    let part = file.iter().nth(1).unwrap().to_str().unwrap();
    part.trim_end_matches(".rs").to_owned()
}

fn floor(file: &Path) -> usize {
    let room = room(file);
    let floor = FLOORS.iter().position(|rooms| rooms.contains(&room.as_str()));
    floor.unwrap_or_else(|| panic!("{} is on no floor", file.display()))
}

fn arrows() -> impl Iterator<Item = (PathBuf, PathBuf)> {
    imports().into_iter().flat_map(|(from, to)| to.into_iter().map(move |to| (from.clone(), to)))
}

/// Which files each file names. A `mod.rs` lists its floor, so it is nobody's part of a circle.
fn imports() -> Imports {
    let all: BTreeSet<PathBuf> = sources().into_iter().collect();
    let named = |file: &PathBuf| {
        let paths = paths_in(file);
        paths.iter().filter_map(|path| resolved(file, path, &all)).filter(|to| to != file).collect()
    };
    let files = all.iter().filter(|file| !file.ends_with("mod.rs"));
    files.map(|file| (file.clone(), named(file))).collect()
}

/// The file that a path like `super::gates::Gate` leads to.
fn resolved(from: &Path, path: &str, all: &BTreeSet<PathBuf>) -> Option<PathBuf> {
    let mut parts: Vec<&str> = path.split("::").collect();
    let mut directory = from.with_extension("");
    let is_root = ["src/main.rs", "src/lib.rs"].contains(&from.to_str().unwrap());
    if parts[0] == "crate" {
        directory = PathBuf::from("src");
        parts.remove(0);
    }
    while parts.first() == Some(&"super") {
        directory.pop();
        if is_root {
            return None;
        }
        parts.remove(0);
    }
    let mut found = None;
    for part in parts {
        directory.push(part);
        let candidates = [directory.with_extension("rs"), directory.join("mod.rs")];
        found = candidates.into_iter().find(|file| all.contains(file)).or(found);
    }
    found
}

/// The paths that begin with `crate`, `super` or the library's name, with groups in braces taken apart.
fn paths_in(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let code = code(&text);
    let mut paths = Vec::new();
    for start in ["crate::", "super::", "fasten::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_' && letter != ':') {
                take_apart("", &code[at..], &mut paths);
            }
        }
    }
    paths
}

/// Reads one path or group from the start of the text; the rest of the text follows it.
fn take_apart<'a>(before: &str, text: &'a str, paths: &mut Vec<String>) -> &'a str {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != ':');
    let (path, mut rest) = text.split_at(end.unwrap_or(text.len()));
    let whole = format!("{before}{path}");
    if !rest.starts_with('{') || !whole.ends_with("::") {
        paths.push(whole.trim_end_matches("::").to_owned());
        return rest;
    }
    loop {
        rest = take_apart(&whole, rest[1..].trim_start(), paths).trim_start();
        if let Some((_, renamed)) = rest.strip_prefix("as ").and_then(|name| name.split_once([',', '}'])) {
            rest = &rest[rest.len() - renamed.len() - 1..];
        }
        if !rest.starts_with(',') {
            return rest.strip_prefix('}').unwrap_or(rest);
        }
    }
}

/// The text without its comments, and without the tests at its end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

fn reached_from<'a>(file: &PathBuf, imports: &'a Imports) -> BTreeSet<&'a PathBuf> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&PathBuf> = imports.get(file).into_iter().flatten().collect();
    while let Some(file) = next.pop() {
        if reached.insert(file) {
            next.extend(imports.get(file).into_iter().flatten());
        }
    }
    reached
}
