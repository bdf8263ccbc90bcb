//! What the documents are made of: sections, macros of mdoc(7), links, blocks of code, command lines.

use std::fs;
use std::path::{Path, PathBuf};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The lines under a heading, up to the next of its kind.
pub fn section<'a>(text: &'a str, mark: &'a str, heading: &'a str) -> impl Iterator<Item = &'a str> {
    let begins = move |line: &&str| line.strip_prefix(mark) != Some(heading);
    let mut lines = text.lines().skip_while(begins);
    assert!(lines.next().is_some(), "no section {heading}");
    lines.take_while(move |line| !line.starts_with(mark))
}

/// What the manual marks by a macro, anywhere.
pub fn macros(name: &'static str) -> impl Iterator<Item = String> {
    let page = read("man/fasten.1");
    let found: Vec<String> = page.lines().flat_map(|line| arguments_of(name, line)).collect();
    found.into_iter()
}

/// The arguments of a macro in one line of mdoc(7), up to the next macro.
pub fn arguments_of(name: &str, line: &str) -> impl Iterator<Item = String> {
    let mut inside = false;
    let mut found = Vec::new();
    for word in line.strip_prefix('.').unwrap_or_default().split_whitespace() {
        if is_macro(word) {
            inside = word == name;
        } else if inside && !word.chars().all(|letter| "|,.;:()".contains(letter)) {
            found.push(word.to_owned());
        }
    }
    found.into_iter()
}

pub fn is_macro(word: &str) -> bool {
    let mut letters = word.chars();
    let two = (letters.next(), letters.next(), letters.next());
    matches!(two, (Some('A'..='Z'), Some('a'..='z'), None))
}

/// The Markdown files of the project's own directory and of docs/.
pub fn documents() -> Vec<PathBuf> {
    let listed = [root().to_owned(), root().join("docs")].map(|directory| fs::read_dir(directory).unwrap());
    let paths = listed.into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    paths.filter(|path| path.extension().is_some_and(|end| end == "md")).collect()
}

/// The targets of `[text](target)` and `![text](target)` that are not web addresses.
pub fn links(text: &str) -> Vec<String> {
    let after = text.split("](").skip(1);
    let targets = after.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned());
    targets.filter(|target| !target.contains("://") && !target.starts_with('#')).collect()
}

/// The lines outside of the fenced blocks.
pub fn without_code(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// The lines of the fenced blocks.
pub fn code_of(text: &str) -> Vec<String> {
    let mut inside = false;
    let mut code = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if inside {
            code.push(line.to_owned());
        }
    }
    code
}

/// Where the call of fasten begins. A line with `[OPTIONS]` shows the form.
pub fn start_of_call(line: &str) -> Option<usize> {
    if line.contains("[OPTIONS]") {
        return None;
    }
    let calls = ["fasten exclusive", "fasten read", "fasten write", "fasten status", "fasten doctor"];
    calls.iter().filter_map(|call| line.find(call)).min()
}

/// The words as a shell would split them, up to the end of the simple command or a comment.
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None::<String>;
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), close) if open == close => quote = None,
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, ' ' | '\t') => words.extend(word.take()),
            (None, ';' | '|' | '&') => break,
            (None, '#') if word.is_none() => break,
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}
