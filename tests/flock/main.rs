//! fasten by the name of flock, beside two real ones of util-linux. Every line of the tables is
//! run by `sh` with ours and with 2.38.1, of Debian 12, and what 2.42 did with it is in
//! recorded.txt. The code, standard output and standard error must be the same bytes. Where they
//! are not meant to be, the table says what each does, and why.

mod both;
mod codes;
mod descriptors;
mod fcntl;
mod fd;
mod hangs;
mod held;
mod inherited;
mod life;
mod options;
mod output;
mod pipes;
mod places;
mod ranges;
mod recorded;
mod signals;
#[path = "../cli/support.rs"]
#[allow(dead_code, reason = "the other program's tests use the rest")]
mod support;
