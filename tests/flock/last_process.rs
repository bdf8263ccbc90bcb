//! How long the lock lives: until the last process that inherited it is gone.

use super::both::same;

/// Leaves a daemon that has every descriptor, but for those of `closed`.
fn daemon(closed: &str) -> String {
    format!(
        "sh -c \"echo \\$\\$ >pid; exec sleep 300\" >/dev/null 2>&1 {closed} & until [ -s pid ]; do :; done"
    )
}

/// Runs the second when the first has left its daemon.
fn then(first: &str, second: &str) -> &'static str {
    format!("{first}; {second}; code=$?; kill -KILL $(cat pid) 2>/dev/null; exit $code").leak()
}

#[test]
fn descendants_keep_the_lock() {
    let line =
        |options: &str, second: &str| then(&format!("flock {options} free sh -c '{}'", daemon("")), second);
    let closed = |options: &str| {
        then(&format!("flock {options} free sh -c '{}'", daemon("3>&-")), "flock -n free echo ran")
    };
    same(&[
        (1, line("", "flock -n free echo ran")),
        (1, line("-s", "flock -n free echo ran")),
        (0, line("-s", "flock -s -n free echo ran")),
        (1, line("-F", "flock -n free echo ran")),
        (0, line("-o", "flock -n free echo ran")),
        (0, line("", "kill -KILL $(cat pid); flock -w 100 free echo ran")),
        (1, line("-u", "flock free flock -n free echo ran")),
        (0, closed("")),
        (0, closed("-F")),
    ]);
}

#[test]
fn a_descriptor_is_kept_by_whoever_has_it() {
    let line = |closed: &str, last: &str| {
        then(&format!("(flock 9; {}; {last}) 9>free", daemon(closed)), "flock -n free echo ran")
    };
    same(&[(1, line("", ":")), (0, line("9>&-", ":")), (0, line("", "flock -u 9"))]);
}

#[test]
fn with_close_the_lock_is_held_while_the_command_runs() {
    same(&[
        (1, "flock -o free flock -n free echo ran"),
        (0, "flock -o free true; flock -n free echo ran"),
        (1, "flock --close free -c 'flock -w .01 free echo ran'"),
    ]);
}

#[test]
fn without_a_fork_the_command_takes_the_place_of_flock() {
    same(&[
        (0, "flock -F free sh -c '[ $PPID = '$$' ] && echo same'; :"),
        (1, "flock free sh -c '[ $PPID = '$$' ] && echo same'"),
        (1, "flock -F free flock -n free echo ran"),
        (0, "flock -F free true; flock -n free echo ran"),
    ]);
}

#[test]
fn a_killed_flock_leaves_the_lock_to_its_command_but_for_close() {
    let line = |options: &str| -> &'static str {
        format!(
            "exec 2>/dev/null; flock {options} free sh -c 'echo $$ >pid; exec sleep 300 >/dev/null 2>&1' & \
            until [ -s pid ]; do :; done; kill -KILL $!; wait $!; echo $?; \
            flock -n free echo ran; code=$?; kill $(cat pid); exit $code"
        )
        .leak()
    };
    same(&[(1, line("")), (0, line("-o")), (0, line("-F"))]);
}
