//! Tasks on one event loop really take turns, in the trace of a real run.

use std::collections::BTreeMap;
use tests::Visit;
use tests::timeline::{Run, turns};

/// Steps between two yields, as planned by every lesson.
const STEPS: f64 = 100.0;

/// Runs equal boards interleaved and gives the traces, with the length of one
/// turn in microseconds.
fn interleaved(visit: &Visit, fragment: &str) -> (Vec<Run>, f64) {
    let evidence = visit.run(fragment);
    let step = evidence
        .warmth
        .get("primes")
        .expect("the work was calibrated");
    let mut runs = visit.timeline();
    runs.retain(|run| run.arm == "interleaved");
    assert!(runs.len() >= 2, "{} runs", runs.len());
    (runs, STEPS * step.warm_step_nanos as f64 / 1e3)
}

/// No two turns of one task without a turn of every other between them.
/// Neighbouring turns of one task look like one long turn, so long turns tell;
/// a preemption that leaves no gap in the ticks may lengthen a few.
fn alternate(run: &Run, turn_micros: f64, tasks: u64) {
    let turns = turns(&run.slices);
    let mut counts: BTreeMap<u64, i64> = (0..tasks).map(|task| (task, 0)).collect();
    let mut left: Vec<usize> = counts
        .keys()
        .map(|task| turns.iter().filter(|turn| turn.0 == *task).count())
        .collect();
    for (task, _) in &turns {
        *counts.entry(*task).or_default() += 1;
        left[*task as usize] -= 1;
        // A task that is done takes no more turns.
        let going = counts.iter().filter(|(task, _)| left[**task as usize] > 0);
        let counts: Vec<i64> = going.map(|(_, count)| *count).collect();
        let ahead = counts.iter().max().unwrap_or(&0) - counts.iter().min().unwrap_or(&0);
        assert!(ahead <= 1, "one task is {ahead} turns ahead: {turns:?}");
    }
    let long = turns
        .iter()
        .filter(|turn| turn.1 > 1.6 * turn_micros)
        .count();
    assert!(
        10 * long <= turns.len(),
        "{long} of {} turns are longer than {turn_micros} us: {turns:?}",
        turns.len()
    );
    assert!(turns.len() as u64 >= 8 * tasks, "{} turns", turns.len());
}

#[test]
fn two_equal_tasks_alternate_strictly_on_the_page() {
    let visit = Visit::of_site("alternate");
    let (runs, turn) = interleaved(
        &visit,
        "#/lesson/computing?autorun=on&tasks=2&size=60&rounds=3",
    );
    for run in &runs {
        alternate(run, turn, 2);
    }
}

#[test]
fn eight_tasks_stay_within_one_turn_of_each_other_in_a_worker() {
    let visit = Visit::of_site("eight");
    let (runs, turn) = interleaved(
        &visit,
        "#/lab?autorun=on&workload=primes&strategies=interleaved&tasks=8&size=50&rounds=3",
    );
    for run in &runs {
        alternate(run, turn, 8);
    }
}
