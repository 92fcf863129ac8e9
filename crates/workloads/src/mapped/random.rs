//! Numbers that look random and are the same everywhere.

use crate::mix::mix;

/// A sequence of mixed numbers (SplitMix64).
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { state: mix(seed) }
    }

    /// 64 random bits.
    pub(crate) const fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// A number below `end`, which is at least 1.
    pub(crate) const fn below(&mut self, end: u32) -> u32 {
        ((self.bits() >> 32).wrapping_mul(end as u64) >> 32) as u32
    }

    /// Whether something of this chance happened; `chance` as [`share`] gives it.
    pub(crate) const fn happens(&mut self, chance: u64) -> bool {
        (self.bits() >> 32) < chance
    }
}

/// A chance of 0..=1 in units of 2^-32.
pub(crate) fn share(chance: f64) -> u64 {
    // In range: a float cast saturates, and the product is at most 2^32.
    (chance.clamp(0.0, 1.0) * 4_294_967_296.0) as u64
}
