//! The Debian package, in a bare Debian.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::dist::file;
use crate::support::{Program, report};

/// A Debian 12 with manual pages and completions, made once, and used by one test at a time.
fn bare_debian() -> (PathBuf, MutexGuard<'static, ()>) {
    static IN_USE: Mutex<()> = Mutex::new(());
    let in_use = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debian");
    if !root.join("complete").exists() {
        let bootstrap =
            Program::new("debootstrap").words("--variant=minbase --include=man-db,bash-completion");
        Program::new("rm").arg("-rf").arg(&root).run();
        bootstrap.arg("bookworm").arg(&root).run();
        // The caches of the manual pages change by themselves.
        inside(
            &root,
            "apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/man/* /etc/apt/apt.conf.d/01autoremove",
        );
        fs::write(root.join("complete"), "").expect("debootstrap has made it");
    }
    inside(&root, "dpkg -P fasten-lock >&2");
    (root, in_use)
}

/// What a script prints in there; each of its commands must succeed.
fn inside(root: &Path, script: &str) -> String {
    let unshare = Program::new("unshare").words("--mount --pid --fork");
    let mounts = "mount -t proc proc \"$0/proc\" && mount -t tmpfs run \"$0/run\" && mkdir -m 1777 \"$0/run/lock\" && exec chroot \"$0\" sh -ec \"$1\"";
    let words = unshare.args(["sh", "-ec", mounts]).arg(root).arg(script);
    report(&words.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("LANG", "C.UTF-8").run())
}

/// Every file, but for the logs and the lists of the package manager.
const LIST: &str = "find / -xdev \\( -path /var/lib/dpkg -o -path /var/log -o -path /var/cache -o -path /tmp \\) \
    -prune -o -print | sort";

#[test]
fn it_is_installed_used_replaced_and_removed() {
    let (root, _in_use) = bare_debian();
    fs::copy(file(".deb"), root.join("tmp/new.deb")).unwrap();
    let before = inside(&root, LIST);
    let older = "cd /tmp && rm -rf old && dpkg-deb -R new.deb old && sed -i 's/^Version: .*/Version: 0.0.1-1/' old/DEBIAN/control \
        && touch old/usr/bin/fasten-was-here && dpkg-deb -b old old.deb >&2";
    let script = format!("{older}; dpkg -i old.deb >&2; test -e /usr/bin/fasten-was-here; dpkg -i new.deb >&2; test ! -e /usr/bin/fasten-was-here
        man -P cat fasten | grep -c 'run a command while holding a lock'
        man -P cat 5 fasten-lock | grep -c 'NAME'; man -P cat fasten-flock | grep -c 'NAME'
        stat -c %a /run/lock /run/lock/fasten
        fasten exclusive /run/lock/fasten/one -- sh -c 'flock -n /run/lock/fasten/one true || echo busy'
        /usr/libexec/fasten/flock --version; dpkg -S /usr/bin/flock; flock --version
        rm /run/lock/fasten/one; dpkg -r fasten-lock >&2; test ! -e /run/lock/fasten; flock /tmp/lock true
        dpkg -i new.deb >&2");
    let said = inside(&root, &script);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        said,
        format!(
            "1\n1\n1\n1777\n1777\nbusy\nflock from util-linux 2.41 (fasten {version})\nutil-linux: /usr/bin/flock\nflock from util-linux 2.38.1\n"
        ),
    );
    let complete = "COMP_LINE='fasten ex' COMP_WORDS=(fasten ex) COMP_CWORD=1 COMP_POINT=9
        . /usr/share/bash-completion/bash_completion; _completion_loader fasten
        function=$(complete -p fasten | sed 's/.*-F \\([^ ]*\\).*/\\1/'); $function fasten ex fasten; echo \"${COMPREPLY[@]}\"";
    assert_eq!(inside(&root, &format!("bash -c '{}'", complete.replace('\'', "'\\''"))).trim(), "exclusive");
    inside(&root, "dpkg -P fasten-lock >&2; flock /tmp/lock true");
    assert_eq!(inside(&root, LIST), before);
}

#[test]
fn lintian_finds_no_error() {
    Program::new("lintian").words("--allow-root --fail-on error").arg(file(".deb")).run();
}

#[test]
fn the_directory_of_shared_locks_goes_only_when_it_is_empty() {
    let (root, _in_use) = bare_debian();
    fs::copy(file(".deb"), root.join("tmp/new.deb")).unwrap();
    let script =
        "dpkg -i /tmp/new.deb >&2; touch /run/lock/fasten/held; dpkg -P fasten-lock >&2; ls /run/lock/fasten";
    assert_eq!(inside(&root, script), "held\n");
}
