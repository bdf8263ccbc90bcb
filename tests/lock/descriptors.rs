//! Locks on descriptors that a script has opened.

use crate::support::{Place, until};

fn state(place: &Place) -> String {
    place.shell().does("fasten status lock").said.lines().next().unwrap().to_owned()
}

#[test]
fn the_lock_stays_with_the_descriptor_until_it_is_given_back() {
    let place = Place::with(&["lock"]);
    for (how, held) in [("write", "lock: write"), ("exclusive", "lock: write"), ("read", "lock: read")] {
        for family in ["", "--fcntl"] {
            let mut shell = place.shell();
            shell.ends(&format!("exec 9<>lock; fasten {how} {family} --fd 9"), 0);
            assert_eq!(state(&place), held, "{how} {family}");
            shell.ends("fasten unlock --fd 9", 0);
            assert_eq!(state(&place), "lock: free", "{how} {family}");
            shell.ends("fasten unlock --fd 9", 0);
        }
    }
}

#[test]
fn closing_the_descriptor_and_ending_the_script_give_it_back() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    shell.ends("exec 9>>lock; fasten write --fd 9; exec 9>&-", 0);
    assert_eq!(state(&place), "lock: free");
    shell.ends("exec 9>>lock; fasten write --fd 9", 0);
    drop(shell);
    until("it is free", || state(&place) == "lock: free");
}

#[test]
fn a_command_runs_under_it_and_leaves_the_descriptor_as_it_was() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    let busy = "fasten exclusive -n -q lock -- true";
    shell.ends("exec 9>>lock", 0);
    for options in ["", "--close", "-c"] {
        let command = if options == "-c" { format!("-c '{busy}'") } else { format!("{options} -- {busy}") };
        shell.ends(&format!("fasten write --fd 9 {command}"), 75);
        assert_eq!(state(&place), "lock: free", "{options}");
    }
    shell.ends("fasten write --fd 9 && fasten exclusive --fd 9 -- true", 0);
    assert_eq!(state(&place), "lock: write", "it was locked before");
    shell.ends("fasten read --fd 9 && fasten write --fd 9 -- fasten read -n -q lock -- true", 75);
    assert_eq!(state(&place), "lock: read", "it was locked for reading before");
}

#[test]
fn with_linger_and_no_fork_it_stays() {
    let place = Place::with(&["lock"]);
    for options in ["--linger", "--no-fork"] {
        let mut shell = place.shell();
        shell.ends(&format!("exec 9>>lock; fasten write {options} --fd 9 -- true"), 0);
        assert_eq!(state(&place), "lock: write", "{options}");
        shell.ends("fasten unlock --fd 9", 0);
    }
}

#[test]
fn waiting_and_giving_up_are_as_with_a_name() {
    let place = Place::with(&["lock"]);
    let mut holder = place.shell();
    holder.ends("exec 9>>lock; fasten write --fd 9", 0);
    let mut shell = place.shell();
    shell.ends("exec 8>>lock", 0);
    let refused = shell.is_refused_by_name("fasten read -n --fd 8");
    assert_eq!(refused.code, 75);
    let held = format!("fasten: /dev/fd/8: held by bash (pid {}, ", holder.pid());
    assert!(refused.said.starts_with(&held), "{refused:?}");
    shell.ends("fasten write -q -w 10ms -E 3 --fd 8", 3);
    shell.begins("fasten write --fd 8");
    place.until_waiting("lock", 1);
    holder.ends("fasten unlock --fd 9", 0);
    assert_eq!(shell.ended().code, 0);
}

#[test]
fn a_descriptor_that_cannot_be_read_takes_its_turn_all_the_same() {
    let place = Place::with(&["lock"]);
    let mut holder = place.shell();
    holder.ends("exec 9<>lock; fasten read --fd 9", 0);
    let mut writer = place.shell();
    writer.ends("exec 9<>lock", 0);
    writer.begins("fasten write --fd 9");
    place.until_waiting("lock", 1);
    let mut reader = place.shell();
    reader.ends("exec 9>>lock", 0);
    reader.begins("fasten read --fd 9");
    place.until_waiting("lock", 2);
    holder.ends("fasten unlock --fd 9", 0);
    assert_eq!(writer.ended().code, 0);
    place.until_waiting("lock", 1);
    writer.ends("fasten unlock --fd 9", 0);
    assert_eq!(reader.ended().code, 0);
}

/// The one that the kernel lets in first gives way to the conversion.
#[test]
fn a_descriptor_that_cannot_be_read_waits_for_a_conversion_too() {
    let place = Place::with(&["lock"]);
    let [mut holder, mut converter, mut writer] = [(); 3].map(|()| place.shell());
    holder.ends("exec 9<>lock", 0);
    converter.ends("exec 9>>lock", 0);
    writer.ends("exec 9>>lock", 0);
    for _ in 0..10 {
        holder.ends("fasten read --fd 9", 0);
        converter.ends("fasten read --fd 9", 0);
        writer.begins("fasten exclusive --fd 9");
        place.until_waiting("lock", 1);
        converter.begins("fasten write --fd 9");
        place.until_waiting("lock", 2);
        holder.ends("fasten unlock --fd 9", 0);
        assert_eq!(converter.ended().code, 0);
        converter.ends("fasten unlock --fd 9", 0);
        let ended = writer.ended();
        assert_eq!(ended.code, 0, "{ended:?}");
        writer.ends("fasten unlock --fd 9", 0);
    }
}

#[test]
fn a_signal_ends_the_waiting_and_leaves_nothing_locked() {
    let place = Place::with(&["lock"]);
    let mut holder = place.shell();
    holder.ends("exec 9>>lock; fasten write --fd 9", 0);
    let mut shell = place.shell();
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        shell.begins("exec 8>>lock; fasten write --fd 8");
        place.until_waiting("lock", 1);
        let waiter = place.pid_of_waiter("lock");
        holder.ends(&format!("kill -{signal} {waiter}"), 0);
        let ended = shell.ended();
        assert_eq!(ended.code, code, "{ended:?}");
        place.until_waiting("lock", 0);
    }
}

#[test]
fn what_is_no_descriptor_is_66_and_what_is_no_lock_too() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    for (line, why) in [
        ("fasten write --fd 77", "cannot be opened: bad file descriptor; open it first"),
        ("fasten unlock --fd 77", "cannot be opened: bad file descriptor; open it first"),
        ("fasten read --fd 9 9</dev/null", "is a character device"),
        ("true | fasten read --fd 0", "is a FIFO"),
        (
            "fasten write --fcntl --fd 9 9<lock",
            "a shared lock needs read permission, an exclusive lock write permission",
        ),
    ] {
        let ended = shell.does(line);
        assert_eq!(ended.code, 66, "{line}: {ended:?}");
        assert!(ended.said.contains(why) && ended.said.lines().count() == 1, "{line}: {ended:?}");
    }
}

#[test]
fn wrong_usage_is_64() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    for line in [
        "fasten write --fd 9 lock -- true",
        "fasten write --fd 9 --no-create",
        "fasten write --fd=-1",
        "fasten write --fd x",
        "fasten unlock",
        "fasten unlock lock",
        "fasten status --fd 9",
        "fasten write --nested never lock -- true",
    ] {
        let ended = shell.does(line);
        assert_eq!((ended.code, ended.said.lines().count()), (64, 1), "{line}: {ended:?}");
    }
}
