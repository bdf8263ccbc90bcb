//! `--fd`, of util-linux 2.43, which Debian does not have yet: a descriptor is locked while a
//! command runs, and stays so afterwards for the processes that have it.

use super::both::{Flock, run};

fn ours(table: &[(&str, &str)]) {
    for (expected, line) in table {
        assert_eq!(run(Flock::Ours, line).to_string(), *expected, "{line}");
    }
}

#[test]
fn a_command_runs_under_the_lock_of_a_descriptor() {
    ours(&[
        ("0 > ran", "flock --fd 9 echo ran 9<free"),
        ("0 > -n ran", "flock --fd=9 printf '%s %s\\n' -n ran 9<free"),
        ("1", "flock --fd 9 flock -n free echo ran 9<free"),
        ("0 > ran", "flock -s --fd 9 flock -n -s free echo ran 9<free"),
        ("7", "flock --fd 9 sh -c 'exit 7' 9<free"),
        ("143", "flock --fd 9 sh -c 'kill $$' 9<free"),
        ("69 ! flock: failed to execute 9: No such file or directory", "flock --fd 9 9 9<free"),
        ("0 > ran", "flock -F --fd 9 echo ran 9<free"),
        ("0 > ran", "flock --fd 9 -- echo ran 9<free"),
        ("0 > ran", "flock --fcntl --fd 9 echo ran 9<>free"),
        ("0 > ran", "flock --start 5 --fd 9 flock -n --length 5 free echo ran 9<>free"),
        (
            "0 > flock: getting lock took N seconds > flock: executing true",
            "flock --verbose --fd 9 true 9<free",
        ),
    ]);
}

#[test]
fn a_command_string_follows_it_as_it_follows_a_file() {
    ours(&[
        ("0 > ran", "flock --fd 9 -c 'echo ran' 9<free"),
        ("0 > ran", "flock --fd 9 --command 'echo ran' 9<free"),
        ("0 > ran", "flock --fd 9 -s -n -c 'echo ran' 9<free"),
        ("0 > ran", "flock -n --fd 9 -sw1 -c 'echo ran' 9<free"),
        ("0 > ran", "flock --fd 9 -- -c 'echo ran' 9<free"),
        ("0 > -c it", "SHELL=/bin/echo flock --fd 9 -c it 9<free"),
        ("64 ! flock: -c requires exactly one command argument", "flock --fd 9 -c 9<free"),
        (
            "64 ! flock: --command requires exactly one command argument",
            "flock --fd 9 --command echo ran 9<free",
        ),
    ]);
}

#[test]
fn the_lock_stays_with_the_descriptor() {
    ours(&[
        ("1", "exec 9<free; flock --fd 9 true; flock -n free echo ran"),
        ("0 > ran", "flock --fd 9 true 9<free; flock -n free echo ran"),
        ("0 > ran", "exec 9<free; flock 9; flock -u --fd 9 flock -n free echo ran"),
        ("1", "exec 9<free; flock --fd 9; flock -n free echo ran"),
    ]);
}

/// 3 is the shell's own, for what it lists.
#[test]
fn the_command_inherits_the_descriptor_unless_it_is_closed() {
    ours(&[
        ("0 > 0 1 2 3 9", "flock --fd 9 sh -c 'cd /proc/$$/fd; echo *' 9<free"),
        ("0 > 0 1 2 3", "flock -o --fd 9 sh -c 'cd /proc/$$/fd; echo *' 9<free"),
        ("1", "exec 9<free; flock -o --fd 9 flock -n free echo ran"),
    ]);
}

#[test]
fn what_cannot_be_had_is_told_as_with_a_number() {
    ours(&[
        ("1", "flock -n --fd 9 echo ran 9<held"),
        ("7", "flock -w .01 -E 7 --fd 9 echo ran 9<held"),
        ("1 ! flock: failed to get lock", "flock -n --verbose --fd 9 echo ran 9<held"),
        ("65 ! flock: 9: Bad file descriptor", "flock --fd 9 echo ran"),
        ("64 ! flock: bad file descriptor: 'x'", "flock --fd x echo ran"),
    ]);
}
