//! Every command line of the README, of docs/ and of the manuals is run as it stands there, on a machine of its own.
//! What cannot be run here is in a list, with the reason.

use std::fs;

use super::documents::{Block, blocks, commands, inline_calls, markdown};
use super::machine::Machine;
use crate::support::{complaint, report};

const MANUALS: [&str; 3] = ["man/fasten.1", "man/flock.1", "man/fasten-lock.5"];

/// What is not run, by words in it, and why.
const NOT_RUN: [(&str, &str); 14] = [
    ("d /run/lock/fasten 1777", "is a line for systemd-tmpfiles(8)"),
    (
        "sudo dpkg -i",
        "needs dist/: tests/release/ installs the package and the wheel, and unpacks the archive",
    ),
    ("cargo install --path .", "installs into the user's directory, and builds for minutes"),
    ("tools/fasten exclusive", "needs the source: tests/examples/from_source.rs runs it"),
    ("tools/test", "runs the tests, among them this one"),
    ("tools/bench --write", "measures for minutes, and rewrites a page"),
    ("cargo bench --bench fairness", "measures for minutes, and rewrites a page"),
    ("callgrind_annotate", "builds for minutes; tests/instructions/ counts instructions"),
    ("/etc/.pwd.lock", "locks the users of this machine"),
    ("import fcntl", "tests/lock/gates/page.rs runs this program"),
    ("wipefs", "changes a disk: tests/examples/recipes_page/ runs it on a loop device"),
    ("[OPTIONS]", "shows the forms of the command line"),
    ("{\"locks\":", "shows the form of a document"),
    (": 1 problem", "shows a report of an NFS mount"),
];

/// Languages that are not run, and why.
const NOT_COMMANDS: [(&str, &str); 6] = [
    ("rust", "is for the library: tests/docs/pages.rs looks for the names in it"),
    ("toml", "is a part of a Cargo.toml"),
    ("ini", "is a unit of systemd: tests/examples/recipes_page/service.rs"),
    ("yaml", "is for GitLab or Ansible: tests/examples/recipes_page/ runs the lines in it"),
    ("groovy", "is for Jenkins: tests/examples/recipes_page/pipelines.rs runs the lines in it"),
    ("dockerfile", "is for docker: tests/examples/recipes_page/container.rs runs the words in it"),
];

/// Programs that stand in for others, and why.
const STUBS: [(&str, &str); 24] = [
    ("rsync", "is not installed everywhere"),
    ("psql", "needs a database"),
    ("tar", "/backup is another disk"),
    ("service", "runs for years"),
    ("sync-all", "is the user's"),
    ("backup", "is the user's"),
    ("prune", "is the user's"),
    ("reindex", "is the user's"),
    ("report", "is the user's"),
    ("prepare", "is the user's"),
    ("daemon", "is the user's"),
    ("./run-tests", "is the user's"),
    ("./fill-cache", "is the user's"),
    ("./fill", "is the user's"),
    ("./migrate", "is the user's"),
    ("./deploy", "is the user's"),
    ("./append", "is the user's"),
    ("./work", "is the user's"),
    ("./look", "is the user's"),
    ("./report", "is the user's"),
    ("./train", "needs a graphics card"),
    ("./render", "is the user's"),
    ("apt-get", "installs packages"),
    ("cmd", "is the user's"),
];

fn all_blocks() -> Vec<Block> {
    let inline = markdown().into_iter().flat_map(|document| inline_calls(&document));
    let documents = markdown().into_iter().chain(MANUALS.map(str::to_owned));
    documents.flat_map(|document| blocks(&document)).chain(inline).collect()
}

fn is_run(block: &Block) -> bool {
    let is_message = block.text.lines().all(|line| line.starts_with("fasten: "));
    let is_command = !NOT_COMMANDS.iter().any(|(language, _)| *language == block.language);
    is_command && !is_message && !NOT_RUN.iter().any(|(words, _)| block.text.contains(words))
}

#[test]
fn every_command_line_in_the_documents_does_what_it_says() {
    let run: Vec<_> = all_blocks().into_iter().filter(is_run).collect();
    let failures: Vec<_> = run.iter().filter_map(|block| try_it(block).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(run.len() >= 45, "only {} blocks were found", run.len());
}

#[test]
fn what_is_not_run_and_what_is_replaced_stands_in_the_documents() {
    let blocks = all_blocks();
    for (words, reason) in NOT_RUN {
        assert!(blocks.iter().any(|block| block.text.contains(words)), "not there: {words} ({reason})");
    }
    for (language, reason) in NOT_COMMANDS {
        assert!(blocks.iter().any(|block| block.language == language), "no {language} ({reason})");
    }
    for (stub, reason) in STUBS {
        assert!(blocks.iter().any(|block| calls(block, stub)), "nothing calls {stub} ({reason})");
    }
}

/// Whether the program is a word of the block, by its name or by its path.
fn calls(block: &Block, program: &str) -> bool {
    let mut words = block.text.split(|letter: char| !(letter.is_alphanumeric() || "./-_".contains(letter)));
    words.any(|word| word == program || word.strip_prefix("/usr/local/bin/") == Some(program))
}

fn machine_for(block: &Block) -> Machine {
    let machine = Machine::new();
    for (stub, _) in STUBS.iter().filter(|(stub, _)| calls(block, stub)) {
        machine.stub(stub, &format!("echo '{stub}' >>log"));
    }
    let files = [
        "a/file",
        "list",
        "list.new",
        "lock",
        "schema.sql",
        "/srv/data.lock",
        "/var/lib/dpkg/lock-frontend",
        "/var/lib/apt/lists/lock",
    ];
    files.into_iter().chain(["b/.", "new/.", "site/.", ".git/."]).for_each(|file| {
        match file.strip_suffix("/.") {
            Some(directory) => fs::create_dir_all(machine.path(directory)).unwrap(),
            None => machine.write(file, "b\na\n"),
        }
    });
    machine.write("Makefile", "all check:\n\techo $@ >>made\n");
    // The manual of flock(1) is about fasten by this name, unless it is just being installed.
    if block.document == "man/flock.1" && !block.text.contains("ln -s") {
        machine.run(&["ln", "-s", "fasten", "/usr/local/bin/flock"]).run();
    }
    machine
}

/// Runs the block to its end, which must be a good one: no error, and every program that it names was called.
fn try_it(block: &Block) -> Result<(), String> {
    let machine = machine_for(block);
    let is_crontab =
        block.text.starts_with("*/") || block.text.starts_with(|first: char| first.is_ascii_digit());
    let scripts = match block.language.as_str() {
        "crontab" => commands(&block.text),
        "" if is_crontab => commands(&block.text),
        "sh" | "" | "make" => vec![block.text.clone()],
        other => return Err(format!("{block:?}: no one knows how to run {other}")),
    };
    for script in scripts {
        machine.write_program("block", &script);
        let program = match block.language.as_str() {
            "make" => machine.run(&["make", "-f", "block"]),
            _ if script.starts_with("#!") => machine.run(&["./block"]),
            _ => machine.run(&["sh", "-e", "block"]),
        };
        let output = program.output();
        let has_error = complaint(&output).lines().any(|line| line.starts_with("fasten: "))
            && !script.split_whitespace().any(|word| word == "-v");
        if !output.status.success() || has_error {
            let (report, complaint) = (report(&output), complaint(&output));
            return Err(format!("{block:#?}\n{:?}\n{report}{complaint}", output.status.code()));
        }
    }
    let log = machine.text("log");
    let missing = |stub: &&str| calls(block, stub) && !log.lines().any(|line| line == *stub);
    let missing: Vec<_> = STUBS.iter().map(|(stub, _)| *stub).filter(|stub| missing(stub)).collect();
    let made = !block.text.contains("-- make") || machine.path("made").exists();
    if missing.is_empty() && made { Ok(()) } else { Err(format!("{block:#?}\nnot called: {missing:?}")) }
}
