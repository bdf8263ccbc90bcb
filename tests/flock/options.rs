//! The command line: every option under every name, and everything that is not an
//! option.

use super::both::{Flock, same, same_as};

#[test]
fn every_option_has_all_its_names_and_their_abbreviations() {
    same(&[
        (0, "flock free echo ran"),
        (0, "flock -s free echo ran"),
        (0, "flock --shared free echo ran"),
        (0, "flock --sh free echo ran"),
        (0, "flock -x free echo ran"),
        (0, "flock -e free echo ran"),
        (0, "flock --exclusive free echo ran"),
        (0, "flock --ex free echo ran"),
        (0, "flock -u free echo ran"),
        (0, "flock --unlock free echo ran"),
        (0, "flock --un free echo ran"),
        (0, "flock -n free echo ran"),
        (0, "flock --nonblocking free echo ran"),
        (0, "flock --nonblock free echo ran"),
        (0, "flock --non free echo ran"),
        (0, "flock --nb free echo ran"),
        (0, "flock -w 1 free echo ran"),
        (0, "flock -w1 free echo ran"),
        (0, "flock --wait 1 free echo ran"),
        (0, "flock --wa=1 free echo ran"),
        (0, "flock --timeout 1 free echo ran"),
        (0, "flock --timeout=1 free echo ran"),
        (0, "flock --t 1 free echo ran"),
        (0, "flock -E 5 free echo ran"),
        (0, "flock -E5 free echo ran"),
        (0, "flock --conflict-exit-code 5 free echo ran"),
        (0, "flock --conflict-exit-code=5 free echo ran"),
        (0, "flock --co 5 free echo ran"),
        (0, "flock -o free echo ran"),
        (0, "flock --close free echo ran"),
        (0, "flock --cl free echo ran"),
        (0, "flock -F free echo ran"),
        (0, "flock --no-fork free echo ran"),
        (0, "flock --no-f free echo ran"),
        (0, "flock free -c 'echo ran; echo twice'"),
        (0, "flock free --command 'echo ran; echo twice'"),
        (0, "flock --verbose free true"),
        (0, "flock --verb free true"),
        (0, "flock --verbose free -c true"),
        (0, "flock -sxn -w1 -E5 free echo ran"),
        (0, "flock -snoE5 free echo ran"),
        (0, "flock -ew1 free echo ran"),
        (0, "flock -F -n --shared free -c 'echo ran'"),
    ]);
}

#[test]
fn options_stop_at_the_first_operand() {
    same(&[
        (0, "flock -- free echo ran"),
        (69, "flock free -- echo ran"),
        (69, "flock free -n echo ran"),
        (69, "flock free --comm 'echo ran'"),
        (69, "flock free --command='echo ran'"),
        (0, "flock free echo -n ran"),
        (0, "flock free echo -c ran --verbose"),
        (0, "flock -- -odd echo ran; ls ./-odd"),
        (66, "flock -n '' echo ran"),
        (0, "flock 9 echo ran; ls 9"),
        (0, "flock free printf '%s|' '' a\\ b"),
    ]);
}

#[test]
fn what_is_no_option_is_refused() {
    same(&[
        (64, "flock"),
        (64, "flock -z free true"),
        (64, "flock -1"),
        (64, "flock -?"),
        (64, "flock --frob free true"),
        (64, "flock -c 'echo ran' free"),
        (64, "flock --command 'echo ran' free"),
        (64, "flock --n free true"),
        (64, "flock --no free true"),
        (64, "flock --c free true"),
        (64, "flock --v free true"),
        (64, "flock --ver"),
        (64, "flock --shared=1 free true"),
        (64, "flock --verbose= free true"),
        (64, "flock -w"),
        (64, "flock -E"),
        (64, "flock --timeout"),
        (64, "flock --conflict-exit-code"),
        (64, "flock -xz free true"),
        (64, "./bin/flock --n free true"),
        (64, "./bin/flock"),
    ]);
}

#[test]
fn the_options_of_fasten_are_not_taken_under_this_name() {
    same(&[
        (64, "flock --linger free true"),
        (64, "flock --no-create free true"),
        (64, "flock --nested wait free true"),
        (64, "flock --prefer fair free true"),
        (64, "flock --quiet free true"),
        (64, "flock -q free true"),
        (64, "flock -v free true"),
        (64, "flock status"),
        (69, "flock exclusive held -- true"),
    ]);
}

#[test]
fn operands_that_are_missing_or_too_many_are_refused() {
    same(&[
        (64, "flock -n"),
        (64, "flock --"),
        (64, "flock free"),
        (64, "flock ./free"),
        (64, "flock ''"),
        (64, "flock '9 '"),
        (64, "flock 0x9"),
        (64, "flock 2147483648"),
        (64, "flock -- -2147483649"),
        (64, "flock 111111111111111111111111111111111111111111111111111111111111"),
        (64, "flock free -c"),
        (64, "flock free -c echo ran"),
        (64, "flock free --command"),
        (64, "flock free --command echo ran"),
        (64, "flock -F -o free true"),
        (64, "flock --close --no-fork free true"),
        (64, "flock -o -F"),
    ]);
}

#[test]
fn values_are_read_as_the_original_reads_them() {
    same(&[
        (64, "flock -E 256 free true"),
        (64, "flock -E -1 free true"),
        (64, "flock -E 2147483648 free true"),
        (64, "flock -E x free true"),
        (64, "flock -E '' free true"),
        (64, "flock -E 3x free true"),
        (64, "flock -E 0x3 free true"),
        (64, "flock -E '3 ' free true"),
        (10, "flock -n -E 010 held true"),
        (3, "flock -n -E +3 held true"),
        (3, "flock -n -E ' 3' held true"),
        (0, "flock -w ' 5' free echo ran"),
        (0, "flock -w +1 free echo ran"),
        (0, "flock -w 1e3 free echo ran"),
        (0, "flock -w .5 free echo ran"),
        (0, "flock -w 1. free echo ran"),
        (0, "flock -w 9e18 free echo ran"),
        (1, "flock -w 0 held true"),
        (1, "flock -w -0 held true"),
        (1, "flock -w 1e-7 held true"),
        (1, "flock -w -1e-7 held true"),
        (71, "flock -w -1 free true"),
        (71, "flock -w -0.5 free true"),
        (71, "flock -w nan free true"),
        (71, "flock -w inf free true"),
        (71, "flock -w infinity free true"),
        (71, "flock -w 1e30 free true"),
        (71, "flock -w 1e400 free true"),
        (71, "flock -n -w -1 free true"),
        (64, "flock -w -1 nothing"),
    ]);
}

/// util-linux 2.42 says "invalid timeout".
#[test]
fn a_bad_time_is_told_as_until_2_41() {
    same_as(
        &[Flock::Theirs],
        &[
            (64, "flock -w x free true"),
            (64, "flock -w '' free true"),
            (64, "flock -w '5 ' free true"),
            (64, "flock -w 1,5 free true"),
            (64, "flock -w 1.5.1 free true"),
            (64, "flock -w \"$(printf '1\\377')\" free true"),
            (64, "flock -w 250ms free true"),
            (64, "flock -w 10s free true"),
        ],
    );
}

#[test]
fn the_last_word_on_a_matter_counts_but_for_nonblock() {
    same(&[
        (1, "flock -n -s -x read true"),
        (0, "flock -n -x -s read echo ran"),
        (0, "flock -n -x -u held echo ran"),
        (1, "flock -n -u -x held true"),
        (6, "flock -n -E 5 -E 6 held true"),
        (1, "flock -n -w 100 held true"),
        (1, "flock -w 100 -n held true"),
        (1, "flock -w 100 -w 0 held true"),
        (1, "flock -w 0 -w .01 --verbose held true"),
    ]);
}

/// Public scripts search for these words, and stop or fall back to mkdir without them.
#[test]
fn scripts_that_want_util_linux_find_it() {
    same(&[
        (0, "flock --version | grep -q util-linux && echo found"),
        (0, "flock --version 2>&1 | grep -i -q 'flock from util-linux' && echo found"),
        (0, "flock -V | grep -c '^flock from util-linux 2\\.'"),
    ]);
}
