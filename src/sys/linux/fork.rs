//! The process number, without a system call, and correct after a fork.
//!
//! The number is kept in a page that the kernel clears in a forked child (`MADV_WIPEONFORK`).
//! getpid(2) would add a third to what a lock costs besides its own system calls, and
//! `pthread_atfork` does not see a bare clone(2).

use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

static PAGE: OnceLock<Option<&'static AtomicU32>> = OnceLock::new();

/// The number of this process.
pub(crate) fn process() -> u32 {
    let Some(known) = PAGE.get_or_init(page) else { return std::process::id() };
    match known.load(Relaxed) {
        0 => {
            let own = std::process::id();
            known.store(own, Relaxed);
            own
        }
        own => own,
    }
}

/// A page of zeros, which is cleared in each forked child; `None` on kernels before 4.14.
fn page() -> Option<&'static AtomicU32> {
    const SIZE: usize = 4096;
    let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: the kernel chooses the address of the new mapping, so it overlaps no other.
    let page = unsafe { libc::mmap(ptr::null_mut(), SIZE, access, kind, -1, 0) };
    if page == libc::MAP_FAILED {
        return None;
    }
    // SAFETY: no other code knows the page.
    if unsafe { libc::madvise(page, SIZE, libc::MADV_WIPEONFORK) } != 0 {
        // SAFETY: no reference to the page exists.
        unsafe { libc::munmap(page, SIZE) };
        return None;
    }
    // SAFETY: the page is aligned, zeroed, never unmapped, and used as nothing else.
    Some(unsafe { &*page.cast::<AtomicU32>() })
}
