//! Faked runs must not pass: a pool secretly of one worker, tasks that sleep
//! instead of computing, clocks that are frozen or coarse. Each control stands
//! beside the honest run that does pass.

mod simulated;

use analysis::verdict::{self, Gate, Limit};
use analysis::{Measured, TimedRun, capacity, record};
use model::{Check, Evidence, Nanos, State, Strategy, Trace, Verdict, VoidReason};
use simulated::{
    Lcg, MILLI, arm, boards, capability, interleaved, plan, pool, probes, sequential, through_clock,
};

const STEP_NANOS: Nanos = 5_000;

/// Nine rounds of one after another, interleaved and a pool of two on two
/// cores, each changed by `tamper` (given the arm id) before it is recorded.
fn measured(clock_step_nanos: Nanos, tamper: impl Fn(&str, Trace) -> Trace) -> Measured {
    let mut lcg = Lcg(11);
    let mut runs = Vec::new();
    for round in 0..9 {
        // Speed drifts from round to round, never inside one.
        let dishes = boards(8, 50 * MILLI + lcg.within(0, 3_000_000));
        let honest = [
            ("sequential", sequential(&dishes)),
            ("interleaved", interleaved(&dishes, 2 * MILLI)),
            ("pool-2", pool(&dishes, 2, 2)),
        ];
        for (order, (id, trace)) in honest.into_iter().enumerate() {
            let mut trace = tamper(id, trace);
            trace.arm = id.into();
            trace.round = round;
            runs.push(TimedRun {
                order: order as u32,
                hidden: false,
                trace,
            });
        }
    }
    let base = Some("sequential");
    Measured {
        plan: plan(vec![
            arm("sequential", Strategy::Sequential, 1, 8, None),
            arm("interleaved", Strategy::Interleaved, 1, 8, base),
            arm("pool-2", Strategy::Pool, 2, 8, base),
        ]),
        capability: capability(clock_step_nanos),
        build: "test".into(),
        started: String::new(),
        runs,
        probes: probes(2, 1.95),
        warmth: Default::default(),
        notes: Vec::new(),
    }
}

/// The claims of the lessons on computing, as a lesson makes them.
fn checks(evidence: &Evidence) -> Vec<Check> {
    let metric = |arm: &str, name: &str| {
        evidence
            .metrics
            .get(arm)
            .and_then(|all| all.get(name))
            .copied()
    };
    let clock = Gate::clock_of(evidence, &["sequential", "interleaved", "pool-2"]);
    let gates = [
        Gate::capacity(&evidence.capacity),
        Gate::drift(&evidence.capacity, 2),
        clock.clone(),
    ];
    let two = capacity::at(&evidence.capacity, 2);
    let share = metric("pool-2", "speedup")
        .zip(two)
        .and_then(|(speedup, two)| capacity::relative(&speedup, &two));
    let judge = |id: &str, stats: Option<model::Stats>, limit, gates: &[Gate]| {
        verdict::judge(id, id, stats.as_ref(), limit, gates)
    };
    let clock = [clock];
    vec![
        judge("speedup", share, Limit::AtLeast(0.8), &gates),
        judge(
            "time-ratio",
            metric("interleaved", "time_ratio"),
            Limit::Between(0.95, 1.15),
            &clock,
        ),
        judge(
            "one-chef",
            metric("interleaved", "p"),
            Limit::Between(0.85, 1.1),
            &clock,
        ),
        judge(
            "all-in-flight",
            metric("interleaved", "peak"),
            Limit::AtLeast(8.0),
            &clock,
        ),
        judge(
            "base-works",
            metric("sequential", "p"),
            Limit::Between(0.9, 1.1),
            &clock,
        ),
        verdict::same_work("same-work", evidence, "work"),
    ]
}

fn verdicts(measured: &Measured) -> Vec<(String, Verdict)> {
    checks(&record(measured))
        .into_iter()
        .map(|check| (check.id, check.verdict))
        .collect()
}

fn verdict_of(measured: &Measured, id: &str) -> Verdict {
    let verdicts = verdicts(measured);
    verdicts
        .into_iter()
        .find(|(other, _)| other == id)
        .expect("a known claim")
        .1
}

fn voided(evidence: &Evidence, arm: &str, reason: VoidReason) -> usize {
    let rows = evidence.rounds.iter();
    rows.filter(|row| row.arm == arm && row.reason == Some(reason))
        .count()
}

/// All eight boards sleep: nobody progresses, and all end together after 50 ms.
fn asleep(mut trace: Trace, lanes: usize) -> Trace {
    trace.lanes.truncate(lanes);
    let lanes = lanes as u32;
    let last_nanos = 50 * MILLI * u64::from(8_u32.div_ceil(lanes));
    trace.spans.clear();
    for task in &mut trace.tasks {
        task.lane_idx = task.id % lanes;
        task.started_nanos = 50 * MILLI * u64::from(task.id / lanes);
        task.finished_nanos = task.started_nanos + 50 * MILLI;
        task.busy_nanos = 0;
        trace.spans.push(model::Span {
            lane_idx: task.lane_idx,
            task: task.id,
            state: State::Ready,
            start_nanos: task.started_nanos,
            len_nanos: 50 * MILLI,
        });
    }
    trace.makespan_nanos = last_nanos;
    trace
}

#[test]
fn an_honest_run_passes_every_claim() {
    let measured = measured(STEP_NANOS, |_, trace| trace);
    for check in checks(&record(&measured)) {
        assert_eq!(check.verdict, Verdict::Pass, "{check:?}");
    }
    assert_eq!(record(&measured).notes, [""; 0]);
}

#[test]
fn a_pool_secretly_of_one_worker_fails() {
    let measured = measured(STEP_NANOS, |id, trace| match id {
        "pool-2" => sequential(&boards(8, trace.tasks[0].busy_nanos)),
        _ => trace,
    });
    let check = checks(&record(&measured)).swap_remove(0);
    assert_eq!(check.verdict, Verdict::Fail, "{check:?}");
    assert!(check.why.starts_with("outside"), "{}", check.why);
}

#[test]
fn two_workers_that_take_turns_on_one_core_fail_though_their_bars_overlap() {
    let measured = measured(STEP_NANOS, |id, trace| match id {
        "pool-2" => pool(&boards(8, trace.tasks[0].busy_nanos), 2, 1),
        _ => trace,
    });
    let evidence = record(&measured);
    assert!(
        evidence.metrics["pool-2"]["c"].median > 1.9,
        "the bars overlap"
    );
    assert!(
        evidence.metrics["pool-2"]["hollow"].median > 0.4,
        "and are half hollow"
    );
    assert_eq!(verdict_of(&measured, "speedup"), Verdict::Fail);
}

#[test]
fn tasks_that_sleep_are_caught_by_their_checksum() {
    let measured = measured(STEP_NANOS, |id, mut trace| {
        if id == "pool-2" {
            trace = asleep(trace, 2);
            trace.tasks.iter_mut().for_each(|task| task.checksum = 0);
        }
        trace
    });
    let evidence = record(&measured);
    assert_eq!(voided(&evidence, "pool-2", VoidReason::Checksum), 9);
    assert!(
        !evidence.stats.contains_key("pool-2"),
        "a void round enters no statistic"
    );
    assert_eq!(verdict_of(&measured, "same-work"), Verdict::Fail);
    assert_ne!(verdict_of(&measured, "speedup"), Verdict::Pass);
}

#[test]
fn of_two_arms_that_disagree_the_sequential_one_is_right() {
    let mut measured = measured(STEP_NANOS, |id, mut trace| {
        if id == "pool-2" {
            trace.tasks[3].checksum ^= 1;
        }
        trace
    });
    measured.plan.arms.remove(1);
    measured.runs.retain(|run| run.trace.arm != "interleaved");
    let evidence = record(&measured);
    assert_eq!(voided(&evidence, "pool-2", VoidReason::Checksum), 9);
    assert_eq!(voided(&evidence, "sequential", VoidReason::Checksum), 0);
}

#[test]
fn arms_that_agree_on_other_work_do_not_outvote_the_sequential_one() {
    let measured = measured(STEP_NANOS, |id, mut trace| {
        if id != "sequential" {
            trace.tasks[3].checksum ^= 1;
        }
        trace
    });
    let evidence = record(&measured);
    for (arm, void) in [("sequential", 0), ("interleaved", 9), ("pool-2", 9)] {
        assert_eq!(voided(&evidence, arm, VoidReason::Checksum), void, "{arm}");
    }
}

#[test]
fn tasks_that_sleep_with_a_forged_checksum_are_impossible() {
    for arm in ["interleaved", "pool-2"] {
        let lanes = if arm == "pool-2" { 2 } else { 1 };
        let measured = measured(STEP_NANOS, |id, trace| {
            if id == arm {
                asleep(trace, lanes)
            } else {
                trace
            }
        });
        assert_eq!(
            voided(&record(&measured), arm, VoidReason::Impossible),
            9,
            "{arm}"
        );
        assert_eq!(verdict_of(&measured, "same-work"), Verdict::Fail, "{arm}");
    }
}

#[test]
fn if_every_arm_sleeps_no_work_is_seen_and_the_p_check_fails() {
    let measured = measured(STEP_NANOS, |id, trace| match id {
        "pool-2" => asleep(trace, 2),
        _ => asleep(trace, 1),
    });
    assert_eq!(record(&measured).metrics["sequential"]["p"].median, 0.0);
    assert_eq!(verdict_of(&measured, "base-works"), Verdict::Fail);
    assert_eq!(verdict_of(&measured, "one-chef"), Verdict::Fail);
}

#[test]
fn one_impossible_round_is_left_out_and_does_not_decide() {
    let mut measured = measured(STEP_NANOS, |_, trace| trace);
    let slow = measured
        .runs
        .iter_mut()
        .find(|run| run.trace.arm == "pool-2" && run.trace.round == 4);
    let trace = &mut slow.expect("was run").trace;
    *trace = Trace {
        arm: trace.arm.clone(),
        round: 4,
        ..asleep(trace.clone(), 2)
    };
    let evidence = record(&measured);
    assert_eq!(voided(&evidence, "pool-2", VoidReason::Impossible), 1);
    assert_eq!(evidence.stats["pool-2"].n, 8);
    assert_eq!(evidence.notes.len(), 1);
    for (id, verdict) in verdicts(&measured) {
        assert_eq!(verdict, Verdict::Pass, "{id}");
    }
}

#[test]
fn under_a_frozen_clock_nothing_is_decided() {
    for step_nanos in [0, STEP_NANOS] {
        let measured = measured(step_nanos, |_, trace| through_clock(trace, 0));
        for (id, verdict) in verdicts(&measured)
            .into_iter()
            .filter(|(id, _)| id != "same-work")
        {
            assert_eq!(verdict, Verdict::Inconclusive, "{id}");
        }
    }
}

#[test]
fn under_a_coarse_clock_nothing_is_decided() {
    let step_nanos = 16 * MILLI;
    let measured = measured(step_nanos, |_, trace| through_clock(trace, step_nanos));
    for check in checks(&record(&measured))
        .into_iter()
        .filter(|check| check.id != "same-work")
    {
        assert_eq!(check.verdict, Verdict::Inconclusive, "{check:?}");
        assert!(check.why.contains("clock"), "{}", check.why);
    }
}

#[test]
fn without_two_free_cores_a_speedup_is_not_judged() {
    let mut measured = measured(STEP_NANOS, |_, trace| trace);
    measured.probes = probes(2, 1.02);
    assert_eq!(verdict_of(&measured, "speedup"), Verdict::Inconclusive);
    assert_eq!(verdict_of(&measured, "time-ratio"), Verdict::Pass);
}

#[test]
fn computing_faster_than_bare_workers_is_flagged() {
    let mut measured = measured(STEP_NANOS, |_, trace| trace);
    measured.probes = probes(2, 1.75);
    let flagged = |note: &String| note.starts_with("pool-2: faster than bare workers");
    assert!(record(&measured).notes.iter().any(flagged));
}
