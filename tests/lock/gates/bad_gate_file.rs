//! A gate file that cannot be used: the waiters are served in the kernel's order, and only -v says why.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::support::gate_file::gate_file;
use crate::support::ordered::Lock;
use crate::support::table::waiting;
use crate::support::{Running, until};

const ALL: [&str; 4] = ["read", "write", "write --prefer writer", "exclusive"];

/// In its place stands this.
fn in_its_place(put: impl Fn(&Path), why: &str) {
    let lock = Lock::new();
    fs::set_permissions(&lock.path, fs::Permissions::from_mode(0o644)).unwrap();
    let gates = gate_file(&lock.path);
    put(&gates);
    for how in ALL {
        assert_eq!(lock.code(&format!("{how} -n")), Some(0), "{how}");
        served(&lock, <[String]>::to_vec, how, why);
    }
    assert!(gates.is_symlink() || gates.exists(), "it is left alone");
    let _ = fs::remove_file(&gates).or_else(|_| fs::remove_dir(&gates));
}

/// One that waits is served, silently, and with -v says why it has no order.
fn served(lock: &Lock, around: impl Fn(&[String]) -> Vec<String>, how: &str, why: &str) {
    for option in ["", " -v"] {
        let holder = lock.held("exclusive");
        let waiter = Running::start(&around(&lock.words(&format!("{how}{option}"), &["true"])));
        until("it waits", || waiting(&lock.path) == 1);
        holder.leave();
        let output = waiter.finish();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{how}{option}: {said}");
        let expected = !option.is_empty() && how != "exclusive";
        assert_eq!(
            said.contains(&format!("first come, first served: {why}")),
            expected,
            "{how}{option}: {said}"
        );
        assert!(expected || option == " -v" || said.is_empty(), "{how}: {said}");
    }
}

const NOT_TRUSTED: &str = "its gate file in /dev/shm is not trusted";

#[test]
fn a_link_in_its_place_is_not_followed() {
    let target = tempfile::NamedTempFile::new().unwrap();
    in_its_place(|gates| symlink(target.path(), gates).unwrap(), NOT_TRUSTED);
    in_its_place(|gates| symlink("/nowhere/at/all", gates).unwrap(), NOT_TRUSTED);
}

#[test]
fn a_fifo_in_its_place_hangs_nobody() {
    let fifo = |gates: &Path| mkfifo(gates, Mode::S_IRWXU).unwrap();
    in_its_place(fifo, NOT_TRUSTED);
}

#[test]
fn a_directory_or_data_in_its_place_is_left_alone() {
    in_its_place(|gates| fs::create_dir(gates).unwrap(), NOT_TRUSTED);
    in_its_place(|gates| fs::write(gates, "data").unwrap(), NOT_TRUSTED);
}

#[test]
fn one_that_another_user_has_made_and_locked_blocks_nobody() {
    let lock = Lock::new();
    fs::set_permissions(&lock.path, fs::Permissions::from_mode(0o644)).unwrap();
    let gates = gate_file(&lock.path);
    let program = "import fcntl, sys
file = open(sys.argv[1], 'w')
fcntl.lockf(file, fcntl.LOCK_EX)
print(flush=True)
sys.stdin.read()";
    let mut stranger = lock.place.python(program).arg(&gates).start();
    stranger.line();
    chown(&gates, Some(65534), Some(65534)).expect("tests run as root");
    for how in ALL {
        assert_eq!(lock.code(&format!("{how} -n")), Some(0), "{how}");
        served(&lock, <[String]>::to_vec, how, NOT_TRUSTED);
    }
    stranger.leave();
    fs::remove_file(gates).unwrap();
}

/// Where the waiter runs, /dev/shm is like this.
fn with_shared_memory(mounted: &str, why: &str) {
    for how in ALL {
        let lock = Lock::new();
        let script = format!("{mounted} && exec \"$@\"");
        let around = |words: &[String]| {
            let mut all = ["unshare", "--mount", "sh", "-c", &script, "sh"].map(str::to_owned).to_vec();
            all.extend_from_slice(words);
            all
        };
        served(&lock, around, how, why);
    }
}

#[test]
fn without_shared_memory_the_command_runs() {
    let unusable = |why: &str| format!("its gate file in /dev/shm cannot be used: {why}");
    with_shared_memory("mount -t tmpfs none /dev && mkdir /dev/fd", &unusable("no such file or directory"));
    with_shared_memory("mount -t tmpfs -o ro none /dev/shm", &unusable("read-only file system"));
    with_shared_memory("mount -t tmpfs -o nr_inodes=1 none /dev/shm", &unusable("no space left on device"));
}

#[test]
fn without_permission_or_descriptors_for_it_the_command_runs() {
    let unusable = |why: &str| format!("its gate file in /dev/shm cannot be used: {why}");
    let as_nobody = "mount -t tmpfs -o mode=755 none /dev/shm && exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"";
    for (script, why) in [
        (as_nobody, "permission denied"),
        ("prlimit --pid $$ --nofile=4 && exec \"$@\"", "too many open files"),
    ] {
        for how in ["read -o", "write -o"] {
            let lock = Lock::new();
            let program = lock.place.public_fasten();
            fs::set_permissions(&lock.path, fs::Permissions::from_mode(0o666)).unwrap();
            let around = |words: &[String]| {
                let mut all = ["unshare", "--mount", "sh", "-c", script, "sh"].map(str::to_owned).to_vec();
                all.push(program.to_str().unwrap().to_owned());
                all.extend_from_slice(&words[1..]);
                all
            };
            served(&lock, around, how, &unusable(why));
        }
    }
}
