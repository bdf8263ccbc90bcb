//! Sets of signals, and what is known of a signal that has arrived.

#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
use std::mem::MaybeUninit;

/// Signals that do not end a process. They are not blocked.
const HARMLESS: [i32; 6] =
    [libc::SIGCONT, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU, libc::SIGURG, libc::SIGWINCH];

/// Signals that the terminal sends to its whole foreground group.
pub(super) const OF_A_TERMINAL: [i32; 3] = [libc::SIGINT, libc::SIGQUIT, libc::SIGHUP];

/// A signal that was sent, with what is known of its sender.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    pub(super) signal: i32,
    pub(super) by_kernel: bool,
    pub(super) sender: libc::pid_t,
}

pub(super) fn own_pid() -> libc::pid_t {
    // SAFETY: it has no preconditions.
    unsafe { libc::getpid() }
}

pub(super) fn is_in(set: &libc::sigset_t, signal: i32) -> bool {
    // SAFETY: the set is initialised.
    unsafe { libc::sigismember(set, signal) == 1 }
}

/// Every number that a signal can have.
pub(super) fn all() -> impl Iterator<Item = i32> {
    1..=64
}

/// A set as Linux has it, one bit for each signal. The C library's functions leave out the signals
/// that it uses itself, which another process can send all the same.
#[cfg(target_os = "linux")]
type Words = [libc::c_ulong; size_of::<libc::sigset_t>() / size_of::<libc::c_ulong>()];

#[cfg(target_os = "linux")]
const fn bit_of(signal: i32) -> (usize, libc::c_ulong) {
    let number = signal.unsigned_abs() - 1;
    ((number / libc::c_ulong::BITS) as usize, 1 << (number % libc::c_ulong::BITS))
}

/// All but the harmless signals. The set is made at compile time: making it at run time takes a
/// hundredth of the instructions of a run.
#[cfg(all(target_os = "linux", not(fasten_portable)))]
pub(super) fn blockable() -> &'static libc::sigset_t {
    const fn all_but_harmless() -> Words {
        let mut words = [libc::c_ulong::MAX; size_of::<Words>() / size_of::<libc::c_ulong>()];
        let mut i = 0;
        while i < HARMLESS.len() {
            let (word, bit) = bit_of(HARMLESS[i]);
            words[word] &= !bit;
            i += 1;
        }
        words
    }

    // SAFETY: on Linux a set is an array of such words.
    static SET: libc::sigset_t = unsafe { std::mem::transmute::<Words, libc::sigset_t>(all_but_harmless()) };
    &SET
}

/// All but the harmless signals.
#[cfg(not(all(target_os = "linux", not(fasten_portable))))]
pub(super) fn blockable() -> &'static libc::sigset_t {
    static SET: std::sync::OnceLock<libc::sigset_t> = std::sync::OnceLock::new();
    SET.get_or_init(|| {
        let mut set = MaybeUninit::zeroed();
        // SAFETY: sigfillset initialises the set before anything is taken out of it.
        unsafe {
            libc::sigfillset(set.as_mut_ptr());
            for signal in HARMLESS {
                libc::sigdelset(set.as_mut_ptr(), signal);
            }
            #[cfg(not(target_os = "linux"))]
            libc::sigdelset(set.as_mut_ptr(), libc::SIGINFO);
            set.assume_init()
        }
    })
}

/// A set of just these signals.
#[cfg(target_os = "linux")]
pub(super) fn only(signals: &[i32]) -> libc::sigset_t {
    let mut words: Words = [0; size_of::<Words>() / size_of::<libc::c_ulong>()];
    for (word, bit) in signals.iter().map(|signal| bit_of(*signal)) {
        words[word] |= bit;
    }
    // SAFETY: on Linux a set is an array of such words.
    unsafe { std::mem::transmute::<Words, libc::sigset_t>(words) }
}

/// A set of just these signals.
#[cfg(not(target_os = "linux"))]
pub(super) fn only(signals: &[i32]) -> libc::sigset_t {
    let mut set = MaybeUninit::zeroed();
    // SAFETY: sigemptyset initialises the set before anything is added to it.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for signal in signals {
            libc::sigaddset(set.as_mut_ptr(), *signal);
        }
        set.assume_init()
    }
}

#[cfg(all(target_os = "linux", not(fasten_portable)))]
impl Sent {
    /// From what the kernel reports of it.
    pub(super) fn new(information: &libc::siginfo_t) -> Self {
        let by_process = information.si_code <= 0;
        // SAFETY: for a signal that a process has sent, the kernel fills in its pid.
        let sender = if by_process { unsafe { information.si_pid() } } else { 0 };
        Self { signal: information.si_signo, by_kernel: information.si_code == libc::SI_KERNEL, sender }
    }
}
