//! One process: its parents, its user, its start, and what it does.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use nix::time::{ClockId, clock_gettime};
use nix::unistd::{SysconfVar, sysconf};

use super::command::{self, Wrapper};
use super::parse;
use super::proc::{numbers_in, read};

/// What reports and messages show of a process.
#[derive(Debug, Clone, Default)]
pub struct Description {
    /// The effective user's name or number.
    pub user: Option<String>,
    /// Its command line; for a wrapper, the wrapped command.
    pub command: Option<OsString>,
    /// When it was started.
    pub started: Option<SystemTime>,
    /// When what is done under the lock was started: for a wrapper its command, else the process.
    pub working_since: Option<SystemTime>,
}

/// Reads processes, with one buffer for all of them. Each user's name is looked up once.
#[derive(Debug, Default)]
pub struct Processes {
    buffer: Vec<u8>,
    users: HashMap<u32, String>,
}

impl Processes {
    /// Everything that can be seen of `pid`; empty for a process that has ended or is hidden.
    pub fn describe(&mut self, pid: u32) -> Description {
        let Some(stat) = self.stat(pid) else {
            return Description::default();
        };
        let (comm, started) = (stat.comm.to_vec(), time_of(stat.start));
        let user = self.uid(pid).map(|uid| self.user(uid));
        let cmdline = read(&format!("/proc/{pid}/cmdline"), &mut self.buffer).unwrap_or_default();
        let arguments = command::arguments(cmdline);
        let wrapper = arguments.first().and_then(|name| Wrapper::named(name)).or_else(|| executable(pid));
        let command = match (wrapper, arguments.as_slice()) {
            (_, []) => in_brackets(&comm),
            (Some(wrapper), words) => wrapper.wrapped(words).unwrap_or_else(|| command::line(words)),
            (None, words) => command::line(words),
        };
        let working_since = if wrapper.is_some() { self.first_child_start(pid) } else { started };
        Description { user, command: Some(command), started, working_since }
    }

    /// The pids from `pid` itself up to the oldest ancestor that can be seen.
    pub fn lineage(&mut self, pid: u32) -> Vec<u32> {
        let mut line = vec![pid];
        let mut last = pid;
        while let Some(parse::Stat { parent, .. }) = self.stat(last) {
            if parent == 0 || line.contains(&parent) {
                break;
            }
            line.push(parent);
            last = parent;
        }
        line
    }

    /// The parent; `None` if it cannot be seen.
    pub fn parent(&mut self, pid: u32) -> Option<u32> {
        self.stat(pid).map(|stat| stat.parent).filter(|&parent| parent != 0)
    }

    /// When the process was started, in clock ticks since the machine's start; `None` if it cannot
    /// be seen.
    pub fn start(&mut self, pid: u32) -> Option<u64> {
        self.stat(pid).map(|stat| stat.start)
    }

    /// Whether the process has exactly one thread.
    pub fn has_one_thread(&mut self, pid: u32) -> bool {
        self.stat(pid).is_some_and(|stat| stat.threads == 1)
    }

    /// The one living child of a process with one thread; `None` if it has several, or none.
    pub fn only_child(&mut self, pid: u32) -> Option<u32> {
        let path = format!("/proc/{pid}/task/{pid}/children");
        let children: Vec<u32> = parse::numbers(read(&path, &mut self.buffer).ok()?).collect();
        let mut living = children.into_iter().filter(|&child| !self.is_zombie(child));
        living.next().filter(|_| living.next().is_none())
    }

    fn is_zombie(&mut self, pid: u32) -> bool {
        self.stat(pid).is_none_or(|stat| stat.is_zombie)
    }

    fn uid(&mut self, pid: u32) -> Option<u32> {
        parse::effective_uid(read(&format!("/proc/{pid}/status"), &mut self.buffer).ok()?)
    }

    /// A user's name in /etc/passwd, else the number. getpwuid(3) would know more users, but the C
    /// library would load the modules that nsswitch.conf names, and with them a second C library
    /// into a program that is linked statically.
    pub fn user(&mut self, uid: u32) -> String {
        let name = || {
            let passwd = read("/etc/passwd", &mut self.buffer).unwrap_or_default();
            parse::user_name(passwd, uid).map_or_else(|| uid.to_string(), str::to_owned)
        };
        self.users.entry(uid).or_insert_with(name).clone()
    }

    fn stat(&mut self, pid: u32) -> Option<parse::Stat<'_>> {
        parse::stat(read(&format!("/proc/{pid}/stat"), &mut self.buffer).ok()?)
    }

    /// A wrapper starts its command once it holds the lock.
    fn first_child_start(&mut self, pid: u32) -> Option<SystemTime> {
        let threads: Vec<u32> = numbers_in(&format!("/proc/{pid}/task")).ok()?.collect();
        let mut children = Vec::new();
        for thread in threads {
            let path = format!("/proc/{pid}/task/{thread}/children");
            children.extend(parse::numbers(read(&path, &mut self.buffer).unwrap_or_default()));
        }
        children.into_iter().filter_map(|child| time_of(self.stat(child)?.start)).min()
    }
}

/// A user's name in /etc/passwd, else the number.
pub fn user_name(uid: u32) -> String {
    Processes::default().user(uid)
}

/// The pids from `pid` itself up to the oldest ancestor that can be seen.
pub fn lineage(pid: u32) -> Vec<u32> {
    Processes::default().lineage(pid)
}

/// The process that was started last; of several started in one clock tick, the one with the
/// highest pid. Every process that asks gets the same answer. `None` if one of the processes has
/// ended.
pub fn youngest(pids: impl IntoIterator<Item = u32>) -> Option<u32> {
    let mut processes = Processes::default();
    let all = pids.into_iter().map(|pid| Some((processes.start(pid)?, pid))).collect::<Option<Vec<_>>>()?;
    all.into_iter().max().map(|(_, pid)| pid)
}

/// The wrapper that a process executes; `None` if it is another program, or cannot be seen.
pub fn executable(pid: u32) -> Option<Wrapper> {
    let link = fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    let name = link.as_os_str().as_bytes();
    Wrapper::named(name.strip_suffix(b" (deleted)").unwrap_or(name))
}

fn in_brackets(comm: &[u8]) -> OsString {
    let mut name = OsString::from("[");
    name.push(OsStr::from_bytes(comm));
    name.push("]");
    name
}

/// A time in clock ticks since the machine's start, as a time of day. The machine's start is
/// determined once, so that two such times compare as their ticks do.
fn time_of(ticks: u64) -> Option<SystemTime> {
    static BOOT: OnceLock<Option<(SystemTime, u64)>> = OnceLock::new();
    let (boot, hertz) = (*BOOT.get_or_init(|| {
        let up = Duration::from(clock_gettime(ClockId::CLOCK_BOOTTIME).ok()?);
        let hertz = u64::try_from(sysconf(SysconfVar::CLK_TCK).ok()??).ok()?;
        Some((SystemTime::now().checked_sub(up)?, hertz))
    }))?;
    let fraction = (ticks % hertz) * 1_000_000_000 / hertz;
    boot.checked_add(Duration::from_secs(ticks / hertz) + Duration::from_nanos(fraction))
}
