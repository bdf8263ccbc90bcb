//! The table in each shell's own words: one line an option, to stand between
//! the marks in completions/. Only the quoting differs much; what these lines
//! mean is said by the hand-written code around them.

use super::definition::{Opt, ROOT, Table, Takes};

pub fn bash(table: &Table) -> String {
    let row = |o: &Opt| format!("{}|{}|{}", o.of.join(" "), o.names.join(" "), o.takes_words().join(" "));
    let verbs = table.verb_names().join(" ");
    let (runners, folders, shells) =
        (table.runners.join(" "), table.folders.join(" "), table.shells.join(" "));
    let rows = lines(&table.options, row);
    format!(
        "    verbs='{verbs}'\n    runners='{runners}'\n    folders='{folders}'\n    shells='{shells}'\n    \
         rows='\n{rows}'\n"
    )
}

pub fn zsh(table: &Table) -> String {
    let verb = |(name, help): &(String, String)| {
        format!("        {}", single(&format!("{name}:{}", escaped(help, ":\\")), "'\\''"))
    };
    let (runners, folders, shells) =
        (table.runners.join(" "), table.folders.join(" "), table.shells.join(" "));
    format!(
        "    verbs=(\n{}    )\n    runners=({runners})\n    folders=({folders})\n    shells=({shells})\n{}",
        lines(&table.verbs, verb),
        lines(&table.options, zsh_option),
    )
}

/// A line for `_arguments`: the names exclude one another.
fn zsh_option(option: &Opt) -> String {
    let value = match &option.takes {
        Takes::Nothing => String::new(),
        Takes::Word { name } => format!(":{name}: "),
        Takes::Command { name } => format!(":{name}:_cmdstring"),
        Takes::OneOf { name, values } => {
            let one = |(value, help): &(String, String)| format!(r#"{value}\:"{}""#, escaped(help, "\\:\""));
            format!(":{name}:(({}))", values.iter().map(one).collect::<Vec<_>>().join(" "))
        }
    };
    let names = option.names.iter().map(|name| match &option.takes {
        Takes::Nothing => name.clone(),
        _ if name.starts_with("--") => format!("{name}="),
        _ => format!("{name}+"),
    });
    let names: Vec<_> = names.collect();
    let names = if names.len() == 1 { names.concat() } else { format!("{{{}}}", names.join(",")) };
    let help = single(&format!("[{}]{value}", escaped(&option.help, "[]:\\")), "'\\''");
    let of = option.of.join("|");
    format!("    [[ $1 == ({of}) ]] && specs+=('({})'{names}{help})", option.names.join(" "))
}

pub fn fish(table: &Table) -> String {
    let verb = |(name, help): &(String, String)| {
        format!("complete -c fasten -n '__fasten_in {ROOT} help' -a {name} -d {}", single(help, "\\'"))
    };
    let (runners, folders) = (table.runners.join(" "), table.folders.join(" "));
    format!(
        "complete -c fasten -n '__fasten_in {}' -F\n\
         complete -c fasten -n '__fasten_in {folders}' -a '(__fish_complete_directories)'\n\
         complete -c fasten -n '__fasten_in completions' -a '{}'\n\
         complete -c fasten -n '__fasten_runs {runners}' -a '(__fasten_command)'\n\
         {}{}",
        table.lockers.join(" "),
        table.shells.join(" "),
        lines(&table.verbs, verb),
        lines(&table.options, fish_option),
    )
}

fn fish_option(option: &Opt) -> String {
    let names = option.names.iter().map(|name| match name.strip_prefix("--") {
        Some(long) => format!(" -l {long}"),
        None => format!(" -s {}", &name[1..]),
    });
    let value = match &option.takes {
        Takes::Nothing => String::new(),
        Takes::Word { .. } => " -x".to_owned(),
        Takes::Command { .. } => " -x -a '(__fish_complete_command)'".to_owned(),
        Takes::OneOf { values, .. } => {
            let one = |(value, help): &(String, String)| format!(r"{value}\t{}", single(help, "\\'"));
            format!(" -x -a \"{}\"", values.iter().map(one).collect::<Vec<_>>().join(" "))
        }
    };
    let names: String = names.collect();
    let help = single(&option.help, "\\'");
    format!("complete -c fasten -n '__fasten_in {}'{names}{value} -d {help}", option.of.join(" "))
}

pub fn elvish(table: &Table) -> String {
    let verb = |(name, help): &(String, String)| format!("  [{name} {}]", single(help, "''"));
    let option = |o: &Opt| {
        let help = single(&o.help, "''");
        let (of, names, takes) = (o.of.join(" "), o.names.join(" "), o.takes_words().join(" "));
        format!("  [&of=[{of}] &names=[{names}] &takes=[{takes}] &help={help}]")
    };
    format!(
        "var verbs = [\n{}]\nvar runners = [{}]\nvar folders = [{}]\nvar shells = [{}]\nvar options = [\n{}]\n",
        lines(&table.verbs, verb),
        table.runners.join(" "),
        table.folders.join(" "),
        table.shells.join(" "),
        lines(&table.options, option),
    )
}

pub fn powershell(table: &Table) -> String {
    let quoted = |words: &[&str]| words.iter().map(|w| single(w, "''")).collect::<Vec<_>>().join(", ");
    let owned = |words: &[String]| quoted(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let verb = |(name, help): &(String, String)| {
        format!("        @{{ Name = '{name}'; Help = {} }}", single(help, "''"))
    };
    let option = |o: &Opt| {
        let takes = match o.takes_words() {
            none if none.is_empty() => String::new(),
            words => format!("; Takes = {}", quoted(&words)),
        };
        let (of, names, help) = (owned(&o.of), owned(&o.names), single(&o.help, "''"));
        format!("        @{{ Of = {of}; Names = {names}; Help = {help}{takes} }}")
    };
    format!(
        "    $verbs = @(\n{}    )\n    $runners = {}\n    $folders = {}\n    $shells = {}\n    $options = @(\n{}    )\n",
        lines(&table.verbs, verb),
        owned(&table.runners),
        owned(&table.folders),
        owned(&table.shells),
        lines(&table.options, option),
    )
}

fn lines<T>(items: &[T], line: impl Fn(&T) -> String) -> String {
    items.iter().map(|item| line(item) + "\n").collect()
}

/// In single quotes, with `quote` for each single quote inside.
fn single(text: &str, quote: &str) -> String {
    format!("'{}'", text.replace('\'', quote))
}

fn escaped(text: &str, special: &str) -> String {
    let escape = |c: char| if special.contains(c) { format!("\\{c}") } else { c.to_string() };
    text.chars().map(escape).collect()
}
