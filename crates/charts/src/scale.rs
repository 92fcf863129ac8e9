//! From numbers to pixels.

/// A straight map from `domain` to pixels; a domain without extent maps to the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Numbers at both ends.
    pub domain: (f64, f64),
    /// Pixels at both ends; may run backwards.
    pub range: (f32, f32),
}

impl Scale {
    /// Pixel position of `value`, also outside the domain.
    #[must_use]
    pub fn px(&self, value: f64) -> f32 {
        let extent = self.domain.1 - self.domain.0;
        if extent == 0.0 || !extent.is_finite() {
            return self.range.0;
        }
        let share = (value - self.domain.0) / extent;
        (f64::from(self.range.0) + share * f64::from(self.range.1 - self.range.0)) as f32
    }
}

/// Round numbers from 0 up to `end`, at most about `most` of them, spaced by
/// 1, 2 or 5 times a power of ten. Only 0 where `end` is not positive.
#[must_use]
pub fn ticks(end: f64, most: u32) -> Vec<f64> {
    let mut all = vec![0.0];
    if !(end.is_finite() && end > 0.0) {
        return all;
    }
    let least = end / f64::from(most.max(1));
    let mut power = 1.0_f64;
    while power * 10.0 <= least {
        power *= 10.0;
    }
    while power > least && power > 1e-9 {
        power /= 10.0;
    }
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= least * 0.999)
        .unwrap_or(power * 10.0);
    let count = (end / step * 1.000_001) as u32;
    all.extend((1..=count.min(100)).map(|index| f64::from(index) * step));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_hits_both_ends_and_the_middle() {
        let scale = Scale {
            domain: (0.0, 200.0),
            range: (10.0, 110.0),
        };
        assert_eq!(
            [scale.px(0.0), scale.px(100.0), scale.px(200.0)],
            [10.0, 60.0, 110.0]
        );
        let up = Scale {
            domain: (0.0, 2.0),
            range: (100.0, 0.0),
        };
        assert_eq!(up.px(0.5), 75.0);
    }

    #[test]
    fn a_scale_without_extent_stays_put() {
        let scale = Scale {
            domain: (3.0, 3.0),
            range: (10.0, 110.0),
        };
        assert_eq!(scale.px(7.0), 10.0);
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(ticks(167.0, 5), [0.0, 50.0, 100.0, 150.0]);
        assert_eq!(
            ticks(167.0, 9),
            [0.0, 20.0, 40.0, 60.0, 80.0, 100.0, 120.0, 140.0, 160.0]
        );
        assert_eq!(ticks(1.0, 2), [0.0, 0.5, 1.0]);
        assert_eq!(ticks(0.0, 5), [0.0]);
        assert_eq!(ticks(f64::NAN, 5), [0.0]);
        for end in [0.003, 0.9, 7.0, 61.0, 999.0, 12_345.0, 9e9] {
            let found = ticks(end, 6);
            assert!((2..=7).contains(&found.len()), "{end}: {found:?}");
            assert!(found.iter().all(|tick| *tick <= end * 1.001));
        }
    }
}
