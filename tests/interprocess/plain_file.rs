//! A lock that must be a plain file: what another user could have put there instead is refused.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

use fasten::{Error, Family, InterProcessLock, InterProcessReaderWriterLock, LockOptions, OpenError};

use crate::support::Place;

const FAMILIES: [Family; 2] = [Family::Flock, Family::Fcntl];

fn options(family: Family) -> LockOptions {
    LockOptions::new().family(family).plain_file(true)
}

/// What it is refused as.
fn refused(path: &Path, family: Family) -> String {
    let lock = InterProcessReaderWriterLock::with_options(path, options(family));
    let said = [lock.read(), lock.write()].map(|taken| match taken {
        Err(Error::CouldNotOpen { why: OpenError::NotPlain(kind), .. }) => kind.to_owned(),
        other => format!("{other:?}"),
    });
    assert_eq!(said[0], said[1]);
    said[0].clone()
}

#[test]
fn everything_but_a_plain_file_with_one_name_is_refused() {
    let place = Place::with(&["a.lock", "one"]);
    symlink("a.lock", place.path("link")).unwrap();
    symlink("missing", place.path("dangling")).unwrap();
    symlink("loop", place.path("loop")).unwrap();
    fs::create_dir(place.path("directory")).unwrap();
    nix::unistd::mkfifo(&place.path("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let _socket = UnixListener::bind(place.path("socket")).unwrap();
    fs::hard_link(place.path("one"), place.path("other")).unwrap();
    for family in FAMILIES {
        for link in ["link", "dangling", "loop"] {
            assert_eq!(refused(&place.path(link), family), "a symbolic link");
        }
        assert_eq!(refused(&place.path("directory"), family), "a directory");
        assert_eq!(refused(&place.path("fifo"), family), "a FIFO");
        assert_eq!(refused(&place.path("socket"), family), "a socket");
        assert_eq!(refused(Path::new("/dev/null"), family), "a character device");
        for name in ["one", "other"] {
            assert_eq!(refused(&place.path(name), family), "a file with another name (a hard link)");
        }
    }
    assert!(!place.path("missing").exists());
}

#[test]
fn a_plain_file_is_locked_and_a_missing_one_created_in_a_directory_behind_a_link_too() {
    let place = Place::new();
    fs::create_dir(place.path("directory")).unwrap();
    symlink("directory", place.path("link")).unwrap();
    for family in FAMILIES {
        drop(InterProcessLock::with_options(&place.lock, options(family)).lock().unwrap());
        let missing = place.path(format!("link/{family:?}"));
        drop(InterProcessLock::with_options(&missing, options(family).permissions(0o600)).lock().unwrap());
        assert_eq!(fs::metadata(&missing).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn it_is_another_option_than_the_default() {
    assert!(!LockOptions::new().get_plain_file());
    assert!(LockOptions::new().plain_file(true).get_plain_file());
    let place = Place::new();
    symlink("a.lock", place.path("link")).unwrap();
    drop(InterProcessLock::new(place.path("link")).lock().unwrap());
}
