//! What `cargo install` leaves out: the completions and the manual.

use std::fs;

use crate::support::{Place, complaint};

fn file(name: &str) -> String {
    fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn completions_are_printed_for_each_shell() {
    let place = Place::new();
    for (shell, name) in [
        ("bash", "fasten.bash"),
        ("zsh", "_fasten"),
        ("fish", "fasten.fish"),
        ("elvish", "fasten.elv"),
        ("powershell", "_fasten.ps1"),
    ] {
        let completions = file(&format!("completions/{name}"));
        place.fasten("completions").arg(shell).stdout(completions).stderr("").run();
    }
    let said = complaint(&place.fasten("completions tcsh").code(64).stdout("").run());
    assert!(said.contains("bash, zsh, fish, elvish, powershell"), "{said}");
    place.fasten("completions").code(64).stdout("").run();
}

#[test]
fn the_source_of_the_manual_is_printed_into_a_pipe() {
    let place = Place::new();
    place.fasten("manual").stdout(file("man/fasten.1")).stderr("").run();
}

#[test]
fn at_a_terminal_man_gets_the_page() {
    let place = Place::new();
    fs::create_dir(place.path("bin")).unwrap();
    place
        .sh("printf '#!/bin/sh\\necho \"$@\" >asked; cat >page; exit 3\\n' >bin/man; chmod +x bin/man")
        .run();
    let script = "script -qec '\"$FASTEN\" manual; echo code-$?' /dev/null | tr -d '\\r'";
    place.sh(&format!("PATH=$PWD/bin:$PATH; {script}")).stdout("code-3\n").run();
    assert_eq!((place.text("asked").as_str(), place.text("page")), ("-l -\n", file("man/fasten.1")));
    let without = place.sh(&format!(
        "rm bin/man; sh=$(command -v script); cp \"$sh\" $(command -v tr) bin; PATH=$PWD/bin; {script}"
    ));
    let said = String::from_utf8(without.run().stdout).unwrap();
    assert!(said.starts_with("fasten: man: cannot be run: no such file"), "{said}");
    assert!(
        said.contains("'fasten help COMMAND' explains the options") && said.ends_with("code-127\n"),
        "{said}"
    );
}
