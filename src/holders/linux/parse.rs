//! The parsers of everything that `holders` reads from /proc, except command lines and mountinfo.
//!
//! They take bytes and return values. No file is opened here, so that they can be fuzzed. What
//! cannot be understood is left out: it is never guessed and never a reason to panic, for /proc
//! contains file names and command names that any user can choose.

use crate::holders::LockId;
use crate::mode::{Family, Mode};

/// One lock, or one request that waits for a lock: a line of /proc/locks, or a `lock:` line of an
/// fdinfo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Whether it is a request that waits (`->`) instead of a lock.
    pub blocked: bool,
    /// The kind of lock: FLOCK, POSIX or OFDLCK.
    pub kind: Kind,
    /// READ (shared) or WRITE (exclusive).
    pub mode: Mode,
    /// The process that requested it; `None` for OFD locks and for processes of another pid
    /// namespace.
    pub pid: Option<u32>,
    /// The file, without its subvolume.
    pub file: LockId,
    /// The first byte of the range.
    pub start: i64,
    /// The last byte of the range; `i64::MAX` for EOF.
    pub end: i64,
}

/// The kinds of locks that are read. Leases and delegations are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// flock(2), owned by an open file description.
    Flock,
    /// fcntl(2), owned by a process.
    Posix,
    /// fcntl(2), owned by an open file description.
    Ofd,
}

impl Kind {
    /// The family of locks that exclude each other.
    pub fn family(self) -> Family {
        match self {
            Self::Flock => Family::Flock,
            Self::Posix | Self::Ofd => Family::Fcntl,
        }
    }
}

/// All entries of /proc/locks, in the kernel's order.
pub fn locks(table: &[u8]) -> impl Iterator<Item = Entry> {
    lines(table).filter_map(lock)
}

/// The entries of the `lock:` lines of a /proc/PID/fdinfo/FD.
pub fn fdinfo_locks(fdinfo: &[u8]) -> impl Iterator<Item = Entry> {
    lines(fdinfo).filter_map(|line| lock(line.strip_prefix(b"lock:")?))
}

/// One line: `1: -> POSIX ADVISORY WRITE 1234 fe:00:5678 0 EOF`.
pub fn lock(line: &[u8]) -> Option<Entry> {
    let mut words = words(line);
    words.next()?.strip_suffix(b":")?;
    let mut word = words.next()?;
    let blocked = word == b"->";
    if blocked {
        word = words.next()?;
    }
    let kind = match word {
        b"FLOCK" => Kind::Flock,
        b"POSIX" => Kind::Posix,
        b"OFDLCK" => Kind::Ofd,
        _ => return None,
    };
    words.next()?;
    let mode = match words.next()? {
        b"READ" => Mode::Shared,
        b"WRITE" => Mode::Exclusive,
        _ => return None,
    };
    let pid = number::<libc::c_long>(words.next()?)?;
    let file = hex_file(words.next()?)?;
    let start = number(words.next()?)?;
    let end = match words.next()? {
        b"EOF" => i64::MAX,
        last => number(last)?,
    };
    let pid = u32::try_from(pid).ok().filter(|&pid| pid != 0);
    Some(Entry { blocked, kind, mode, pid, file, start, end })
}

/// The value of the first line that begins with `key` (`ino:`, `Uid:`), without the blanks around
/// it.
pub fn field<'a>(file: &'a [u8], key: &str) -> Option<&'a [u8]> {
    lines(file).find_map(|line| line.strip_prefix(key.as_bytes())).map(<[u8]>::trim_ascii)
}

/// The first word of the value of `key`, as a decimal number.
pub fn field_number(file: &[u8], key: &str) -> Option<u64> {
    number(words(field(file, key)?).next()?)
}

/// The flags with which a descriptor is open, as open(2) takes them, from its /proc/PID/fdinfo/FD.
pub fn open_flags(fdinfo: &[u8]) -> Option<i32> {
    let octal = std::str::from_utf8(field(fdinfo, "flags:")?).ok()?;
    i32::from_str_radix(octal, 8).ok()
}

/// Whether a descriptor is open for writing, from its /proc/PID/fdinfo/FD.
pub fn is_written(fdinfo: &[u8]) -> bool {
    open_flags(fdinfo).is_some_and(|flags| flags & libc::O_ACCMODE != libc::O_RDONLY)
}

/// The effective user id in a /proc/PID/status.
pub fn effective_uid(status: &[u8]) -> Option<u32> {
    number(words(field(status, "Uid:")?).nth(1)?)
}

/// The name of a user in an /etc/passwd.
pub fn user_name(passwd: &[u8], uid: u32) -> Option<&str> {
    lines(passwd).find_map(|line| {
        let mut fields = line.split(|&byte| byte == b':');
        let name = fields.next()?;
        let found = number::<u32>(fields.nth(1)?)?;
        (found == uid).then(|| std::str::from_utf8(name).ok())?
    })
}

/// The fields of a /proc/PID/stat that are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat<'a> {
    /// The command name, which may hold blanks and parentheses.
    pub comm: &'a [u8],
    /// Whether the process has ended and its parent has not waited for it yet.
    pub is_zombie: bool,
    /// The parent's pid; 0 if no parent can be seen.
    pub parent: u32,
    /// The number of its threads.
    pub threads: u32,
    /// When it was started, in clock ticks since the machine's start.
    pub start: u64,
}

/// Parses a /proc/PID/stat. The command name ends at the last parenthesis.
pub fn stat(line: &[u8]) -> Option<Stat<'_>> {
    let open = line.iter().position(|&byte| byte == b'(')?;
    let close = line.iter().rposition(|&byte| byte == b')')?;
    let comm = line.get(open + 1..close)?;
    let mut rest = words(&line[close + 1..]);
    let is_zombie = rest.next()? == b"Z";
    let parent = number(rest.next()?)?;
    let threads = number(rest.nth(15)?)?;
    let start = number(rest.nth(1)?)?;
    Some(Stat { comm, is_zombie, parent, threads, start })
}

/// The descriptor on which a thread waits for an OFD lock, from its /proc/PID/task/TID/syscall.
/// `fcntl` is the number of that system call, `command` that of `F_OFD_SETLKW`.
pub fn ofd_wait(syscall: &[u8], fcntl: libc::c_long, command: u64) -> Option<u64> {
    let mut words = words(syscall);
    if number::<libc::c_long>(words.next()?)? != fcntl {
        return None;
    }
    let descriptor = hex(words.next()?.strip_prefix(b"0x")?)?;
    (hex(words.next()?.strip_prefix(b"0x")?)? == command).then_some(descriptor)
}

/// The kernel function in which a process sleeps, from its /proc/PID/wchan, without a suffix that
/// the compiler has added (`.isra.0`).
pub fn sleeps_in(wchan: &[u8]) -> &[u8] {
    wchan.trim_ascii().split(|&byte| byte == b'.').next().unwrap_or_default()
}

/// The descriptor that a thread reads from, from its /proc/PID/task/TID/syscall. `read` is the
/// number of that system call.
pub fn reads_from(syscall: &[u8], read: libc::c_long) -> Option<u64> {
    let mut words = words(syscall);
    let descriptor = |word: &[u8]| hex(word.strip_prefix(b"0x")?);
    (number::<libc::c_long>(words.next()?)? == read).then(|| words.next().and_then(descriptor))?
}

/// All numbers in a list separated by blanks, as in /proc/PID/task/TID/children.
pub fn numbers(list: &[u8]) -> impl Iterator<Item = u32> {
    words(list).filter_map(number)
}

pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n')
}

pub(super) fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

pub(super) fn number<T: std::str::FromStr>(word: &[u8]) -> Option<T> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

fn hex(word: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()
}

fn hex_file(word: &[u8]) -> Option<LockId> {
    let mut parts = word.split(|&byte| byte == b':');
    let major = hex(parts.next()?)?.try_into().ok()?;
    let minor = hex(parts.next()?)?.try_into().ok()?;
    let inode = number(parts.next()?)?;
    parts.next().is_none().then_some(LockId { major, minor, inode, subvolume: None })
}
