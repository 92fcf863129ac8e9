//! Sorting, once: every further element type or comparison that the standard
//! sort is used with costs the page about five kilobytes.

/// The items in the order of their keys; equal ones keep their order.
pub(crate) fn ordered<T: Copy>(items: &[T], key: fn(&T) -> u64) -> Vec<T> {
    let mut keys: Vec<(u64, u32)> = Vec::with_capacity(items.len());
    for (item, idx) in items.iter().zip(0..) {
        keys.push((key(item), idx));
    }
    sort(&mut keys);
    let mut sorted = Vec::with_capacity(items.len());
    for (_, idx) in keys {
        sorted.extend(items.get(idx as usize).copied());
    }
    sorted
}

/// Numbers in order, each once.
pub(crate) fn distinct(numbers: &[u32]) -> Vec<u32> {
    let mut all = ordered(numbers, |number| u64::from(*number));
    all.dedup();
    all
}

/// Sorts by the first part of the pairs, a byte at a time from the lowest on
/// (radix sort), which keeps the order of equal ones. Of tens of thousands of
/// times only a few bytes differ.
fn sort(keys: &mut Vec<(u64, u32)>) {
    if keys.is_sorted_by_key(|key| key.0) {
        return;
    }
    let (mut all, mut any) = (u64::MAX, 0);
    for (key, _) in keys.iter() {
        (all, any) = (all & key, any | key);
    }
    let mut sorted = vec![(0, 0); keys.len()];
    for byte in 0..8 {
        let shift = byte * 8;
        let digit = |key: u64| (key >> shift & 255) as usize;
        if digit(all) == digit(any) {
            continue;
        }
        let mut starts = [0_usize; 256];
        for (key, _) in keys.iter() {
            if let Some(count) = starts.get_mut(digit(*key)) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            (*start, sum) = (sum, sum + *start);
        }
        for pair in keys.iter() {
            if let Some(start) = starts.get_mut(digit(pair.0)) {
                if let Some(place) = sorted.get_mut(*start) {
                    *place = *pair;
                }
                *start += 1;
            }
        }
        std::mem::swap(keys, &mut sorted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_in_order_and_equal_ones_stay() {
        for count in 0..70_u64 {
            let items: Vec<(u64, u64)> = (0..count).map(|idx| (idx * 37 % 11, idx)).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            assert_eq!(ordered(&items, |item| item.0), expected);
        }
        let wide: Vec<f64> = (0..3000)
            .map(|idx| f64::from(idx * 7919 % 3001) * 1e7)
            .collect();
        let sorted = ordered(&wide, |value| value.to_bits());
        assert!(sorted.is_sorted() && sorted.len() == 3000);
        assert_eq!(distinct(&[3, 1, 3, 2, 1]), [1, 2, 3]);
    }
}
