//! `flock NUMBER`: for scripts that have opened the lock file themselves.

use super::both::same;

#[test]
fn a_descriptor_is_locked_and_unlocked() {
    same(&[
        (1, "exec 9<free; flock 9; flock -n free echo ran"),
        (1, "exec 9<free; flock -n 9 && flock -n -s free echo ran"),
        (0, "exec 9<free; flock 9; flock -u 9; flock -n free echo ran"),
        (0, "exec 9>free; flock -x 9; exec 9>&-; flock -n free echo ran"),
        (0, "exec 9<free; flock -s 9; flock -n -s free echo ran"),
        (1, "exec 9<free; flock -s 9; flock -n free echo ran"),
        (0, "(flock -n 9 || exit 3; echo in) 9>free; flock -n free echo out"),
        (3, "(flock -n 9 || exit 3; echo in) 9<held"),
        (0, "(flock -n -s 9 || exit 3; echo in) 9<read"),
        (0, "flock 9 9<folder && flock -e 8 8<>free && flock --wait 1 7 7>>free && echo all"),
        (0, "flock ' 9' 9<free && flock +9 9<free && flock 09 9<free && flock -- 9 9<free && echo all"),
        (0, "flock -o 9 9<free && flock -F 9 9<free && echo all"),
    ]);
}

#[test]
fn who_is_refused_is_told_as_with_a_file() {
    same(&[
        (1, "flock -n 9 9<held"),
        (1, "flock -w .01 9 9<held"),
        (7, "flock -E 7 -n -s 9 9<held"),
        (1, "flock --verbose -n 9 9<held"),
        (1, "flock --verbose -w .01 9 9<read"),
        (0, "flock --verbose 9 9<free"),
        (0, "flock --verbose -u 9 9<held"),
    ]);
}

#[test]
fn a_number_that_is_no_descriptor_is_65() {
    same(&[
        (65, "flock 9"),
        (65, "flock -u 9"),
        (65, "flock -s -n 9"),
        (65, "flock -w 1 9"),
        (65, "flock -- -1"),
        (65, "flock 2147483647"),
        (65, "flock -- -2147483648"),
        (71, "flock -w -1 9"),
    ]);
}

#[test]
fn whatever_is_open_can_be_locked() {
    same(&[
        (0, ": | flock -n 0"),
        (0, "flock -n 1 | cat"),
        (0, "mkfifo fifo; exec 9<>fifo; flock 9; exec 8<>fifo; flock -n 8; echo $?"),
        (0, "flock 0 </dev/zero"),
        (0, "exec 9<script; flock 9; ./script"),
    ]);
}

#[test]
fn a_lock_that_is_there_is_converted_as_the_kernel_does_it() {
    same(&[
        (0, "exec 9<free; flock -x 9; flock -s 9; flock -n -s free echo ran"),
        (1, "exec 9<free; flock -s 9; flock -x 9; flock -n -s free echo ran"),
        (1, "exec 9<folder; flock -s 9; flock -x 9; flock -n -s folder echo ran"),
        (1, "exec 9<free; flock -x 9; flock -x 9; flock -n -s free echo ran"),
        (0, "exec 8<free 9<free; flock -s 8; flock -s 9; flock -n 9 || flock -u 8; flock -n free echo lost"),
        (
            0,
            "exec 8<free 9<free; flock -s 8; flock -s 9; flock -w .01 9 || flock -u 8; flock -n free echo lost",
        ),
    ]);
}
