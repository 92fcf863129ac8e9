//! From outputs to probabilities.

use super::net::{DIGITS, OUTPUTS, Seen};

/// e to the power of x, for x <= 0: a power of two and the first seven terms of the
/// series for the rest, which is at most half of ln 2. Within 3e-7 of it, and the
/// same bits wherever it is computed, which is not so for the systems' own.
pub(super) fn exp(x: f32) -> f32 {
    // Of ln 2, so that the larger part times a small whole number is exact.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    if x < -87.0 {
        return 0.0;
    }
    let power = (x * std::f32::consts::LOG2_E - 0.5) as i32;
    let whole = power as f32;
    let f = (x - whole * LN_2_HIGH) - whole * LN_2_LOW;
    let tail = 1.0 / 24.0 + f * (1.0 / 120.0 + f * (1.0 / 720.0));
    let rest = 1.0 + f * (1.0 + f * (0.5 + f * (1.0 / 6.0 + f * tail)));
    rest * f32::from_bits(((power + 127) as u32) << 23)
}

/// Probabilities of the digits.
pub(super) fn probabilities(out: &[f32; OUTPUTS]) -> [f32; DIGITS] {
    let mut slopes = [0.0; OUTPUTS];
    // Taken from no digit, the slopes are the probabilities.
    judge(out, u8::MAX, &mut slopes);
    let mut found = [0.0; DIGITS];
    for (found, slope) in found.iter_mut().zip(slopes) {
        *found = slope;
    }
    found
}

/// Slopes of the loss in each output (its probability, less 1 for the right
/// digit), and what was thought of the right one.
#[inline(never)]
pub(super) fn judge(out: &[f32; OUTPUTS], digit: u8, slopes: &mut [f32; OUTPUTS]) -> Seen {
    let most = out.iter().take(DIGITS).fold(
        f32::MIN,
        |most, output| {
            if *output > most { *output } else { most }
        },
    );
    let mut sum = 0.0;
    for (slope, output) in slopes.iter_mut().zip(out).take(DIGITS) {
        *slope = exp(*output - most);
        sum += *slope;
    }
    let mut seen = Seen::default();
    for ((slope, output), number) in slopes.iter_mut().zip(out).take(DIGITS).zip(0..) {
        *slope /= sum;
        if number == digit {
            seen = Seen {
                probability: *slope,
                loss: f64::from(sum).ln() - f64::from(*output - most),
            };
            *slope -= 1.0;
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_is_close_enough() {
        for at in 0..=40_000_u16 {
            let x = -f32::from(at) / 460.0;
            let exact = f64::from(x).exp();
            let off = (f64::from(exp(x)) - exact).abs() / exact;
            assert!(off < 3e-7, "exp({x}): off by {off}");
        }
        assert_eq!(
            (exp(0.0), exp(-90.0), exp(f32::NEG_INFINITY)),
            (1.0, 0.0, 0.0)
        );
    }

    #[test]
    fn probabilities_add_up_however_large_the_outputs() {
        let mut out = [0.0; OUTPUTS];
        out[3] = 1e4;
        out[4] = 1e4;
        let found = probabilities(&out);
        assert!((found.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert_eq!((found[3], found[4], found[0]), (0.5, 0.5, 0.0));
    }
}
