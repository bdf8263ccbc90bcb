//! The exit codes: the command's, and flock's own.

use super::both::{Difference, differ, same};

#[test]
fn the_code_is_the_commands() {
    same(&[
        (0, "flock free true"),
        (1, "flock free false"),
        (75, "flock free sh -c 'exit 75'"),
        (255, "flock -o free sh -c 'exit 255'"),
        (9, "flock -F free sh -c 'exit 9'"),
        (9, "flock free -c 'exit 9'"),
        (143, "flock free sh -c 'kill $$'"),
        (137, "flock free sh -c 'kill -KILL $$'"),
        (130, "flock -o free sh -c 'kill -INT $$'"),
        (129, "flock free -c 'kill -HUP $$'"),
        (
            0,
            "python3 -c 'import subprocess, sys; print(subprocess.call(sys.argv[1:]))' flock free sh -c 'kill $$'",
        ),
        (
            0,
            "python3 -c 'import subprocess, sys; print(subprocess.call(sys.argv[1:]))' flock -F free sh -c 'kill $$'",
        ),
    ]);
}

#[test]
fn a_command_that_cannot_be_executed_is_69() {
    same(&[
        (69, "flock free no-such-command"),
        (69, "flock free ./no/such"),
        (69, "flock free ./data"),
        (69, "flock free ./folder"),
        (69, "flock free ''"),
        (69, "flock -F free no-such-command"),
        (69, "flock -o free ./data"),
        (69, "flock -s free no-such-command with arguments"),
        (69, "printf '#!/no/such' >script; flock free ./script"),
        (69, "SHELL=./data flock free -c true"),
        (0, "flock free ./script with arguments"),
        (0, "flock -F free ./script with arguments"),
        (0, "flock free ./data; flock -n free echo free"),
    ]);
}

#[test]
fn a_command_string_is_for_the_users_shell() {
    same(&[
        (0, "SHELL=/bin/echo flock free -c 'one word'"),
        (0, "SHELL=echo flock free -c ''"),
        (0, "SHELL= flock --verbose free -c true"),
        (0, "unset SHELL; flock --verbose free -c true"),
        (3, "SHELL=bash flock free --command 'exit 3'"),
    ]);
}

#[test]
fn a_lock_file_that_cannot_be_opened_is_66() {
    same(&[
        (66, "flock missing/lock true"),
        (66, "flock free/lock true"),
        (66, "flock -s missing/lock true"),
        (66, "flock new/ true"),
        (66, "ln -s loop loop; flock loop true"),
        (66, "ln -s missing/lock link; flock link true"),
        (66, "flock \"$(printf %300s x)\" true"),
        (66, "chmod 755 .; chmod 600 free; setpriv --reuid=65534 --clear-groups flock free true"),
        (66, "chmod 755 .; setpriv --reuid=65534 --clear-groups flock new true"),
        (66, "chmod 755 .; chmod 0 folder; setpriv --reuid=65534 --clear-groups flock folder true"),
    ]);
}

#[test]
fn a_file_system_without_room_for_a_lock_file_is_73() {
    same(&[
        (73, "unshare -m sh -c 'mount -t tmpfs -o ro none folder && flock folder/new true'"),
        (73, "unshare -m sh -c 'mount -t tmpfs -o nr_inodes=1 none folder && flock folder/new true'"),
        (0, "unshare -m sh -c 'mount -t tmpfs -o ro none folder && flock folder echo ran'"),
    ]);
}

/// strace makes the kernel say so.
#[test]
fn what_the_system_refuses_is_71_and_what_the_file_cannot_do_65() {
    same(&[
        (71, "strace -e quiet=all -fo log -e inject=flock:error=ENOLCK flock free true"),
        (71, "strace -e quiet=all -fo log -e inject=flock:error=ENOMEM flock free true"),
        (65, "strace -e quiet=all -fo log -e inject=flock:error=EINVAL flock free true"),
        (65, "strace -e quiet=all -fo log -e inject=flock:error=EBADF flock free true"),
        (65, "strace -e quiet=all -fo log -e inject=flock:error=EBADF flock -s free true"),
        (65, "strace -e quiet=all -fo log -e inject=flock:error=EOPNOTSUPP flock -s folder true"),
        (0, "strace -e quiet=all -fo log -e inject=flock:error=EBADF:when=1 flock free echo ran"),
        (0, "strace -e quiet=all -fo log -e inject=flock:error=EIO:when=1 flock free echo ran"),
        (71, "strace -e quiet=all -fo log -P free -e inject=?open,openat:error=EMFILE flock free true"),
        (71, "strace -e quiet=all -fo log -P free -e inject=?open,openat:error=ENFILE flock free true"),
        (71, "strace -e quiet=all -fo log -P free -e inject=?open,openat:error=ENOMEM flock free true"),
        (66, "strace -e quiet=all -fo log -P free -e inject=?open,openat:error=EIO flock free true"),
        (71, "strace -e quiet=all -fo log -e inject=clone,clone3,fork,vfork:error=EAGAIN flock free true"),
        (71, "strace -e quiet=all -fo log -P /bin/true -e inject=execve:error=ENOMEM flock free /bin/true"),
        (69, "strace -e quiet=all -fo log -P /bin/true -e inject=execve:error=E2BIG flock free /bin/true"),
    ]);
}

#[test]
fn where_the_codes_differ() {
    differ(&[
        Difference {
            line: "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"socket\")'; flock socket true",
            theirs: "66 ! flock: cannot open lock file socket: No such device or address",
            ours: "66 ! flock: cannot open lock file socket: is a socket: a lock must be a file, a directory or a block device",
            why: "it says what is wrong",
        },
        Difference {
            line: "chmod 755 .; chmod 222 free; setpriv --reuid=65534 --clear-groups flock free echo ran",
            theirs: "66 ! flock: cannot open lock file free: Permission denied",
            ours: "0 > ran",
            why: "permission to write is enough for a lock",
        },
    ]);
}
