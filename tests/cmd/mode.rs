//! `--mode`: the permissions of lock files that fasten creates.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::{Place, complaint, report};

fn mode(place: &Place, name: &str) -> u32 {
    fs::metadata(place.path(name)).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_new_lock_has_exactly_this_mode_whatever_the_umask() {
    for umask in ["0", "022", "077", "0777"] {
        for (given, expected) in
            [("0644", 0o644), ("666", 0o666), ("0600", 0o600), ("0200", 0o200), ("00777", 0o777)]
        {
            for how in ["exclusive", "read", "write", "exclusive --fcntl"] {
                let place = Place::with(&[]);
                place.sh(&format!("umask {umask}; \"$FASTEN\" {how} --mode {given} new -- true")).run();
                assert_eq!(mode(&place, "new"), expected, "{umask} {given} {how}");
            }
        }
    }
}

#[test]
fn the_command_has_the_umask_that_fasten_had() {
    let place = Place::with(&[]);
    for options in ["--mode 0666", "-F --mode=0666", "-o --mode 0666", "--linger --mode 0666"] {
        for lock in ["new", "new other"] {
            let script =
                format!("umask 027; \"$FASTEN\" exclusive {options} {lock} -- sh -c 'umask; : >by-command'");
            assert_eq!(report(&place.sh(&script).run()), "0027\n", "{options}");
            assert_eq!((mode(&place, "new"), mode(&place, "by-command")), (0o666, 0o640));
            place.sh("rm -f new other by-command").run();
        }
    }
}

#[test]
fn without_it_the_umask_counts_and_a_file_that_exists_stays_as_it_is() {
    let place = Place::new();
    fs::set_permissions(&place.lock, fs::Permissions::from_mode(0o640)).unwrap();
    place.sh("umask 026; \"$FASTEN\" write --mode 0666 a.lock -- true; \"$FASTEN\" write new -- true").run();
    assert_eq!((mode(&place, "a.lock"), mode(&place, "new")), (0o640, 0o640));
    place.fasten("write --mode 0600 --no-create missing -- true").code(69).run();
    assert!(!place.path("missing").exists());
}

#[test]
fn a_bad_mode_is_64() {
    let place = Place::new();
    for wrong in ["", "8", "0o644", "u=rw", "1777", "01000", "-1", "+644", " 644", "99999999999", "7777"] {
        let said =
            complaint(&place.fasten("read --mode").arg(wrong).words("b.lock -- touch ran").code(64).run());
        assert!(said.contains("in octal") && said.lines().count() == 1, "{said}");
    }
    for locked_out in ["0", "0000", "0044", "0177"] {
        let said =
            complaint(&place.fasten("read --mode").arg(locked_out).words("c.lock -- true").code(64).run());
        assert!(said.contains("owner could not open"), "{said}");
    }
    place.fasten("read --fd 9 --mode 0600 -- true").code(64).run();
    assert!(!place.path("ran").exists() && !place.path("c.lock").exists());
}
