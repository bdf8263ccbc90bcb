//! `--start` and `--length`, which came with util-linux 2.42: an fcntl(2) lock on a part of the
//! file.

use super::both::{Difference, Flock, differ_from, run, same_as};

fn same(table: &[(i32, &str)]) {
    same_as(&[Flock::Newest], table);
}

#[test]
fn only_who_wants_a_common_byte_is_refused() {
    same(&[
        (0, "flock --start 10 --length 5 free flock -n --start 15 free echo ran"),
        (1, "flock --start 10 --length 5 free flock -n --start 14 free echo ran"),
        (0, "flock --start 10 --length 5 free flock -n --length 10 free echo ran"),
        (1, "flock --start 10 --length 5 free flock -n --length 11 free echo ran"),
        (1, "flock --length 5 free flock -n --fcntl free echo ran"),
        (1, "flock --fcntl free flock -w .01 --start 1000000 --length 1 free echo ran"),
        (1, "flock --start 1000000 free flock -n --fcntl free echo ran"),
        (0, "flock -s --length 5 free flock -n -s --fcntl free echo ran"),
        (1, "flock -s --length 5 free flock -n --fcntl free echo ran"),
        (0, "flock --length 5 free flock -n free echo ran"),
        (0, "flock --start 3 new echo ran; ls new"),
        (1, "flock --start 3 --length 2 /dev/null flock -n --start 4 /dev/null echo ran"),
    ]);
}

#[test]
fn a_range_of_a_descriptor_is_locked_and_unlocked() {
    same(&[
        (0, "exec 9<>free; flock --start 5 --length 5 9; flock -n --start 10 free echo ran"),
        (1, "exec 9<>free; flock --start 5 --length 5 9; flock -n --start 9 free echo ran"),
        (
            0,
            "exec 9<>free; flock --start 5 9; flock -u --start 7 --length 2 9; flock -n --start 7 --length 2 free echo ran",
        ),
        (
            1,
            "exec 9<>free; flock --start 5 9; flock -u --start 7 --length 2 9; flock -n --start 8 --length 2 free echo ran",
        ),
        (65, "flock --length 5 9 9<free"),
    ]);
}

#[test]
fn numbers_are_read_as_the_original_reads_them() {
    let range = |options: &str| -> &'static str {
        format!("flock {options} free sh -c 'grep -o \"[0-9]* [0-9EOF]*$\" /proc/$$/fdinfo/3'").leak()
    };
    let good = [
        "0", "7", "+7", "' 7'", "010", "0x10", "0X1f", "1K", "1k", "1KiB", "1kib", "1KB", "1Kb", "1.K",
        "1.5K", "0.5MB", "0.05K", "1.08K", "3.14159G", "0x10K", "2T", "1P", "0Z", "7E",
    ];
    let bad = [
        "x",
        "''",
        "' '",
        "-1",
        "' -1'",
        "'7 '",
        "1.5",
        "1.",
        "1.5.5K",
        "1.xK",
        "08",
        "0x",
        "1X",
        "1B",
        "1KX",
        "1KiBB",
        "K",
        "16E",
        "1Z",
        "99999999999999999999",
        "\"$(printf '1\\377')\"",
    ];
    for number in good {
        same(&[
            (0, range(&format!("--start {number}"))),
            (0, range(&format!("--start 1 --length {number}"))),
        ]);
    }
    for number in bad {
        same(&[(64, range(&format!("--start {number}"))), (64, range(&format!("--length={number}")))]);
    }
    same(&[
        (0, range("--start 1 --start 5 --length 7 --length 2")),
        (0, range("--start 1 --length 18446744073709551615")),
        (65, range("--start 8E")),
        (65, range("--start 18446744073709551615")),
        (65, range("--length 18446744073709551615")),
        (64, "flock --start"),
        (64, "flock --length"),
    ]);
}

#[test]
fn where_the_numbers_differ() {
    differ_from(
        &[Flock::Newest],
        &[Difference {
            line: "flock --start 1.10K free sh -c 'grep -o \"[0-9]* EOF\" /proc/$$/fdinfo/3'",
            theirs: "0 > 2048 EOF",
            ours: "0 > 1126 EOF",
            why: "a nought at the end of a fraction changes nothing",
        }],
    );
}

#[test]
fn a_range_in_a_file_that_is_replaced_meanwhile_is_locked_in_the_new_one() {
    let line = "flock --length 5 free sh -c ': >in; until [ -e go ]; do sleep .01; done' & until [ -e in ]; do :; done
        flock --length 5 free sh -c 'flock --length 1 -n free echo a second one || echo alone' &
        until grep -q -e \"-> .*:$(stat -c %i free) \" /proc/locks; do :; done
        rm free; : >free; : >go; wait $!";
    assert_eq!(run(Flock::Ours, line).to_string(), "0 > alone");
}

#[test]
fn the_commands_of_fasten_have_no_ranges() {
    let outcome = run(Flock::Ours, "\"$FASTEN\" exclusive --fcntl --start 5 free -- echo ran");
    assert!(outcome.to_string().starts_with("64 "), "{outcome}");
}
