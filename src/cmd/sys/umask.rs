//! The umask, which is set aside while files are created with exact permissions.

use nix::sys::stat::{Mode, umask};

/// While this exists, the process has no umask; then it has the former one again, for the command
/// inherits it.
#[derive(Debug)]
pub(crate) struct UmaskAside {
    before: Mode,
}

impl UmaskAside {
    pub(crate) fn new() -> Self {
        Self { before: umask(Mode::empty()) }
    }

    /// What the former umask leaves of these permissions.
    #[allow(clippy::useless_conversion, reason = "the number is smaller on other systems")]
    pub(crate) fn applied_to(&self, permissions: u32) -> u32 {
        permissions & !u32::from(self.before.bits())
    }
}

impl Drop for UmaskAside {
    fn drop(&mut self) {
        umask(self.before);
    }
}
