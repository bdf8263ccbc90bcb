//! The parsers of everything that `holders` reads from /proc, and nothing else.
//!
//! They take bytes and give values: no file is opened here, so they can be fuzzed. What cannot be
//! understood is left out, never guessed and never a panic: /proc holds file names and command names
//! that anyone may choose.

use crate::holders::LockId;
use crate::holders::file_system::Mount;
use crate::mode::{Family, Mode};

/// One lock, or one request that waits for a lock, as /proc/locks and the `lock:` lines tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Entry {
    /// A request that waits (`->`), not a lock.
    pub blocked: bool,
    /// The table's name of the kind of lock.
    pub kind: Kind,
    /// READ or WRITE.
    pub mode: Mode,
    /// Who asked for it; `None` for OFD locks and for processes of a foreign pid namespace.
    pub pid: Option<u32>,
    /// The file.
    pub file: LockId,
    /// The first byte.
    pub start: i64,
    /// The last byte; `i64::MAX` for EOF.
    pub end: i64,
}

/// The kinds of locks that matter here; leases and delegations do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// flock(2)
    Flock,
    /// fcntl(2), owned by a process
    Posix,
    /// fcntl(2), owned by an open file description
    Ofd,
}

impl Kind {
    /// The family in which such a lock excludes others.
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

/// The entries of the `lock:` lines of a /proc/PID/fdinfo/N.
pub fn fdinfo_locks(fdinfo: &[u8]) -> impl Iterator<Item = Entry> {
    lines(fdinfo).filter_map(|line| lock(line.strip_prefix(b"lock:")?))
}

/// One line: `1: -> POSIX  ADVISORY  WRITE 1234 fe:00:5678 0 EOF`.
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
    let pid = number::<i64>(words.next()?)?;
    let file = hex_file(words.next()?)?;
    let start = number(words.next()?)?;
    let end = match words.next()? {
        b"EOF" => i64::MAX,
        last => number(last)?,
    };
    let pid = u32::try_from(pid).ok().filter(|&pid| pid != 0);
    Some(Entry { blocked, kind, mode, pid, file, start, end })
}

/// The value of `key` (`ino:`, `Uid:`) in a file of such lines, without the blanks around it.
pub fn field<'a>(file: &'a [u8], key: &str) -> Option<&'a [u8]> {
    lines(file).find_map(|line| line.strip_prefix(key.as_bytes())).map(<[u8]>::trim_ascii)
}

/// The number that is the first word of the value of `key`.
pub fn field_number(file: &[u8], key: &str) -> Option<u64> {
    number(words(field(file, key)?).next()?)
}

/// Whether a descriptor is open for writing, from its /proc/PID/fdinfo/N.
pub fn is_written(fdinfo: &[u8]) -> bool {
    let flags = field(fdinfo, "flags:").and_then(|flags| str::from_utf8(flags).ok());
    let flags = flags.and_then(|flags| i32::from_str_radix(flags, 8).ok());
    flags.is_some_and(|flags| flags & libc::O_ACCMODE != libc::O_RDONLY)
}

/// The effective user id in a /proc/PID/status.
pub fn effective_uid(status: &[u8]) -> Option<u32> {
    number(words(field(status, "Uid:")?).nth(1)?)
}

/// The name that an /etc/passwd has for a user.
pub fn user_name(passwd: &[u8], uid: u32) -> Option<&str> {
    lines(passwd).find_map(|line| {
        let mut fields = line.split(|&byte| byte == b':');
        let name = fields.next()?;
        let found = number::<u32>(fields.nth(1)?)?;
        (found == uid).then(|| str::from_utf8(name).ok())?
    })
}

/// The device of the mount `id` in a /proc/self/mountinfo: the superblock's own, as in /proc/locks.
pub fn mount_device(mountinfo: &[u8], id: u64) -> Option<(u32, u32)> {
    mount_lines(mountinfo, id).find_map(|line| {
        let device = words(line).nth(2)?;
        let colon = device.iter().position(|&byte| byte == b':')?;
        Some((number(&device[..colon])?, number(&device[colon + 1..])?))
    })
}

/// Where a device is mounted, by a /proc/self/mountinfo.
pub fn mount_points(mountinfo: &[u8], major: u32, minor: u32) -> impl Iterator<Item = String> {
    let device = format!("{major}:{minor}");
    lines(mountinfo).filter_map(move |line| {
        let mut words = words(line).skip(2);
        (words.next()? == device.as_bytes()).then_some(())?;
        words.nth(1).map(unescaped)
    })
}

/// The mount `id` in a /proc/self/mountinfo.
pub fn mount(mountinfo: &[u8], id: u64) -> Option<Mount> {
    mount_lines(mountinfo, id).find_map(|line| {
        let dash = line.windows(3).position(|three| three == b" - ")?;
        let mut here = words(&line[..dash]).skip(4);
        let mut there = line[dash + 3..].split(|&byte| byte == b' ').map(unescaped);
        let (point, own) = (unescaped(here.next()?), unescaped(here.next()?));
        let (kind, source) = (there.next()?, there.next()?);
        Some(Mount { kind, source, point, options: format!("{own},{}", there.next()?) })
    })
}

/// One, of all that the kernel writes; one that is cut off is passed over.
fn mount_lines(mountinfo: &[u8], id: u64) -> impl Iterator<Item = &[u8]> {
    lines(mountinfo).filter(move |line| words(line).next().and_then(number) == Some(id))
}

/// A word of the mount table, in which a blank is `\040`.
fn unescaped(word: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word;
    while let [first, after @ ..] = rest {
        let code = match rest {
            [b'\\', a, b, c, ..] => octal(&[*a, *b, *c]),
            _ => None,
        };
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &rest[4..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What is needed of a /proc/PID/stat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat<'a> {
    /// The command name, which may hold blanks and parentheses.
    pub comm: &'a [u8],
    /// Whether it has ended and its parent has not been told yet.
    pub is_zombie: bool,
    /// The parent's pid, 0 for none that can be seen.
    pub parent: u32,
    /// The number of its threads.
    pub threads: u32,
    /// The start, in clock ticks since the machine's.
    pub start: u64,
}

/// Parses a /proc/PID/stat.
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
pub fn ofd_wait(syscall: &[u8], fcntl: i64, command: u64) -> Option<u64> {
    let mut words = words(syscall);
    if number::<i64>(words.next()?)? != fcntl {
        return None;
    }
    let descriptor = hex(words.next()?.strip_prefix(b"0x")?)?;
    (hex(words.next()?.strip_prefix(b"0x")?)? == command).then_some(descriptor)
}

/// The kernel function that a process sleeps in, from its /proc/PID/wchan; compilers add to the name.
pub fn sleeps_in(wchan: &[u8]) -> &[u8] {
    wchan.trim_ascii().split(|&byte| byte == b'.').next().unwrap_or_default()
}

/// The descriptor that a thread reads from, from its /proc/PID/task/TID/syscall.
pub fn reads_from(syscall: &[u8], read: i64) -> Option<u64> {
    let mut words = words(syscall);
    let descriptor = |word: &[u8]| hex(word.strip_prefix(b"0x")?);
    (number::<i64>(words.next()?)? == read).then(|| words.next().and_then(descriptor))?
}

/// All numbers of a blank-separated list, as in /proc/PID/task/TID/children.
pub fn numbers(list: &[u8]) -> impl Iterator<Item = u32> {
    words(list).filter_map(number)
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n')
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

fn number<T: std::str::FromStr>(word: &[u8]) -> Option<T> {
    str::from_utf8(word).ok()?.parse().ok()
}

fn hex(word: &[u8]) -> Option<u64> {
    u64::from_str_radix(str::from_utf8(word).ok()?, 16).ok()
}

fn octal(word: &[u8]) -> Option<u8> {
    u8::from_str_radix(str::from_utf8(word).ok()?, 8).ok()
}

fn hex_file(word: &[u8]) -> Option<LockId> {
    let mut parts = word.split(|&byte| byte == b':');
    let major = hex(parts.next()?)?.try_into().ok()?;
    let minor = hex(parts.next()?)?.try_into().ok()?;
    let inode = number(parts.next()?)?;
    parts.next().is_none().then_some(LockId { major, minor, inode, subvolume: None })
}
