//! Small blocks of memory, kept by each thread for itself.
//!
//! The allocator of wasm is one for all threads behind one spin lock: two threads
//! that allocate much take several times as long as one. So small blocks come from
//! lists of a thread's own (thread caching, as in tcmalloc and mimalloc). A thread
//! that frees what others allocate passes batches on to a common store, from which
//! those take them again: a pipeline of threads does not use up memory.
//!
//! Of the allocators on crates.io that know wasm, those that are locked as a whole
//! (`lol_alloc`, `talc`, `rlsf`) have the same trouble, and the one that is not
//! (`rusty_alloc`) takes memory in pieces of 32 MiB for each thread.
//!
//! Blocks are never given back to the system. At most [`KEPT`] batches of each
//! size stay with a thread that no longer needs them; those of a thread that has
//! ended are lost, but the threads of a pool end with their whole memory.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, UnsafeCell};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, Ordering};

/// Sizes are multiples of this, and so are addresses.
const GRAIN: usize = 16;
/// Largest small block, in bytes.
const LARGEST: usize = 512;
const CLASSES: usize = LARGEST / GRAIN;
/// Bytes of a batch: what is asked of the system, or passed on, at once.
const BATCH_BYTES: usize = 4096;
/// Batches of a size that a thread keeps. With 2, two threads that each build and
/// drop trees of a thousand boxes took 2.5 times as long as one for twice the work:
/// the batches went to and fro between their caches.
const KEPT: usize = 32;
/// No thread has its own variables below this address. Where they seem to be
/// there, the thread is just starting: it asks for the memory of its variables
/// before it has any.
pub const LOWEST: usize = 1024;

/// What a free block holds.
struct Block {
    next: *mut Block,
    /// In the first block of a batch in the store.
    next_batch: *mut Block,
}

/// A size of blocks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Class(usize);

impl Class {
    /// The smallest one for a request; `None` where that is not small.
    #[inline]
    pub const fn of(layout: Layout) -> Option<Self> {
        let (size, align) = (layout.size(), layout.align());
        if size == 0 || size > LARGEST || align > GRAIN {
            return None;
        }
        Some(Self((size - 1) / GRAIN))
    }

    /// Bytes of a block.
    #[inline]
    pub const fn bytes(self) -> usize {
        (self.0 + 1) * GRAIN
    }

    const fn blocks_in_batch(self) -> usize {
        BATCH_BYTES / self.bytes()
    }
}

/// Free blocks of one size.
struct List {
    first: Cell<*mut Block>,
    n: Cell<usize>,
}

thread_local! {
    static LISTS: [List; CLASSES] = const {
        [const {
            List {
                first: Cell::new(null_mut()),
                n: Cell::new(0),
            }
        }; CLASSES]
    };
}

/// Batches that any thread may take. On cache lines of its own.
#[repr(align(128))]
struct Store {
    is_locked: AtomicBool,
    first: UnsafeCell<*mut Block>,
}

// SAFETY: `first` is only touched while `is_locked` is held.
unsafe impl Sync for Store {}

static STORES: [Store; CLASSES] = [const {
    Store {
        is_locked: AtomicBool::new(false),
        first: UnsafeCell::new(null_mut()),
    }
}; CLASSES];

impl Store {
    /// A few instructions, so spinning costs less than sleeping.
    fn with<T>(&self, work: impl FnOnce(&mut *mut Block) -> T) -> T {
        while self
            .is_locked
            .compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed)
            .is_err()
        {
            std::hint::spin_loop();
        }
        // SAFETY: nobody else is between the lock and its release.
        let value = work(unsafe { &mut *self.first.get() });
        self.is_locked.store(false, Ordering::Release);
        value
    }
}

/// The list of a size of this thread, if the thread has one yet.
#[inline]
fn with_list<T>(class: Class, work: impl FnOnce(&List) -> T) -> Option<T> {
    LISTS
        .try_with(|lists| {
            if std::ptr::from_ref(lists).addr() < LOWEST {
                return None;
            }
            lists.get(class.0).map(work)
        })
        .ok()
        .flatten()
}

/// A block; null where there is no memory.
#[inline]
pub fn take(class: Class) -> *mut u8 {
    let taken = with_list(class, |list| {
        if list.first.get().is_null() {
            refill(class, list);
        }
        let block = list.first.get();
        if !block.is_null() {
            // SAFETY: a block in a list is free, so it holds a `Block`.
            list.first.set(unsafe { (*block).next });
            list.n.set(list.n.get() - 1);
        }
        block.cast::<u8>()
    });
    taken.unwrap_or_else(|| from_system(class.bytes()))
}

/// Takes a block back.
///
/// # Safety
/// It is one that [`take`] gave for this class, and nobody uses it any more.
#[inline]
pub unsafe fn give(class: Class, block: *mut u8) {
    let block = block.cast::<Block>();
    // A thread without variables is just beginning or ending: one block of it is no
    // leak worth a lock.
    let _given = with_list(class, |list| {
        // SAFETY: the caller gave it up; it has the size and place of a `Block`.
        unsafe { (*block).next = list.first.get() };
        list.first.set(block);
        list.n.set(list.n.get() + 1);
        if list.n.get() > KEPT * class.blocks_in_batch() {
            pass_on(class, list);
        }
    });
}

/// Fills an empty list with a batch from the store, else from the system.
#[cold]
fn refill(class: Class, list: &List) {
    let batch = STORES.get(class.0).map(|store| {
        store.with(|first| {
            let batch = *first;
            if !batch.is_null() {
                // SAFETY: the first block of a batch holds where the next one is.
                *first = unsafe { (*batch).next_batch };
            }
            batch
        })
    });
    let n = class.blocks_in_batch();
    let batch = match batch {
        Some(batch) if !batch.is_null() => batch,
        _ => {
            let bytes = from_system(n * class.bytes());
            if bytes.is_null() {
                return;
            }
            // SAFETY: there are `n` blocks of that size from there on, all ours.
            unsafe { chained(bytes, n, class.bytes()) }
        }
    };
    list.first.set(batch);
    list.n.set(n);
}

/// Cuts new memory into free blocks, each of which leads to the next.
///
/// # Safety
/// From `start` on there are `n` times `size` bytes that nobody uses, aligned as
/// a [`Block`], and so is `size`.
unsafe fn chained(start: *mut u8, n: usize, size: usize) -> *mut Block {
    let mut next = null_mut();
    for at in (0..n).rev() {
        // SAFETY: inside of what the caller promised.
        unsafe {
            let block = start.add(at * size).cast::<Block>();
            (*block).next = next;
            next = block;
        }
    }
    next
}

/// Moves a batch of a list that has more than one into the store.
#[cold]
fn pass_on(class: Class, list: &List) {
    let n = class.blocks_in_batch();
    let batch = list.first.get();
    let mut last = batch;
    for _ in 1..n {
        // SAFETY: the list has more than `n` blocks, all free.
        last = unsafe { (*last).next };
    }
    // SAFETY: as above.
    unsafe {
        list.first.set((*last).next);
        (*last).next = null_mut();
    }
    list.n.set(list.n.get() - n);
    if let Some(store) = STORES.get(class.0) {
        store.with(|first| {
            // SAFETY: the batch is ours until it is in the store.
            unsafe { (*batch).next_batch = *first };
            *first = batch;
        });
    }
}

fn from_system(bytes: usize) -> *mut u8 {
    match Layout::from_size_align(bytes, GRAIN) {
        // SAFETY: the size is not 0.
        Ok(layout) => unsafe { System.alloc(layout) },
        Err(_) => null_mut(),
    }
}
