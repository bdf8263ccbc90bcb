//! What the command finds: descriptors, signals, arguments.

use super::both::{Difference, Flock, differ, run, same, same_as};

#[test]
fn the_command_has_the_same_descriptors() {
    same(&[
        (0, "flock free sh -c 'cd /proc/$$/fd; echo *'"),
        (0, "flock -s free sh -c 'cd /proc/$$/fd; echo *'"),
        (0, "flock -o free sh -c 'cd /proc/$$/fd; echo *'"),
        (0, "flock -F free sh -c 'cd /proc/$$/fd; echo *'"),
        (0, "flock -u free sh -c 'cd /proc/$$/fd; echo *'"),
        (0, "flock folder sh -c 'cd /proc/$$/fd; echo *'"),
        (0, "flock -w 5 free sh -c 'cd /proc/$$/fd; echo *'"),
        (0, "flock /dev/zero sh -c 'cd /proc/$$/fd; echo *'"),
        (0, "exec 3<read 5<read; flock free sh -c 'cd /proc/$$/fd; echo *'"),
        (0, "flock free sh -c 'readlink /proc/$$/fd/3 | sed s,.*/,,'"),
        (
            0,
            "strace -fo log -e quiet=all -e inject=flock:error=EBADF:when=1 \
                flock free sh -c '[ /proc/$$/fd/3 -ef free ] && echo reopened'",
        ),
        (0, "flock free sh -c 'flock -u 3; flock -n free echo given back'"),
    ]);
}

/// `O_NONBLOCK` is 04000 among the flags.
#[test]
fn the_lock_file_blocks_like_any_other() {
    let flags = "sh -c 'grep flags /proc/$$/fdinfo/3'";
    let of = |options: &str| -> &'static str { format!("flock {options} {flags}").leak() };
    same(&[
        (0, of("free")),
        (0, of("-s new")),
        (0, of("folder")),
        (0, of("-u free")),
        (0, of("-F free")),
        (0, of("/dev/null")),
        (0, format!("{} | cat", of("/dev/stdout")).leak()),
        (0, format!("mkfifo fifo; exec 9<>fifo; {}", of("fifo")).leak()),
    ]);
    same_as(
        &[Flock::Newest],
        &[(0, of("--fcntl free")), (0, of("--fcntl -s free")), (0, of("--start 1 new"))],
    );
}

#[test]
fn the_lock_files_of_fastens_own_commands_block_too() {
    for options in
        ["exclusive", "read", "write", "exclusive --fcntl", "write --fcntl", "read --linger", "write -F"]
    {
        let line = format!(
            "\"$FASTEN\" {options} free new -- sh -c 'grep -h flags /proc/$$/fdinfo/1[01]' | sort | uniq -c | \
             grep -c -e '2 flags.*010000[02]$'"
        );
        assert_eq!(run(Flock::Ours, &line).to_string(), "0 > 1", "{line}");
    }
}

/// Mask and dispositions; 32 and 33 are the C library's own.
#[test]
fn the_command_has_the_same_signals() {
    let with = |signals: &str, options: &str| -> &'static str {
        let command = format!("flock {options} free grep -e SigBlk -e SigIgn /proc/self/status");
        let start = format!("import os, signal; {signals}; os.execvp('flock', '{command}'.split())");
        format!("python3 -c \"{start}\" | sed 's/.*\\(.\\{{7\\}}\\)$/\\1/'").leak()
    };
    for options in ["", "-o", "-F"] {
        same(&[
            (0, with("pass", options)),
            (0, with("signal.signal(signal.SIGPIPE, signal.SIG_DFL)", options)),
            (0, with("signal.signal(signal.SIGCHLD, signal.SIG_IGN)", options)),
            (0, with("signal.signal(signal.SIGHUP, signal.SIG_IGN)", options)),
            (0, with("signal.pthread_sigmask(signal.SIG_BLOCK, [1, 2, 14, 15, 17, 23])", options)),
        ]);
    }
}

#[test]
fn an_ignored_sigchld_does_not_lose_the_code() {
    let ignoring = "python3 -c 'import os, signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN); \
        os.execvp(\"flock\", [\"flock\", \"free\", \"sh\", \"-c\", \"exit 5\"])'";
    same(&[(5, ignoring)]);
}

#[test]
fn where_the_command_finds_something_else() {
    differ(&[Difference {
        line: "echo secret >free; flock free cat <&- 2>/dev/null",
        theirs: "0 > secret",
        ours: "1",
        why: "the lock file does not take the place of a closed standard stream",
    }]);
}
