//! Numbers as a reader sees them.

use crate::Say;
use crate::phrase::phrase;
use model::{NANOS_PER_MILLI, Nanos};

/// Appends `value` rounded to `decimals` (0..=6) places, without trailing zeros.
pub fn push_decimal(out: &mut String, value: f64, decimals: u32) {
    push(out, value, decimals, false);
}

/// `value` with exactly `decimals` (0..=6) places; `–` where it is not finite.
#[must_use]
pub fn fixed(value: f64, decimals: u32) -> String {
    let mut out = String::new();
    push(&mut out, value, decimals, true);
    out
}

/// A whole number.
#[must_use]
pub fn whole(value: u64) -> String {
    let mut out = String::new();
    push_whole(&mut out, value);
    out
}

/// A time in milliseconds as a reader sees it: `0.4 ms`, `7.9 ms`, `61 ms`,
/// `1.4 s`, `12 s`.
#[must_use]
pub fn millis(value: f64) -> String {
    let mut out = String::new();
    if value.abs() < 0.05 {
        out.push_str("0\u{a0}ms");
    } else if value >= 999.5 {
        push(&mut out, value / 1000.0, u32::from(value < 9_950.0), true);
        out.push_str("\u{a0}s");
    } else {
        push(&mut out, value, u32::from(value.abs() < 9.95), true);
        out.push_str("\u{a0}ms");
    }
    out
}

/// As [`millis`], from nanoseconds.
#[must_use]
pub fn nanos(value: Nanos) -> String {
    millis(value as f64 / NANOS_PER_MILLI as f64)
}

/// A factor: `7.9 times`, with a decimal below 10.
#[must_use]
pub fn times(value: f64, say: Say) -> String {
    phrase(say).text("n", &factor(value)).get("chart.times")
}

/// A factor without its word: `7.9`, `12`.
#[must_use]
pub fn factor(value: f64) -> String {
    fixed(value, u32::from(value.abs() < 9.95))
}

/// So many bytes: `12 B`, `66 kB`, `4.2 MB`, `1.0 GB`; a kB is a thousand.
#[must_use]
pub fn bytes(value: u64) -> String {
    let mut out = String::new();
    if value < 1000 {
        push_whole(&mut out, value);
        out.push_str("\u{a0}B");
        return out;
    }
    let mut size = value as f64 / 1000.0;
    let mut units = ["\u{a0}kB", "\u{a0}MB", "\u{a0}GB"].into_iter();
    let mut unit = units.next();
    while size >= 999.5
        && let Some(larger) = units.next()
    {
        (size, unit) = (size / 1000.0, Some(larger));
    }
    push(&mut out, size, u32::from(size < 9.95), true);
    out.push_str(unit.unwrap_or_default());
    out
}

/// A share of 1 as `50 %`.
#[must_use]
pub fn percent(share: f64) -> String {
    let mut out = fixed(share * 100.0, 0);
    out.push_str("\u{a0}%");
    out
}

fn push(out: &mut String, value: f64, decimals: u32, keep_zeros: bool) {
    if !value.is_finite() {
        out.push('–');
        return;
    }
    let unit = 10_u64.pow(decimals.min(6));
    let scaled = (value.abs() * unit as f64).round() as u64;
    if value < 0.0 && scaled > 0 {
        out.push('-');
    }
    push_whole(out, scaled / unit);
    let (mut rest, mut place) = (scaled % unit, unit / 10);
    if place == 0 || (rest == 0 && !keep_zeros) {
        return;
    }
    out.push('.');
    while place > 0 && (keep_zeros || rest > 0) {
        out.push(char::from(b'0' + (rest / place % 10) as u8));
        rest %= place;
        place /= 10;
    }
}

fn push_whole(out: &mut String, value: u64) {
    if value >= 10 {
        push_whole(out, value / 10);
    }
    out.push(char::from(b'0' + (value % 10) as u8));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_as_many_digits_as_matter() {
        let cases = [
            (0.0, "0 ms"),
            (0.42, "0.4 ms"),
            (7.94, "7.9 ms"),
            (9.96, "10 ms"),
            (61.2, "61 ms"),
            (999.4, "999 ms"),
            (999.6, "1.0 s"),
            (1432.0, "1.4 s"),
            (12_345.0, "12 s"),
            (f64::NAN, "– ms"),
        ];
        for (value, expected) in cases {
            assert_eq!(millis(value).replace('\u{a0}', " "), expected, "{value}");
        }
        assert_eq!(nanos(61_200_000), millis(61.2));
    }

    #[test]
    fn bytes_have_the_unit_that_fits() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (65_536, "66 kB"),
            (999_499, "999 kB"),
            (999_600, "1.0 MB"),
            (4_194_304, "4.2 MB"),
            (268_435_456, "268 MB"),
            (3_000_000_000, "3.0 GB"),
        ];
        for (value, expected) in cases {
            assert_eq!(bytes(value).replace('\u{a0}', " "), expected, "{value}");
        }
        assert!(bytes(u64::MAX).ends_with("GB"));
    }

    #[test]
    fn numbers_round_half_up_and_carry() {
        assert_eq!(fixed(1.999, 1), "2.0");
        assert_eq!(fixed(-0.04, 1), "0.0");
        assert_eq!(fixed(-1.25, 1), "-1.3");
        assert_eq!(fixed(3.05, 2), "3.05");
        assert_eq!(factor(7.91), "7.9");
        assert_eq!(factor(11.6), "12");
        assert_eq!(percent(0.497), "50\u{a0}%");
        assert_eq!(whole(u64::MAX), u64::MAX.to_string());
        let mut out = String::new();
        push_decimal(&mut out, 2.50, 3);
        push_decimal(&mut out, 7.0, 3);
        assert_eq!(out, "2.57");
    }
}
