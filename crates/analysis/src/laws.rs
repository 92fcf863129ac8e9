//! Laws of speedup.
//!
//! | law | formula | source |
//! |---|---|---|
//! | Amdahl | S(p) = 1 / (f + (1 - f) / p), at most 1 / f | Amdahl, AFIPS 1967 |
//! | capped by the hardware | the same with min(p, capacity) for p | own: beyond the cores there is nobody to share with |
//! | Gustafson | S(p) = p - a (p - 1), a = serial share of the time of the *parallel* run | Gustafson, CACM 31(5), 1988 |
//! | Karp and Flatt | e(p) = (1 / S - 1 / p) / (1 - 1 / p) | Karp and Flatt, CACM 33(5), 1990 |
//!
//! Shares are 0..=1 and are clamped to that; workers count from 1 and need not
//! be whole, so that lines can be drawn between them.

/// Amdahl: how many times sooner `workers` finish a problem of fixed size of
/// which only the share `1 - serial` can be shared out.
#[must_use]
pub fn amdahl(serial: f64, workers: f64) -> f64 {
    let serial = serial.clamp(0.0, 1.0);
    1.0 / (serial + (1.0 - serial) / workers.max(1.0))
}

/// Amdahl where no more than `capacity` workers get anything done at once.
#[must_use]
pub fn amdahl_capped(serial: f64, workers: f64, capacity: f64) -> f64 {
    amdahl(serial, workers.min(capacity))
}

/// What [`amdahl`] comes to with endlessly many workers; `None` where nothing is
/// serial, and there is no limit.
#[must_use]
pub fn amdahl_limit(serial: f64) -> Option<f64> {
    (serial > 0.0).then(|| 1.0 / serial.min(1.0))
}

/// Gustafson: how many times sooner `workers` finish a problem that has grown
/// with them than one alone would, where `serial` is the share of the time of
/// the parallel run in which only one of them could work.
#[must_use]
pub fn gustafson(serial: f64, workers: f64) -> f64 {
    let workers = workers.max(1.0);
    workers - serial.clamp(0.0, 1.0) * (workers - 1.0)
}

/// Karp and Flatt: the serial share that this one speedup would mean. Constant
/// over `workers`: a serial part; rising: overhead or contention; below 0: faster
/// than the workers are, or a bad base. `None` for one worker and where nothing
/// was measured.
#[must_use]
pub fn karp_flatt(speedup: f64, workers: f64) -> Option<f64> {
    let is_meant = workers > 1.0 && speedup > 0.0;
    is_meant.then(|| (1.0 / speedup - 1.0 / workers) / (1.0 - 1.0 / workers))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn amdahl_is_straight_without_a_serial_part_and_ends_at_its_limit() {
        assert!(near(amdahl(0.0, 7.0), 7.0));
        assert!(near(amdahl(1.0, 7.0), 1.0));
        assert!(near(amdahl(0.1, 10.0), 1.0 / 0.19));
        assert!(near(amdahl(0.1, 1e15), 10.0));
        assert_eq!(amdahl_limit(0.1), Some(10.0));
        assert_eq!(amdahl_limit(0.0), None);
        assert!(near(amdahl_capped(0.2, 8.0, 2.0), amdahl(0.2, 2.0)));
        assert!(near(amdahl_capped(0.2, 2.0, 8.0), amdahl(0.2, 2.0)));
    }

    #[test]
    fn karp_flatt_undoes_amdahl() {
        for serial in [0.0, 0.05, 0.3, 0.9, 1.0] {
            for workers in [1.5, 2.0, 3.0, 16.0] {
                let back = karp_flatt(amdahl(serial, workers), workers);
                assert!(back.is_some_and(|back| near(back, serial)), "{serial}");
            }
        }
        assert!(karp_flatt(2.2, 2.0).is_some_and(|share| share < 0.0));
        assert_eq!(karp_flatt(1.0, 1.0), None);
        assert_eq!(karp_flatt(0.0, 2.0), None);
    }

    /// The same run told in both ways: a serial part of 2 and a part of 8 for
    /// each of 4 workers take 10 together, and one alone needs 34.
    #[test]
    fn gustafson_tells_of_the_grown_problem_what_amdahl_does() {
        assert!(near(gustafson(0.2, 4.0), 3.4));
        assert!(near(amdahl(2.0 / 34.0, 4.0), 3.4));
        assert!(near(gustafson(0.5, 1.0), 1.0));
    }
}
