//! Another program that joins in at the gates, as fasten-lock(5) tells its author to.

use std::path::Path;

use super::Running;
use super::gate_file::gate_file;

/// Uses the gate file, and stands in some of its bytes until its input ends.
const JOINER: &str = "import fcntl, os, struct, sys
gates, mode, first, count = sys.argv[1:]
fd = os.open(gates, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
os.fchmod(fd, 0o666)
OFD_SETLK = 37
fcntl.fcntl(fd, OFD_SETLK, struct.pack('hhqqi4x', fcntl.F_RDLCK, 0, 0, 1, 0))
lock = {'ex': fcntl.F_WRLCK, 'sh': fcntl.F_RDLCK}[mode.removeprefix('ofd-')]
command = OFD_SETLK if mode.startswith('ofd') else fcntl.F_SETLK
fcntl.fcntl(fd, command, struct.pack('hhqqi4x', lock, 0, int(first), int(count), 0))
print(flush=True)
sys.stdin.read()
fcntl.fcntl(fd, OFD_SETLK, struct.pack('hhqqi4x', fcntl.F_UNLCK, 0, 0, 1, 0))
try: fcntl.fcntl(fd, OFD_SETLK, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 1, 0))
except BlockingIOError: sys.exit()
os.unlink(gates)";

/// `ex` or `sh` for a lock of the process, `ofd-ex` for one of the open file.
pub fn joiner(lock: &Path, mode: &str, first: u64, count: u64) -> Running {
    let gates = gate_file(lock);
    let (gates, first, count) = (gates.to_str().unwrap(), first.to_string(), count.to_string());
    let words = ["python3", "-c", JOINER, gates, mode, &first, &count];
    let mut joiner = Running::start(&words);
    joiner.line();
    joiner
}
