//! The allocator of the engine: small blocks from each thread's own lists, large
//! ones from the system, and a count of the bytes in use: what is handed out and
//! not given back. One count for all threads of an instance, as there is one memory.
//!
//! A counter that all threads write would be as slow as a lock. Each thread adds up
//! for itself and passes the sum on when it is [`NOTICEABLE`], so the count may be
//! off by that for every other thread; for the one that asks it is exact.

use crate::small::{Class, give, take};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicIsize, Ordering};

struct Counted;

#[global_allocator]
static ALLOCATOR: Counted = Counted;

static IN_USE: AtomicIsize = AtomicIsize::new(0);

/// Bytes after which a thread tells of them.
const NOTICEABLE: isize = 4096;

thread_local! {
    /// Bytes not yet told, more or less than before.
    static UNTOLD: Cell<isize> = const { Cell::new(0) };
}

/// Bytes in use now.
pub fn in_use_bytes() -> u64 {
    if let Ok(untold) = UNTOLD.try_with(Cell::take) {
        IN_USE.fetch_add(untold, Ordering::Relaxed);
    }
    // Another thread may tell of what it gave back before this one was told that
    // it was taken.
    IN_USE.load(Ordering::Relaxed).max(0) as u64
}

#[inline]
fn count(bytes: isize) {
    let told = UNTOLD.try_with(|untold| {
        // As in `small`: a thread that is just starting has no variables.
        if std::ptr::from_ref(untold).addr() < crate::small::LOWEST {
            return false;
        }
        let sum = untold.get() + bytes;
        if sum.abs() < NOTICEABLE {
            untold.set(sum);
        } else {
            untold.set(0);
            IN_USE.fetch_add(sum, Ordering::Relaxed);
        }
        true
    });
    if !matches!(told, Ok(true)) {
        IN_USE.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// What a request takes up. A small one a block; for others the allocator of wasm
/// (dlmalloc) keeps one word with it, hands out multiples of 8 bytes, and at least
/// 16.
const fn footprint(layout: Layout) -> isize {
    if let Some(class) = Class::of(layout) {
        return class.bytes() as isize;
    }
    let bytes = (layout.size() + 4).next_multiple_of(8);
    if bytes < 16 { 16 } else { bytes as isize }
}

// SAFETY: a request is small or not by its layout alone, which is the same when the
// block comes back; small ones are kept by `small`, others are passed on unchanged
// to the system's allocator. Counting neither allocates nor panics.
unsafe impl GlobalAlloc for Counted {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(footprint(layout));
        match Class::of(layout) {
            Some(class) => take(class),
            // SAFETY: the caller keeps the contract.
            None => unsafe { System.alloc(layout) },
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(footprint(layout));
        let Some(class) = Class::of(layout) else {
            // SAFETY: the caller keeps the contract.
            return unsafe { System.alloc_zeroed(layout) };
        };
        let block = take(class);
        if !block.is_null() {
            // SAFETY: a block is at least as large as was asked for.
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-footprint(layout));
        match Class::of(layout) {
            // SAFETY: it was taken with this layout, hence of this class.
            Some(class) => unsafe { give(class, pointer) },
            // SAFETY: the caller keeps the contract.
            None => unsafe { System.dealloc(pointer, layout) },
        }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Ok(wanted) = Layout::from_size_align(size, layout.align()) else {
            return std::ptr::null_mut();
        };
        match (Class::of(layout), Class::of(wanted)) {
            (None, None) => {
                count(footprint(wanted) - footprint(layout));
                // SAFETY: the caller keeps the contract.
                unsafe { System.realloc(pointer, layout, size) }
            }
            (Some(is), Some(will_be)) if is == will_be => pointer,
            _ => {
                // SAFETY: the size is not 0, by the caller's contract; both blocks are
                // at least as large as what is copied, and they are two.
                unsafe {
                    let moved = self.alloc(wanted);
                    if !moved.is_null() {
                        moved.copy_from_nonoverlapping(pointer, layout.size().min(size));
                        self.dealloc(pointer, layout);
                    }
                    moved
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_takes_up_what_the_allocator_keeps_with_it() {
        let layout = |size| Layout::from_size_align(size, 8).unwrap();
        assert_eq!(footprint(layout(1)), 16);
        assert_eq!(footprint(layout(16)), 16);
        assert_eq!(footprint(layout(17)), 32);
        assert_eq!(footprint(layout(512)), 512);
        assert_eq!(footprint(layout(513)), 520);
    }
}
