//! Processes that hold and want locks. Each says when it is ready; nothing here sleeps and hopes.

use std::path::{Path, PathBuf};

use super::{Place, Program, Running, report, table, until};

/// Runs the operations named by its arguments on one file, then keeps what it has until it is killed:
/// `flock:ex`, `ofd:sh:START:LENGTH`, `posix:ex:START:LENGTH`, `gate:ex:START:LENGTH` (a record lock on the
/// gate file), `say` (its pid), `leave` (to a child), `user:UID`, `open` (the file once more).
const LOCKER: &str = r"
import fcntl, os, struct, sys
def opened():
    try: return os.open(os.fsencode(sys.argv[1]), os.O_RDWR)
    except IsADirectoryError: return os.open(os.fsencode(sys.argv[1]), os.O_RDONLY)
fd = opened()
gates = None
def gate_file():
    lock = os.fstat(fd)
    return os.open('/dev/shm/fasten.%x.%d' % (lock.st_dev, lock.st_ino), os.O_RDWR | os.O_CREAT, 0o666)
for step in sys.argv[2:]:
    kind, *rest = step.split(':')
    if kind == 'say': print(os.getpid(), flush=True)
    elif kind == 'open': fd = opened()
    elif kind == 'leave':
        if os.fork(): os._exit(0)
        os.setsid()
    elif kind == 'user': os.setuid(int(rest[0]))
    elif kind == 'flock': fcntl.flock(fd, fcntl.LOCK_EX if rest[0] == 'ex' else fcntl.LOCK_SH)
    else:
        mode = {'ex': fcntl.F_WRLCK, 'sh': fcntl.F_RDLCK, 'un': fcntl.F_UNLCK}[rest[0]]
        command = 38 if kind == 'ofd' else fcntl.F_SETLKW
        if kind == 'gate' and gates is None: gates = gate_file()
        fcntl.fcntl(gates if kind == 'gate' else fd, command, struct.pack('hhqqi4x', mode, 0, int(rest[1]), int(rest[2]), 0))
sys.stdin.read()
";

/// Starts the locker and waits until it has done everything.
pub fn locker(path: &Path, steps: &[&str]) -> Running {
    let mut process = asking(path, &[steps, &["say"]].concat());
    let pid = process.line().parse().unwrap();
    if pid != process.pid {
        process.is_now(pid);
    }
    process
}

/// Starts the locker and does not wait.
pub fn asking(path: &Path, steps: &[&str]) -> Running {
    Program::new("python3").args(["-c", LOCKER]).arg(path).args(steps).start()
}

/// flock(1) with a command that says a line and reads until its input ends.
pub fn flock(options: &[&str], path: &Path) -> Running {
    Program::new("flock").args(options).arg(path).args(["sh", "-c", "echo $$; read x"]).start()
}

/// The lines of /proc/locks on this lock file and its gate file, without their numbers.
pub fn table(path: &Path) -> Vec<String> {
    table::lines(path)
}

/// Waits until the table has this many blocked requests for the file.
pub fn until_blocked(path: &Path, count: usize) {
    until("blocked", || table(path).iter().filter(|line| line.starts_with("->")).count() == count);
}

/// A directory and an empty file in it.
pub fn lock_file() -> (Place, PathBuf) {
    let place = Place::new();
    let path = place.lock.clone();
    (place, path)
}

/// Runs one ignored test of this test program under a command such as `unshare`.
pub fn again<T: Fn()>(under: &[&str], _test: T, path: &Path) {
    let (_program, test) = std::any::type_name::<T>().split_once("::").unwrap();
    let program = Program::new(under[0]).args(&under[1..]).arg(std::env::current_exe().unwrap());
    let output = program.args(["--exact", test, "--ignored", "--nocapture"]).env("LOCK", path).run();
    let said = report(&output);
    assert!(said.contains("1 passed"), "{said}");
}

/// The file that `again` is about.
pub fn given() -> PathBuf {
    std::env::var_os("LOCK").expect("run by another test").into()
}
