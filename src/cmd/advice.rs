//! What would be right instead of a command line that is wrong, in one line: for the mistakes that
//! a user of flock(1) makes, and for those where clap's own tip would mislead.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Arg, Command, CommandFactory};

use crate::cmd::args::Cli;
use crate::cmd::clap_error::{has_tip, text};
use crate::cmd::message::quoted;

const WHICH_LOCK: &str = "which lock: exclusive, read, write or slot? e.g. fasten exclusive LOCK -- COMMAND";

/// Programs that take a command in a string, with -c as well.
const SHELLS: [&str; 9] = ["sh", "bash", "dash", "ash", "ksh", "zsh", "fish", "python", "python3"];

/// A command line that clap has refused.
#[derive(Debug)]
pub(super) struct WrongLine {
    words: Vec<String>,
    /// Where the words stand that are neither options nor values of options, up to `--`.
    plain: Vec<usize>,
    has_dashes: bool,
}

impl WrongLine {
    pub(super) fn new(arguments: &[OsString]) -> Self {
        let words: Vec<_> = arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let command = built();
        let known = words.get(1).and_then(|name| command.find_subcommand(name));
        let takes_value = |word: &str| known.is_some_and(|known| takes_value(known, word));
        let (mut plain, mut at) = (Vec::new(), 2);
        while at < words.len() && words[at] != "--" {
            match &words[at] {
                word if !word.starts_with('-') => plain.push(at),
                word if takes_value(word) => at += 1,
                _ => {}
            }
            at += 1;
        }
        let has_dashes = at < words.len();
        Self { words, plain, has_dashes }
    }

    /// The first word, if it is a subcommand: fasten has no options that other words can follow.
    pub(super) fn subcommand(&self) -> Option<&str> {
        let first = self.words.get(1)?;
        built().find_subcommand(first).map(|_| first.as_str())
    }

    /// The right line, or why there is none; `None` if clap's words say enough.
    pub(super) fn advice(&self, error: &Error) -> Option<String> {
        let wrong = text(error, ContextKind::InvalidArg);
        match (error.kind(), self.subcommand()) {
            (ErrorKind::InvalidSubcommand, None) => {
                let typed = text(error, ContextKind::InvalidSubcommand);
                (!has_tip(error, ContextKind::SuggestedSubcommand, typed)).then(|| WHICH_LOCK.to_owned())
            }
            (ErrorKind::UnknownArgument, None) => {
                let is_of_locks = is_option(built().find_subcommand("write")?, wrong) || is_of_flock(wrong);
                is_of_locks.then(|| self.subcommand_first().unwrap_or_else(|| WHICH_LOCK.to_owned()))
            }
            (ErrorKind::UnknownArgument, Some("unlock")) => not_to_unlock(wrong),
            (ErrorKind::InvalidValue, _) if text(error, ContextKind::InvalidValue).is_empty() => empty(wrong),
            (kind, Some(subcommand @ ("exclusive" | "read" | "write" | "slot"))) => match kind {
                ErrorKind::UnknownArgument => {
                    self.missing_dashes(wrong).or_else(|| of_flock(wrong, subcommand))
                }
                ErrorKind::MissingRequiredArgument => Some(self.missing(error, subcommand)),
                ErrorKind::ArgumentConflict => self.conflict(error),
                _ => None,
            },
            _ => None,
        }
    }

    /// For `L sh -c STRING`, which clap takes for two locks and a string.
    pub(super) fn shell_as_lock(&self) -> Option<String> {
        let string = self.words.iter().position(|word| word == "-c")?;
        let (_first, others) = self.plain.split_first()?;
        let shell = others.iter().copied().find(|&at| at + 1 == string)?;
        let name = self.words[shell].rsplit('/').next()?;
        let is_one = SHELLS.contains(&name) && (name != self.words[shell] || !Path::new(name).exists());
        is_one.then(|| self.missing_dashes("")).flatten()
    }

    /// For options that stand before the subcommand.
    fn subcommand_first(&self) -> Option<String> {
        let at = self
            .words
            .iter()
            .position(|word| ["exclusive", "read", "write", "slot"].contains(&word.as_str()))?;
        let words = [&self.words[at..=at], &self.words[1..at], &self.words[at + 1..]].concat();
        let right = words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
        Some(format!("options stand after the subcommand: fasten {right}"))
    }

    fn missing(&self, error: &Error, subcommand: &str) -> String {
        let names = match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::Strings(names)) => names.join(" "),
            _ => String::new(),
        };
        let string = self.words.iter().position(|word| word == "-c" || word == "--command");
        match string.and_then(|at| self.words.get(at + 1)) {
            _ if names.contains("--jobs") => "how many at once? fasten slot -j N LOCK -- COMMAND".to_owned(),
            Some(string) if names.contains("LOCK") => {
                format!("-c took {} as its STRING; a LOCK is still missing", quoted_always(string))
            }
            _ => self.missing_dashes("").unwrap_or_else(|| {
                let jobs = if subcommand == "slot" { " -j N" } else { "" };
                format!(
                    "missing: {names}; the form is: fasten {subcommand}{jobs} LOCK... -- COMMAND [ARG]..."
                )
            }),
        }
    }

    /// For a line with a lock and a program, and no `--` between them. An unknown option before the
    /// program is not the program's.
    fn missing_dashes(&self, unknown: &str) -> Option<String> {
        let program = self.plain.iter().skip(1).copied().find(|&at| is_program(&self.words[at]))?;
        let is_ours = self.words[..program].iter().any(|word| has_option(word, unknown));
        let right = self.with_dashes(1, program);
        (!self.has_dashes && !is_ours)
            .then(|| format!("no -- before the command; did you mean: fasten {right}"))
    }

    fn conflict(&self, error: &Error) -> Option<String> {
        let both = [ContextKind::InvalidArg, ContextKind::PriorArg].map(|kind| text(error, kind));
        let are = |one: &str, other: &str| {
            both.iter().any(|word| word.contains(one)) && both.iter().any(|word| word.contains(other))
        };
        if are("--command", "COMMAND]") {
            return Some("-c takes no arguments: put them into the string".to_owned());
        }
        let program = *self.plain.first()?;
        (are("--fd", "LOCK") && !self.has_dashes)
            .then(|| format!("put -- before the command: {}", self.with_dashes(2, program)))
    }

    /// The words from `first` on, with `--` before the word at `program`.
    fn with_dashes(&self, first: usize, program: usize) -> String {
        let words = |from: usize, to: usize| self.words[from..to].iter().map(|word| quoted(word));
        let all = words(first, program).chain(["--".to_owned()]).chain(words(program, self.words.len()));
        all.collect::<Vec<_>>().join(" ")
    }
}

/// With its options, which clap adds late.
fn built() -> Command {
    let mut command = Cli::command();
    command.build();
    command
}

/// For an option of flock(1) that is a subcommand here, or has another name.
fn of_flock(option: &str, subcommand: &str) -> Option<String> {
    let right = match option {
        "-x" | "-e" | "--exclusive" if subcommand == "read" => "use 'fasten exclusive'".to_owned(),
        "-x" | "-e" | "--exclusive" => format!("'{subcommand}' says it already"),
        "-s" | "--shared" if subcommand == "read" => "'read' says it already".to_owned(),
        "-s" | "--shared" => "use 'fasten read'".to_owned(),
        "-u" | "--unlock" => "use 'fasten unlock --fd N'".to_owned(),
        "--no-wait" | "--nowait" | "--nonblocking" | "--non-blocking" | "--no-block" => {
            return Some(format!("unexpected argument '{option}' found; tip: -n, --nonblock"));
        }
        _ => return None,
    };
    Some(format!("{option} is flock(1)'s: {right}"))
}

fn is_of_flock(option: &str) -> bool {
    of_flock(option, "exclusive").is_some()
}

fn not_to_unlock(word: &str) -> Option<String> {
    if word.starts_with('-') {
        return None;
    }
    let is_number = word.parse::<u32>().is_ok();
    Some(if is_number {
        format!("did you mean --fd {word}?")
    } else {
        "a lock file needs no unlocking: it is free when its command ends".to_owned()
    })
}

fn empty(argument: &str) -> Option<String> {
    let name = ["LOCK", "DIR"].into_iter().find(|name| argument.contains(&format!("[{name}]")))?;
    Some(format!("a {name} is empty: is a variable not set?"))
}

fn is_option(command: &Command, word: &str) -> bool {
    option(command, word).is_some()
}

fn takes_value(command: &Command, word: &str) -> bool {
    option(command, word).is_some_and(|option| option.get_action().takes_values())
}

/// The option of this name; of short ones in one word, the last one.
fn option<'a>(command: &'a Command, word: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|option| {
        let longs = option.get_long_and_visible_aliases().unwrap_or_default();
        let is_short = |short: char| !word.starts_with("--") && word.ends_with(short);
        option.get_short().is_some_and(is_short) || longs.iter().any(|long| word == format!("--{long}"))
    })
}

/// Whether the option is this word, or one of the letters in it: `-x` in `-xn`.
fn has_option(word: &str, option: &str) -> bool {
    let letter = option.strip_prefix('-').filter(|letters| letters.chars().count() == 1);
    let has_letter = |letter| word.starts_with('-') && !word.starts_with("--") && word.contains(letter);
    !option.is_empty() && word == option || letter.is_some_and(has_letter)
}

/// Whether a shell would find a program of this name.
fn is_program(word: &str) -> bool {
    let is_executable = |path: &Path| {
        fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
    };
    if word.contains('/') {
        return is_executable(Path::new(word));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| is_executable(&directory.join(word)))
}

fn quoted_always(word: &str) -> String {
    let quoted = quoted(word);
    if quoted.starts_with('\'') { quoted } else { format!("'{quoted}'") }
}
