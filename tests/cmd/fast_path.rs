//! What is read of the command line without clap is what clap reads.

#[path = "../../src/cmd/fast_path.rs"]
mod parser;

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use clap::Parser;
use proptest::prelude::*;

use self::parser::parse;
use crate::{args, option_values};

/// What a line is made of, between blanks; many of them would be right together.
const PIECES: [&str; 27] = [
    "a.lock",
    "b.lock",
    "read",
    "name:x",
    "name:.x",
    "machine:y",
    "machine:",
    "10",
    "-n",
    "-F",
    "-q",
    "-v",
    "-w 1h30m",
    "-w -1",
    "-w 1M",
    "--fd 9",
    "-c true",
    "-c -x",
    "-- true",
    "-- make -n -- x",
    "--",
    "-",
    "-nq",
    "-o",
    "--fcntl",
    "--coalesce",
    "--help",
];

fn piece() -> impl Strategy<Value = Vec<OsString>> {
    let words = |piece: &str| piece.split(' ').map(OsString::from).collect::<Vec<_>>();
    let any_bytes =
        prop::collection::vec(any::<u8>(), 0..3).prop_map(|bytes| vec![OsString::from_vec(bytes)]);
    prop_oneof![9 => prop::sample::select(&PIECES[..]).prop_map(words), 1 => any_bytes]
}

fn line(words: &[OsString]) -> Vec<OsString> {
    [OsString::from("fasten")].into_iter().chain(words.iter().cloned()).collect()
}

fn agree(words: &[OsString]) -> Result<bool, TestCaseError> {
    let arguments = line(words);
    let Some(quick) = parse(&arguments) else { return Ok(false) };
    let clap = args::Cli::try_parse_from(&arguments);
    prop_assert_eq!(format!("{:?}", Ok::<_, clap::Error>(quick)), format!("{:?}", clap));
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    #[test]
    fn what_is_read_here_is_what_clap_reads(
        subcommand in prop::sample::select(&["exclusive", "read", "write", "status"][..]),
        pieces in prop::collection::vec(piece(), 0..6),
    ) {
        agree(&[&[OsString::from(subcommand)], &pieces.concat()[..]].concat())?;
    }
}

#[test]
fn everyday_lines_are_read_here() {
    for line in [
        "exclusive a.lock -- make -j8 -- x",
        "read -q a.lock b.lock -- ./report",
        "write -w 10m cache.lock -- ./refresh",
        "exclusive -n -q a.lock -- true",
        "exclusive -F -v a.lock -- true",
        "exclusive a.lock -c true",
        "read name:a machine:b -- true",
    ] {
        let words: Vec<_> = line.split(' ').map(OsString::from).collect();
        assert!(agree(&words).unwrap(), "{line}");
    }
}
