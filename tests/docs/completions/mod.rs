//! The completions know what the command line knows, and the shells agree.
//!
//! A completion goes stale silently: nobody notices that an option is missing.
//! So the tables in completions/ are made from the clap definition, by
//! `FASTEN_UPDATE=1 cargo test --test docs completions`, and a table that differs
//! from it fails here. That the files then do something useful only a shell can
//! tell, so each is asked. PowerShell is not in Debian: nobody asks it, its
//! table alone is checked.

mod definition;
mod render;
mod shells;

use std::collections::BTreeSet;
use std::fs;

use definition::{Opt, ROOT, Table};
use shells::{Shell, offers};

const BEGIN: &str = ">>> made from src/cmd/args.rs";
const END: &str = "# <<<";

type Render = fn(&Table) -> String;
const FILES: [(&str, Render); 5] = [
    ("fasten.bash", render::bash),
    ("_fasten", render::zsh),
    ("fasten.fish", render::fish),
    ("fasten.elv", render::elvish),
    ("_fasten.ps1", render::powershell),
];

#[test]
fn every_file_holds_the_table_of_the_command_line_as_it_is_now() {
    let table = Table::from_clap();
    for (name, render) in FILES {
        let path = path_of(name);
        let committed = fs::read_to_string(&path).unwrap();
        let current = with_table(&committed, &render(&table));
        if std::env::var_os("FASTEN_UPDATE").is_some() {
            fs::write(&path, current).unwrap();
        } else {
            assert_eq!(committed, current, "stale: FASTEN_UPDATE=1 cargo test --test docs completions");
        }
    }
}

#[test]
fn every_file_names_every_verb_option_and_value_and_no_other_option() {
    let table = Table::from_clap();
    let options: BTreeSet<&str> = table.options.iter().flat_map(|o| &o.names).map(String::as_str).collect();
    let values = table.options.iter().flat_map(Opt::values);
    let expected: Vec<&str> = options.iter().copied().chain(table.verb_names()).chain(values).collect();
    for (name, _) in FILES {
        let code = code_of(name);
        let words: BTreeSet<&str> = code.split(|c: char| !c.is_alphanumeric() && c != '-').collect();
        for word in &expected {
            assert!(words.contains(word), "{name} does not know {word}");
        }
        for word in words.iter().filter(|word| word.len() > 2 && word.starts_with("--")) {
            assert!(options.contains(word), "{name} offers {word}");
        }
    }
}

/// A file without its comments; fish's own spelling of options made the usual one.
fn code_of(name: &str) -> String {
    let text = fs::read_to_string(path_of(name)).unwrap();
    let line = |line: &str| match line {
        comment if comment.trim_start().starts_with('#') => String::new(),
        fish if fish.starts_with("complete -c") => fish.replace(" -l ", " --").replace(" -s ", " -") + "\n",
        other => format!("{other}\n"),
    };
    text.lines().map(line).collect()
}

fn path_of(name: &str) -> String {
    format!("{}/completions/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn with_table(file: &str, table: &str) -> String {
    let begin = file.find(BEGIN).expect("a line where the table begins");
    let begin = begin + file[begin..].find('\n').unwrap() + 1;
    let end = begin + file[begin..].find(END).expect("a line where the table ends");
    let end = file[..end].rfind('\n').unwrap() + 1;
    [&file[..begin], table, &file[end..]].concat()
}

fn verbs_are_offered(shell: Shell) {
    assert_eq!(offers(shell, "fasten ", &[]), sorted(&Table::from_clap().verb_names()));
    assert_eq!(offers(shell, "fasten wr", &[]), ["write"]);
    assert_eq!(offers(shell, "fasten help ex", &[]), ["exclusive"]);
}

fn exactly_the_long_options_of_each_verb_are_offered(shell: Shell) {
    let table = Table::from_clap();
    for verb in table.verb_names().into_iter().chain([ROOT]) {
        let mut names = table.names_of(verb);
        names.retain(|name| name.starts_with("--"));
        if names.is_empty() {
            continue;
        }
        let line = if verb == ROOT { "fasten --".to_owned() } else { format!("fasten {verb} --") };
        let offered = offers(shell, &line, &[]);
        let offered: Vec<_> = offered.iter().map(|name| name.trim_end_matches('=')).collect();
        assert_eq!(offered, sorted(&names), "{line}");
    }
}

fn the_values_of_prefer_are_offered(shell: Shell) {
    assert_eq!(offers(shell, "fasten write --prefer ", &["f"]), ["fair", "reader", "writer"]);
    assert_eq!(offers(shell, "fasten write -n --prefer re", &[]), ["reader"]);
}

fn the_shells_are_offered(shell: Shell) {
    let shells = ["bash", "elvish", "fish", "powershell", "zsh"];
    assert_eq!(offers(shell, "fasten completions ", &["a file"]), shells);
    assert_eq!(offers(shell, "fasten completions b", &["b"]), ["bash"]);
}

fn a_value_after_an_equals_sign_is_offered(shell: Shell) {
    assert_eq!(offers(shell, "fasten write --prefer=re", &[]), ["--prefer=reader"]);
}

fn locks_are_files_and_folders_with_any_name(shell: Shell) {
    let files = ["a lock", "a folder/", "else"];
    assert_eq!(offers(shell, "fasten exclusive -n a", &files), ["a folder", "a lock"]);
    assert_eq!(offers(shell, "fasten status else a", &files), ["a folder", "a lock"]);
}

fn only_folders_are_offered_to_the_doctor(shell: Shell) {
    let files = ["a lock", "a folder/", "else"];
    assert_eq!(offers(shell, "fasten doctor -q a", &files), ["a folder"]);
}

fn a_command_is_offered_after_the_dashes(shell: Shell) {
    let offered = offers(shell, "fasten exclusive -w 5 L -- gre", &["gre-lock"]);
    assert!(offered.iter().any(|name| name == "grep"), "{offered:?}");
    assert!(!offered.iter().any(|name| name == "gre-lock"), "{offered:?}");
    let as_string = offers(shell, "fasten read L -c gre", &[]);
    assert!(as_string.iter().any(|name| name == "grep"), "{as_string:?}");
}

fn its_files_are_offered(shell: Shell) {
    assert_eq!(offers(shell, "fasten read L -- grep x a", &["a text", "b"]), ["a text"]);
}

fn its_options_are_offered(shell: Shell) {
    let offered = offers(shell, "fasten write L -- grep --colo", &[]);
    assert!(offered.iter().any(|name| name.starts_with("--color")), "{offered:?}");
    let offered = offers(shell, "fasten write L -- grep --prefe", &[]);
    assert!(!offered.iter().any(|name| name == "--prefer"), "{offered:?}");
}

macro_rules! ask {
    ($module:ident, $shell:expr, $($question:ident)*) => {
        mod $module {
            $(#[test]
            fn $question() {
                super::$question($shell);
            })*
        }
    };
}

macro_rules! ask_all {
    ($module:ident, $shell:expr $(, and $($more:ident)*)?) => {
        ask! { $module, $shell,
            verbs_are_offered
            exactly_the_long_options_of_each_verb_are_offered
            the_values_of_prefer_are_offered
            the_shells_are_offered
            locks_are_files_and_folders_with_any_name
            only_folders_are_offered_to_the_doctor
            a_command_is_offered_after_the_dashes
            its_files_are_offered
            $($($more)*)?
        }
    };
}

ask_all!(bash, super::Shell::Bash, and its_options_are_offered a_value_after_an_equals_sign_is_offered);
ask_all!(bash_without_bash_completion, super::Shell::BareBash, and a_value_after_an_equals_sign_is_offered);
ask_all!(zsh, super::Shell::Zsh, and its_options_are_offered a_value_after_an_equals_sign_is_offered);
ask_all!(fish, super::Shell::Fish, and its_options_are_offered a_value_after_an_equals_sign_is_offered);
ask_all!(elvish, super::Shell::Elvish);

fn sorted(words: &[&str]) -> Vec<String> {
    let words: BTreeSet<_> = words.iter().map(ToString::to_string).collect();
    words.into_iter().collect()
}
