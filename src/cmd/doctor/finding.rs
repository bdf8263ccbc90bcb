//! A line of the report; and the lines about the mount's options, which are read and not tried: one
//! machine alone cannot try how far its locks reach.

use std::fmt::{self, Display, Formatter};
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;

use fasten::holders::file_system::{FileSystem, Mount};

/// What a finding means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Tried, and it works.
    Ok,
    /// Worth knowing; nothing is broken.
    Note,
    /// Locks do not keep their promises here.
    Wrong,
    /// The examination had to stop, with this exit code. Not part of the report.
    Stopped(u8),
}

impl Display for Mark {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => formatter.pad("ok"),
            Self::Note => formatter.pad("note"),
            Self::Wrong => formatter.pad("wrong"),
            Self::Stopped(code) => code.fmt(formatter),
        }
    }
}

/// A mark and a line of text, which ends with the remedy where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) mark: Mark,
    pub(super) text: String,
}

impl Finding {
    pub(super) fn ok(text: impl Into<String>) -> Self {
        Self { mark: Mark::Ok, text: text.into() }
    }

    pub(super) fn note(text: impl Into<String>) -> Self {
        Self { mark: Mark::Note, text: text.into() }
    }

    pub(super) fn wrong(text: impl Into<String>) -> Self {
        Self { mark: Mark::Wrong, text: text.into() }
    }

    /// The finding whose mark prints as this word.
    pub(super) fn marked(word: &str, text: &str) -> Option<Self> {
        let mark = match word {
            "ok" => Mark::Ok,
            "note" => Mark::Note,
            "wrong" => Mark::Wrong,
            code => Mark::Stopped(code.parse().ok()?),
        };
        Some(Self { mark, text: text.to_owned() })
    }
}

/// The file system, and how far its locks reach.
pub(super) fn of_mount(system: &FileSystem) -> Vec<Finding> {
    let place = match (&system.mount, &system.kind) {
        (Some(mount), _) => format!("{} at {}", mount.kind, mount.point),
        (None, Some(kind)) => kind.clone(),
        (None, None) => "an unknown file system".to_owned(),
    };
    let reach = system.mount.as_ref().and_then(reach);
    [Finding::ok(format!("on {place}"))].into_iter().chain(reach).collect()
}

fn reach(mount: &Mount) -> Option<Finding> {
    match mount.kind.as_str() {
        "nfs" | "nfs4" => {
            let locks = match mount.option("local_lock")? {
                "flock" => "flock locks",
                "posix" => "fcntl locks",
                "all" => "locks",
                _ => return None,
            };
            let remedy = mount.option("nolock").map_or("with local_lock=none", |_| "without nolock");
            only_here(mount, "local_lock", locks, remedy)
        }
        "cifs" | "smb3" => only_here(mount, "nobrl", "locks", "without nobrl"),
        "lustre" => only_here(mount, "localflock", "locks", "with flock"),
        "fuse.sshfs" => Some(Finding::wrong(format!(
            "sshfs: locks are seen in this mount only; take them on the server: ssh {} fasten ...",
            mount.source.split(':').next().unwrap_or_default()
        ))),
        "overlay" => {
            Some(Finding::note("overlay: locks are seen in this mount only; containers need a shared volume"))
        }
        kind if matches!(kind, "virtiofs" | "fuse") || kind.starts_with("fuse.") => Some(Finding::note(
            format!("{kind}: its program decides whether others see the locks; see its manual"),
        )),
        _ => None,
    }
}

/// A finding if the option that keeps locks on this machine is set.
fn only_here(mount: &Mount, option: &str, locks: &str, remedy: &str) -> Option<Finding> {
    let value = mount.option(option)?;
    let set = if value.is_empty() { option.to_owned() } else { format!("{option}={value}") };
    Some(Finding::wrong(format!("{set}: {locks} are seen by this machine only; mount it {remedy}")))
}

/// What `fs.protected_regular` means for the lock files of other users in a sticky directory such
/// as /tmp. fasten is not affected: it opens an existing file without `O_CREAT`.
pub(super) fn of_sticky(directory: &Metadata) -> Option<Finding> {
    let protected = fs::read_to_string("/proc/sys/fs/protected_regular").ok()?;
    let writable_by_others = match protected.trim() {
        "1" => 0o002,
        "2" => 0o022,
        _ => return None,
    };
    let mode = directory.mode();
    let applies = mode & 0o1000 != 0 && mode & writable_by_others != 0;
    applies.then(|| Finding::note("fs.protected_regular keeps flock(1) from others' lock files, not fasten"))
}
