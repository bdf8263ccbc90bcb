//! Whether two descriptors of two processes refer to one open file description.
//!
//! /proc shows the same text for two readers as for one reader whose descriptor two processes have,
//! if their lockers are dead or use OFD locks. Only kcmp(2) distinguishes them.

/// Whether both `(pid, descriptor)` refer to the same open file description; `None` if the kernel
/// does not say (no permission, no kcmp, process gone).
pub(crate) fn same_description(left: (u32, u32), right: (u32, u32)) -> Option<bool> {
    const KCMP_FILE: libc::c_long = 0;
    // SAFETY: kcmp takes five integers and accesses no memory of this process.
    let order = unsafe {
        libc::syscall(
            libc::SYS_kcmp,
            libc::c_ulong::from(left.0),
            libc::c_ulong::from(right.0),
            KCMP_FILE,
            libc::c_ulong::from(left.1),
            libc::c_ulong::from(right.1),
        )
    };
    (order >= 0).then_some(order == 0)
}
