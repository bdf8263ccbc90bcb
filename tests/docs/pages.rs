//! What the documents say is held to what the program is: the manual, the
//! README and the changelog against the command line, the exit codes and
//! Cargo.toml.

#[allow(dead_code, reason = "only the numbers are read here")]
#[path = "../../src/exit.rs"]
mod exit;

#[path = "../../src/cmd/flock/table.rs"]
mod flock;

#[allow(dead_code, reason = "only what the page names is read here")]
#[path = "../../src/lock/layout.rs"]
mod layout;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use clap::{CommandFactory, Parser};

use crate::cli;
use crate::reading::{
    arguments_of, code_of, documents, links, macros, read, root, section, start_of_call, words,
};

type Names = BTreeSet<String>;

#[test]
fn the_exit_status_table_of_the_manual_names_exactly_the_codes() {
    let page = read("man/fasten.1");
    let items = section(&page, ".Sh ", "EXIT STATUS").filter_map(|line| line.strip_prefix(".It "));
    assert_eq!(numbers(items), codes());
}

#[test]
fn the_table_of_the_readme_names_exactly_the_codes() {
    let readme = read("README.md");
    let rows = section(&readme, "## ", "Exit codes").filter_map(|line| line.strip_prefix("| "));
    assert_eq!(numbers(rows), codes());
}

#[test]
fn the_manual_names_exactly_the_subcommands() {
    let command = command();
    let known = command.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    assert_eq!(macros("Ic").collect::<Names>(), with(known, &["fg"]), "fg is the shell's");
}

#[test]
fn the_manual_names_exactly_the_options() {
    let command = command();
    let mut known: Names = options(&command);
    known.extend(command.get_subcommands().flat_map(options));
    let told: Names = macros("Fl").filter(|name| name != "-").collect();
    assert_eq!(told, known);
}

#[test]
fn the_manual_of_flock_names_exactly_the_options_and_codes_of_flock() {
    let page = read("man/flock.1");
    let short = flock::SHORT.to_str().unwrap().chars().filter(char::is_ascii_alphabetic);
    let long = flock::LONG.iter().map(|(name, ..)| format!("-{}", name.to_str().unwrap()));
    let command = flock::COMMAND.iter().map(|option| option[1..].to_owned());
    let known: Names = short.map(String::from).chain(long).chain(command).collect();
    let explained = section(&page, ".Sh ", "OPTIONS").filter(|line| line.starts_with(".It "));
    assert_eq!(explained.flat_map(|line| arguments_of("Fl", line)).collect::<Names>(), known);
    let codes = flock::Code::ALL.iter().map(|code| *code as u8).collect();
    let items = section(&page, ".Sh ", "EXIT STATUS").filter_map(|line| line.strip_prefix(".It "));
    assert_eq!(numbers(items), codes);
}

#[test]
fn the_options_section_of_the_manual_explains_every_option_under_all_its_names() {
    let page = read("man/fasten.1");
    let items: Vec<Names> = section(&page, ".Sh ", "OPTIONS")
        .filter(|line| line.starts_with(".It "))
        .map(|line| arguments_of("Fl", line).collect())
        .collect();
    let command = command();
    for subcommand in command.get_subcommands().filter(|one| one.get_name() != "help") {
        for option in subcommand.get_arguments().filter(|one| !one.is_positional()) {
            assert!(items.contains(&names(option)), "{:?} in {items:?}", names(option));
        }
    }
}

#[test]
fn the_manual_names_exactly_the_words_that_options_take() {
    let command = command();
    let options = command.find_subcommand("write").expect("it writes").get_arguments();
    let taken = options.filter(|one| one.get_action().takes_values());
    let known: Names =
        taken.flat_map(clap::Arg::get_possible_values).map(|value| value.get_name().to_owned()).collect();
    assert_eq!(macros("Cm").collect::<Names>(), known);
}

#[test]
fn the_layout_page_names_the_gate_file_and_the_bytes_that_are_locked() {
    let page = read("man/fasten-lock.5");
    let rows: Vec<&str> = section(&page, ".Sh ", "BYTES").collect();
    let told = |bytes: layout::Bytes, name: &str| {
        let last = bytes.first + bytes.count - 1;
        let range = if bytes.count == 1 {
            byte(bytes.first)
        } else {
            format!("{} to {}", byte(bytes.first), byte(last))
        };
        assert!(rows.contains(&format!(".It {range} Ta {name}").as_str()), "{range} {name} in {rows:#?}");
    };
    told(layout::PRESENT, "PRESENT");
    let gate = layout::Gate::FLOCK;
    told(gate.queue(), "QUEUE");
    told(gate.passage(), "PASSAGE");
    told(gate.intents(), "INTENT");
    told(gate.landing(), "LANDING");
    told(gate.conversion(), "CONVERSION");
    assert_eq!(gate.way_in().first, gate.passage().first);
    assert_eq!(gate.way_in().first + gate.way_in().count, gate.conversion().first + 1);
    let (flock, fcntl) = (gate.queue().first, layout::Gate::FCNTL.queue().first);
    assert!(page.contains(&format!("{} bytes further on", byte(fcntl - flock))));
    assert!(page.contains(r".Pa /dev/shm/fasten\&. Ns Ar DEVICE Ns \&. Ns Ar INODE"));
    assert_eq!(layout::gate_file(0xfe01, 42), Path::new("/dev/shm/fasten.fe01.42"));
}

/// As the page writes it: `0`, `2^32`, `2^32+2`, `2^32+2^31-1`.
fn byte(number: i64) -> String {
    let (gates, half) = (1 << 32, 1 << 31);
    match number - gates {
        _ if number < gates => number.to_string(),
        0 => "2^32".to_owned(),
        more if more < 100 => format!("2^32+{more}"),
        more if more < half => format!("2^32+2^31-{}", half - more),
        more if more == half => "2^32+2^31".to_owned(),
        more => format!("2^32+2^31+{}", more - half),
    }
}

#[test]
fn mandoc_finds_nothing_wrong_with_the_manuals() {
    let lint = Command::new("mandoc")
        .args(["-Tlint", "-Wstyle", "man/fasten.1", "man/fasten-lock.5", "man/flock.1"])
        .current_dir(root())
        .output()
        .expect("mandoc must be installed: the Debian package is mandoc, and tools/test installs it");
    let found = String::from_utf8_lossy(&lint.stdout).into_owned();
    let of_the_page = found.lines().filter(|line| !depends_on_the_machine(line));
    assert_eq!(of_the_page.collect::<Vec<_>>(), Vec::<&str>::new());
}

/// Whether the manuals that ours refers to are installed is not its fault.
fn depends_on_the_machine(line: &str) -> bool {
    line.contains("referenced manual not found")
}

#[test]
fn every_relative_link_in_the_markdown_files_leads_to_a_file() {
    let mut seen = 0;
    for document in documents() {
        for link in links(&fs::read_to_string(&document).expect("it was listed")) {
            let file = link.split('#').next().unwrap_or_default();
            assert!(root().join(file).exists(), "{}: {link}", document.display());
            seen += 1;
        }
    }
    assert!(seen > 0, "no link was found at all");
}

#[test]
fn every_file_that_the_architecture_page_names_is_there() {
    let page = read("ARCHITECTURE.md");
    let quoted = page.split('`').skip(1).step_by(2);
    let paths = quoted.filter(|word| ["src/", "tests/", "tools/"].iter().any(|dir| word.starts_with(dir)));
    let missing: Vec<&str> = paths.filter(|path| !root().join(path).exists()).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn the_changelog_has_an_entry_for_this_version() {
    let heading = format!("## {}", env!("CARGO_PKG_VERSION"));
    let changelog = read("CHANGELOG.md");
    assert!(changelog.lines().any(|line| line.split(" - ").next() == Some(&heading)), "no '{heading}'");
}

#[test]
fn every_command_line_in_the_readme_is_one_that_fasten_understands() {
    check_command_lines(code_of(&read("README.md")), 10);
}

#[test]
fn every_example_in_the_manual_is_one_that_fasten_understands() {
    let page = read("man/fasten.1");
    let examples = section(&page, ".Sh ", "EXAMPLES").map(ToOwned::to_owned);
    check_command_lines(examples.collect(), 8);
}

fn check_command_lines(lines: Vec<String>, at_least: usize) {
    let mut checked = 0;
    for line in lines {
        let Some(start) = start_of_call(&line) else { continue };
        let words = words(&line[start..]);
        if let Err(error) = cli::Cli::try_parse_from(&words) {
            panic!("{line}\n{words:?}\n{error}");
        }
        checked += 1;
    }
    assert!(checked >= at_least, "only {checked} command lines were found");
}

/// With everything that clap adds: help, version, the subcommand `help`.
fn command() -> clap::Command {
    let mut command = cli::Cli::command();
    command.build();
    command
}

fn options(command: &clap::Command) -> Names {
    command.get_arguments().flat_map(names).collect()
}

/// All names of an option as the manual spells them: `n`, `-nonblock`.
fn names(option: &clap::Arg) -> Names {
    let long = option.get_long_and_visible_aliases().unwrap_or_default();
    let short = option.get_short_and_visible_aliases().unwrap_or_default();
    let long = long.iter().map(|name| format!("-{name}"));
    long.chain(short.iter().map(ToString::to_string)).collect()
}

fn with(mut names: Names, more: &[&str]) -> Names {
    names.extend(more.iter().map(|name| (*name).to_owned()));
    names
}

fn codes() -> BTreeSet<u8> {
    exit::Code::ALL.iter().map(|code| code.number()).collect()
}

/// The numbers that stand first in a line.
fn numbers<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeSet<u8> {
    lines.filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect()
}
