//! Who gets in beside whom, and what is said when one does not.

use super::both::same;

#[test]
fn an_exclusive_lock_shuts_everybody_out_and_a_shared_one_the_exclusive() {
    same(&[
        (1, "flock -n held echo ran"),
        (1, "flock -n -x held echo ran"),
        (1, "flock -n -e held echo ran"),
        (1, "flock -n -s held echo ran"),
        (1, "flock --nb held -c 'echo ran'"),
        (1, "flock -n read echo ran"),
        (1, "flock -n -x read echo ran"),
        (0, "flock -n -s read echo ran"),
        (0, "flock -s read echo ran"),
        (1, "flock -w .01 held echo ran"),
        (1, "flock -s -w .01 held echo ran"),
        (1, "flock -w .01 read echo ran"),
        (0, "flock -s -w .01 read echo ran"),
        (0, "flock -n free flock -n read -c : ; flock -n free echo ran"),
    ]);
}

#[test]
fn a_writer_of_fasten_that_waits_keeps_no_reader_out() {
    let behind_a_writer = |line: &str| {
        format!(
            "\"$FASTEN\" write --nested wait read -- true & until grep -q -e \"-> FLOCK .* $! .*:$(stat -c %i read) \" /proc/locks; \
             do :; done; {line}; kill $!"
        )
    };
    let lines = ["flock -n -s read echo ran", "flock -s read echo ran", "flock -n -s 9 9<read && echo ran"];
    let lines = lines.map(behind_a_writer);
    same(&lines.each_ref().map(|line| (0, line.as_str())));
}

#[test]
fn unlocking_holds_nothing_and_lets_everybody_in() {
    same(&[
        (0, "flock -u held echo ran"),
        (0, "flock -u -n read echo ran"),
        (0, "flock -u free flock -n free echo ran"),
        (66, "flock -u missing/lock echo ran"),
        (0, "flock -u new echo ran; ls new"),
        (7, "flock -u free sh -c 'exit 7'"),
        (143, "flock -u free sh -c 'kill $$'"),
        (69, "flock -u free ./data"),
    ]);
}

#[test]
fn a_conflict_has_the_code_that_was_asked_for() {
    same(&[
        (0, "flock -n -E 0 held echo ran"),
        (255, "flock -n -E 255 held echo ran"),
        (7, "flock -w .01 -E 7 held echo ran"),
        (7, "flock -w 0 --conflict-exit-code 7 held echo ran"),
        (5, "flock -E 7 -n free sh -c 'exit 5'"),
    ]);
}

#[test]
fn verbose_says_why_there_is_no_lock() {
    same(&[
        (1, "flock --verbose -n held echo ran"),
        (1, "flock --verbose -w 0 held echo ran"),
        (1, "flock --verbose -w .01 held echo ran"),
        (9, "flock --verbose -E 9 -s -n held echo ran"),
        (0, "flock --verbose -s read true"),
        (0, "flock --verbose -u held true"),
        (0, "flock --verbose held -c true -n || flock -u --verbose held true"),
    ]);
}

#[test]
fn a_lock_in_a_lock_waits_for_itself_and_gives_up_when_told_to() {
    same(&[
        (1, "flock free flock -n free echo ran"),
        (1, "flock free flock -w .01 free echo ran"),
        (1, "flock -s free flock -w .01 free echo ran"),
        (0, "flock -s free flock -s free echo ran"),
    ]);
}
