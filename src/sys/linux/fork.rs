//! Which process this is, also right after a fork, without asking the kernel each time.
//!
//! A page that the kernel empties in a forked child keeps the number. getpid(2) would make a third
//! of what a lock costs beside its own system calls, and `pthread_atfork` would not see a bare
//! clone(2).

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

/// A page of zeros that is one again in each forked child.
fn page() -> Option<&'static AtomicU32> {
    const SIZE: usize = 4096;
    let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: a new mapping at an address of the kernel's choice overlaps nothing.
    let page = unsafe { libc::mmap(ptr::null_mut(), SIZE, access, kind, -1, 0) };
    if page == libc::MAP_FAILED {
        return None;
    }
    // SAFETY: the page is ours alone.
    if unsafe { libc::madvise(page, SIZE, libc::MADV_WIPEONFORK) } != 0 {
        // SAFETY: nobody has been given the page.
        unsafe { libc::munmap(page, SIZE) };
        return None;
    }
    // SAFETY: it is aligned, zeroed, never unmapped, and used as nothing else.
    Some(unsafe { &*page.cast::<AtomicU32>() })
}
