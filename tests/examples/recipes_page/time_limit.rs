//! A lock that is held for a limited time.

use super::{holder, is_free, logged, recipe, until_logged};
use crate::machine::Machine;
use crate::support::{complaint, report, send, until_written};

/// The line, with limits that a test can wait for.
fn line() -> String {
    let line = recipe("timeout -k 10 50m");
    line.replace("-k 10 50m", "-k 1 2").replace("-w 10m", "-w 0.1")
}

fn run(run_tests: &str) -> (Machine, String) {
    let machine = Machine::new();
    machine.stub("./run-tests", run_tests);
    let output = machine.run(&["sh", "-c", &format!("{}echo $?", line())]).output();
    (machine, report(&output))
}

#[test]
fn a_command_that_takes_too_long_ends_and_the_lock_is_free() {
    let (machine, code) = run("echo in >>log; exec sleep 1000");
    assert_eq!((logged(&machine, "in"), code.as_str()), (1, "124\n"));
    assert!(is_free(&machine, "build.lock"));
}

#[test]
fn a_command_that_ignores_sigterm_is_killed_and_the_lock_is_free() {
    let (machine, code) = run("trap '' TERM; echo in >>log; while :; do sleep 0.02; done");
    assert_eq!((logged(&machine, "in"), code.as_str()), (1, "137\n"));
    assert!(is_free(&machine, "build.lock"));
}

#[test]
fn a_wait_that_takes_too_long_has_another_code() {
    let machine = Machine::new();
    machine.stub("./run-tests", "echo in >>log");
    let holder = holder(&machine, "exclusive build.lock");
    let refused = machine.sh(&line()).code(75).run();
    assert!(complaint(&refused).contains("gave up after"), "{refused:?}");
    assert_eq!(machine.text("log"), "");
    holder.leave();
}

#[test]
fn a_signal_to_fasten_reaches_the_command_under_timeout() {
    for signal in ["TERM", "HUP"] {
        let machine = Machine::new();
        let script = "sleep 1000 & trap \"kill $!; echo caught >>log; exit 3\" TERM HUP; echo in >>log; wait";
        machine.stub("./run-tests", script);
        let line = format!("echo $$ >pid; exec {}", recipe("timeout -k 10 50m"));
        let running = machine.sh(&line).start();
        until_logged(&machine, "in", 1);
        send(signal, until_written(&machine.path("pid")).trim().parse().unwrap());
        running.finish();
        assert_eq!(logged(&machine, "caught"), 1, "{signal}");
        assert!(is_free(&machine, "build.lock"));
    }
}

/// Types Ctrl-C when the command is in, and says how the line ended.
const TERMINAL: &str = "
import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0: os.execvp('sh', ['sh', '-c', 'exec ' + sys.argv[1]])
while not os.path.exists('in'): time.sleep(0.01)
os.write(fd, b'\\x03')
print(os.WTERMSIG(os.waitpid(pid, 0)[1]))
";

#[test]
fn at_a_terminal_ctrl_c_ends_a_command_under_timeout_in_the_foreground() {
    let machine = Machine::new();
    machine.stub("./run-tests", "echo >in; exec sleep 1000");
    let line = recipe("timeout -k 10 50m").replace("timeout ", "timeout --foreground ");
    machine.run(&["python3", "-c", TERMINAL, &line]).stdout("2\n").run();
    assert!(is_free(&machine, "build.lock"));
}
