//! At a terminal: Ctrl-C, Ctrl-Z, and the line that says what is waited for.
//!
//! A real shell with job control in a real pseudo-terminal, driven by Python's
//! `pty`, which is on every Debian machine that has python3.

use crate::support::{Place, fasten, report};

/// Talks to an interactive bash: `type TEXT` and `see TEXT` in turns. The shell
/// prompts when fasten has stopped; `stopped FILE` waits for the process whose
/// number is in the file, which may still be about to read what is typed.
const DRIVER: &str = r"
import os, pty, re, select, sys, time
steps = [line.split(' ', 1) for line in sys.argv[1].splitlines()]
pid, fd = pty.fork()
if pid == 0:
    os.environ['PS1'] = 'ready> '
    os.execvp('bash', ['bash', '--norc', '--noprofile', '--noediting', '-i'])
seen = ''
def see(text):
    global seen
    end = time.monotonic() + 60
    while text not in seen:
        if not select.select([fd], [], [], max(0, end - time.monotonic()))[0]:
            sys.exit('never saw %r in %r' % (text, seen))
        try: seen += os.read(fd, 4096).decode(errors='replace')
        except OSError: sys.exit('the terminal closed before %r: %r' % (text, seen))
    before, seen = seen.split(text, 1)
    return before
see('ready> ')
for verb, text in steps:
    if verb == 'see': see(text)
    elif verb == 'absent':
        word, until = text.split(' before ')
        before = see(until)
        if word in before: sys.exit('saw %r in %r' % (word, before))
    elif verb == 'key': os.write(fd, {'^C': b'\x03', '^Z': b'\x1a', '^\\': b'\x1c'}[text])
    elif verb == 'stopped':
        end = time.monotonic() + 60
        while open('/proc/%s/stat' % open(text).read().strip()).read().rsplit(') ')[-1][0] != 'T':
            if time.monotonic() > end: sys.exit('never stopped')
            time.sleep(0.002)
    elif verb == 'type': os.write(fd, text.encode() + b'\n')
    else: sys.exit('no such step: ' + verb)
os.write(fd, b'exit\n')
";

fn at_a_terminal(place: &Place, steps: &str) {
    place.python(DRIVER).arg(steps).env("TERM", "vt100").run();
}

/// The same while a.lock is held, until all of it has been seen; then it is free.
fn beside_a_holder(place: &Place, steps: &str) {
    let held =
        "type mkfifo f; \"$FASTEN\" exclusive a.lock -- sh -c 'echo he\"\"re; read x <f' &\nsee here\n";
    let freed = "type echo >f; wait; flock -n a.lock echo fr\"\"ee\nsee free\n";
    at_a_terminal(place, &[held, steps, freed].concat());
}

#[test]
fn ctrl_c_reaches_the_command_once_and_fasten_stays_until_it_has_ended() {
    let place = Place::new();
    let command = "trap 'n=$((n+1)); echo caught-$n; touch caught' INT\n\
        echo here\n\
        until [ -e go ]; do read -r -t 0.05 x; done\n\
        exit 5\n";
    std::fs::write(place.path("command"), command).unwrap();
    at_a_terminal(
        &place,
        "type (until [ -e caught ]; do :; done; touch go) & \"$FASTEN\" exclusive a.lock -- bash command; echo code-$?\n\
         see here\n\
         key ^C\n\
         absent caught-2 before code-5\n",
    );
    assert!(place.path("caught").exists());
}

#[test]
fn a_command_killed_by_ctrl_c_ends_fasten_by_it_too() {
    let place = Place::new();
    at_a_terminal(
        &place,
        "type \"$FASTEN\" exclusive a.lock -- sh -c 'echo he\"\"re; exec cat'; echo code-$?\n\
         see here\n\
         key ^C\n\
         see ready>\n\
         type echo code-$?\n\
         see code-130\n\
         see ready>\n\
         type flock -n a.lock echo fr\"\"ee\n\
         see free\n",
    );
}

#[test]
fn stopping_and_continuing_works_with_job_control() {
    let place = Place::new();
    at_a_terminal(
        &place,
        "type \"$FASTEN\" exclusive a.lock -- sh -c 'echo $$ >pid; echo he\"\"re; read x; echo got-$x'; echo code-$?\n\
         see here\n\
         key ^Z\n\
         see Stopped\n\
         see ready>\n\
         stopped pid\n\
         type flock -n a.lock true || echo he\"\"ld\n\
         see held\n\
         see ready>\n\
         type fg\n\
         see exclusive a.lock\n\
         type word\n\
         see got-word\n\
         see ready>\n",
    );
}

/// As under `ssh -t host fasten ...`: no shell between the terminal and fasten.
#[test]
fn a_hang_up_reaches_the_command_of_a_fasten_that_leads_its_session() {
    let place = Place::new();
    let script = "
import os, pty, signal, sys
pid, fd = pty.fork()
if pid == 0:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    command = 'trap \"echo caught >hung; exit 4\" HUP; echo he\"\"re; while :; do read x; done'
    os.execv(sys.argv[1], ['fasten', 'exclusive', 'a.lock', '--', 'sh', '-c', command])
seen = b''
while b'here' not in seen: seen += os.read(fd, 100)
os.close(fd)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
";
    place.python(script).arg(fasten()).code(4).run();
    assert_eq!(place.text("hung"), "caught\n");
}

#[test]
fn a_waiter_at_a_terminal_says_what_it_waits_for_and_ctrl_c_ends_it() {
    let place = Place::new();
    beside_a_holder(
        &place,
        "type \"$FASTEN\" write a.lock -- true\n\
         see waiting for a.lock for \n\
         see s, place 1: held by sh\n\
         key ^C\n\
         see ready>\n\
         type echo code-$?\n\
         see code-130\n\
         see ready>\n",
    );
}

#[test]
fn a_waiter_in_the_background_leaves_the_terminal_alone_until_it_comes_to_the_front() {
    let place = Place::new();
    beside_a_holder(
        &place,
        "type \"$FASTEN\" exclusive a.lock -- true &\n\
         type until \"$FASTEN\" status a.lock | grep -q waits; do :; done; \"$FASTEN\" read a.lock -- true\n\
         absent place 1: before place 2: held by sh\n\
         key ^C\n\
         see ready>\n\
         type fg\n\
         see place 1: held by sh\n\
         key ^C\n\
         see ready>\n\
         type \"$FASTEN\" read -v a.lock -- true &\n\
         see fasten: waiting for a.lock, place 1: held by sh\n",
    );
}

#[test]
fn a_waiter_at_a_dumb_terminal_prints_its_line_and_redraws_nothing() {
    let place = Place::new();
    beside_a_holder(
        &place,
        "type TERM=dumb \"$FASTEN\" write a.lock -- true\n\
         see fasten: waiting for a.lock, place 1: held by sh\n\
         key ^C\n\
         absent fasten: before ready>\n",
    );
}

#[test]
fn watching_uses_the_alternate_screen_and_fits_it() {
    let place = Place::new();
    at_a_terminal(
        &place,
        "type stty rows 3 cols 80; \"$FASTEN\" status --watch a.lock b c d e\n\
         see [?1049h\n\
         see free\n\
         see b: \n\
         absent c: before ... 3 more lines\n\
         key ^C\n\
         see [?1049l\n\
         see ready>\n\
         type \"$FASTEN\" status --watch a.lock\n\
         see free\n\
         key ^Z\n\
         see Stopped\n\
         see ready>\n\
         type kill %1; fg\n\
         see [?1049l\n\
         see ready>\n\
         type TERM=dumb \"$FASTEN\" status --watch a.lock\n\
         see --- 20\n\
         absent \u{1b} before a.lock: free\n\
         key ^C\n\
         see ready>\n",
    );
}

/// What it prints at a terminal of 40 columns.
fn at_40_columns(place: &Place, setting: &str, words: &str) -> String {
    let script = format!("script -qec 'stty cols 40; {setting} \"$FASTEN\" {words}' /dev/null | tr -d '\\r'");
    report(&place.sh(&script).env("TERM", "vt100").without_env("NO_COLOR").run())
}

#[test]
fn a_narrow_terminal_shows_the_command_too() {
    let place = Place::new();
    let holder = place.hold("exclusive");
    let waiter = place.waiter("write a.lock -- echo waiter");
    let shown = at_40_columns(&place, "", "status --color never a.lock");
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!((lines.len(), lines[0]), (5, "a.lock: write"), "{shown}");
    assert!(lines[1].starts_with(&format!("  holds {} root ", holder.pid)), "{shown}");
    assert!(lines[1].ends_with("s write") && lines[2].starts_with("    sh -c 'echo"), "{shown}");
    assert!(lines[3].starts_with(&format!("  waits 1 {} ", waiter.pid)) && lines[4] == "    echo waiter");
    assert!(lines.iter().all(|line| line.len() <= 40), "{shown}");
    holder.leave();
    waiter.leave();
}

#[test]
fn a_terminal_is_coloured_unless_the_user_objects() {
    let place = Place::new();
    let (plain, green) = ("a.lock: free\n", "a.lock: \u{1b}[32mfree\u{1b}[0m\n");
    for (setting, words, shown) in [
        ("", "", green),
        ("NO_COLOR=", "", green),
        ("NO_COLOR=1", "", plain),
        ("TERM=dumb", "", plain),
        ("", "--color never", plain),
        ("NO_COLOR=1 TERM=dumb", "--color always", green),
    ] {
        assert_eq!(
            at_40_columns(&place, setting, &format!("status a.lock {words}")),
            shown,
            "{setting} {words}"
        );
    }
}
