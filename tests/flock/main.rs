//! fasten by the name of flock, beside the real flock(1) (util-linux 2.38.1, of
//! Debian 12): every line of the tables is run by `sh` with the one and with the
//! other, and code, standard output and standard error must be the same bytes.
//! Where they are not meant to be, the table says what each does, and why.

mod both;
mod codes;
mod descriptors;
mod fcntl;
mod hangs;
mod held;
mod inherited;
mod life;
mod options;
mod output;
mod places;
mod signals;
#[path = "../cli/support.rs"]
#[allow(dead_code, reason = "the other program's tests use the rest")]
mod support;
