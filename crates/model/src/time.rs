//! Time as integer nanoseconds, counted from the start of one timed run.

/// Nanoseconds since the start of the run (a `u64` holds 584 years).
pub type Nanos = u64;

/// Nanoseconds in one millisecond.
pub const NANOS_PER_MILLI: u64 = 1_000_000;
/// Nanoseconds in one second.
pub const NANOS_PER_SEC: u64 = 1_000_000_000;

/// Milliseconds, for display and for the evidence record.
#[must_use]
pub fn millis_from_nanos(nanos: Nanos) -> f64 {
    nanos as f64 / NANOS_PER_MILLI as f64
}

/// Nanoseconds from milliseconds; negative and non-finite input gives 0.
#[must_use]
pub fn nanos_from_millis(millis: f64) -> Nanos {
    // Float to integer casts saturate, and NaN becomes 0.
    (millis * NANOS_PER_MILLI as f64).round() as Nanos
}
