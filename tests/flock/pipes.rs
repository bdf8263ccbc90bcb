//! A pipe as the lock file, as a build has it for its output: `make -j | tee log`.

use super::both::{Flock, run, same, same_as};

#[test]
fn a_pipe_is_locked_by_any_path_that_leads_to_it() {
    same(&[
        (0, "flock /dev/stdout echo ran | cat"),
        (0, "flock /dev/stderr echo ran 2>&1 | cat"),
        (0, "flock /dev/fd/1 echo ran | cat"),
        (0, "flock -s /proc/self/fd/1 echo ran | cat"),
        (0, "flock -n -x /dev/stdout -c 'echo ran' | cat"),
        (0, "{ flock /dev/fd/7 echo ran >&7; } 7>&1 | cat"),
        (0, "flock -u /dev/stdout echo ran | cat"),
        (0, "echo through | flock /dev/stdin cat"),
        (0, ": | { cat; flock -n /dev/stdin echo the writer is gone; }"),
        (0, "bash -c 'flock -n <(cat script) echo ran'"),
        (0, "bash -c 'flock -n -s <(:) echo ran'"),
        (66, "flock /dev/stdout echo ran >&-"),
        (66, "flock -n /dev/fd/9 echo ran"),
    ]);
}

#[test]
fn a_pipe_excludes_as_a_file_does() {
    same(&[
        (0, "flock /dev/stdout sh -c 'flock -n /dev/stdout echo ran; echo $?' | cat"),
        (0, "flock /dev/stdout sh -c 'flock -n 1; echo $?' | cat"),
        (0, "flock -s /dev/stdout sh -c 'flock -s -n /dev/fd/1 echo ran' | cat"),
        (0, "flock /dev/stdout sh -c 'flock -w .01 --verbose /proc/self/fd/1 echo ran 2>&1; echo $?' | cat"),
        (0, "flock /dev/stdout true | cat; flock -n /dev/stdout echo ran | cat"),
        (1, "bash -c 'exec 7< <(:); flock /dev/fd/7 flock -n /dev/fd/7 echo ran'"),
        (
            0,
            "{ flock /dev/stdout sh -c ': >in; until [ -e go ]; do sleep .01; done; echo first' &
               until [ -e in ]; do :; done; flock /dev/stdout echo second &
               until grep -q -e \"-> FLOCK .* $! \" /proc/locks; do :; done; : >go; wait; } | cat",
        ),
    ]);
}

#[test]
fn the_rules_of_a_parallel_build_write_to_its_pipe_one_after_the_other() {
    let build = "printf 'all: a b c d e f\\na b c d e f: ; \
        @flock /dev/stdout sh -c \"echo $@ begins; sleep .01; echo $@ ends\"\\n' >Makefile
        make -j6 | awk '{ if ($2 == \"begins\") last = $1; else if ($1 != last) mixed = 1 }
            END { print NR, mixed ? \"mixed\" : \"in order\" }'";
    same(&[(0, build)]);
    assert_eq!(run(Flock::Ours, build).to_string(), "0 > 12 in order");
}

#[test]
fn an_fcntl_lock_on_a_pipe_is_one_too() {
    same_as(
        &[Flock::Newest],
        &[
            (0, "flock --fcntl /dev/stdout echo ran | cat"),
            (0, "flock --fcntl -s /dev/stdout echo ran | cat"),
            (0, "flock --fcntl /dev/stdout sh -c 'flock --fcntl -n /dev/stdout echo ran; echo $?' | cat"),
            (
                0,
                "flock --start 5 --length 1 /dev/stdout sh -c 'flock --start 6 -n /dev/stdout echo ran' | cat",
            ),
            (0, "mkfifo fifo; exec 9<>fifo; flock --fcntl fifo echo ran"),
        ],
    );
}

#[test]
fn a_fifo_whose_other_end_is_open_is_locked_and_what_is_in_it_stays() {
    same(&[
        (0, "mkfifo fifo; exec 9<>fifo; flock fifo echo ran"),
        (1, "mkfifo fifo; exec 9<>fifo; flock fifo flock -n fifo echo ran"),
        (0, "mkfifo fifo; exec 9<>fifo 8>fifo; flock -s fifo flock -n -s fifo echo ran"),
        (0, "mkfifo fifo; exec 9<>fifo; echo data >&9; flock fifo echo ran; head -n 1 <&9"),
        (0, "mkfifo fifo; exec 9<>fifo; flock 9; flock -n fifo echo ran || echo held"),
        (0, "mkfifo fifo; exec 9<>fifo; flock fifo echo ran; echo data >fifo; head -n 1 <&9"),
    ]);
}

#[test]
fn a_fifo_without_a_peer_is_refused_whatever_is_asked_of_it() {
    let refused = "66 ! flock: cannot open lock file fifo: is a FIFO, and no process has its other end open";
    for line in [
        "mkfifo fifo; flock fifo echo ran",
        "mkfifo fifo; flock -n -s fifo echo ran",
        "mkfifo fifo; flock -w 100 fifo echo ran",
        "mkfifo fifo; flock -u fifo echo ran",
        "mkfifo fifo; flock --fcntl fifo echo ran",
        "mkfifo fifo; flock --fcntl -s fifo echo ran",
        "mkfifo fifo; exec 9<>fifo 8<fifo 9<&-; flock fifo echo ran",
        "mkfifo fifo; exec 9<>fifo 8>fifo 9<&-; flock --fcntl fifo echo ran",
    ] {
        assert_eq!(run(Flock::Ours, line).to_string(), refused, "{line}");
    }
}
