//! fasten has the lock.

use super::contenders::{goes_on, start, waiting};
use super::tools::{SUBCOMMANDS, TOOLS};
use crate::support::ordered::Lock;

#[test]
fn they_are_refused_while_fasten_holds_and_get_in_when_it_ends() {
    for tool in &TOOLS {
        for subcommand in SUBCOMMANDS {
            let lock = Lock::new();
            let holder = lock.held(&format!("{subcommand} {}", tool.ours()));
            let code = if tool.excludes(subcommand) { tool.refused } else { 0 };
            let ended = start(&lock, tool.tries, "true").finish();
            assert_eq!(ended.status.code(), Some(code), "{tool:?} beside {subcommand}: {ended:?}");
            holder.leave();
            let ended = start(&lock, tool.tries, "true").finish();
            assert_eq!(ended.status.code(), Some(0), "{tool:?} after {subcommand}: {ended:?}");
        }
    }
}

#[test]
fn they_wait_for_fasten_and_then_go_on() {
    for tool in &TOOLS {
        for subcommand in SUBCOMMANDS.into_iter().filter(|subcommand| tool.excludes(subcommand)) {
            let lock = Lock::new();
            let holder = lock.held(&format!("{subcommand} {}", tool.ours()));
            let waiter = waiting(&lock, tool);
            holder.leave();
            goes_on(waiter);
        }
    }
}
