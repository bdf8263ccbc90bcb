//! What the completions are made from: the verbs and options of the clap
//! definition, and how a table of them is written in each shell's own words.
//! What a shell *does* with its table is written by hand in completions/, since
//! no generator knows how to complete the command after `--` in every shell.

use clap::{Arg, Command, CommandFactory, ValueHint};

use crate::args::Cli;

/// The pseudo-verb of the options that stand before any verb.
pub const ROOT: &str = "fasten";

pub struct Table {
    /// Name and help.
    pub verbs: Vec<(String, String)>,
    /// The verbs that take a command after `--`.
    pub runners: Vec<String>,
    /// The verbs whose arguments are directories.
    pub folders: Vec<String>,
    /// The verbs whose arguments are files or directories.
    pub lockers: Vec<String>,
    /// The words that `completions` takes.
    pub shells: Vec<String>,
    pub options: Vec<Opt>,
}

#[derive(PartialEq)]
pub struct Opt {
    /// The verbs that know it.
    pub of: Vec<String>,
    pub names: Vec<String>,
    pub help: String,
    pub takes: Takes,
}

#[derive(PartialEq)]
pub enum Takes {
    Nothing,
    Word { name: String },
    Command { name: String },
    OneOf { name: String, values: Vec<(String, String)> },
}

impl Table {
    pub fn from_clap() -> Self {
        let mut clap = Cli::command();
        clap.build();
        let verbs: Vec<&Command> = clap.get_subcommands().filter(|c| !c.is_hide_set()).collect();
        let mut options = options_of(&clap, ROOT);
        for option in verbs.iter().flat_map(|verb| options_of(verb, verb.get_name())) {
            match options.iter_mut().find(|known| known.same_but_verb(&option)) {
                Some(known) => known.of.extend(option.of),
                None => options.push(option),
            }
        }
        let with = |so: fn(&Arg) -> bool| {
            let verbs = verbs.iter().filter(|verb| verb.get_positionals().any(so));
            verbs.map(|verb| verb.get_name().to_owned()).collect()
        };
        Self {
            runners: with(Arg::is_last_set),
            folders: with(|argument| argument.get_value_hint() == ValueHint::DirPath),
            lockers: with(|argument| argument.get_value_hint() == ValueHint::AnyPath),
            shells: verbs.iter().find(|verb| verb.get_name() == "completions").map_or_else(
                Vec::new,
                |verb| {
                    let values = verb.get_positionals().flat_map(Arg::get_possible_values);
                    values.map(|value| value.get_name().to_owned()).collect()
                },
            ),
            verbs: verbs.iter().map(|c| (c.get_name().to_owned(), text(c.get_about()))).collect(),
            options,
        }
    }

    pub fn verb_names(&self) -> Vec<&str> {
        self.verbs.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Every spelling of every option that `verb` knows.
    pub fn names_of(&self, verb: &str) -> Vec<&str> {
        let own = self.options.iter().filter(|o| o.of.iter().any(|of| of == verb));
        own.flat_map(|o| &o.names).map(String::as_str).collect()
    }
}

impl Opt {
    fn same_but_verb(&self, other: &Self) -> bool {
        (&self.names, &self.help, &self.takes) == (&other.names, &other.help, &other.takes)
    }

    /// `word`, `command`, the values, or nothing.
    pub fn takes_words(&self) -> Vec<&str> {
        match &self.takes {
            Takes::Nothing => vec![],
            Takes::Word { .. } => vec!["word"],
            Takes::Command { .. } => vec!["command"],
            Takes::OneOf { .. } => self.values(),
        }
    }

    /// The values it may have, when they are few.
    pub fn values(&self) -> Vec<&str> {
        match &self.takes {
            Takes::OneOf { values, .. } => values.iter().map(|(value, _)| value.as_str()).collect(),
            _ => vec![],
        }
    }
}

fn options_of(command: &Command, verb: &str) -> Vec<Opt> {
    let shown = command.get_arguments().filter(|arg| !arg.is_positional() && !arg.is_hide_set());
    let option = |arg: &Arg| Opt {
        of: vec![verb.to_owned()],
        names: names(arg),
        help: text(arg.get_help()),
        takes: takes(arg),
    };
    shown.map(option).collect()
}

fn names(arg: &Arg) -> Vec<String> {
    let shorts = arg.get_short_and_visible_aliases().unwrap_or_default();
    let longs = arg.get_long_and_visible_aliases().unwrap_or_default();
    let shorts = shorts.iter().map(|c| format!("-{c}"));
    shorts.chain(longs.iter().map(|long| format!("--{long}"))).collect()
}

fn takes(arg: &Arg) -> Takes {
    if !arg.get_action().takes_values() {
        return Takes::Nothing;
    }
    let name = arg.get_value_names().and_then(<[_]>::first).map(ToString::to_string).unwrap_or_default();
    let values = arg.get_possible_values();
    let shown = values.iter().filter(|value| !value.is_hide_set());
    match arg.get_value_hint() {
        ValueHint::CommandString => Takes::Command { name },
        _ if values.is_empty() => Takes::Word { name },
        _ => Takes::OneOf {
            name,
            values: shown.map(|v| (v.get_name().to_owned(), text(v.get_help()))).collect(),
        },
    }
}

fn text(styled: Option<&clap::builder::StyledStr>) -> String {
    let text = styled.map(ToString::to_string).unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    first.trim_end_matches(" (see more with '--help')").to_owned()
}
