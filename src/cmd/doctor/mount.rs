//! What the kind of file system and its mount say about locks: that which one
//! machine alone cannot try.

use fasten::holders::file_system::{FileSystem, Mount};

use super::finding::Finding;

/// Where it is, and how far locks reach there.
pub(super) fn findings(system: &FileSystem) -> Vec<Finding> {
    let place = match (&system.mount, &system.kind) {
        (Some(mount), _) => format!("{} at {}", mount.kind, mount.point),
        (None, Some(kind)) => kind.clone(),
        (None, None) => "an unknown file system".to_owned(),
    };
    let mut findings = vec![Finding::ok(format!("on {place}"))];
    findings.extend(system.mount.as_ref().and_then(reach));
    findings
}

fn reach(mount: &Mount) -> Option<Finding> {
    match mount.kind.as_str() {
        "nfs" | "nfs4" => nfs(mount),
        "cifs" | "smb3" => only_here(mount, "nobrl", "locks", "without nobrl"),
        "lustre" => only_here(mount, "localflock", "locks", "with flock"),
        "fuse.sshfs" => Some(Finding::wrong(format!(
            "sshfs: locks are seen in this mount only; take them on the server: ssh {} fasten ...",
            mount.source.split(':').next().unwrap_or_default()
        ))),
        "overlay" => {
            Some(Finding::note("overlay: locks are seen in this mount only; containers need a shared volume"))
        }
        "virtiofs" => Some(up_to_the_program("virtiofs")),
        kind if kind == "fuse" || kind.starts_with("fuse.") => Some(up_to_the_program(kind)),
        _ => None,
    }
}

fn nfs(mount: &Mount) -> Option<Finding> {
    let locks = match mount.option("local_lock")? {
        "flock" => "flock locks",
        "posix" => "fcntl locks",
        "all" => "locks",
        _ => return None,
    };
    let remedy = if mount.option("nolock").is_some() { "without nolock" } else { "with local_lock=none" };
    only_here(mount, "local_lock", locks, remedy)
}

/// A finding if the option is set that keeps locks on this machine.
fn only_here(mount: &Mount, option: &str, locks: &str, remedy: &str) -> Option<Finding> {
    let value = mount.option(option)?;
    let set = if value.is_empty() { option.to_owned() } else { format!("{option}={value}") };
    Some(Finding::wrong(format!("{set}: {locks} are seen by this machine only; mount it {remedy}")))
}

fn up_to_the_program(kind: &str) -> Finding {
    Finding::note(format!("{kind}: its program decides whether others see the locks; see its manual"))
}
