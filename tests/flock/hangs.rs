//! Where the original never ends its wait. It is seen to wait, and then ended.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, Instant};

use super::both::{Flock, Scene, run};
use crate::support::{Running, until, waits};

fn start(scene: &Scene, line: &str) -> Running {
    scene.sh(&format!("exec {line}")).start()
}

#[test]
fn a_fifo_is_refused_where_theirs_waits_for_somebody_to_write() {
    let ours = run(Flock::Ours, "mkfifo fifo; flock -n fifo echo ran");
    assert_eq!(
        ours.to_string(),
        "66 ! flock: cannot open lock file fifo: is a FIFO, and no process has its other end open"
    );
    let scene = Scene::new(Flock::Theirs);
    let fifo = scene.place.path("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let theirs = start(&scene, "flock -n fifo true");
    let mut writer = None;
    until("theirs waits for a writer, with -n", || {
        writer = OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(&fifo).ok();
        writer.is_some()
    });
    theirs.leave();
}

#[test]
fn a_deadline_holds_under_a_blocked_sigalrm_where_theirs_never_comes() {
    let line = "python3 -c 'import os, signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM]); \
        os.execvp(\"flock\", \"flock --verbose -w .05 held true\".split())'";
    let ours = run(Flock::Ours, line);
    assert_eq!(ours.to_string(), "1 ! flock: timeout while waiting to get lock");
    let scene = Scene::new(Flock::Theirs);
    let theirs = start(&scene, line);
    let held = scene.place.path("held");
    until("theirs waits", || waits(theirs.pid, &held));
    let start = Instant::now();
    until("a second is over", || start.elapsed() > Duration::from_secs(1));
    until("theirs has missed its deadline, and waits", || waits(theirs.pid, &held));
    theirs.kill();
}
