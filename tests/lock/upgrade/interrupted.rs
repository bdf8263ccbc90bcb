//! A signal at any moment between a conversion and the command that runs under it: the descriptor is
//! as it was before, and the signal has ended the command, or fasten before there was one.
//!
//! strace sends it, before each of the system calls in turn.

use crate::shell::Shell;
use crate::support::Place;
use crate::support::calls::each_up_to;

/// What the descriptor 9 of the shell holds.
fn held(shell: &mut Shell) -> String {
    shell.does("grep -o 'FLOCK.*READ\\|FLOCK.*WRITE\\|OFDLCK.*READ\\|OFDLCK.*WRITE' /proc/self/fdinfo/9").said
}

/// Sends it at each system call of fasten, until it sleeps over its command.
fn at_each_call(before: &str, signal: &str, code: i32) {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    shell.ends(&format!("exec 9<>lock; {before}"), 0);
    let was = held(&mut shell);
    let fasten = "fasten write --fd 9 --";
    shell.ends(&format!("ulimit -c 0; strace -qq -o log {fasten} true"), 0);
    assert_eq!(held(&mut shell), was);
    let calls = std::fs::read_to_string(place.path("log")).unwrap();
    for (call, nth) in each_up_to(&calls, "rt_sigtimedwait") {
        let inject = format!("inject={call}:signal={signal}:when={nth}");
        let ended = shell.does(&format!("strace -qq -o log -e {inject} {fasten} sleep 1h"));
        assert_eq!(ended.code, code, "{signal} at {call} {nth}: {ended:?}");
        assert_eq!(held(&mut shell), was, "{signal} at {call} {nth}");
    }
}

#[test]
fn an_upgrade_for_a_command_is_undone_whenever_a_signal_comes() {
    at_each_call("fasten read --fd 9", "TERM", 143);
}

#[test]
fn a_lock_for_a_command_is_given_back_whenever_a_signal_comes() {
    at_each_call(":", "ALRM", 142);
}
