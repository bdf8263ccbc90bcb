//! Processes that hold and want locks. Each says when it is ready; nothing here sleeps and hopes.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

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

/// A process and its end.
pub struct Process {
    child: Child,
    input: Option<ChildStdin>,
    /// Its pid, or that of the child it left everything to.
    pub pid: u32,
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.pid != self.child.id() {
            let _ = Command::new("kill").args(["-9", &self.pid.to_string()]).status();
        }
        // The end of its input ends whatever is left.
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a command with pipes for input and output.
pub fn start(program: impl AsRef<OsStr>, arguments: &[&OsStr]) -> Process {
    let mut command = Command::new(program);
    command.args(arguments);
    started(command)
}

/// Starts this command, with pipes for input and output.
pub fn started(mut command: Command) -> Process {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    Process { input: child.stdin.take(), pid: child.id(), child }
}

impl Process {
    /// Waits for the next line of output.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        BufReader::with_capacity(1, self.child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "the process ended without a word");
        line.trim().to_owned()
    }
}

/// Starts the locker and waits until it has done everything.
pub fn locker(path: &Path, steps: &[&str]) -> Process {
    let mut process = asking(path, &[steps, &["say"]].concat());
    process.pid = process.line().parse().unwrap();
    if process.pid != process.child.id() {
        process.child.wait().unwrap();
    }
    process
}

/// Starts the locker and does not wait.
pub fn asking(path: &Path, steps: &[&str]) -> Process {
    let mut arguments: Vec<&OsStr> = vec!["-c".as_ref(), LOCKER.as_ref(), path.as_ref()];
    arguments.extend(steps.iter().map(AsRef::<OsStr>::as_ref));
    start("python3", &arguments)
}

/// flock(1) with a command that says a line and reads until its input ends.
pub fn flock(options: &[&str], path: &Path) -> Process {
    let mut arguments: Vec<&OsStr> = options.iter().map(AsRef::as_ref).collect();
    arguments.extend([path.as_os_str(), "sh".as_ref(), "-c".as_ref(), "echo $$; read x".as_ref()]);
    start("flock", &arguments)
}

/// The lines of /proc/locks on this lock file and its gate file, without their numbers.
pub fn table(path: &Path) -> Vec<String> {
    super::table::lines(path)
}

/// Waits until it is so.
pub fn until(what: &str, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < Duration::from_secs(20), "never came true: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Waits until the table has this many blocked requests for the file.
pub fn until_blocked(path: &Path, count: usize) {
    until("blocked", || table(path).iter().filter(|line| line.starts_with("->")).count() == count);
}

/// A directory and an empty file in it.
pub fn lock_file() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    std::fs::write(&path, "").unwrap();
    (directory, path)
}

/// Runs one ignored test of this test program under a command such as `unshare`.
pub fn again<T: Fn()>(under: &[&str], _test: T, path: &Path) {
    let (_program, test) = std::any::type_name::<T>().split_once("::").unwrap();
    let output = Command::new(under[0])
        .args(&under[1..])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env("LOCK", path)
        .output()
        .unwrap_or_else(|error| panic!("cannot run {}: {error}", under[0]));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The file that `again` is about.
pub fn given() -> PathBuf {
    std::env::var_os("LOCK").expect("run by another test").into()
}
