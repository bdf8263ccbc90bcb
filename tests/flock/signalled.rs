//! Signals that are sent to flock itself.

use super::both::{Difference, differ, same};

#[test]
fn a_signal_ends_the_waiting() {
    let line = |options: &str, signal: &str| -> &'static str {
        format!(
            "exec 2>/dev/null; flock {options} held echo ran & until grep -q -e \"-> .* $! \" /proc/locks; do :; done; \
            kill -{signal} $!; wait $!"
        )
        .leak()
    };
    same(&[
        (143, line("", "TERM")),
        (143, line("-w 100", "TERM")),
        (129, line("-s", "HUP")),
        (138, line("-F", "USR1")),
        (137, line("-w 100", "KILL")),
        (142, line("", "ALRM")),
    ]);
}

#[test]
fn a_signal_reaches_the_command() {
    for (signal, number) in [("TERM", 143), ("HUP", 129), ("USR1", 138), ("USR2", 140)] {
        let line = format!(
            "exec 2>/dev/null; flock free sh -c 'trap \"echo caught; exit 3\" {signal}; echo $$ >pid
                until [ -e go ]; do sleep .01; done; echo went on' &
            until [ -s pid ]; do :; done; kill -{signal} $!; wait $!; echo $?
            : >go; flock -w 100 free echo free"
        );
        differ(&[Difference {
            line: line.leak(),
            theirs: format!("0 > {number} > went on > free").leak(),
            ours: "0 > caught > 3 > free",
            why: "who ends flock means its command, and cannot reach it",
        }]);
    }
}
