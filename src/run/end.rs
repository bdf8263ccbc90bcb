//! How the command ended, and ending the same way.

use crate::sys::child::End;
use crate::sys::die;

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
