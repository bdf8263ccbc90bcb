//! What is told of a fasten that holds a lock, against what its own parser makes of the same words.

use std::ffi::OsString;

use clap::Parser;
use fasten::holders::command::{Wrapper, line};
use proptest::prelude::*;

use crate::args::{Action, Cli, ExclusiveArgs, LockArgs, SlotArgs, WriteArgs};

fn told_by_clap(words: &[&str]) -> Option<OsString> {
    let (Action::Exclusive(ExclusiveArgs { lock, .. })
    | Action::Read(lock)
    | Action::Write(WriteArgs { lock, .. })
    | Action::Slot(SlotArgs { lock, .. })) = Cli::try_parse_from(words).ok()?.action
    else {
        return None;
    };
    let LockArgs { command, command_string, .. } = lock;
    let words: Vec<&[u8]> = command.iter().map(|word| word.as_encoded_bytes()).collect();
    command_string.or_else(|| (!words.is_empty()).then(|| line(&words)))
}

fn words(most: usize) -> impl Strategy<Value = Vec<&'static str>> {
    let word = prop::sample::select(vec![
        "a.lock",
        "b.lock",
        "--",
        "-c",
        "-ca | b",
        "-c=a",
        "-nc",
        "-qoc",
        "-vnca b",
        "--command",
        "--command=a | b",
        "-n",
        "--nb",
        "-w",
        "5",
        "-w5",
        "-w=5",
        "-nw",
        "-nE7",
        "-E",
        "-E7",
        "--timeout",
        "--wait=5",
        "--wait",
        "--timeout=1m",
        "--conflict-exit-code",
        "-F",
        "-o",
        "--close",
        "--linger",
        "--no-create",
        "--fd",
        "--fd=9",
        "9",
        "--fcntl",
        "--nested",
        "--nested=join",
        "--prefer",
        "--prefer=fair",
        "reader",
        "-q",
        "-v",
        "-",
        "",
        "-x",
        "exclusive",
        "make",
        "-w--",
        "--command=",
        "-wc",
        "-j",
        "-j4",
        "-nj4",
        "--jobs",
        "--jobs=4",
        "--take",
        "--take=1",
        "4",
    ]);
    prop::collection::vec(word, 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_command_told_is_the_command_run(
        subcommand in prop::sample::select(vec!["exclusive", "read", "write", "slot"]), options in words(6), command in words(3),
    ) {
        let words = [vec!["fasten", subcommand], options, command].concat();
        if let Some(expected) = told_by_clap(&words) {
            let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
            prop_assert_eq!(Wrapper::Fasten.wrapped(&words), Some(expected));
        }
    }
}
