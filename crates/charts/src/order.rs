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

/// Merge sort from short runs to long ones, on the first part of the pairs.
fn sort(keys: &mut Vec<(u64, u32)>) {
    let mut merged = Vec::with_capacity(keys.len());
    let mut run = 1;
    while run < keys.len() {
        merged.clear();
        for pair in keys.chunks(run * 2) {
            let (mut left, mut right) = pair.split_at(run.min(pair.len()));
            while let (Some(one), Some(other)) = (left.first(), right.first()) {
                let side = if other.0 < one.0 {
                    &mut right
                } else {
                    &mut left
                };
                if let Some((first, rest)) = side.split_first() {
                    merged.push(*first);
                    *side = rest;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        std::mem::swap(keys, &mut merged);
        run *= 2;
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
        assert_eq!(distinct(&[3, 1, 3, 2, 1]), [1, 2, 3]);
    }
}
