//! Which rounds count, and what the record says of those that do not.

mod simulated;

use analysis::{Measured, TimedRun, TraceFault, in_order, record};
use model::{Edge, Evidence, NANOS_PER_SEC, RoundRow, Strategy, Trace, VoidReason};
use simulated::{Dish, MILLI, arm, boards, capability, interleaved, plan, pots, sequential};

/// Six rounds of one after another and interleaved over the same dishes.
fn measured(dishes: &[Dish]) -> Measured {
    let tasks = dishes.len() as u32;
    let mut runs = Vec::new();
    for round in 0..6 {
        for (id, trace) in [
            ("seq", sequential(dishes)),
            ("int", interleaved(dishes, MILLI)),
        ] {
            runs.push(TimedRun {
                order: runs.len() as u32 % 2,
                hidden: false,
                trace: Trace {
                    arm: id.into(),
                    round,
                    ..trace
                },
            });
        }
    }
    Measured {
        plan: plan(vec![
            arm("seq", Strategy::Sequential, 1, tasks, None),
            arm("int", Strategy::Interleaved, 1, tasks, Some("seq")),
        ]),
        capability: capability(5_000),
        build: "test".into(),
        started: String::new(),
        runs,
        probes: Vec::new(),
        warmth: Default::default(),
        notes: vec!["first".into()],
    }
}

fn row<'a>(evidence: &'a Evidence, arm: &str, round: u32) -> &'a RoundRow {
    let mut rows = evidence.rounds.iter();
    rows.find(|row| row.arm == arm && row.round == round)
        .expect("was run")
}

/// Spoils the interleaved run of round 2 and expects it to be void.
fn check(spoil: impl FnOnce(&mut TimedRun), expected: VoidReason, note: &str) {
    let mut measured = measured(&boards(4, 50 * MILLI));
    let run = measured
        .runs
        .iter_mut()
        .find(|run| run.trace.arm == "int" && run.trace.round == 2);
    spoil(run.expect("was run"));
    let evidence = record(&measured);
    assert_eq!(row(&evidence, "int", 2).reason, Some(expected));
    assert!(!row(&evidence, "int", 2).valid);
    assert_eq!((evidence.stats["int"].n, evidence.stats["seq"].n), (5, 6));
    assert_eq!(
        evidence.rounds.len(),
        12,
        "a void round stays in the record"
    );
    assert_eq!(evidence.notes, ["first", note]);
}

#[test]
fn each_reason_voids_its_round_and_is_named() {
    check(
        |run| run.hidden = true,
        VoidReason::Hidden,
        "int: 1 void (the page was hidden)",
    );
    check(
        |run| drop(run.trace.tasks.pop()),
        VoidReason::Trace,
        "int: 1 void (a task is missing)",
    );
    check(
        |run| {
            // A whole task less, spans and all: sane in itself, but not the plan.
            run.trace.tasks.pop();
            run.trace.spans.retain(|span| span.task < 3);
        },
        VoidReason::Trace,
        "int: 1 void (a task is missing)",
    );
    check(
        |run| run.trace.tasks[1].checksum += 1,
        VoidReason::Checksum,
        "int: 1 void (its result differs from that of the same work)",
    );
    check(
        |run| {
            for span in &mut run.trace.spans {
                span.start_nanos += 2 * NANOS_PER_SEC;
            }
            for task in &mut run.trace.tasks {
                task.started_nanos += 2 * NANOS_PER_SEC;
                task.finished_nanos += 2 * NANOS_PER_SEC;
            }
            run.trace.makespan_nanos += 2 * NANOS_PER_SEC;
        },
        VoidReason::Gap,
        "int: 1 void (nothing happened for more than a second)",
    );
    check(
        |run| {
            run.trace
                .spans
                .iter_mut()
                .for_each(|span| span.len_nanos /= 2)
        },
        VoidReason::Impossible,
        "int: 1 void (more work was done than time on cores allows)",
    );
}

#[test]
fn a_task_that_begins_before_what_it_needs_is_finished_voids_the_round() {
    let mut measured = measured(&boards(4, 50 * MILLI));
    let reasons = |measured: &Measured, arm: &str| -> Vec<_> {
        let rows = record(measured).rounds.into_iter();
        rows.filter(|row| row.arm == arm)
            .map(|row| row.reason)
            .collect()
    };
    for arm in &mut measured.plan.arms {
        arm.edges = vec![Edge {
            before: 0,
            after: 3,
        }];
    }
    // One after another the order is kept; interleaved, all begin at once.
    assert_eq!(reasons(&measured, "seq"), [None; 6]);
    assert_eq!(reasons(&measured, "int"), [Some(VoidReason::Trace); 6]);
    let notes = record(&measured).notes;
    assert!(
        notes[1].ends_with("(a task began before what it needs was finished)"),
        "{notes:?}"
    );
    let figure = |arm, name: &str| row(&record(&measured), arm, 2).figures[name];
    assert_eq!(
        (figure("seq", "work_ms"), figure("seq", "span_ms")),
        (200.0, 100.0)
    );
    assert_eq!(figure("seq", "edges_broken"), 0.0);
    assert_eq!(figure("int", "edges_broken"), 1.0);
    // What needs a task that does not exist was never run as planned.
    measured.plan.arms[0].edges[0].before = 4;
    assert_eq!(reasons(&measured, "seq"), [Some(VoidReason::Trace); 6]);
    measured.plan.arms[1].edges.clear();
    assert_eq!(reasons(&measured, "int"), [None; 6]);
}

#[test]
fn clocks_of_two_lanes_may_differ_by_a_little_and_of_one_not_at_all() {
    let mut trace = sequential(&boards(2, 50 * MILLI));
    let edges = [Edge {
        before: 0,
        after: 1,
    }];
    assert_eq!(in_order(&trace, &edges), Ok(()));
    trace.tasks[1].started_nanos = trace.tasks[0].finished_nanos - MILLI / 2;
    assert_eq!(in_order(&trace, &edges), Err(TraceFault::TooEarly(1)));
    trace.lanes.push(trace.lanes[0]);
    trace.tasks[1].lane_idx = 1;
    assert_eq!(in_order(&trace, &edges), Ok(()));
    trace.tasks[1].started_nanos -= MILLI;
    assert_eq!(in_order(&trace, &edges), Err(TraceFault::TooEarly(1)));
}

#[test]
fn a_long_wait_that_was_asked_for_is_no_gap() {
    let mut measured = measured(&pots(3, 2 * NANOS_PER_SEC));
    let reasons = |measured: &Measured| -> Vec<_> {
        record(measured)
            .rounds
            .into_iter()
            .filter_map(|row| row.reason)
            .collect()
    };
    assert_eq!(reasons(&measured), [VoidReason::Gap; 12]);
    for arm in &mut measured.plan.arms {
        arm.jobs[0].wait_millis = 2_000.0;
    }
    assert_eq!(reasons(&measured), []);
}

#[test]
fn standing_still_for_a_lock_is_no_gap_and_not_hollow() {
    let mut measured = measured(&boards(2, 50 * MILLI));
    let later = 2 * NANOS_PER_SEC;
    for run in &mut measured.runs {
        let trace = &mut run.trace;
        let end_nanos = trace.makespan_nanos;
        let mut stood = trace.spans[0];
        stood.state = model::State::Blocked;
        (stood.start_nanos, stood.len_nanos) = (end_nanos, later);
        trace.spans.push(stood);
        trace.makespan_nanos += later;
        for task in &mut trace.tasks {
            task.finished_nanos += later;
        }
    }
    let evidence = record(&measured);
    let reasons = |evidence: &Evidence| -> Vec<_> {
        let rows = evidence.rounds.iter();
        rows.filter_map(|row| row.reason).collect()
    };
    assert_eq!(reasons(&evidence), []);
    let stood = evidence.metrics["int"]["lock_wait_ms"];
    assert!((stood.median - 2_000.0).abs() < 1e-6, "{stood:?}");
    assert!(evidence.metrics["int"]["hollow"].median < 0.01);
    for run in &mut measured.runs {
        run.trace.spans.pop();
    }
    assert!(reasons(&record(&measured)).contains(&VoidReason::Gap));
}

#[test]
fn nobody_there_is_no_gap_and_somebody_left_alone_is() {
    let mut measured = measured(&boards(2, 50 * MILLI));
    for arm in &mut measured.plan.arms {
        arm.jobs[0].per_second = 0.5;
    }
    // The second request comes three seconds later.
    let later = 3 * NANOS_PER_SEC;
    for run in &mut measured.runs {
        let trace = &mut run.trace;
        let task = &mut trace.tasks[1];
        task.spawned_nanos = task.started_nanos + later;
        task.started_nanos += later;
        task.finished_nanos += later;
        trace.makespan_nanos += later;
        for span in trace.spans.iter_mut().filter(|span| span.task == 1) {
            span.start_nanos += later;
        }
    }
    let evidence = record(&measured);
    assert!(evidence.rounds.iter().all(|row| row.valid));
    // The figures of requests are summarised by name.
    let latency = evidence.metrics["int"]["latency_mean_ms"];
    assert!(latency.n == 6 && latency.median > 40.0, "{latency:?}");
    // It was there all the time, and nobody served it.
    for run in &mut measured.runs {
        run.trace.tasks[1].spawned_nanos = 0;
    }
    let reasons = record(&measured).rounds.into_iter().map(|row| row.reason);
    assert!(
        reasons
            .into_iter()
            .all(|reason| reason == Some(VoidReason::Gap))
    );
}

#[test]
fn ratios_are_taken_inside_a_round_and_only_against_a_base_that_counts() {
    let mut measured = measured(&boards(4, 50 * MILLI));
    for run in &mut measured.runs {
        run.hidden = run.trace.arm == "seq" && run.trace.round == 3;
    }
    let evidence = record(&measured);
    assert_eq!(row(&evidence, "int", 3).speedup, None);
    assert_eq!(row(&evidence, "int", 3).p, None);
    assert!(row(&evidence, "int", 3).valid);
    assert_eq!(row(&evidence, "int", 2).speedup, Some(1.0));
    let metrics = &evidence.metrics["int"];
    assert_eq!(
        (
            metrics["speedup"].n,
            metrics["time_ratio"].n,
            metrics["c"].n
        ),
        (5, 5, 6)
    );
    assert!(metrics["finish_ratio"].median > 1.4, "later on average");
    // The base has a P of its own, so that it can be placed, but no ratios.
    assert_eq!(evidence.metrics["seq"]["p"].median, 1.0);
    assert!(!evidence.metrics["seq"].contains_key("speedup"));
    assert!(!evidence.metrics["seq"].contains_key("finish_ratio"));
}

#[test]
fn pure_waiting_has_p_zero_and_mixed_jobs_count_their_computing_only() {
    let mut measured = measured(&pots(4, 50 * MILLI));
    for arm in &mut measured.plan.arms {
        arm.jobs[0].busy_millis = 0.0;
    }
    let evidence = record(&measured);
    for arm in ["seq", "int"] {
        assert_eq!(evidence.metrics[arm]["p"].hi, 0.0, "{arm}");
        assert!(
            evidence.metrics[arm]["p_ticks"].median > 0.0,
            "{arm}: but somebody stirred"
        );
    }

    let mut measured = self::measured(&boards(4, 50 * MILLI));
    for arm in &mut measured.plan.arms {
        let mut job = arm.jobs[0].clone();
        job.tasks = 2;
        arm.jobs = vec![job.clone(), job];
        arm.jobs[1].workload = "waiting".into();
        arm.jobs[1].busy_millis = 0.0;
    }
    for run in &mut measured.runs {
        run.trace.tasks[1].workload = "waiting".into();
        run.trace.tasks[3].workload = "waiting".into();
    }
    assert_eq!(record(&measured).metrics["seq"]["p"].median, 0.5);
}

#[test]
fn short_runs_on_a_coarse_clock_are_not_called_impossible() {
    let mut measured = measured(&boards(4, 2 * MILLI));
    for run in measured
        .runs
        .iter_mut()
        .filter(|run| run.trace.arm == "int")
    {
        run.trace
            .spans
            .iter_mut()
            .for_each(|span| span.len_nanos /= 2);
    }
    let impossible = |measured: &Measured| {
        let rows = record(measured).rounds.into_iter();
        rows.filter(|row| row.reason == Some(VoidReason::Impossible))
            .count()
    };
    assert_eq!(impossible(&measured), 6);
    measured.capability.clock_step_nanos = MILLI;
    assert_eq!(impossible(&measured), 0);
}

#[test]
fn a_run_of_no_known_arm_is_left_out_and_named() {
    let mut measured = measured(&boards(2, 50 * MILLI));
    measured.runs[0].trace.arm = "other".into();
    let evidence = record(&measured);
    assert_eq!(evidence.rounds.len(), 11);
    assert_eq!(
        evidence.notes,
        ["first", "other: not in the plan, left out"]
    );
}

#[test]
fn a_team_that_computes_is_told_where_its_speedup_went() {
    let dishes = boards(8, 50 * MILLI);
    let mut measured = measured(&dishes);
    for run in measured
        .runs
        .iter_mut()
        .filter(|run| run.trace.arm == "int")
    {
        let round = run.trace.round;
        run.trace = simulated::pool(&dishes, 4, 2);
        run.trace.arm = "int".into();
        run.trace.round = round;
    }
    measured.plan.arms[1] = arm("int", Strategy::Pool, 4, 8, Some("seq"));
    let evidence = record(&measured);
    let figure = |name: &str| row(&evidence, "int", 1).figures.get(name).copied();
    let near = |value: Option<f64>, wanted: f64| value.is_some_and(|v| (v - wanted).abs() < 0.01);
    assert!(near(figure("lost.ideal_ms"), 100.0));
    assert!(near(figure("lost.sum_ratio"), 1.0));
    assert!(figure("lost.off-core_ms").is_some_and(|ms| ms > 80.0));
    assert!(evidence.metrics["int"].contains_key("lost.sum_ratio"));
    assert!(row(&evidence, "seq", 1).figures.is_empty());
    // One worker shares nothing; a wait is no loss; without a base there is no
    // ideal to compare with.
    let spoils: [fn(&mut Measured); 4] = [
        |measured| measured.plan.arms[1].workers = 1,
        |measured| measured.plan.arms[1].jobs[0].wait_millis = 1.0,
        |measured| measured.plan.arms[1].base = None,
        |measured| measured.runs.retain(|run| run.trace.arm == "int"),
    ];
    for (at, spoil) in spoils.into_iter().enumerate() {
        let mut spoilt = measured.clone();
        spoil(&mut spoilt);
        let evidence = record(&spoilt);
        let has = |row: &RoundRow| row.figures.contains_key("lost.sum_ratio");
        assert!(!evidence.rounds.iter().any(has), "{at}");
    }
}
