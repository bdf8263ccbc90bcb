//! The command's memory: the first allocations come from an array in the program, and are not freed.
//!
//! Only with musl. A run allocates a few kilobytes. musl's allocator asks the kernel for them page by page, and each
//! page costs a system call and a fault. What does not fit comes from the C library.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

const SIZE: usize = 16 * 1024;
/// A larger allocation may live long and be freed: it comes from the C library.
const LARGEST: usize = 1024;

#[repr(align(16))]
struct Array(UnsafeCell<[u8; SIZE]>);

// SAFETY: each byte is given out once, and then belongs to the one who has it.
unsafe impl Sync for Array {}

static ARRAY: Array = Array(UnsafeCell::new([0; SIZE]));
static USED: AtomicUsize = AtomicUsize::new(0);

struct Arena;

#[global_allocator]
static ARENA: Arena = Arena;

impl Arena {
    fn owns(at: *mut u8) -> bool {
        (ARRAY.0.get() as usize..).contains(&(at as usize)) && (at as usize) < ARRAY.0.get() as usize + SIZE
    }
}

// SAFETY: what it returns is aligned and used by nobody else; the rest is the system's.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let size = layout.size().next_multiple_of(16);
        if size <= LARGEST && layout.align() <= 16 {
            // Once it is full the number only grows; it cannot wrap around before the process ends.
            let start = USED.load(Relaxed);
            if start + size <= SIZE {
                let start = USED.fetch_add(size, Relaxed);
                if start + size <= SIZE {
                    // SAFETY: these bytes are in the array.
                    return unsafe { ARRAY.0.get().cast::<u8>().add(start) };
                }
            }
        }
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        if !Self::owns(at) {
            // SAFETY: it came from there.
            unsafe { System.dealloc(at, layout) }
        }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !Self::owns(at) {
            // SAFETY: it came from there.
            return unsafe { System.realloc(at, layout, size) };
        }
        // SAFETY: the caller promises that the size is valid for the alignment; the new place has
        // room for what is copied, and the old one is left alone.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                at.copy_to_nonoverlapping(new, layout.size().min(size));
            }
            new
        }
    }
}
