//! Rounds that count: those before and after which two cores were free.

use super::native::Native;
use super::others::Reading;
use crate::fail::Outcome;
use analysis::stats::FEWEST;
use analysis::verdict::Gate;
use std::thread;
use std::time::Duration;

/// Two free cores do fixed work at least this much faster than one.
const SPEEDUP_NEEDED: f64 = 1.85;
/// Largest relative difference between the readings before and after a round.
const DRIFT_ALLOWED: f64 = 0.05;
/// Part of a core that others may use meanwhile.
const OTHERS_ALLOWED: f64 = 0.1;
/// Others often need the cores for a moment only: so long a round waits at most.
const WAITS: u32 = 6;
const WAIT: Duration = Duration::from_millis(500);

/// What was measured in the rounds that count, and whether they suffice.
pub struct Rounds<T> {
    /// One value a round. All rounds where too few count, so that there is
    /// something to see.
    pub values: Vec<T>,
    /// Closed where too few count.
    pub gate: Gate,
}

/// Measures round by round until `wanted` rounds count; as many as half of that
/// are repeated. The round's number tells its order: in odd rounds the native
/// half goes first. A round that gives nothing does not count, nor one during
/// which others left fewer than `n_cores` cores.
///
/// # Errors
/// Those of a round.
pub fn rounds<T>(
    native: &mut Native,
    wanted: u32,
    n_cores: usize,
    mut round: impl FnMut(&mut Native, u32) -> Outcome<Option<T>>,
) -> Outcome<Rounds<T>> {
    let mut readings = vec![free_or_not(native)?];
    let mut tried = Vec::new();
    let mut most_others = 0.0_f64;
    let spare = available_cores() as f64;
    let mut counted = 0;
    let at_most = wanted + wanted / 2;
    while counted < wanted && (tried.len() as u32) < at_most {
        let mut before = readings.last().copied().unwrap_or(0.0);
        if before < SPEEDUP_NEEDED {
            before = free_or_not(native)?;
            readings.push(before);
        }
        let begin = Reading::now();
        let value = round(native, tried.len() as u32)?;
        let others = Reading::now().others_since(&begin);
        most_others = most_others.max(others);
        let after = native.spin()?;
        readings.push(after);
        let is_left = spare - others >= n_cores as f64 - OTHERS_ALLOWED;
        let counts = value.is_some() && is_left && is_free(before, after);
        counted += u32::from(counts);
        tried.push((value, counts));
    }
    Ok(select(tried, &readings, most_others))
}

/// Cores this program may use.
pub fn available_cores() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Waits a little for two free cores, in vain or not; the last reading.
fn free_or_not(native: &mut Native) -> Outcome<f64> {
    let mut reading = native.spin()?;
    for _ in 0..WAITS {
        if reading >= SPEEDUP_NEEDED {
            break;
        }
        thread::sleep(WAIT);
        reading = native.spin()?;
    }
    Ok(reading)
}

fn is_free(before: f64, after: f64) -> bool {
    let least = before.min(after);
    let drift = (before - after).abs() / before.max(after).max(1e-9);
    least >= SPEEDUP_NEEDED && drift <= DRIFT_ALLOWED
}

/// Drops rounds that do not count, unless they are more than a third.
fn select<T>(tried: Vec<(Option<T>, bool)>, readings: &[f64], most_others: f64) -> Rounds<T> {
    let n_tried = tried.len();
    let counted = tried.iter().filter(|(_, counts)| *counts).count();
    let suffices = 3 * counted >= 2 * n_tried && counted >= FEWEST as usize;
    let closed = (!suffices).then(|| {
        let least = readings.iter().copied().fold(f64::INFINITY, f64::min);
        let most = readings.iter().copied().fold(0.0, f64::max);
        format!(
            "cores: two were free in {counted} of {n_tried} rounds \
             (two native threads did {least:.2} to {most:.2} times the work of one, \
             others used up to {most_others:.1} cores meanwhile)"
        )
    });
    let values = tried.into_iter().filter(|(_, counts)| *counts || !suffices);
    Rounds {
        values: values.filter_map(|(value, _)| value).collect(),
        gate: Gate { closed },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(counts: &[bool]) -> Vec<(Option<usize>, bool)> {
        let numbers = (0..counts.len()).map(Some);
        numbers.zip(counts.iter().copied()).collect()
    }

    #[test]
    fn a_round_counts_between_two_good_readings_that_agree() {
        assert!(is_free(1.95, 1.99));
        assert!(!is_free(1.95, 1.80));
        assert!(!is_free(2.10, 1.90));
    }

    #[test]
    fn bad_rounds_are_left_out_while_they_are_few() {
        let mut counts = [true; 9];
        counts[4] = false;
        let found = select(tried(&counts), &[1.9, 1.2], 0.0);
        assert_eq!(found.values, [0, 1, 2, 3, 5, 6, 7, 8]);
        assert_eq!(found.gate.closed, None);
    }

    #[test]
    fn too_many_bad_rounds_close_the_gate_and_stay_visible() {
        let found = select(
            tried(&[true, true, true, false, false, true]),
            &[1.9, 1.2],
            1.5,
        );
        assert_eq!(found.values.len(), 6);
        assert!(found.gate.closed.unwrap().contains("4 of 6"));
    }

    #[test]
    fn a_round_that_gave_nothing_is_only_missed() {
        let mut rounds = tried(&[true; 9]);
        rounds.push((None, false));
        assert_eq!(select(rounds, &[1.9], 0.0).values.len(), 9);
    }

    #[test]
    fn five_good_rounds_are_too_few() {
        assert!(select(tried(&[true; 5]), &[1.9], 0.0).gate.closed.is_some());
    }
}
