//! The command that runs under a lock, from a process's arguments.
//!
//! A wrapper's own words are of no use to a reader who already knows that there is a lock, so only
//! the wrapped command is shown. The command lines of both wrappers are read as their own parsers
//! read them.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// A program that takes a lock and runs a command under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapper {
    /// This program.
    Fasten,
    /// The flock(1) of util-linux.
    Flock,
}

impl Wrapper {
    /// The wrapper whose executable has this name or path; `None` for other programs.
    pub fn named(name: &[u8]) -> Option<Self> {
        match name.rsplit(|&byte| byte == b'/').next()? {
            b"fasten" => Some(Self::Fasten),
            b"flock" => Some(Self::Flock),
            _ => None,
        }
    }

    /// The command that the wrapper runs with these arguments, on one line; `None` if it runs none.
    pub fn wrapped(self, arguments: &[&[u8]]) -> Option<OsString> {
        match self {
            Self::Fasten => of_fasten(arguments.get(1..)?),
            Self::Flock => of_flock(arguments.get(1..)?),
        }
    }
}

/// The words of a /proc/PID/cmdline.
pub fn arguments(cmdline: &[u8]) -> Vec<&[u8]> {
    let text = cmdline.strip_suffix(b"\0").unwrap_or(cmdline);
    if text.is_empty() { Vec::new() } else { text.split(|&byte| byte == 0).collect() }
}

/// Words joined and quoted to a line that a shell would split into the same words. A first word
/// with blanks that only empty words follow stays as it is: it is the title that a daemon has given
/// itself.
pub fn line(words: &[&[u8]]) -> OsString {
    match words {
        [title, padding @ ..] if title.contains(&b' ') && padding.iter().all(|word| word.is_empty()) => {
            return text(title);
        }
        _ => {}
    }
    let mut line = Vec::new();
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            line.push(b' ');
        }
        quote(word, &mut line);
    }
    OsString::from_vec(line)
}

fn quote(word: &[u8], line: &mut Vec<u8>) {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"_@%+=:,./-".contains(byte);
    if !word.is_empty() && word.iter().all(plain) {
        return line.extend_from_slice(word);
    }
    line.push(b'\'');
    for &byte in word {
        match byte {
            b'\'' => line.extend_from_slice(b"'\\''"),
            _ => line.push(byte),
        }
    }
    line.push(b'\'');
}

fn of_fasten(arguments: &[&[u8]]) -> Option<OsString> {
    let mut rest = arguments.iter();
    let mut string = None;
    while let Some(&word) = rest.next() {
        match word {
            b"--" => break,
            b"--command" => string = rest.next().copied(),
            b"--timeout"
            | b"--wait"
            | b"--conflict-exit-code"
            | b"--fd"
            | b"--nested"
            | b"--prefer"
            | b"--mode"
            | b"--jobs"
            | b"--take" => {
                rest.next();
            }
            [b'-', b'-', ..] => string = word.strip_prefix(b"--command=").or(string),
            [b'-', cluster @ ..] => match cluster_value(cluster, b"cwEj") {
                Some((b'c', b"")) => string = rest.next().copied(),
                Some((b'c', value)) => string = Some(value.strip_prefix(b"=").unwrap_or(value)),
                Some((_, b"")) => drop(rest.next()),
                _ => {}
            },
            _ => {}
        }
    }
    string.map(text).or_else(|| non_empty(rest.as_slice()))
}

fn of_flock(arguments: &[&[u8]]) -> Option<OsString> {
    let mut rest = arguments.iter();
    loop {
        match *rest.next()? {
            b"--" => {
                rest.next()?;
                break;
            }
            b"--wait" | b"--timeout" | b"--conflict-exit-code" | b"--start" | b"--length" => {
                rest.next();
            }
            word if word.starts_with(b"--") => {}
            word if word.len() > 1 && word.starts_with(b"-") => {
                if let Some((_, b"")) = cluster_value(&word[1..], b"wE") {
                    rest.next();
                }
            }
            _ => break,
        }
    }
    match rest.as_slice() {
        [b"-c" | b"--command", string, ..] => Some(text(string)),
        words => non_empty(words),
    }
}

/// The first option in a cluster of short ones that takes a value, and what follows it in the same
/// word.
fn cluster_value<'a>(cluster: &'a [u8], valued: &[u8]) -> Option<(u8, &'a [u8])> {
    let at = cluster.iter().position(|letter| valued.contains(letter))?;
    Some((cluster[at], &cluster[at + 1..]))
}

fn non_empty(words: &[&[u8]]) -> Option<OsString> {
    (!words.is_empty()).then(|| line(words))
}

fn text(string: &[u8]) -> OsString {
    OsString::from_vec(string.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(words: &[&str]) -> Option<String> {
        let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
        let command = Wrapper::named(words[0]).expect("a wrapper").wrapped(&words)?;
        Some(command.into_string().unwrap())
    }

    #[test]
    fn fasten_wraps_what_follows_the_two_dashes() {
        assert_eq!(wrapped(&["fasten", "write", "a", "b", "--", "make", "-j8"]).unwrap(), "make -j8");
        assert_eq!(wrapped(&["/bin/fasten", "read", "-w", "--", "a", "--", "x", "--"]).unwrap(), "x --");
        assert_eq!(wrapped(&["fasten", "read", "--prefer", "-c", "a", "--", "x"]).unwrap(), "x");
        assert_eq!(wrapped(&["fasten", "read", "--mode", "-c", "a", "--", "x"]).unwrap(), "x");
        assert_eq!(wrapped(&["fasten", "exclusive", "--fd", "9"]), None);
        assert_eq!(wrapped(&["fasten", "exclusive", "a", "--"]), None);
    }

    #[test]
    fn fasten_wraps_a_string_in_every_spelling() {
        for option in [
            &["-c", "a | b"][..],
            &["-ca | b"],
            &["-nc", "a | b"],
            &["--command", "a | b"],
            &["--command=a | b"],
        ] {
            assert_eq!(wrapped(&[&["fasten", "exclusive", "l"], option].concat()).unwrap(), "a | b");
        }
        assert_eq!(wrapped(&["fasten", "exclusive", "-w5c", "l", "--", "x"]).unwrap(), "x");
    }

    #[test]
    fn flock_wraps_what_follows_the_file() {
        assert_eq!(wrapped(&["flock", "-x", "-w", "5", "l", "make", "-n"]).unwrap(), "make -n");
        assert_eq!(wrapped(&["flock", "-nE7", "--timeout", "5", "l", "-c", "a | b"]).unwrap(), "a | b");
        assert_eq!(wrapped(&["flock", "-nE", "7", "--wait=5", "--", "l", "x"]).unwrap(), "x");
        assert_eq!(wrapped(&["flock", "9"]), None);
        assert_eq!(wrapped(&["flock"]), None);
    }

    #[test]
    fn words_are_quoted_where_a_shell_would_take_them_apart() {
        assert_eq!(
            line(&[b"a", b"", b"it's", b"b\nc", b"x=1"]),
            r"a '' 'it'\''s' 'b
c' x=1"
        );
        assert_eq!(line(&[b"postgres: writer", b"", b""]), "postgres: writer");
        assert_eq!(line(&[]), "");
        assert_eq!(line(&[b"a", b"\xff"]), OsString::from_vec(b"a \xff".to_vec()));
    }

    #[test]
    fn empty_arguments_are_arguments() {
        assert_eq!(arguments(b"sh\0-c\0\0"), [&b"sh"[..], b"-c", b""]);
        assert!(arguments(b"").is_empty());
    }
}
