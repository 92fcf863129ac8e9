//! From which size on one way of working is faster than another, found by bisection.

/// The search ends when the two sizes around the crossing are this close.
const CLOSE: f64 = 1.2;
/// Sizes grow by this factor until the second way wins for the first time. Both
/// ways are linear in the size, so what was tried before costs little beside it.
const GROWTH: u32 = 8;

/// Which of two ways is faster at which size. The first way is faster for small
/// work (it begins at once), the second for large (it works faster once begun).
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    most: u32,
    next: Option<u32>,
    /// Largest size at which the first was faster, and the logarithm of how much
    /// longer it took than the second (below 0).
    below: Option<(u32, f64)>,
    /// Smallest size at which the second was faster, and the same (0 or above).
    above: Option<(u32, f64)>,
}

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Crossing {
    /// The second way was faster at the smallest size already.
    Always,
    /// The first way was faster even at the largest.
    Never,
    /// The second is faster from about this size on.
    At {
        /// Between the two below, as if both ways' times were powers of the size.
        size: f64,
        /// The first was faster here.
        lo: u32,
        /// The second was faster here.
        hi: u32,
    },
}

impl Search {
    /// Between these two sizes, of which the smaller is at least 1.
    #[must_use]
    pub fn new(least: u32, most: u32) -> Self {
        let least = least.max(1);
        Self {
            most: most.max(least),
            next: Some(least),
            below: None,
            above: None,
        }
    }

    /// The size to try next; `None` at the end, which comes after some 15 tries.
    #[must_use]
    pub const fn next(&self) -> Option<u32> {
        self.next
    }

    /// What was measured at [`Search::next`]: how long each way took, in any unit.
    pub fn tell(&mut self, first: f64, second: f64) {
        let Some(size) = self.next else { return };
        // A clock that did not move decides nothing: then neither is faster, and the
        // one that begins at once is preferred.
        let edge = (first.max(f64::MIN_POSITIVE) / second.max(f64::MIN_POSITIVE)).ln();
        if edge < 0.0 || (first <= 0.0 && second <= 0.0) {
            self.below = Some((size, edge.min(-f64::MIN_POSITIVE)));
        } else {
            self.above = Some((size, edge));
        }
        self.next = match (self.below, self.above) {
            (Some((lo, _)), Some((hi, _))) => {
                let middle = (f64::from(lo) * f64::from(hi)).sqrt().round() as u32;
                let is_close = f64::from(hi) <= CLOSE * f64::from(lo);
                (!is_close && middle > lo && middle < hi).then_some(middle)
            }
            (Some((lo, _)), None) if lo < self.most => {
                Some(lo.saturating_mul(GROWTH).min(self.most))
            }
            _ => None,
        };
    }

    /// What is known by now.
    #[must_use]
    pub fn crossing(&self) -> Crossing {
        match (self.below, self.above) {
            (None, Some(_)) => Crossing::Always,
            (_, None) => Crossing::Never,
            (Some((lo, below)), Some((hi, above))) => {
                let share = -below / (above - below).max(f64::MIN_POSITIVE);
                let size = f64::from(lo) * (f64::from(hi) / f64::from(lo)).powf(share);
                Crossing::At { size, lo, hi }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a search over two ways of this cost; sizes in the order tried.
    fn run(
        most: u32,
        first: impl Fn(f64) -> f64,
        second: impl Fn(f64) -> f64,
    ) -> (Crossing, Vec<u32>) {
        let mut search = Search::new(1, most);
        let mut tried = Vec::new();
        while let Some(size) = search.next() {
            tried.push(size);
            assert!(tried.len() < 30, "{tried:?}");
            search.tell(first(f64::from(size)), second(f64::from(size)));
        }
        (search.crossing(), tried)
    }

    #[test]
    fn the_crossing_of_two_lines_is_found() {
        // 2 ms to begin, then eight times as fast: equal at 2 / (1/100 - 1/800).
        let exact = 2.0 / (1.0 / 100.0 - 1.0 / 800.0);
        let (found, tried) = run(1 << 24, |n| n / 100.0, |n| 2.0 + n / 800.0);
        let Crossing::At { size, lo, hi } = found else {
            panic!("{found:?}")
        };
        assert!((size / exact - 1.0).abs() < 0.03, "{size} {exact}");
        assert!(f64::from(lo) < exact && exact <= f64::from(hi));
        assert!(f64::from(hi) <= CLOSE * f64::from(lo));
        assert!(tried.len() <= 10, "{tried:?}");
        // Nothing much larger than the crossing was tried.
        assert!(tried.iter().all(|size| f64::from(*size) < 9.0 * exact));
    }

    #[test]
    fn there_need_be_no_crossing() {
        let (slower, tried) = run(1000, |n| n, |n| 5.0 + 2.0 * n);
        assert_eq!(slower, Crossing::Never);
        assert_eq!(tried, [1, 8, 64, 512, 1000]);
        let (faster, tried) = run(1000, |n| 1.0 + n, |n| n);
        assert_eq!((faster, tried), (Crossing::Always, vec![1]));
        // A clock that stands still.
        assert_eq!(run(1, |_| 0.0, |_| 0.0).0, Crossing::Never);
    }

    #[test]
    fn noise_moves_it_by_no_more_than_the_noise() {
        let exact = 200.0;
        let noise = std::cell::Cell::new(1_u32);
        let shake = || {
            noise.set(
                noise
                    .get()
                    .wrapping_mul(1_664_525)
                    .wrapping_add(1_013_904_223),
            );
            1.0 + 0.1 * (f64::from(noise.get() >> 8) / f64::from(1 << 24) - 0.5)
        };
        for _ in 0..50 {
            let (found, _) = run(1 << 20, |n| n * shake(), |n| (150.0 + n / 4.0) * shake());
            let Crossing::At { size, .. } = found else {
                panic!("{found:?}")
            };
            assert!((0.75..1.33).contains(&(size / exact)), "{size}");
        }
    }

    #[test]
    fn neighbours_end_it() {
        let (found, _) = run(3, |n| if n > 1.5 { 9.0 } else { 1.0 }, |_| 3.0);
        let Crossing::At { size, lo, hi } = found else {
            panic!("{found:?}")
        };
        assert_eq!((lo, hi), (1, 2));
        assert!((size - std::f64::consts::SQRT_2).abs() < 1e-9);
    }
}
