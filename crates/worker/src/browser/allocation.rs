//! Notices that the memory is at its end, which Rust itself turns into an abort without a word, and keeps some back
//! to say so with.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

static REFUSED_BYTES: AtomicUsize = AtomicUsize::new(0);
static RESERVE: AtomicPtr<u8> = AtomicPtr::new(null_mut());
/// Room enough for a message to the page.
const RESERVE_LAYOUT: Layout = Layout::new::<[u8; 1 << 16]>();

/// The size of the last allocation that was refused, if one was.
pub(super) fn refused() -> Option<usize> {
    Some(REFUSED_BYTES.load(Ordering::Relaxed)).filter(|&bytes| bytes > 0)
}

/// Keeps memory back until an allocation is refused. Called once.
#[allow(unsafe_code, reason = "the system's allocator has no safe face")]
pub(super) fn keep_reserve() {
    // SAFETY: the layout has a size.
    let reserve = unsafe { System.alloc(RESERVE_LAYOUT) };
    RESERVE.store(reserve, Ordering::Relaxed);
}

struct Noticing;

impl Noticing {
    fn notice(pointer: *mut u8, bytes: usize) -> *mut u8 {
        if pointer.is_null() {
            REFUSED_BYTES.store(bytes, Ordering::Relaxed);
            Noticing::release_reserve();
        }
        pointer
    }

    #[allow(unsafe_code, reason = "the system's allocator has no safe face")]
    fn release_reserve() {
        let reserve = RESERVE.swap(null_mut(), Ordering::Relaxed);
        if !reserve.is_null() {
            // SAFETY: the same allocator gave it for the same layout, and whoever swaps it out owns it.
            unsafe { System.dealloc(reserve, RESERVE_LAYOUT) };
        }
    }
}

#[allow(
    unsafe_code,
    reason = "GlobalAlloc is an unsafe trait; each call is passed on to the system's as it came"
)]
// SAFETY: every method has the same contract as the method of `System` that it passes its arguments on to.
unsafe impl GlobalAlloc for Noticing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Noticing::notice(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Noticing::notice(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        Noticing::notice(unsafe { System.realloc(pointer, layout, bytes) }, bytes)
    }
}

#[global_allocator]
static ALLOCATOR: Noticing = Noticing;
