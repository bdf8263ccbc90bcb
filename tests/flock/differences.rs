//! Where the command lines differ, and why.

use super::both::{Difference, Flock, differ, differ_from};

macro_rules! version {
    () => {
        concat!("flock from util-linux 2.41 (fasten ", env!("CARGO_PKG_VERSION"), ")")
    };
}

/// The two refuse it in different words.
fn next_to_nothing(theirs: &'static str) -> Difference {
    Difference {
        line: "flock -w 1e-5000 free echo ran",
        theirs,
        ours: "0 > ran",
        why: "next to nothing is nothing, as 1e-400 is with both",
    }
}

#[test]
fn where_the_command_lines_differ() {
    differ(&[
        Difference {
            line: "flock -w 0x10 free echo ran",
            theirs: "0 > ran",
            ours: "64 ! flock: invalid timeout value: '0x10'",
            why: "a time in hexadecimal is a mistake",
        },
        Difference {
            line: "flock -w -1 new true; ls new",
            theirs: "0 > new ! flock: cannot set up timer: Invalid argument",
            ours: "2 ! flock: cannot set up timer: Invalid argument ! ls: cannot access 'new': No such file or directory",
            why: "a bad value is found before a file is created for it",
        },
    ]);
    differ_from(
        &[Flock::Theirs],
        &[
            next_to_nothing("64 ! flock: invalid timeout value: '1e-5000': Numerical result out of range"),
            Difference {
                line: "flock --fc free echo ran",
                theirs: "64 ! flock: unrecognized option '--fc' ! Try 'flock --help' for more information.",
                ours: "0 > ran",
                why: "--fcntl came with util-linux 2.41; Debian 12 has 2.38",
            },
            Difference {
                line: "flock --s free echo ran",
                theirs: "0 > ran",
                ours: "64 ! flock: option '--s' is ambiguous; possibilities: '--shared' '--start' \
                    ! Try 'flock --help' for more information.",
                why: "--start came with util-linux 2.42, which says the same",
            },
            Difference {
                line: "flock --version; flock -V",
                theirs: "0 > flock from util-linux 2.38.1 > flock from util-linux 2.38.1",
                ours: concat!("0 > ", version!(), " > ", version!()),
                why: "each says who it is",
            },
            Difference {
                line: "flock --help | grep -c -e --fcntl",
                theirs: "1 > 0",
                ours: "0 > 3",
                why: "each tells its own options",
            },
        ],
    );
    differ_from(
        &[Flock::Newest],
        &[
            next_to_nothing("64 ! flock: invalid timeout: '1e-5000': Numerical result out of range"),
            Difference {
                line: "flock --f free echo ran",
                theirs: "0 > ran",
                ours: "64 ! flock: option '--f' is ambiguous; possibilities: '--fcntl' '--fd' \
                    ! Try 'flock --help' for more information.",
                why: "--fd came with util-linux 2.43",
            },
            Difference {
                line: "flock -w x free true",
                theirs: "64 ! flock: invalid timeout: 'x'",
                ours: "64 ! flock: invalid timeout value: 'x'",
                why: "until 2.41 it was called so",
            },
        ],
    );
}
