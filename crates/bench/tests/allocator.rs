//! The allocator of the engine, as that of this program: the engine itself compiles
//! for browsers only.

#[path = "../../engine/src/memory.rs"]
mod memory;
#[path = "../../engine/src/small.rs"]
mod small;

use memory::in_use_bytes;
use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Tests that count take turns.
static TURN: Mutex<()> = Mutex::new(());

/// A seeded sequence (Knuth's constants), to be wild in the same way every time.
fn next(state: &mut u64) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize
}

/// Allocates, grows, shrinks and frees, and looks whether anybody else wrote into
/// what is held.
fn churn(seed: u64, turns: usize) {
    let mut state = seed;
    let mut held: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
    for _ in 0..turns {
        let (key, size) = (next(&mut state) % 400, next(&mut state) % 1200);
        let mark = (key as u8) ^ (seed as u8);
        match next(&mut state) % 4 {
            0 | 1 => {
                held.insert(key, vec![mark; size]);
            }
            2 => {
                if let Some(bytes) = held.get_mut(&key) {
                    bytes.resize(size, mark);
                    bytes.shrink_to_fit();
                }
            }
            _ => {
                held.remove(&key);
            }
        }
        if let Some(bytes) = held.get(&(next(&mut state) % 400)) {
            let first = bytes.first().copied();
            assert!(bytes.iter().all(|byte| Some(*byte) == first));
        }
    }
    for (key, bytes) in held {
        assert!(bytes.iter().all(|byte| *byte == (key as u8) ^ (seed as u8)));
    }
}

#[test]
fn nobody_gets_what_another_holds() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    thread::scope(|scope| {
        for seed in 1..=8 {
            scope.spawn(move || churn(seed, 60_000));
        }
    });
}

#[test]
fn a_large_block_is_counted_while_it_is_held() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let before = in_use_bytes();
    let held = vec![0_u8; 16 << 20];
    let during = in_use_bytes() - before;
    drop(held);
    // Tests that take no turns allocate too, but nowhere near as much.
    assert!((15 << 20..20 << 20).contains(&during), "{during}");
    let after = in_use_bytes();
    assert!(after < before + (4 << 20), "{before} {after}");
}

#[test]
fn fresh_blocks_are_zero_where_that_was_asked_for() {
    for size in [1, 15, 16, 17, 200, 512, 513, 5000] {
        let dirty: Vec<Vec<u8>> = (0..50).map(|_| vec![0xff; size]).collect();
        drop(dirty);
        for _ in 0..50 {
            assert!(vec![0_u8; size].iter().all(|byte| *byte == 0));
        }
    }
}

#[test]
fn addresses_are_aligned() {
    #[repr(align(16))]
    struct Sixteen([u8; 48]);
    #[repr(align(64))]
    struct SixtyFour([u8; 64]);
    for _ in 0..100 {
        let (small, large) = (Box::new(Sixteen([1; 48])), Box::new(SixtyFour([1; 64])));
        assert_eq!(std::ptr::from_ref(&*small).addr() % 16, 0);
        assert_eq!(std::ptr::from_ref(&*large).addr() % 64, 0);
        assert_eq!(small.0[7] + large.0[7], 2);
    }
}

/// One thread allocates, another frees. What the second one keeps is bounded, so
/// the first gets blocks back instead of always new ones.
#[test]
fn a_pipeline_does_not_use_up_memory() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (send, receive) = channel::<Box<[u64; 4]>>();
    let (back, tell) = channel::<usize>();
    let freeing = thread::spawn(move || {
        let mut places = std::collections::BTreeSet::new();
        for (n, block) in receive.iter().enumerate() {
            places.insert(std::ptr::from_ref(&*block).addr());
            if n % 500 == 499 {
                back.send(n).unwrap();
            }
        }
        places.len()
    });
    for _ in 0..200 {
        for n in 0..500 {
            send.send(Box::new([n; 4])).unwrap();
        }
        // The other one has freed all of them.
        tell.recv().unwrap();
    }
    drop(send);
    let places = freeing.join().unwrap();
    assert!(places < 5_000, "{places} places for 100000 blocks");
}

#[test]
fn what_all_threads_hold_is_counted() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let before = in_use_bytes();
    thread::scope(|scope| {
        let held: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| (0..10_000_u64).map(Box::new).collect::<Vec<_>>()))
            .collect();
        let held: Vec<_> = held.into_iter().map(|held| held.join().unwrap()).collect();
        let during = in_use_bytes() - before;
        // 40,000 blocks of 16 bytes, and as many pointers.
        assert!((900_000..1_400_000).contains(&during), "{during}");
        drop(held);
    });
    let after = in_use_bytes();
    assert!(after < before + 100_000, "{before} {after}");
}
