//! `fasten status`, as people and programs read it.

use serde_json::Value;

use crate::support::lockers::locker;
use crate::support::{HOLD, Place, Running, complaint, report};

fn status(place: &Place, options: &[&str]) -> (Option<i32>, String) {
    let output = place.fasten("status").args(options).arg("a.lock").output();
    assert_eq!(complaint(&output), "");
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_free_lock_is_0_and_so_is_one_that_does_not_exist() {
    let place = Place::new();
    assert_eq!(status(&place, &[]), (Some(0), "a.lock: free\n".to_owned()));
    assert_eq!(status(&place, &["-q"]), (Some(0), String::new()));
    place.fasten("status missing").stdout("missing: free (does not exist)\n").run();
    assert!(!place.path("missing").exists());
}

#[test]
fn the_table_names_the_holder_and_the_waiters_in_their_order() {
    let place = Place::new();
    let holder = place.hold("write");
    let waiters = ["write", "read"].map(|how| place.waiter(&format!("{how} a.lock -- true")));
    let (code, table) = status(&place, &[]);
    assert_eq!(code, Some(75));
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["a.lock:", "write"]);
    assert_eq!((lines[1][0], lines[1][1]), ("holds", holder.pid.to_string().as_str()));
    assert_eq!(
        (lines[2][..3].to_vec(), lines[2][5]),
        (vec!["waits", "1", &waiters[1].pid.to_string()], "read")
    );
    assert_eq!(
        (lines[3][..3].to_vec(), lines[3][5]),
        (vec!["waits", "2", &waiters[0].pid.to_string()], "write")
    );
    assert_eq!(status(&place, &["-q"]), (Some(75), String::new()));
    holder.leave();
    waiters.into_iter().for_each(Running::leave);
}

#[test]
fn json_has_the_documented_shape() {
    let place = Place::new();
    let holder = place.hold("read");
    let waiter = place.waiter("write a.lock -- true");
    let (code, text) = status(&place, &["--json"]);
    assert_eq!(code, Some(75));
    let document: Value = serde_json::from_str(&text).unwrap();
    let lock = &document["locks"][0];
    assert_eq!((&lock["path"], &lock["state"]), (&"a.lock".into(), &"read".into()));
    let held = &lock["holders"][0];
    assert_eq!(held["pid"], holder.pid);
    assert_eq!(held["command"], format!("sh -c '{HOLD}'"));
    assert_eq!((&held["mode"], &held["family"]), (&"read".into(), &"flock".into()));
    assert!(held["since"].as_str().is_some_and(|since| since.ends_with('Z')), "{held}");
    assert_eq!(held["processes"][0], holder.pid);
    let waits = &lock["waiters"][0];
    assert_eq!((&waits["pid"], &waits["mode"]), (&waiter.pid.into(), &"write".into()));
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(lock), ["path", "state", "holders", "waiters", "slots"]);
    assert_eq!(
        keys(held),
        ["pid", "user", "command", "mode", "family", "since", "processes", "slot", "slots"]
    );
    assert_eq!(keys(waits), ["pid", "user", "command", "mode", "family", "since", "for_slots"]);
    holder.leave();
    waiter.leave();
}

#[test]
fn without_a_name_every_lock_is_told() {
    let place = Place::new();
    let holder = place.hold("exclusive");
    let told = report(&place.fasten("status").code(75).run());
    assert!(told.contains(&format!("{}: write\n", place.lock.display())), "{told}");
    holder.leave();
}

#[test]
fn watching_tells_of_every_change_until_it_is_interrupted() {
    let place = Place::new();
    let mut watch = place.fasten("status --watch a.lock").start();
    let time = watch.line();
    let time = time.strip_prefix("--- ").and_then(|line| line.strip_suffix(" ---"));
    assert!(time.is_some_and(|time| humantime::parse_rfc3339(time).is_ok()), "{time:?}");
    assert_eq!(watch.line(), "a.lock: free");
    let holder = place.hold("exclusive");
    while watch.line() != "a.lock: write" {}
    holder.leave();
    while watch.line() != "a.lock: free" {}
    watch.signal("INT");
    watch.leave();
}

/// So many times `status`, in every form, beside as many `HOW -n`, of which none may be refused.
fn ask_beside(how: &str, times: usize) {
    let place = Place::new();
    let mut watch = place.fasten("status --watch a.lock").start();
    std::thread::scope(|scope| {
        for form in ["-q", "--json"] {
            let place = &place;
            scope.spawn(move || (0..times / 2).for_each(|_| drop(status(place, &[form]))));
        }
        for _ in 0..times {
            place.fasten(how).words("-n a.lock -- true").run();
        }
    });
    assert!(!watch.has_ended());
    watch.signal("INT");
    watch.finish();
}

#[test]
fn asking_gets_in_nobodys_way() {
    ask_beside("write", 500);
    ask_beside("exclusive", 500);
}

#[test]
#[ignore = "takes minutes: see CONTRIBUTING.md"]
fn asking_ten_thousand_times_gets_in_nobodys_way() {
    ask_beside("exclusive", 10_000);
}

#[test]
fn what_cannot_be_looked_at_is_66() {
    let place = Place::new();
    let output = place.fasten("status a.lock/below").code(66).run();
    assert!(complaint(&output).starts_with("fasten: a.lock/below: cannot be examined: "));
}

#[test]
fn what_cannot_be_a_lock_is_66() {
    let place = Place::new();
    nix::unistd::mkfifo(&place.path("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    for (path, kind) in [("/dev/null", "a character device"), ("fifo", "a FIFO")] {
        for form in ["", "-q", "--json", "--watch"] {
            let said = complaint(&place.fasten("status").words(form).arg(path).code(66).stdout("").run());
            assert!(said.starts_with(&format!("fasten: {path}: is {kind}: a lock must be ")), "{said}");
        }
    }
}

#[test]
fn without_any_lock_it_says_so() {
    let place = Place::new();
    // Other locks of this machine are hidden: the kernel's table is empty here.
    let script = "mount --bind /dev/null /proc/locks && exec \"$FASTEN\" status";
    place.program("unshare").args(["--mount", "sh", "-c", script]).stdout("no locks\n").run();
}

#[test]
fn the_bytes_of_a_lock_on_a_part_of_the_file_are_shown() {
    let place = Place::new();
    let holders = [
        (&["posix:ex:0:100", "posix:ex:512:1", "posix:ex:1000:0"][..], "write fcntl 0-99, 512, 1000-"),
        (&["ofd:sh:7:3"], "read fcntl 7-9"),
        (&["posix:ex:0:0"], "write fcntl "),
    ];
    for (steps, shown) in holders {
        let holder = locker(&place.lock, steps);
        let (code, table) = status(&place, &[]);
        assert_eq!(code, Some(75));
        assert!(table.contains(&format!("  {shown} ")), "{table}");
        holder.kill();
    }
}

#[test]
fn colour_is_used_if_it_is_asked_for() {
    let place = Place::new();
    let green = "a.lock: \u{1b}[32mfree\u{1b}[0m\n";
    let asked = |words: &str| place.fasten("status a.lock").words(words).without_env("NO_COLOR");
    asked("").stdout("a.lock: free\n").run();
    asked("--color always").env("NO_COLOR", "1").env("TERM", "dumb").stdout(green).run();
    asked("--color never").stdout("a.lock: free\n").run();
    assert!(report(&place.fasten("doctor --color=always .").run()).contains("\u{1b}[32mlocks work\u{1b}[0m"));
    asked("--color sometimes").code(64).run();
}
