//! The documents are compared with the program: the manual, the README, the
//! pages of docs/ and the changelog with the command line, the exit codes and
//! Cargo.toml.

#[allow(dead_code, reason = "only the numbers are read here")]
#[path = "../../src/cmd/exit.rs"]
mod exit;

#[path = "../../src/cmd/flock/interface.rs"]
mod flock;

#[allow(dead_code, reason = "only what the page names is read here")]
#[path = "../../src/layout.rs"]
mod layout;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::{CommandFactory, Parser};

use crate::args;
use crate::reading::{
    arguments_of, code_of, documents, links, macros, read, root, section, start_of_call, without_code, words,
};

type Names = BTreeSet<String>;

#[test]
fn the_exit_status_table_of_the_manual_names_exactly_the_codes() {
    let page = read("man/fasten.1");
    let items = section(&page, ".Sh ", "EXIT STATUS").filter_map(|line| line.strip_prefix(".It "));
    assert_eq!(numbers(items), codes());
}

#[test]
fn the_page_of_the_exit_codes_names_exactly_the_codes() {
    let page = read("docs/exit-codes.md");
    let rows = section(&page, "## ", "The codes").filter_map(|line| line.strip_prefix("| "));
    assert_eq!(numbers(rows), codes());
}

#[test]
fn the_readme_has_at_most_250_lines() {
    let lines = read("README.md").lines().count();
    assert!(lines <= 250, "{lines} lines: long tables belong in docs/");
}

/// Of flock(1) all options must be there, and of fasten none that it does not have.
#[test]
fn the_table_from_flock_names_every_option_of_flock_and_only_options_of_fasten() {
    let page = read("docs/from-flock.md");
    let rows = section(&page, "## ", "Option by option").filter_map(|line| line.strip_prefix("| "));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split('|').collect()).collect();
    let column = |at: usize| rows.iter().flat_map(move |row| options_in(row[at])).collect::<Names>();
    let missing: Names = options_of_flock().difference(&column(0)).cloned().collect();
    assert_eq!(missing, Names::new());
    let invented: Names = column(2).difference(&all_options()).cloned().collect();
    assert_eq!(invented, Names::new());
}

/// The options that are quoted in a cell of a table, without the first dash: `n`, `-nonblock`.
fn options_in(cell: &str) -> impl Iterator<Item = String> {
    let words = cell.split('`').skip(1).step_by(2).flat_map(str::split_whitespace);
    words.filter(|word| *word != "--").filter_map(|word| word.strip_prefix('-')).map(ToOwned::to_owned)
}

#[test]
fn the_manual_names_exactly_the_subcommands() {
    let command = command();
    let known = command.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    assert_eq!(macros("Ic").collect::<Names>(), with(known, &["fg"]), "fg is the shell's");
}

#[test]
fn the_manual_names_exactly_the_options() {
    let named: Names = macros("Fl").filter(|name| name != "-").collect();
    assert_eq!(named, all_options());
}

#[test]
fn the_manual_of_flock_names_exactly_the_options_and_codes_of_flock() {
    let page = read("man/flock.1");
    let explained = section(&page, ".Sh ", "OPTIONS").filter(|line| line.starts_with(".It "));
    assert_eq!(explained.flat_map(|line| arguments_of("Fl", line)).collect::<Names>(), options_of_flock());
    let codes = flock::FlockCode::ALL.iter().map(|code| *code as u8).collect();
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
    let arguments = command.get_subcommands().flat_map(clap::Command::get_arguments);
    let taken = arguments.filter(|one| one.get_action().takes_values());
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
    told(gate.coalesce(), "COALESCE");
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
        let directory = document.parent().expect("it is in one");
        for link in links(&fs::read_to_string(&document).expect("it was listed")) {
            let file = link.split('#').next().unwrap_or_default();
            assert!(directory.join(file).exists(), "{}: {link}", document.display());
            seen += 1;
        }
    }
    assert!(seen > 0, "no link was found at all");
}

#[test]
fn every_file_that_the_documents_name_is_there() {
    let directories = [".ci/", ".github/", "benches/", "docs/", "man/", "src/", "tests/", "tools/"];
    for document in documents() {
        let text = fs::read_to_string(&document).expect("it was listed");
        let prose = without_code(&text);
        let quoted = prose.split('`').skip(1).step_by(2).filter_map(|words| words.split_whitespace().next());
        let paths = quoted.filter(|word| directories.iter().any(|directory| word.starts_with(directory)));
        let missing: Vec<&str> = paths.filter(|path| !root().join(path).exists()).collect();
        assert_eq!(missing, Vec::<&str>::new(), "{}", document.display());
    }
}

/// So that the benches find where to put their tables, and the pages that show pictures have them.
#[test]
fn every_table_of_a_bench_has_its_markers_in_one_page() {
    for name in ["versus", "goals", "stages", "all", "fairness"] {
        let with = |end: &str| {
            let marker = format!("<!-- {name}: {end} -->");
            documents().into_iter().filter(move |path| fs::read_to_string(path).unwrap().contains(&marker))
        };
        let pages: Vec<PathBuf> = with("begin").collect();
        assert_eq!(pages.len(), 1, "{name}: {pages:?}");
        assert_eq!(pages, with("end").collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn the_changelog_begins_with_what_is_unreleased_and_has_an_entry_for_this_version() {
    let changelog = read("CHANGELOG.md");
    let mut headings = changelog.lines().filter_map(|line| line.strip_prefix("## "));
    assert_eq!(headings.next(), Some("[Unreleased]"));
    let headings: Vec<&str> = headings.collect();
    let version = format!("[{}]", env!("CARGO_PKG_VERSION"));
    let dated = |heading: &&str| heading.split_once(" - ").is_some_and(|(_, date)| is_date(date));
    assert!(headings.iter().all(dated), "{headings:?}");
    assert!(headings.iter().any(|heading| heading.starts_with(&version)), "no {version} in {headings:?}");
    let kinds = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
    let unknown: Vec<&str> = changelog
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .filter(|kind| !kinds.contains(kind))
        .collect();
    assert_eq!(unknown, Vec::<&str>::new());
}

/// `2026-11-27`
fn is_date(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00"
}

#[test]
fn the_versions_that_get_security_fixes_include_this_one() {
    let [major, minor] = [env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR")];
    let row = format!("| {major}.{minor} | yes |");
    assert!(read("SECURITY.md").lines().any(|line| line == row), "no '{row}'");
}

#[test]
fn the_readme_names_the_oldest_toolchain_and_the_workflow_runs_what_a_submission_must_pass() {
    let rust = env!("CARGO_PKG_RUST_VERSION");
    assert!(read("README.md").contains(&format!("Rust {rust} ")), "not {rust}");
    let workflow = read(".github/workflows/ci.yml");
    assert!(workflow.contains("--default-toolchain 1."));
    assert!(workflow.contains("run: .ci/run\n"));
}

#[test]
fn the_page_of_the_library_names_only_what_is_public() {
    let page = read("docs/library.md");
    let public = read("tests/docs/public_api.txt");
    let known = |name: &str| {
        let wanted = match name.split_once("::") {
            Some((module, function)) if module.starts_with(char::is_lowercase) => {
                format!(".{module}::{function}")
            }
            Some((kind, method)) => format!(".{kind}::method.{method}"),
            None => format!(".{name}"),
        };
        public.lines().any(|line| line.ends_with(&wanted) || line == name)
    };
    let code = code_of(&page).join("\n");
    let called =
        code.split(|c: char| !c.is_alphanumeric() && !"_:".contains(c)).filter(|word| word.contains("::"));
    let called =
        called.map(|path| path.trim_start_matches("fasten::")).filter(|path| !path.starts_with("Duration"));
    let names: Vec<&str> = called.collect();
    assert!(!names.is_empty());
    let unknown: Vec<&str> = names.into_iter().filter(|name| !known(name)).collect();
    assert_eq!(unknown, Vec::<&str>::new());
}

#[test]
fn every_command_line_in_the_readme_is_one_that_fasten_understands() {
    check_command_lines(code_of(&read("README.md")), 16);
}

#[test]
fn every_command_line_in_the_other_documents_is_one_that_fasten_understands() {
    let read = |path| fs::read_to_string(path).expect("it was listed");
    check_command_lines(documents().into_iter().flat_map(|path| code_of(&read(path))).collect(), 18);
}

#[test]
fn every_example_in_the_manual_is_one_that_fasten_understands() {
    let page = read("man/fasten.1");
    let examples = section(&page, ".Sh ", "EXAMPLES").map(ToOwned::to_owned);
    check_command_lines(examples.collect(), 8);
}

/// The picture is drawn again, with the binary that is tested: all its words must be the same.
#[test]
#[cfg(target_os = "linux")]
fn the_picture_of_the_terminal_shows_what_fasten_prints() {
    let drawn = Command::new("python3")
        .args(["tools/picture.py", env!("CARGO_BIN_EXE_fasten")])
        .current_dir(root())
        .output()
        .expect("this test needs python3 and make, which tools/test installs");
    assert!(drawn.status.success(), "{}", String::from_utf8_lossy(&drawn.stderr));
    let picture = String::from_utf8(drawn.stdout).expect("it is text");
    assert_eq!(picture, read("docs/terminal.svg"), "tools/picture draws it again");
}

fn check_command_lines(lines: Vec<String>, at_least: usize) {
    let mut checked = 0;
    for line in lines {
        let Some(start) = start_of_call(&line) else { continue };
        let words = words(&line[start..]);
        if let Err(error) = args::Cli::try_parse_from(&words) {
            panic!("{line}\n{words:?}\n{error}");
        }
        checked += 1;
    }
    assert!(checked >= at_least, "only {checked} command lines were found");
}

/// With everything that clap adds: help, version, the subcommand `help`.
fn command() -> clap::Command {
    let mut command = args::Cli::command();
    command.build();
    command
}

fn options(command: &clap::Command) -> Names {
    command.get_arguments().flat_map(names).collect()
}

/// Those of all subcommands.
fn all_options() -> Names {
    let command = command();
    command.get_subcommands().flat_map(options).chain(options(&command)).collect()
}

fn options_of_flock() -> Names {
    let short = flock::SHORT.chars().filter(char::is_ascii_alphabetic);
    let long = flock::LONG.iter().map(|(name, ..)| format!("-{name}"));
    let command = flock::COMMAND.iter().map(|option| option[1..].to_owned());
    short.map(String::from).chain(long).chain(command).collect()
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
