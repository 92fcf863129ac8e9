//! Integer mixing: checksums, seeds, and a chain of it as plain work.

use model::TaskSpec;

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection in which
/// every input bit reaches every output bit.
pub(crate) const fn mix(value: u64) -> u64 {
    let z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Contribution of one result to a checksum. Contributions are added up, so
/// the order in which they come does not matter.
pub(crate) const fn proof(place: u64, result: u64) -> u64 {
    mix(place.wrapping_mul(0xd6e8_feb8_6659_fd93) ^ mix(result))
}

/// Start value of a task that has no other input.
pub(crate) const fn task_seed(spec: &TaskSpec) -> u64 {
    mix(spec.seed ^ mix(spec.part as u64))
}

/// `rounds` dependent mixings: each needs the one before, so neither the
/// compiler nor the core can do two at once.
#[inline(never)]
pub(crate) fn chain(mut value: u64, rounds: u32) -> u64 {
    for _ in 0..rounds {
        value = mix(value);
    }
    value
}
