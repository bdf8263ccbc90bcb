//! What fasten is for: builds, cron, CI.

use std::cell::RefCell;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::support::{Place, Program, Running, fasten, until, until_written};

#[test]
fn a_parallel_make_appends_to_one_file_without_mixing() {
    let place = Place::new();
    let makefile = "JOBS = 1 2 3 4 5 6 7 8\n\
        all: $(JOBS)\n\
        $(JOBS):\n\
        \t@\"$(FASTEN)\" exclusive log.lock -- sh -c 'for i in 1 2 3 4 5 6 7 8 9; do echo \"job $@ line $$i\" >>log; done'\n";
    place.write("Makefile", makefile);
    place.program("make").words("-j 8").run();
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
    fs::set_permissions(place.directory(), fs::Permissions::from_mode(0o755)).unwrap();
    let directory = place.directory().display().to_string();
    let program = fasten();
    let job = format!(
        "cd {directory} && {program} exclusive -n -E 0 cron.lock -- sh -c 'echo start >>log; env >env.new; mv env.new env; echo $$ >pid; until [ -e go ]; do sleep 0.1; done; echo end >>log'"
    );
    let cron = Cron::with(&format!(
        "* * * * * root {job}\n* * * * * root {job}\n* * * * * root sleep 1; {job}; echo $? >{directory}/refused\n"
    ));
    until("cron has run the third line", || place.path("refused").exists() || cron.is_dead());
    assert!(!cron.is_dead(), "cron does not run (Debian package cron)");
    assert_eq!(until_written(&place.path("refused")), "0\n");
    let environment = until_written(&place.path("env"));
    assert!(environment.contains("PATH=/usr/bin:/bin") && !environment.contains("TERM="), "{environment}");
    assert_eq!(place.text("log"), "start\n");
    place.write("go", "");
    until("the job has ended", || place.text("log").starts_with("start\nend\n"));
}

/// A cron daemon of our own: with our crontab, and gone when the test is.
struct Cron {
    crontab: PathBuf,
    daemon: RefCell<Running>,
}

impl Cron {
    fn with(lines: &str) -> Self {
        let crontab = PathBuf::from(format!("/etc/cron.d/fasten-test-{}", std::process::id()));
        fs::write(&crontab, lines).unwrap();
        let script = "mount -t tmpfs none /run && exec cron -f";
        let daemon = Program::new("unshare").args(["--mount", "sh", "-c", script]).start();
        Self { crontab, daemon: RefCell::new(daemon) }
    }

    fn is_dead(&self) -> bool {
        self.daemon.borrow_mut().has_ended()
    }
}

impl Drop for Cron {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.crontab);
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
    let said = "failed 3\nbusy 75\nbusy and well 0\nmissing 127\nno lock 69\ndone 0\n";
    place.sh(step).stdout(said).run();
}
