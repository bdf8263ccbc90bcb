//! The system calls of a run, as strace(1) has logged them.

/// How to have strace inject something into each of them in turn: `read:...:when=2`. To the first with the
/// last name, and to that one too; not execve(2), by which strace starts it.
pub fn each_up_to(log: &str, last: &str) -> Vec<(String, usize)> {
    let names: Vec<&str> =
        log.lines().filter_map(|line| line.split_once('(')).map(|(name, _)| name).collect();
    let end = names.iter().position(|name| *name == last).expect("the last call is in the log");
    let nth = |i: usize| names[..=i].iter().filter(|name| **name == names[i]).count();
    (1..=end).map(|i| (names[i].to_owned(), nth(i))).collect()
}
