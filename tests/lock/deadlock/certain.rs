//! Only a wait that certainly never ends is refused.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::{Place, fasten, until};

#[test]
fn a_child_in_the_background_gets_the_lock_when_the_script_gives_it_back() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    shell.ends("exec 9>>lock; fasten exclusive --fd 9", 0);
    shell.ends("(fasten exclusive -q lock -- echo work >done; echo $? >code) & child=$!", 0);
    place.until_waiting("lock", 1);
    shell.ends("sleep 0.5; fasten unlock --fd 9; wait $child; cat code | grep -qx 0", 0);
    assert_eq!(fs::read_to_string(place.path("done")).unwrap(), "work\n");
}

#[test]
fn children_of_a_program_with_two_threads_are_not_refused() {
    let place = Place::with(&["lock"]);
    let program = "import fcntl, subprocess, sys, threading, time
fasten, lock = sys.argv[1:]
over = False
def holds():
    file = open(lock, 'a')
    while not over:
        fcntl.flock(file, fcntl.LOCK_EX); time.sleep(0.1); fcntl.flock(file, fcntl.LOCK_UN); time.sleep(0.005)
thread = threading.Thread(target=holds); thread.start()
codes = [subprocess.run([fasten, 'exclusive', '-q', '-w', '60', lock, '--', 'true']).returncode for _ in range(10)]
over = True; thread.join(); print(codes)";
    place.python(program).args([fasten(), "lock"]).stdout(format!("{:?}\n", [0; 10])).run();
}

#[test]
fn a_job_in_the_background_that_happens_to_close_a_cycle_is_waited_for() {
    let place = Place::with(&["a", "b"]);
    let mut shell = place.shell();
    shell.ends("mkfifo go", 0);
    let mut first = place.shell();
    first.begins("fasten exclusive a -- sh -c 'fasten exclusive -q b -- echo job >job & read x <go'");
    place.until_waiting("b", 0);
    let mut second = place.shell();
    second.begins("fasten exclusive b -- sh -c 'until [ -s ready ]; do sleep 0.01; done; fasten exclusive a -- echo in'");
    place.until_waiting("a", 0);
    shell.ends("echo >ready", 0);
    place.until_waiting("a", 1);
    shell.ends("sleep 0.5; echo >go", 0);
    assert_eq!((first.ended().code, second.ended().said.as_str()), (0, "in\n"));
}

#[test]
fn an_ancestor_that_gets_the_lock_later_is_seen() {
    let place = Place::with(&["lock"]);
    let mut holder = place.shell();
    holder.ends("exec 9>>lock; fasten read --fd 9", 0);
    let mut shell = place.shell();
    let later = "{ until [ -e go ]; do sleep 0.01; done; fasten read --fd 9; touch held; }";
    shell.begins(&format!("exec 9>>lock; {later} & fasten exclusive lock -- true"));
    place.until_waiting("lock", 1);
    holder.ends("touch go; until [ -e held ]; do sleep 0.01; done; fasten unlock --fd 9", 0);
    let ended = shell.ended();
    assert_eq!(ended.code, 75, "{ended:?}");
    assert!(ended.said.starts_with("fasten: lock: deadlock: "), "{ended:?}");
}

#[test]
fn a_script_that_calls_itself_is_refused_at_once_also_where_it_reads_the_answer() {
    let place = Place::with(&["lock"]);
    for inner in [
        "fasten exclusive lock -- true",
        "x=$(fasten exclusive lock -- true 2>&1)",
        "x=`fasten read lock -- true`",
    ] {
        let start = Instant::now();
        let ended = place.shell().does(&format!("fasten exclusive lock -- bash -c '{inner}'"));
        assert_eq!(ended.code, 75, "{inner}: {ended:?}");
        assert!(start.elapsed() < Duration::from_secs(2), "{inner}: {:?}", start.elapsed());
    }
}

#[test]
fn a_pipe_that_another_process_writes_makes_it_uncertain() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    shell.ends("mkfifo go", 0);
    let mut outer = place.shell();
    outer.begins(
        "fasten exclusive lock -- bash -c 'fasten exclusive -q lock -- echo in >in & read x <go; disown'",
    );
    place.until_waiting("lock", 1);
    shell.ends("sleep 0.5; echo >go", 0);
    assert_eq!(outer.ended().code, 0);
    shell.ends("until [ -s in ]; do sleep 0.01; done", 0);
}

#[test]
fn an_uncertain_one_is_told_after_a_second_unless_it_is_to_be_quiet() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    shell.ends("mkfifo go", 0);
    for (option, told) in [("", true), ("-q", false)] {
        let mut outer = place.shell();
        let inner = format!("fasten exclusive {option} lock -- true 2>said & read x <go; wait");
        outer.begins(&format!("fasten exclusive lock -- bash -c '{inner}; exit 0' 9>&-"));
        place.until_waiting("lock", 1);
        if told {
            shell.ends(
                "until [ -s said ]; do sleep 0.01; done; grep -q \"held exclusively by our .*, which may be waiting for us; see --nested\" said",
                0,
            );
        }
        shell.ends(&format!("kill {}; echo >go", place.pid_of_waiter("lock")), 0);
        outer.ended();
        assert_eq!(fs::read_to_string(place.path("said")).unwrap().lines().count(), usize::from(told));
    }
}

#[test]
fn an_ancestor_whose_descriptors_are_hidden_is_found_in_the_table() {
    let place = Place::with(&["lock"]);
    let mut shell = place.shell();
    shell.ends("mkfifo go; chmod 777 . ; chmod 666 lock go", 0);
    let mut outer = place.shell();
    let inner = "fasten exclusive lock -- true 2>said & read x <go; wait";
    // Only the outer fasten has the descriptor, and it belongs to root.
    outer.begins(&format!(
        "fasten exclusive -o lock -- setpriv --reuid 65534 --regid 65534 --clear-groups bash -c '{inner}; exit 0' 9>&-"
    ));
    place.until_waiting("lock", 1);
    shell.ends("until [ -s said ]; do sleep 0.01; done; grep -q 'held exclusively by our ancestor, .*setpriv.*see --nested' said", 0);
    shell.ends(&format!("kill {}; echo >go", place.pid_of_waiter("lock")), 0);
    outer.ended();
}

#[test]
fn a_waiter_is_in_the_queue_before_it_looks_around() {
    let place = Place::with(&["lock"]);
    let mut holder = place.shell();
    holder.ends("exec 9>>lock; fasten exclusive --fd 9", 0);
    for how in ["exclusive", "read", "write"] {
        let mut waiter = place.shell();
        waiter.begins(&format!(
            "strace -f -e trace=open,openat,flock,fcntl -o trace fasten {how} lock -- true"
        ));
        place.until_waiting("lock", 1);
        let seen = || fs::read_to_string(place.path("trace")).unwrap();
        until("it has looked", || seen().contains("\"/proc/"));
        holder.ends("fasten unlock --fd 9", 0);
        assert_eq!(waiter.ended().code, 0);
        let trace = seen();
        let own = |line: &&str| {
            line.contains("openat") && line.contains("/proc/") && !line.contains("/proc/self/fd")
        };
        let looked =
            trace.lines().position(|line| own(&line) && !line.contains("self\"")).unwrap_or(usize::MAX);
        let asleep =
            trace.lines().position(|line| line.contains("flock(") && !line.contains("LOCK_NB")).unwrap();
        assert!(asleep < looked, "{how}: {trace}");
        holder.ends("fasten exclusive --fd 9", 0);
    }
}
