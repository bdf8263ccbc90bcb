//! What fasten is for: builds, cron, CI.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::support::place::{FASTEN, Place, until, until_written};

#[test]
fn a_parallel_make_appends_to_one_file_without_mixing() {
    let place = Place::new();
    let makefile = "JOBS = 1 2 3 4 5 6 7 8\n\
        all: $(JOBS)\n\
        $(JOBS):\n\
        \t@\"$(FASTEN)\" exclusive log.lock -- sh -c 'for i in 1 2 3 4 5 6 7 8 9; do echo \"job $@ line $$i\" >>log; done'\n";
    fs::write(place.path("Makefile"), makefile).unwrap();
    let made = Command::new("make")
        .args(["-j", "8"])
        .env("FASTEN", FASTEN)
        .current_dir(place.folder())
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let log = place.text("log");
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 8 * 9);
    for block in lines.chunks(9) {
        let job = block[0].split(" line").next().unwrap();
        assert!(block.iter().all(|line| line.starts_with(job)), "{block:?}");
    }
}

/// A crontab line of a user, run by the real cron within the next minute.
#[test]
fn a_crontab_line_runs_under_a_real_cron_and_does_not_overlap() {
    let place = Place::new();
    fs::set_permissions(place.folder(), fs::Permissions::from_mode(0o755)).unwrap();
    let folder = place.folder().display().to_string();
    let job = format!(
        "cd {folder} && {FASTEN} exclusive -n -E 0 cron.lock -- sh -c 'echo start >>log; env >env.new; mv env.new env; echo $$ >pid; until [ -e go ]; do sleep 0.1; done; echo end >>log'"
    );
    let cron = Cron::with(&format!(
        "* * * * * root {job}\n* * * * * root {job}\n* * * * * root sleep 1; {job}; echo $? >{folder}/refused\n"
    ));
    until("cron has run the third line", || place.path("refused").exists() || cron.is_dead());
    assert!(!cron.is_dead(), "cron does not run (Debian package cron)");
    assert_eq!(until_written(&place.path("refused")), "0\n");
    let environment = until_written(&place.path("env"));
    assert!(environment.contains("PATH=/usr/bin:/bin") && !environment.contains("TERM="), "{environment}");
    assert_eq!(place.text("log"), "start\n");
    fs::write(place.path("go"), "").unwrap();
    until("the job has ended", || place.text("log").starts_with("start\nend\n"));
}

/// A cron daemon of our own: with our crontab, and gone when the test is.
struct Cron {
    crontab: std::path::PathBuf,
    daemon: std::cell::RefCell<std::process::Child>,
}

impl Cron {
    fn with(lines: &str) -> Self {
        let crontab = std::path::PathBuf::from(format!("/etc/cron.d/fasten-test-{}", std::process::id()));
        fs::write(&crontab, lines).unwrap();
        let daemon = Command::new("unshare")
            .args(["--mount", "sh", "-c", "mount -t tmpfs none /run && exec cron -f"])
            .spawn()
            .expect("this test needs unshare (Debian package util-linux)");
        Self { crontab, daemon: std::cell::RefCell::new(daemon) }
    }

    fn is_dead(&self) -> bool {
        self.daemon.borrow_mut().try_wait().unwrap().is_some()
    }
}

impl Drop for Cron {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.crontab);
        let mut daemon = self.daemon.borrow_mut();
        let _ = daemon.kill();
        let _ = daemon.wait();
    }
}

#[test]
fn a_ci_step_tells_a_busy_lock_from_a_failed_command() {
    let place = Place::new();
    let step = r#"
        set -u
        "$FASTEN" exclusive deploy.lock -- sh -c 'exit 3'
        echo "failed $?"
        "$FASTEN" exclusive deploy.lock -- sh -c '
            "$FASTEN" exclusive -n -q deploy.lock -- true
            echo "busy $?"
            "$FASTEN" exclusive -n -q -E 0 deploy.lock -- true
            echo "busy and well $?"'
        "$FASTEN" exclusive deploy.lock -- no-such-deploy 2>/dev/null
        echo "missing $?"
        "$FASTEN" exclusive --no-create other.lock -- true 2>/dev/null
        echo "no lock $?"
        "$FASTEN" exclusive deploy.lock -- true && echo "done $?"
    "#;
    let mut run = Command::new("sh");
    run.args(["-c", step]).env("FASTEN", FASTEN).current_dir(place.folder());
    let output = run.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "failed 3\nbusy 75\nbusy and well 0\nmissing 127\nno lock 69\ndone 0\n");
}
