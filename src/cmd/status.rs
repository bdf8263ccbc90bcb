//! `fasten status`: whether locks are held. Takes none to find out.

use std::io::{self, Write};

use fasten::holders::{State, holders};

use crate::cli::StatusArgs;
use crate::exit::Code;
use crate::message::say;

pub(crate) fn run(arguments: &StatusArgs) -> u8 {
    let mut code = 0;
    for path in &arguments.locks {
        let state = match holders(path) {
            Ok(report) => report.state,
            Err(error) => {
                say(&format!("{}: cannot be looked at: {error}", path.display()));
                return Code::CannotOpen.number();
            }
        };
        if state != State::Free {
            code = Code::Conflict.number();
        }
        if !arguments.quiet && writeln!(io::stdout(), "{}: {}", path.display(), word(state)).is_err() {
            return Code::System.number();
        }
    }
    code
}

fn word(state: State) -> &'static str {
    match state {
        State::Free => "free",
        State::Shared => "held: read",
        State::Exclusive => "held: write",
        State::Unknown => "not known: its holders cannot be seen from here",
    }
}
