//! fasten invoked as flock, beside two real ones of util-linux. Every line of the tables is
//! run by `sh` with ours and with 2.38.1, of Debian 12, and what 2.42 did with it is in
//! recorded.txt. The code, standard output and standard error must be the same bytes. Where they
//! are not meant to be, the table says what each does, and why.

#[path = "../support/mod.rs"]
mod support;

mod both;
mod codes;
mod differences;
mod errors;
mod fcntl_option;
mod fd;
mod handed_down;
mod hangs;
mod held;
mod last_process;
mod numbers;
mod options;
mod output;
mod pipes;
mod places;
mod ranges;
mod recorded;
mod signalled;
