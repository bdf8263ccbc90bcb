//! How the command ended, and ending the same way.

use crate::sys::die;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It exited with this code.
    Exited(u8),
    /// This signal killed it.
    Killed(i32),
}

/// Ends this process by the signal that killed the command, without a second
/// core dump; otherwise the code to end with. The code is also for where the
/// signal does not kill (process 1 of a container): what a shell would report.
pub(crate) fn end_like(end: End) -> u8 {
    match end {
        End::Exited(code) => code,
        End::Killed(signal) => {
            die::by(signal);
            u8::try_from(128 + signal).unwrap_or(u8::MAX)
        }
    }
}
