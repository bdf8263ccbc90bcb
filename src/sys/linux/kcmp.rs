//! Tells whether two descriptors of two processes are one open file description.
//!
//! /proc shows two readers whose lockers are dead, or who use OFD locks, by the same words; only
//! kcmp(2) tells them apart from one reader with two processes.

/// Whether both `(pid, descriptor)` are the same open file description; `None` when the kernel does
/// not say (no permission, no kcmp, process gone).
pub(crate) fn same_description(left: (u32, u32), right: (u32, u32)) -> Option<bool> {
    const KCMP_FILE: libc::c_long = 0;
    // SAFETY: kcmp takes five integers and touches no memory of ours.
    let order = unsafe {
        libc::syscall(
            libc::SYS_kcmp,
            libc::c_long::from(left.0),
            libc::c_long::from(right.0),
            KCMP_FILE,
            libc::c_long::from(left.1),
            libc::c_long::from(right.1),
        )
    };
    (order >= 0).then_some(order == 0)
}
