//! Counts the bytes of linear memory in use: what is handed out and not given
//! back. One counter for all threads of an instance, as there is one memory.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counted;

#[global_allocator]
static ALLOCATOR: Counted = Counted;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

/// Bytes in use now.
pub(crate) fn in_use_bytes() -> u64 {
    IN_USE.load(Ordering::Relaxed) as u64
}

/// What a request takes up: the allocator of wasm (dlmalloc) keeps one word with
/// it, hands out multiples of 8 bytes, and at least 16.
const fn footprint(layout: Layout) -> usize {
    let bytes = (layout.size() + 4).next_multiple_of(8);
    if bytes < 16 { 16 } else { bytes }
}

// SAFETY: every call is passed on unchanged to the system's allocator; counting
// neither allocates nor panics.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(footprint(layout), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(footprint(layout), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(footprint(layout), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let wanted = Layout::from_size_align(size, layout.align()).map_or(0, footprint);
        IN_USE.fetch_add(wanted, Ordering::Relaxed);
        IN_USE.fetch_sub(footprint(layout), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_counted_with_its_overhead() {
        let layout = |size| Layout::from_size_align(size, 8).unwrap();
        assert_eq!(footprint(layout(1)), 16);
        assert_eq!(footprint(layout(12)), 16);
        assert_eq!(footprint(layout(13)), 24);
        let before = in_use_bytes();
        let held = vec![0_u8; 1 << 20];
        let during = in_use_bytes();
        drop(held);
        // Other tests allocate too, but not a megabyte.
        assert!((1 << 20..2 << 20).contains(&(during - before)));
        assert!(in_use_bytes() < before + (1 << 19));
    }
}
