//! Numbers as a reader sees them.

use crate::Say;
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
    if value >= 999.5 {
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
    say("chart.times", &[("n", &factor(value))])
}

/// A factor without its word: `7.9`, `12`.
#[must_use]
pub fn factor(value: f64) -> String {
    fixed(value, u32::from(value.abs() < 9.95))
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
