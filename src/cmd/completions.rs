//! `fasten completions`: the files of completions/, which `cargo install` leaves out.

use crate::cmd::args::CompletionsArgs;
use crate::cmd::exit::Code;
use crate::cmd::message::{print, report, unanswered};
use crate::cmd::option_values::Shell;

pub(crate) fn run(arguments: &CompletionsArgs) -> u8 {
    let file = match arguments.shell {
        Shell::Bash => include_str!("../../completions/fasten.bash"),
        Shell::Zsh => include_str!("../../completions/_fasten"),
        Shell::Fish => include_str!("../../completions/fasten.fish"),
        Shell::Elvish => include_str!("../../completions/fasten.elv"),
        Shell::Powershell => include_str!("../../completions/_fasten.ps1"),
    };
    print(file).map_or_else(
        |error| {
            report(&unanswered(&error));
            Code::System.number()
        },
        |()| 0,
    )
}
