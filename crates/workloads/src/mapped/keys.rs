//! A table from byte strings to values, for counting many small keys.
//!
//! Open addressing with linear probing; the first eight bytes of a key lie in its
//! slot, so that a short one is compared with one number. Hashing takes eight bytes
//! at a time.

/// Slots at the start; a power of two.
const SLOTS: usize = 1 << 12;

/// Hash of a key. Its high bits choose the reducer, its low ones the slot.
#[derive(Clone, Copy)]
struct Hashed {
    hash: u64,
    head: u64,
}

const ODD: u64 = 0xd6e8_feb8_6659_fd93;

fn hashed(key: &[u8]) -> Hashed {
    let mut hash = key.len() as u64;
    let mut head = None;
    let mut take = |word: u64| {
        head.get_or_insert(word);
        hash = (hash ^ word).wrapping_mul(ODD);
        hash ^= hash >> 32;
    };
    let mut rest = key;
    while let Some((eight, more)) = rest.split_first_chunk::<8>() {
        take(u64::from_le_bytes(*eight));
        rest = more;
    }
    if !rest.is_empty() {
        let shifted = rest
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte));
        take(shifted);
    }
    let head = head.unwrap_or_default();
    hash = hash.wrapping_mul(ODD);
    Hashed {
        hash: hash ^ hash >> 29,
        head,
    }
}

/// To which of so many reducers a key goes.
pub(crate) fn reducer(key: &[u8], reducers: u32) -> u32 {
    part(hashed(key).hash, reducers)
}

const fn part(hash: u64, reducers: u32) -> u32 {
    ((hash >> 32).wrapping_mul(reducers as u64) >> 32) as u32
}

/// One key and its value. No key is longer than a `u32` tells.
#[derive(Clone, Copy)]
struct Slot<V> {
    hash: u64,
    head: u64,
    start: u32,
    /// One more than the bytes of the key; 0: nothing here.
    length: u32,
    value: V,
}

/// The table.
pub(crate) struct Keys<V> {
    /// As many as a power of two.
    slots: Vec<Slot<V>>,
    used: usize,
    /// Every key, one after another.
    letters: Vec<u8>,
}

impl<V: Copy + Default> Keys<V> {
    pub(crate) fn new() -> Self {
        Self {
            slots: empty(SLOTS),
            used: 0,
            letters: Vec::with_capacity(8 * SLOTS),
        }
    }

    /// How many keys there are.
    pub(crate) const fn len(&self) -> usize {
        self.used
    }

    /// The value of a key, which is the default if it is new.
    #[inline]
    pub(crate) fn value(&mut self, key: &[u8]) -> &mut V {
        if 8 * self.used >= 5 * self.slots.len() {
            self.grow();
        }
        let Hashed { hash, head } = hashed(key);
        let length = key.len() as u32 + 1;
        let mask = self.slots.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            let slot = self.slots.get(place);
            match slot {
                Some(slot) if slot.length == 0 => {
                    let start = self.letters.len() as u32;
                    self.letters.extend_from_slice(key);
                    self.used += 1;
                    let fresh = Slot {
                        hash,
                        head,
                        start,
                        length,
                        value: V::default(),
                    };
                    if let Some(slot) = self.slots.get_mut(place) {
                        *slot = fresh;
                    }
                    break;
                }
                Some(slot)
                    if slot.hash == hash
                        && slot.head == head
                        && slot.length == length
                        && (key.len() <= 8 || letters(&self.letters, slot) == key) =>
                {
                    break;
                }
                _ => {}
            }
            place = (place + 1) & mask;
        }
        // The loop leaves at a slot only.
        #[allow(clippy::indexing_slicing)]
        &mut self.slots[place].value
    }

    #[cold]
    fn grow(&mut self) {
        let wider = empty(2 * self.slots.len());
        let mask = wider.len() - 1;
        let old = std::mem::replace(&mut self.slots, wider);
        for slot in old.into_iter().filter(|slot| slot.length > 0) {
            let mut place = slot.hash as usize & mask;
            while let Some(there) = self.slots.get_mut(place) {
                if there.length == 0 {
                    *there = slot;
                    break;
                }
                place = (place + 1) & mask;
            }
        }
    }

    /// Every key with its value and the reducer of so many it goes to.
    pub(crate) fn each(&self, reducers: u32) -> impl Iterator<Item = (u32, &[u8], V)> {
        let used = self.slots.iter().filter(|slot| slot.length > 0);
        used.map(move |slot| {
            let key = letters(&self.letters, slot);
            (part(slot.hash, reducers), key, slot.value)
        })
    }
}

fn empty<V: Copy + Default>(slots: usize) -> Vec<Slot<V>> {
    let none = Slot {
        hash: 0,
        head: 0,
        start: 0,
        length: 0,
        value: V::default(),
    };
    vec![none; slots]
}

fn letters<'a, V>(all: &'a [u8], slot: &Slot<V>) -> &'a [u8] {
    let start = slot.start as usize;
    all.get(start..start + slot.length.saturating_sub(1) as usize)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapped::random::Random;
    use std::collections::HashMap;

    #[test]
    fn it_counts_like_a_map() {
        let mut random = Random::new(1);
        let mut keys = Keys::<u64>::new();
        let mut map = HashMap::<Vec<u8>, u64>::new();
        for _ in 0..60_000 {
            let number = random.below(9_000);
            let key = "x".repeat(number as usize % 20) + &number.to_string();
            *keys.value(key.as_bytes()) += 1;
            *map.entry(key.into_bytes()).or_default() += 1;
        }
        assert_eq!(keys.len(), map.len());
        for (part, key, count) in keys.each(3) {
            assert_eq!(map.get(key), Some(&count));
            assert_eq!(part, reducer(key, 3));
        }
    }

    #[test]
    fn an_empty_key_and_zeros_are_keys_too() {
        let mut keys = Keys::<u64>::new();
        for key in [
            b"".as_slice(),
            b"\0",
            b"\0\0",
            b"",
            b"12345678",
            b"12345678\0",
        ] {
            *keys.value(key) += 1;
        }
        assert_eq!(keys.len(), 5);
        assert_eq!(*keys.value(b""), 2);
    }

    #[test]
    fn reducers_get_about_as_much() {
        let mut seen = [0; 4];
        for number in 0..4_000 {
            seen[reducer(number.to_string().as_bytes(), 4) as usize] += 1;
        }
        assert!(
            seen.iter().all(|count| (900..1100).contains(count)),
            "{seen:?}"
        );
    }
}
