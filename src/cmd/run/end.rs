//! How the command ended, and ending the same way.

use super::start::Ended;
use crate::cmd::sys::child::End;
use crate::cmd::sys::die;

/// Ends this process by the signal that killed the command, or came before it, without a second
/// core dump; otherwise the code to end with. The code is also for where the
/// signal does not kill (process 1 of a container): what a shell would report.
pub(crate) fn end_like(ended: Ended) -> u8 {
    match ended {
        Ended::Ran(End::Exited(code)) => code,
        Ended::Ran(End::Killed(signal)) | Ended::CalledOff(signal) => {
            die::by(signal);
            u8::try_from(128 + signal).unwrap_or(u8::MAX)
        }
    }
}
