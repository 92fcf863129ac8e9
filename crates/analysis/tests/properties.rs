//! What must hold for any run, tried on some hundred made-up ones, and golden
//! traces small enough to check by hand.

mod simulated;

use analysis::{Summary, sane, summary};
use model::{Lane, LaneKind, Span, State, TaskRecord, Trace};
use simulated::{Dish, Lcg, MILLI, boards, interleaved, pool, pots, sequential};

fn assert_near(value: f64, expected: f64, what: &str) {
    assert!(
        (value - expected).abs() < 1e-9,
        "{what}: {value}, not {expected}"
    );
}

/// What holds for any trace and its base.
fn assert_lawful(trace: &Trace, base: &Trace, workers: u32, cores: u32) -> Summary {
    assert_eq!(sane(trace), Ok(()));
    let summary = summary(trace, Some(base));
    let tasks = trace.tasks.len() as u32;
    let work_nanos: u64 = base.tasks.iter().map(|task| task.busy_nanos).sum();
    let longest_nanos = trace
        .tasks
        .iter()
        .map(|task| task.finished_nanos - task.started_nanos)
        .max();
    let p = summary.p.expect("has a base");

    // Work law and span law.
    assert!(trace.makespan_nanos * u64::from(workers.min(cores)) >= work_nanos);
    assert!(trace.makespan_nanos >= longest_nanos.unwrap_or(0));
    assert!(
        (0.0..=f64::from(workers.min(cores)) + 1e-9).contains(&p),
        "P {p}"
    );
    assert_near(p, summary.p_ticks, "no core is slower than another here");
    // A peak is at least the mean.
    assert!(summary.c <= f64::from(summary.peak) + 1e-9);
    assert!((1..=tasks).contains(&summary.peak));
    assert!((0.0..=1.0).contains(&summary.hollow));
    assert!(summary.all_started_ms <= summary.makespan_ms);
    assert!(summary.mean_finish_ms <= summary.makespan_ms);
    assert_eq!(
        summary.lanes.iter().map(|lane| lane.finished).sum::<u32>(),
        tasks
    );
    let mut used = 0.0;
    for lane in &summary.lanes {
        assert!((0.0..=1.0).contains(&lane.utilisation));
        used += lane.utilisation;
    }
    assert_near(used, summary.p_ticks, "utilisations sum to P");
    summary
}

#[test]
fn laws_hold_for_any_dishes_workers_and_cores() {
    let mut lcg = Lcg(2026);
    for _ in 0..200 {
        let dishes: Vec<Dish> = (0..lcg.within(1, 20))
            .map(|_| Dish {
                busy_nanos: lcg.within(1, 12 * MILLI),
                wait_nanos: lcg.within(0, 2) * lcg.within(0, 9 * MILLI),
            })
            .collect();
        let workers = lcg.within(1, 8) as u32;
        let cores = lcg.within(1, 4) as u32;
        let base = sequential(&dishes);

        let one = assert_lawful(&base, &base, 1, 1);
        assert_near(one.c, 1.0, "one after another");
        assert_eq!((one.peak, one.speedup), (1, Some(1.0)));
        assert_eq!(u64::from(one.switches), dishes.len() as u64 - 1);

        let many = assert_lawful(&pool(&dishes, workers, cores), &base, workers, cores);
        assert!(many.peak <= workers);
        assert!(
            many.speedup >= Some(1.0 - 1e-9),
            "a pool only helps: {:?}",
            many.speedup
        );

        let juggled = assert_lawful(&interleaved(&dishes, MILLI), &base, 1, 1);
        assert!(juggled.p <= Some(1.0));
        assert_eq!(juggled.hollow, 0.0);
    }
}

#[test]
fn four_workers_on_two_cores_overlap_fourfold_but_do_the_work_of_two() {
    let dishes = boards(8, 50 * MILLI);
    let base = sequential(&dishes);
    let summary = summary(&pool(&dishes, 4, 2), Some(&base));
    assert!(summary.c > 3.9, "C {}", summary.c);
    assert!(
        (1.9..=2.0).contains(&summary.p.unwrap()),
        "P {:?}",
        summary.p
    );
    assert!(
        (0.45..=0.55).contains(&summary.hollow),
        "hollow {}",
        summary.hollow
    );
}

#[test]
fn juggling_pots_overlaps_them_without_any_work() {
    let dishes = pots(8, 60 * MILLI);
    let base = sequential(&dishes);
    let summary = summary(&interleaved(&dishes, MILLI), Some(&base));
    assert!(summary.speedup.unwrap() > 7.9);
    assert_eq!(summary.peak, 8);
    assert!(summary.p.unwrap() < 0.001);
    assert_eq!(summary.hollow, 0.0, "a pot needs nobody");
}

#[test]
fn juggling_boards_finishes_them_later_on_average_but_starts_all_at_once() {
    let dishes = boards(4, 80 * MILLI);
    let base = sequential(&dishes);
    let one_by_one = summary(&base, Some(&base));
    let juggled = summary(&interleaved(&dishes, 4 * MILLI), Some(&base));
    assert_near(juggled.speedup.unwrap(), 1.0, "no speed");
    // (K + 1) / 2 x w against w x (K - (K - 1) / 2 x q / w).
    assert_near(one_by_one.mean_finish_ms, 200.0, "one by one");
    assert_near(juggled.mean_finish_ms, 314.0, "juggled");
    assert_near(juggled.all_started_ms, 12.0, "juggled");
    assert_near(one_by_one.all_started_ms, 240.0, "one by one");
}

/// Two lanes, 10 ms: lane 0 runs task 0 (0-4), is ready (4-6), runs (6-10);
/// lane 1 runs task 1 (0-3), waits (3-7), runs task 2 (5-8).
fn by_hand() -> Trace {
    let lane = |index| Lane {
        kind: LaneKind::Message,
        index,
        clock_offset_nanos: 0,
    };
    let span = |lane_idx, task, state, start, end| Span {
        lane_idx,
        task,
        state,
        start_nanos: start * MILLI,
        len_nanos: (end - start) * MILLI,
    };
    let task = |id, lane_idx, started, finished, busy| TaskRecord {
        id,
        workload: "requests".into(),
        lane_idx,
        spawned_nanos: 0,
        started_nanos: started * MILLI,
        finished_nanos: finished * MILLI,
        busy_nanos: busy * MILLI,
        polls: 1,
        wakes: 0,
        checksum: u64::MAX,
    };
    Trace {
        arm: "hand".into(),
        lanes: vec![lane(0), lane(1)],
        tasks: vec![
            task(0, 0, 0, 10, 8),
            task(1, 1, 0, 7, 3),
            task(2, 1, 5, 8, 3),
        ],
        spans: vec![
            span(1, 2, State::Running, 5, 8),
            span(0, 0, State::Running, 0, 4),
            span(0, 0, State::Ready, 4, 6),
            span(0, 0, State::Running, 6, 10),
            span(1, 1, State::Running, 0, 3),
            span(1, 1, State::Waiting, 3, 7),
            span(1, 2, State::Ready, 4, 8),
        ],
        makespan_nanos: 10 * MILLI,
        ..Trace::default()
    }
}

#[test]
fn figures_of_a_trace_worked_out_by_hand() {
    let base = Trace {
        makespan_nanos: 15 * MILLI,
        ..by_hand()
    };
    let summary = summary(&by_hand(), Some(&base));
    assert_near(summary.c, 2.0, "C = (10 + 7 + 3) / 10");
    assert_near(summary.p.unwrap(), 1.4, "P = 14 / 10");
    assert_near(summary.p_ticks, 1.4, "ticks");
    assert_near(summary.speedup.unwrap(), 1.5, "15 / 10");
    assert_near(summary.hollow, 0.15, "2 of lane 0 and 4-5 of lane 1, of 20");
    assert_near(summary.mean_finish_ms, 25.0 / 3.0, "mean finish");
    assert_near(summary.all_started_ms, 5.0, "last start");
    assert_eq!((summary.peak, summary.switches), (3, 1));
    assert_eq!(summary.checksum, u64::MAX.wrapping_mul(3));
    assert_near(summary.lanes[1].busy_ms, 6.0, "lane 1");
    assert_near(summary.lanes[1].hollow_ms, 1.0, "lane 1");
}

#[test]
fn nothing_gives_zeros_instead_of_nonsense() {
    let nothing = Trace::default();
    assert_eq!(summary(&nothing, None), Summary::default());
    assert_eq!(summary(&nothing, Some(&nothing)).p, None);
}

#[test]
fn an_overflowed_recorder_falls_back_on_the_sums_of_the_tasks() {
    let mut trace = by_hand();
    trace.spans.truncate(1);
    trace.dropped = 6;
    assert_near(summary(&trace, None).p_ticks, 1.4, "busy time of the tasks");
}

mod faults {
    use super::{MILLI, by_hand, sane};
    use analysis::TraceFault;
    use model::Trace;

    fn check(spoil: impl FnOnce(&mut Trace), expected: TraceFault) {
        let mut trace = by_hand();
        assert_eq!(sane(&trace), Ok(()));
        spoil(&mut trace);
        assert_eq!(sane(&trace), Err(expected));
    }

    #[test]
    fn each_contradiction_is_named() {
        check(|trace| trace.tasks.clear(), TraceFault::Empty);
        check(|trace| trace.makespan_nanos = 0, TraceFault::Empty);
        check(|trace| trace.tasks[2].id = 1, TraceFault::TaskTwice(1));
        check(|trace| trace.tasks[1].id = 3, TraceFault::TaskMissing(2));
        check(|trace| drop(trace.tasks.pop()), TraceFault::TaskMissing(2));
        check(|trace| trace.tasks[0].lane_idx = 2, TraceFault::NoLane(0));
        check(|trace| trace.spans[0].lane_idx = 2, TraceFault::NoLane(2));
        check(
            |trace| trace.tasks[1].started_nanos = 8 * MILLI,
            TraceFault::Backwards(1),
        );
        check(
            |trace| trace.tasks[2].spawned_nanos = 7 * MILLI,
            TraceFault::Backwards(2),
        );
        check(
            |trace| trace.tasks[0].finished_nanos = 12 * MILLI,
            TraceFault::Outside(0),
        );
        check(
            |trace| trace.spans[3].len_nanos = 6 * MILLI,
            TraceFault::Outside(0),
        );
        check(
            |trace| trace.tasks[2].busy_nanos = 4 * MILLI,
            TraceFault::TooBusy(2),
        );
        check(
            |trace| trace.spans[3].start_nanos = 3 * MILLI,
            TraceFault::Overlap(0),
        );
        check(
            |trace| trace.makespan_nanos = 21 * MILLI,
            TraceFault::LateEnd,
        );
    }

    #[test]
    fn a_lane_cannot_be_busy_longer_than_the_run() {
        check(
            |trace| {
                // Back to back, so that nothing overlaps, and within the slack
                // of two clocks, but more than 1 % too long.
                trace.spans[3].start_nanos = 4 * MILLI;
                trace.spans[3].len_nanos = 6 * MILLI + MILLI / 2;
            },
            TraceFault::LaneTooBusy(0),
        );
    }

    #[test]
    fn clocks_of_two_threads_may_disagree_a_little() {
        let mut trace = by_hand();
        trace.makespan_nanos -= MILLI / 2;
        assert_eq!(sane(&trace), Ok(()));
    }
}
