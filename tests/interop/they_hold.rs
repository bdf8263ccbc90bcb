//! The other program has the lock.

use super::contenders::{held, until_one_waits};
use super::tools::{SUBCOMMANDS, TOOLS};
use crate::support::ordered::Lock;
use crate::support::table::Entry;
use crate::support::{report, until};

const REFUSED: Option<i32> = Some(75);

#[test]
fn the_kernel_shows_their_lock_as_the_table_says() {
    for tool in &TOOLS {
        let lock = Lock::new();
        let (holder, _) = held(&lock, tool);
        let (first, last) = tool.bytes;
        let expected =
            Entry { pid: holder.pid, waits: false, family: tool.family, writes: !tool.shared, first, last };
        until(&format!("{expected:?} is all there is of {tool:?}"), || lock.table() == [expected.clone()]);
        holder.leave();
    }
}

#[test]
fn fasten_is_refused_while_they_hold_and_gets_in_when_they_end() {
    for tool in &TOOLS {
        let lock = Lock::new();
        let (holder, _) = held(&lock, tool);
        for subcommand in SUBCOMMANDS {
            let code = if tool.excludes(subcommand) { REFUSED } else { Some(0) };
            let how = format!("{subcommand} -n {}", tool.ours());
            assert_eq!(lock.code(&how), code, "{how} beside {tool:?}");
        }
        holder.leave();
        for subcommand in SUBCOMMANDS {
            let how = format!("{subcommand} -n {}", tool.ours());
            assert_eq!(lock.code(&how), Some(0), "{how} after {tool:?}");
        }
    }
}

#[test]
fn fasten_waits_for_them_and_then_runs() {
    for tool in &TOOLS {
        for subcommand in SUBCOMMANDS.into_iter().filter(|subcommand| tool.excludes(subcommand)) {
            let lock = Lock::new();
            let (holder, _) = held(&lock, tool);
            let mut waiter = lock.start(&format!("{subcommand} {}", tool.ours()), &["echo", "in"]);
            until_one_waits(&lock);
            holder.leave();
            assert_eq!(waiter.line(), "in", "{subcommand} after {tool:?}");
            waiter.leave();
        }
    }
}

#[test]
fn fasten_names_them() {
    for tool in &TOOLS {
        let lock = Lock::new();
        let (holder, command) = held(&lock, tool);
        let pids = [holder.pid.to_string(), command];
        let mut said = String::new();
        until("the holder is named", || {
            let refused = lock.run(&format!("exclusive -n {}", tool.ours()), &["true"]);
            said = String::from_utf8(refused.stderr).unwrap();
            said.contains("held by ")
        });
        assert!(pids.iter().any(|pid| said.contains(&format!("(pid {pid}, "))), "{tool:?}: {said}");

        let mode = if tool.shared { "read" } else { "write" };
        let status = status(&lock);
        let (state, holders) = status.split_once('\n').unwrap();
        assert!(state.ends_with(&format!(": {mode}")), "{tool:?}: {status}");
        let words: Vec<&str> = holders.split_whitespace().collect();
        assert_eq!((words[0], holders.lines().count()), ("holds", 1), "{tool:?}: {status}");
        assert!(pids.iter().any(|pid| words[1] == pid), "{tool:?}: {status}");
        assert_eq!(words.contains(&"fcntl"), tool.ours() == "--fcntl", "{tool:?}: {status}");
        holder.leave();
        assert!(self::status(&lock).ends_with(": free\n"), "{tool:?}");
    }
}

#[test]
fn a_lock_of_the_other_family_does_not_see_them() {
    for tool in &TOOLS {
        let lock = Lock::new();
        let (holder, _) = held(&lock, tool);
        for subcommand in SUBCOMMANDS {
            let how = format!("{subcommand} -n {}", tool.not_ours());
            assert_eq!(lock.code(&how), Some(0), "{how} beside {tool:?}");
        }
        holder.leave();
    }
}

fn status(lock: &Lock) -> String {
    report(&lock.place.fasten("status").arg(&lock.path).output())
}
