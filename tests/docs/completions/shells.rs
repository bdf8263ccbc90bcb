//! Real shells, asked what they offer when TAB is pressed at the end of a line.
//!
//! Nothing is typed and waited for. bash reads the line from a pipe and inserts
//! every candidate (readline's `insert-completions`); zsh does the same from a
//! widget that starts with its line editor; elvish calls its completer from
//! rc.elv; fish has a command for it. The line editors of zsh and elvish want a
//! terminal: script(1) makes one. What was offered comes back in a file, so
//! that nothing of the screen has to be understood.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shell {
    Bash,
    /// Without the bash-completion package.
    BareBash,
    Zsh,
    Fish,
    Elvish,
}

/// The candidates for `line`, in a folder where `files` exist (those that end in `/` are folders).
pub fn offers(shell: Shell, line: &str, files: &[&str]) -> Vec<String> {
    let home = TempDir::new().unwrap();
    let here = home.path().join("here");
    fs::create_dir(&here).unwrap();
    for file in files {
        match file.strip_suffix('/') {
            Some(folder) => fs::create_dir(here.join(folder)).unwrap(),
            None => fs::write(here.join(file), "").unwrap(),
        }
    }
    let offered = match shell {
        Shell::Bash => bash(home.path(), line, "source /usr/share/bash-completion/bash_completion"),
        Shell::BareBash => bash(home.path(), line, ":"),
        Shell::Zsh => zsh(home.path(), line),
        Shell::Fish => fish(home.path(), line),
        Shell::Elvish => elvish(home.path(), line),
    };
    let mut offered: Vec<_> = offered.iter().map(|one| one.trim_end_matches(['/', ' ']).to_owned()).collect();
    offered.sort();
    offered.dedup();
    offered
}

fn bash(home: &Path, line: &str, first: &str) -> Vec<String> {
    if first != ":" {
        need("/usr/share/bash-completion/bash_completion", "bash-completion");
    }
    let done = words_before_the_last(line);
    let file = completion("fasten.bash");
    let typed = format!(
        "{first}\nsource '{file}'\nfasten() {{ printf '%s\\n' \"${{@:{done}}}\" >../offered; }}\n{line}\x1b*\nexit\n"
    );
    fs::write(home.join("typed"), typed).unwrap();
    let mut bash = Command::new("timeout");
    bash.args(["60", program("bash", "bash"), "--norc", "--noprofile", "-i"])
        .stdin(fs::File::open(home.join("typed")).unwrap());
    answer(&mut bash, home)
}

fn zsh(home: &Path, line: &str) -> Vec<String> {
    let done = words_before_the_last(line) + 1;
    let rc = format!(
        r"autoload -Uz compinit && compinit -u -D
          autoload -Uz _fasten && compdef _fasten fasten
          LISTMAX=-1
          all() {{ _main_complete; compstate[insert]=all compstate[list]= }}
          zle -C all complete-word all
          zle-line-init() {{
              BUFFER=$LINE CURSOR=$#LINE
              zle all
              local -a words=(${{(Q)${{(z)BUFFER}}}})
              print -rl -- ${{words[{done},-1]}} >../offered
              exit
          }}
          zle -N zle-line-init",
    );
    fs::write(home.join(".zshrc"), format!("fpath=('{}' $fpath)\n{rc}\n", completion(""))).unwrap();
    program("zsh", "zsh");
    answer(terminal("zsh -d -i").env("ZDOTDIR", home).env("LINE", line), home)
}

fn fish(home: &Path, line: &str) -> Vec<String> {
    let ask = format!("source '{}'; complete -C $LINE >../offered", completion("fasten.fish"));
    let mut fish = Command::new("timeout");
    let offered = answer(fish.args(["60", program("fish", "fish"), "-c", &ask]).env("LINE", line), home);
    offered.iter().map(|one| one.split('\t').next().unwrap_or_default().to_owned()).collect()
}

/// elvish filters what its completers say; here that is done for it.
fn elvish(home: &Path, line: &str) -> Vec<String> {
    let words: Vec<_> = line.split(' ').map(|word| format!("'{word}'")).collect();
    let rc = format!(
        "try {{
           eval (slurp < '{}')
           $edit:completion:arg-completer[fasten] {} |
             each {{|c| if (eq (kind-of $c) string) {{ echo $c }} else {{ echo $c[stem] }} }} >../offered
         }} catch e {{
           pprint $e
         }} finally {{
           exit
         }}",
        completion("fasten.elv"),
        words.join(" "),
    );
    fs::write(home.join("rc.elv"), rc).unwrap();
    program("elvish", "elvish");
    let last = line.rsplit(' ').next().unwrap_or_default();
    let mut offered = answer(&mut terminal("elvish -rc ../rc.elv"), home);
    // elvish leaves a daemon, which keeps its history.
    let _ = Command::new("pkill").arg("-f").arg(format!("elvish -daemon -db {}", home.display())).status();
    offered.retain(|one| one.starts_with(last));
    offered
}

/// The lines of `offered`, which the shell leaves in its home.
fn answer(shell: &mut Command, home: &Path) -> Vec<String> {
    shell.current_dir(home.join("here")).env("HOME", home).env("TERM", "dumb").env_remove("ENV");
    for folder in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"] {
        shell.env(folder, home);
    }
    let said = shell.output().unwrap();
    fs::read_to_string(home.join("offered"))
        .unwrap_or_else(|error| panic!("{shell:?} left no answer ({error}): {said:?}"))
        .lines()
        .map(str::to_owned)
        .collect()
}

fn terminal(command: &str) -> Command {
    program("script", "bsdutils");
    let mut script = Command::new("timeout");
    script.args(["60", "script", "-qec", command, "/dev/null"]).stdin(Stdio::null());
    script
}

fn words_before_the_last(line: &str) -> usize {
    line.split(' ').count() - 1
}

fn completion(file: &str) -> String {
    format!("{}/completions/{file}", env!("CARGO_MANIFEST_DIR"))
}

fn program(name: &'static str, package: &str) -> &'static str {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    assert!(found, "{name} is missing: apt-get install {package}");
    name
}

fn need(file: &str, package: &str) {
    assert!(Path::new(file).is_file(), "{file} is missing: apt-get install {package}");
}
