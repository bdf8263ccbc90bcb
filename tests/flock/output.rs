//! The streams: what is the command's, and what is said where.

use super::both::{Difference, differ, same};

#[test]
fn the_streams_are_the_commands() {
    same(&[
        (0, "echo through | flock free cat"),
        (0, "flock free sh -c 'echo out; echo err >&2'"),
        (0, "flock free cat </dev/null"),
        (1, "flock free echo ran >/dev/full"),
        (0, "flock free sh -c ': <&0' <&- ; flock free sh -c 'echo out >&2' >&-"),
        (0, "flock free printf '%s|' \"$(printf 'a\\377\\nb')\" ''"),
    ]);
}

#[test]
fn names_are_said_as_they_are() {
    same(&[
        (66, "flock \"missing/$(printf 'a\\377\\nb\\033')\" true"),
        (69, "flock free \"$(printf 'a\\377\\nb\\033')\""),
        (64, "flock -E \"$(printf '1\\377')\" free true"),
        (64, "flock \"$(printf '9\\377')\""),
    ]);
}

#[test]
fn help_that_cannot_be_written_is_told() {
    same(&[
        (1, "flock --help >/dev/full"),
        (1, "flock --version >/dev/full"),
        (0, "flock --help >&-"),
        (0, "flock -V >&-"),
        (0, "flock --verbose free true >&-"),
        (0, "flock --help --frob >/dev/null"),
        (0, "flock -V -w x >/dev/null"),
        (64, "flock --frob --help"),
    ]);
}

#[test]
fn where_the_output_differs() {
    differ(&[
        Difference {
            line: "flock --verbose free echo ran",
            theirs: "0 > ran > flock: getting lock took N seconds > flock: executing echo",
            ours: "0 > flock: getting lock took N seconds > flock: executing echo > ran",
            why: "theirs stays in a buffer until the end unless it is a terminal",
        },
        Difference {
            line: "flock --verbose -F free echo ran",
            theirs: "0 > ran",
            ours: "0 > flock: getting lock took N seconds > flock: executing echo > ran",
            why: "and with -F the buffer is lost",
        },
        Difference {
            line: "flock --verbose free sh -c 'exit 3' >/dev/full",
            theirs: "1 ! flock: write error: No space left on device",
            ours: "3",
            why: "the code is the command's, whoever listens",
        },
    ]);
}
