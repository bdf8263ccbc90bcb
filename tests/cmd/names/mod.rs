//! Locks with a name instead of a path. Wants root, to be several users.

mod machine;
mod refused;
mod shown;

use std::fs;

use machine::{ANN, BOB, Machine, STRANGER};

use crate::support::{Program, Running, complaint, until};

#[test]
fn cron_and_a_login_see_the_same_lock_whatever_home_is() {
    let machine = Machine::new();
    let holder = machine.hold(ANN, "exclusive name:sync");
    let refused = |program: Program| {
        let said = complaint(&program.code(75).run());
        assert!(said.starts_with("fasten: name:sync: "), "{said}");
    };
    let ask = "exclusive -n name:sync -- true";
    refused(machine.fasten(ANN, ask).without_env("HOME"));
    refused(machine.fasten(ANN, ask).env("HOME", "/somewhere/else"));
    refused(machine.fasten(ANN, ask).env("HOME", machine.home(BOB)).env("XDG_STATE_HOME", "/tmp"));
    refused(machine.sh(ANN, "cd /; exec env -i \"$FASTEN\" exclusive -n name:sync -- true"));
    holder.leave();
    assert!(!machine.home(BOB).join(".local").exists());
    assert!(machine.locks_of(ANN).join("sync").is_file());
}

#[test]
fn two_users_have_two_locks_of_one_name() {
    let machine = Machine::new();
    let holder = machine.hold(ANN, "exclusive name:x");
    machine.fasten(BOB, "exclusive -n name:x -- true").run();
    machine.fasten(0, "exclusive -n name:x -- true").run();
    holder.leave();
}

#[test]
fn two_users_share_one_lock_of_the_machine() {
    let machine = Machine::new();
    machine.fasten(0, "exclusive machine:deploy -- true").run();
    assert_eq!((machine.mode("lock/fasten"), machine.mode("lock/fasten/deploy")), (0o1777, 0o666));
    for (one, other) in [(ANN, BOB), (BOB, ANN), (0, ANN), (BOB, 0)] {
        for how in ["exclusive", "write", "write --fcntl"] {
            let holder = machine.hold(one, &format!("{how} machine:deploy"));
            machine.fasten(other, &format!("{how} -n machine:deploy -- true")).code(75).run();
            let next = machine.fasten(other, &format!("{how} machine:deploy -- touch ran")).start();
            until("it waits", || machine.place.waiting("lock/fasten/deploy") == 1);
            holder.leave();
            next.finish();
        }
        let readers = [one, other].map(|user| machine.hold(user, "read machine:deploy"));
        readers.into_iter().for_each(Running::leave);
    }
}

#[test]
fn a_lock_that_a_user_was_first_to_use_is_all_users_whatever_the_umask() {
    let machine = Machine::new();
    machine.fasten(0, "exclusive machine:other -- true").run();
    machine.sh(ANN, "umask 077; exec \"$FASTEN\" exclusive machine:x -- true").run();
    assert_eq!(machine.mode("lock/fasten/x"), 0o666);
    machine.fasten(BOB, "exclusive --fcntl machine:x -- true").run();
}

#[test]
fn the_directories_have_their_permissions_whatever_the_umask() {
    for umask in ["0", "022", "077", "0777"] {
        let machine = Machine::new();
        let script = format!("umask {umask}; exec \"$FASTEN\" read name:x machine:x -- true");
        machine.sh(0, &script).run();
        for directory in [".local", ".local/state", ".local/state/fasten"] {
            assert_eq!(machine.mode(&format!("home/0/{directory}")), 0o700, "{directory} {umask}");
        }
        assert_eq!(machine.mode("home/0/.local/state/fasten/x"), 0o600);
        assert_eq!((machine.mode("lock/fasten"), machine.mode("lock/fasten/x")), (0o1777, 0o666), "{umask}");
    }
}

#[test]
fn another_mode_can_be_given_and_a_path_beside_a_name_has_the_umask() {
    let machine = Machine::new();
    machine.sh(0, "umask 027; exec \"$FASTEN\" read name:x machine:x a.lock -- sh -c ': >by-command'").run();
    assert_eq!((machine.mode("a.lock"), machine.mode("by-command")), (0o640, 0o640));
    machine.sh(0, "umask 077; exec \"$FASTEN\" read --mode 0644 name:y machine:y b.lock -- true").run();
    let modes = ["home/0/.local/state/fasten/y", "lock/fasten/y", "b.lock"].map(|name| machine.mode(name));
    assert_eq!(modes, [0o644; 3]);
}

#[test]
fn directories_that_exist_stay_as_they_are() {
    let machine = Machine::new();
    let state = machine.home(ANN).join(".local/state");
    machine
        .sh(ANN, &format!("umask 022; mkdir -p {0} {0}.real; ln -s {0}.real {0}/fasten", state.display()))
        .run();
    machine.fasten(ANN, "exclusive name:x -- true").run();
    assert_eq!(machine.mode("home/1001/.local/state"), 0o755);
    assert!(machine.home(ANN).join(".local/state.real/x").is_file(), "a link of the user's own is followed");
}

/// As sudo(8) does, or a cron job of root beside a user's.
#[test]
fn root_makes_the_directory_that_a_user_was_first_to_need_one_for_all() {
    let machine = Machine::new();
    let holder = machine.hold(ANN, "exclusive machine:x");
    machine.fasten(0, "status machine:x").code(75).run();
    let said = complaint(&machine.fasten(BOB, "exclusive -n machine:x -- true").code(66).run());
    assert!(
        said.contains("belongs to ann (mode 1777)") && said.contains("chown root: /run/lock/fasten"),
        "{said}"
    );
    machine.fasten(0, "exclusive -n machine:x -- true").code(75).run();
    machine.fasten(BOB, "exclusive -n machine:x -- true").code(75).run();
    holder.leave();
    machine.fasten(BOB, "exclusive -n machine:x -- true").run();
}

/// The stand-in for a directory service knows ann, too, and /etc/passwd is asked first.
#[test]
fn a_user_of_a_directory_service_is_known_through_getent() {
    let machine = Machine::new();
    let home = machine.home(BOB).join("stranger");
    fs::create_dir(&home).unwrap();
    std::os::unix::fs::chown(&home, Some(STRANGER), None).unwrap();
    machine.place.write(
        "getent",
        &format!("#!/bin/sh\n[ \"$1\" = passwd ] && echo \"eve:*:$2:$2:Eve:{}:/bin/sh\"\n", home.display()),
    );
    machine.permit("getent", 0o755);
    let path = format!("{}:/usr/bin:/bin:/usr/sbin:/sbin", machine.place.directory().display());
    for ignoring in ["", "trap '' CHLD; "] {
        let script = format!("{ignoring}PATH={path}; exec \"$FASTEN\" exclusive name:x -- true");
        machine.sh(STRANGER, &script).run();
        assert!(home.join(".local/state/fasten/x").is_file());
        fs::remove_file(home.join(".local/state/fasten/x")).unwrap();
        machine.sh(ANN, &script).run();
        assert!(machine.locks_of(ANN).join("x").is_file());
    }
}

#[test]
fn a_path_with_a_slash_is_a_file_whatever_it_begins_with() {
    let machine = Machine::new();
    machine.fasten(0, "exclusive ./name:x ./machine:y -- true").run();
    assert!(machine.path("name:x").is_file() && machine.path("machine:y").is_file());
    assert!(!machine.home(0).join(".local").exists() && !machine.path("lock/fasten").exists());
}

#[test]
fn names_and_paths_are_taken_together_and_two_ways_to_one_file_are_one_lock() {
    let machine = Machine::new();
    machine.place.write("a.lock", "");
    let path = machine.locks_of(0).join("x");
    let words = format!("exclusive name:x machine:x a.lock {} -- true", path.display());
    machine.fasten(0, &words).run();
    let holder = machine.hold(0, "exclusive name:x machine:x a.lock");
    for lock in ["name:x", "machine:x", "a.lock", path.to_str().unwrap()] {
        machine.fasten(0, &format!("read -n {lock} -- true")).code(75).run();
    }
    holder.leave();
}
