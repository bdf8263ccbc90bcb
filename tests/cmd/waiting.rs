//! Waiting: in the kernel, for as long as it was told, and saying so.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use crate::support::{HOLD, Place, Running, complaint, fasten, refused_by_name, until};

/// How often each of its threads left a processor because it had nothing to do, the first thread first, and the clock
/// ticks of processor time that all of them took.
fn activity(pid: u32) -> (Vec<u64>, u64) {
    let mut threads: Vec<_> =
        fs::read_dir(format!("/proc/{pid}/task")).unwrap().map(|thread| thread.unwrap().path()).collect();
    threads.sort();
    let switches = threads.iter().map(|thread| {
        let status = fs::read_to_string(thread.join("status")).unwrap();
        let found = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        found.unwrap().trim().parse().unwrap()
    });
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    (switches.collect(), fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap())
}

/// What waits does not wake up. Beside it, ever more rarely, it looks for a deadlock: in one of the first seconds
/// nothing happens at all.
#[test]
fn a_waiter_takes_no_processor_time() {
    let place = Place::new();
    let holder = place.hold("exclusive");
    let start = |words: &str| place.waiter(&format!("{words} a.lock -- true"));
    let waiters = ["exclusive", "write", "read", "exclusive -w 1h"].map(start);
    let is_asleep =
        |waiter: &Running| fs::read_to_string(format!("/proc/{}/stat", waiter.pid)).unwrap().contains(") S ");
    until("they sleep", || waiters.iter().all(is_asleep));
    let mut restless: Vec<_> = waiters.iter().collect();
    for _ in 0..6 {
        if restless.is_empty() {
            break;
        }
        let before: Vec<_> = waiters.iter().map(|waiter| activity(waiter.pid)).collect();
        let start = Instant::now();
        until("a second is over", || start.elapsed() > Duration::from_secs(1));
        let after: Vec<_> = waiters.iter().map(|waiter| activity(waiter.pid)).collect();
        for (waiter, (before, after)) in waiters.iter().zip(before.iter().zip(&after)) {
            assert_eq!(after.0[0], before.0[0], "it does not wake up");
            restless.retain(|other| other.pid != waiter.pid || after != before);
        }
    }
    assert_eq!(restless.len(), 0, "{restless:?}");
    waiters.into_iter().for_each(Running::kill);
    holder.leave();
}

#[test]
fn one_thread_looks_after_everything_while_another_waits() {
    let place = Place::new();
    let holder = place.hold("exclusive");
    for words in ["read", "write", "exclusive", "read -w 1h"] {
        let waiter = place.waiter(&format!("{words} a.lock -- true"));
        let threads = fs::read_dir(format!("/proc/{}/task", waiter.pid)).unwrap().count();
        waiter.kill();
        assert!(threads <= 2, "{words}: {threads}");
    }
    holder.leave();
}

#[test]
fn without_a_thread_to_look_around_it_waits_without_looking() {
    let place = Place::new();
    place.public_fasten();
    fs::set_permissions(&place.lock, PermissionsExt::from_mode(0o666)).unwrap();
    for subcommand in ["read", "write", "exclusive"] {
        let holder = place.hold("exclusive");
        let alone = place.program("setpriv").words("--reuid 54321 --clear-groups prlimit --nproc=1 ./fasten");
        let waiter = alone.words(subcommand).words("-F a.lock -- true").start();
        place.until_waits(waiter.pid);
        assert_eq!(fs::read_dir(format!("/proc/{}/task", waiter.pid)).unwrap().count(), 1);
        holder.leave();
        waiter.leave();
    }
}

#[test]
fn the_deadline_holds_whatever_signals_the_caller_has_blocked_or_ignored() {
    let place = Place::new();
    let holder = place.hold("exclusive");
    let script = "import os, signal, sys\n\
        every = set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}\n\
        signal.pthread_sigmask(signal.SIG_BLOCK, every)\n\
        signal.signal(signal.SIGALRM, signal.SIG_IGN)\n\
        signal.signal(signal.SIGURG, signal.SIG_IGN)\n\
        os.execv(sys.argv[1], sys.argv[1:])";
    for subcommand in ["exclusive", "read", "write"] {
        let start = Instant::now();
        let run = place.python(script).args([fasten(), subcommand]).words("-w 300ms a.lock -- true");
        run.code(75).run();
        assert!(start.elapsed() >= Duration::from_millis(300));
    }
    holder.leave();
}

#[test]
fn a_refusal_is_one_line_with_the_lock_and_the_remedy() {
    let place = Place::new();
    let holder = place.hold("exclusive");
    let run = |words: &str| place.fasten(words).words("a.lock -- true").output();
    let busy = refused_by_name(|| run("exclusive -n"));
    let late = refused_by_name(|| run("read -w 50ms"));
    for (output, words) in [(busy, "try again later, or leave out -n to wait"), (late, "gave up after 50ms")]
    {
        let said = complaint(&output);
        assert_eq!((output.status.code(), said.lines().count()), (Some(75), 1), "{said}");
        assert!(said.contains("a.lock") && said.contains(words), "{said}");
        let who = format!("held by sh -c '{HOLD}' (pid {}, ", holder.pid);
        assert!(said.contains(&who), "{said}");
    }
    holder.leave();
}

#[test]
fn a_conflict_ends_with_the_code_that_was_asked_for() {
    let place = Place::new();
    let holder = place.hold("exclusive");
    for code in [0, 1, 255] {
        place.fasten(&format!("exclusive -n -q -E {code} a.lock -- false")).code(code).stderr("").run();
    }
    holder.leave();
    place.fasten("exclusive -E 9 a.lock -c").arg("exit 75").code(75).run();
}

#[test]
fn without_a_terminal_only_verbose_says_that_it_waits() {
    let place = Place::new();
    for (option, lines) in [("-v", 3), ("-q", 0), ("--timeout=60", 0)] {
        let holder = place.hold("exclusive");
        let mut waiter = place.waiter(&format!("exclusive {option} a.lock -- true"));
        let mut said = String::new();
        if lines > 0 {
            said = waiter.complaint() + "\n";
            assert!(said.starts_with("fasten: waiting for a.lock, place 1: held by sh"), "{said}");
        }
        holder.leave();
        let ended = waiter.finish();
        assert!(ended.status.success());
        said += &complaint(&ended);
        assert_eq!(said.lines().count(), lines, "{option}: {said}");
    }
}

/// CI systems end a job that is silent for some minutes, so the line comes again after half a minute. This test waits
/// for it, on the pipe.
#[test]
fn without_a_terminal_verbose_says_again_and_again_for_how_long_it_has_waited() {
    let place = Place::new();
    let holder = place.hold("exclusive");
    let before = place.waiter("write a.lock -- true");
    let mut waiter = place.waiter("write -v a.lock -- true");
    let held = format!("held by sh -c '{HOLD}' (pid {}, ", holder.pid);
    let first = waiter.complaint();
    assert!(first.starts_with(&format!("fasten: waiting for a.lock, place 2: {held}")), "{first}");
    let start = Instant::now();
    let second = waiter.complaint();
    assert!(start.elapsed() > Duration::from_secs(29), "{second}");
    assert!(second.starts_with("fasten: waiting for a.lock for 3"), "{second}");
    assert!(second.contains(&format!("s, place 2: {held}")) && second.contains(") for 3"), "{second}");
    holder.leave();
    before.leave();
    let rest = complaint(&waiter.finish());
    assert!(rest.starts_with("fasten: a.lock: locked after 3") && rest.lines().count() == 2, "{rest}");
}

#[test]
fn times_are_understood_with_and_without_units() {
    let place = Place::new();
    for time in ["10", "1.5", ".5", "250ms", "2m", "1h30m", "0", "1e3", "1d", "1h 30m"] {
        place.fasten("exclusive -w").arg(time).words("a.lock -- true").run();
    }
}

/// NFS answers EBADF to an exclusive lock on a descriptor that is open only for
/// reading; strace makes the kernel say so here.
#[test]
fn where_an_exclusive_lock_needs_a_writable_file_it_is_opened_so() {
    let place = Place::new();
    let strace = place.program("strace").words("-o calls -e inject=flock:error=EBADF:when=1");
    strace.words("-e trace=flock,?open,openat").arg(fasten()).words("exclusive a.lock -- true").run();
    let calls = place.text("calls");
    let opened: Vec<&str> = calls.lines().filter(|line| line.contains("a.lock")).collect();
    assert!(opened[0].contains("O_RDONLY") && opened[1].contains("O_RDWR"), "{calls}");
    assert!(calls.contains("flock(") && calls.matches("LOCK_EX").count() == 2, "{calls}");
}
