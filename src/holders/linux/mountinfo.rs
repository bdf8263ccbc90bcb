//! The parsers of /proc/PID/mountinfo, which has one line for each mount:
//!
//! ```text
//! 41 25 0:40 / /srv/two\040words rw,noatime shared:7 master:1 - nfs4 files:/export rw,vers=4.2
//! id    dev    mount point       options    optional fields    type source        options
//! ```
//!
//! As in [`parse`](super::parse), nothing is opened here, and what cannot be understood is left
//! out.

use super::parse::{lines, number, words};
use crate::holders::file_system::Mount;

/// The device (major, minor) of the mount `id`: the superblock's own, as in /proc/locks.
pub fn device(mountinfo: &[u8], id: u64) -> Option<(u32, u32)> {
    lines_of(mountinfo, id).find_map(|line| {
        let device = words(line).nth(2)?;
        let colon = device.iter().position(|&byte| byte == b':')?;
        Some((number(&device[..colon])?, number(&device[colon + 1..])?))
    })
}

/// The mount points of a device.
pub fn mount_points(mountinfo: &[u8], major: u32, minor: u32) -> impl Iterator<Item = String> {
    let device = format!("{major}:{minor}");
    lines(mountinfo).filter_map(move |line| {
        let mut words = words(line).skip(2);
        (words.next()? == device.as_bytes()).then_some(())?;
        words.nth(1).map(unescaped)
    })
}

/// The mount `id`.
pub fn mount(mountinfo: &[u8], id: u64) -> Option<Mount> {
    lines_of(mountinfo, id).find_map(|line| {
        let dash = line.windows(3).position(|three| three == b" - ")?;
        let mut here = words(&line[..dash]).skip(4);
        let mut there = line[dash + 3..].split(|&byte| byte == b' ').map(unescaped);
        let (point, own) = (unescaped(here.next()?), unescaped(here.next()?));
        let (kind, source) = (there.next()?, there.next()?);
        Some(Mount { kind, source, point, options: format!("{own},{}", there.next()?) })
    })
}

/// The lines of the mount `id`. The kernel writes one. If bytes are given in which the first is cut
/// off, the next one counts.
fn lines_of(mountinfo: &[u8], id: u64) -> impl Iterator<Item = &[u8]> {
    lines(mountinfo).filter(move |line| words(line).next().and_then(number) == Some(id))
}

/// A word with the kernel's escapes resolved: it writes a blank as `\040`.
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

fn octal(word: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(word).ok()?, 8).ok()
}
