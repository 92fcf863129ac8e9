//! The account of lane time, held against made-up runs whose losses are known.

mod simulated;

use analysis::waterfall::{IDEAL, Loss, LostTo, SERIAL_SHARE, SUM_RATIO, waterfall};
use model::{Edge, Lane, LaneKind, Nanos, Span, State, TaskRecord, Trace};
use simulated::{Lcg, MILLI};

/// A run put together stretch by stretch.
#[derive(Default)]
struct Made {
    trace: Trace,
}

impl Made {
    fn new(lanes: u32) -> Self {
        let lane = |index| Lane {
            kind: LaneKind::Pool,
            index,
            clock_offset_nanos: 0,
        };
        Self {
            trace: Trace {
                arm: "pool".into(),
                lanes: (0..lanes).map(lane).collect(),
                ..Trace::default()
            },
        }
    }

    /// A task of these stretches from `start_nanos` on; gives its end.
    fn task(&mut self, lane_idx: u32, start_nanos: Nanos, stretches: &[(State, Nanos)]) -> Nanos {
        let id = self.trace.tasks.len() as u32;
        let (mut now, mut busy_nanos) = (start_nanos, 0);
        for &(state, len_nanos) in stretches {
            if len_nanos > 0 {
                self.trace.spans.push(Span {
                    lane_idx,
                    task: id,
                    state,
                    start_nanos: now,
                    len_nanos,
                });
            }
            busy_nanos += if state == State::Running {
                len_nanos
            } else {
                0
            };
            now += len_nanos;
        }
        self.trace.tasks.push(TaskRecord {
            id,
            workload: "primes".into(),
            lane_idx,
            spawned_nanos: 0,
            started_nanos: start_nanos,
            finished_nanos: now,
            busy_nanos,
            polls: 1,
            wakes: 1,
            checksum: 1,
        });
        now
    }

    /// The run ends when the last task does.
    fn done(mut self) -> Trace {
        let last = self
            .trace
            .tasks
            .iter()
            .map(|task| task.finished_nanos)
            .max();
        self.trace.makespan_nanos = last.unwrap_or(0);
        self.trace
    }
}

/// The first task, and all others after it.
fn star(tasks: u32) -> Vec<Edge> {
    (1..tasks).map(|after| Edge { before: 0, after }).collect()
}

fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

fn assert_parts(loss: &Loss, expected: &[(LostTo, f64)]) {
    for kind in LostTo::ALL {
        let wanted = expected
            .iter()
            .find(|(of, _)| *of == kind)
            .map_or(0.0, |(_, ms)| *ms);
        assert!(is_near(loss.part(kind), wanted), "{kind:?}: {loss:?}");
    }
    assert!(is_near(loss.sum_ratio(), 1.0), "{loss:?}");
}

#[test]
fn a_serial_part_is_what_the_others_had_to_wait_for() {
    use State::Running;
    let mut made = Made::new(4);
    let mut end = made.task(0, MILLI, &[(Running, 30 * MILLI)]);
    assert_eq!(end, 31 * MILLI);
    for lane in 0..4 {
        end = made.task(lane, 31 * MILLI, &[(Running, 40 * MILLI)]);
    }
    // One more, while three stand by.
    made.task(2, end, &[(Running, 8 * MILLI)]);
    let trace = made.done();
    let work = trace.tasks.iter().map(|task| task.busy_nanos).sum();
    let loss = waterfall(&trace, 4, &star(6), work).unwrap();
    assert!(is_near(loss.ideal_ms, 198.0 / 4.0) && is_near(loss.total_ms, 79.0));
    assert_parts(
        &loss,
        &[
            (LostTo::Start, 1.0),
            (LostTo::Serial, 3.0 * 30.0 / 4.0),
            (LostTo::Barrier, 3.0 * 8.0 / 4.0),
        ],
    );
    assert!(is_near(loss.alone_ms(), 30.0));
    assert!(is_near(loss.figures()[SERIAL_SHARE], 30.0 / 198.0));
    // Were the tasks free to begin, three chefs came late.
    let free = waterfall(&trace, 4, &[], work).unwrap();
    assert!(is_near(free.part(LostTo::Serial), 0.0));
    assert!(is_near(free.part(LostTo::Start), 1.0 + 3.0 * 30.0 / 4.0));
}

#[test]
fn spans_say_what_they_were_lost_to() {
    use State::{Blocked, Moving, Ready, Running, Waiting};
    let mut made = Made::new(2);
    let stretches = [
        (Moving, 2 * MILLI),
        (Running, 10 * MILLI),
        (Ready, 6 * MILLI),
        (Running, 5 * MILLI),
        (Blocked, 3 * MILLI),
        (Waiting, 4 * MILLI),
        (Running, MILLI),
    ];
    let end = made.task(0, 0, &stretches);
    made.task(1, 0, &[(Running, 20 * MILLI)]);
    made.task(1, 21 * MILLI, &[(Running, end - 21 * MILLI)]);
    let trace = made.done();
    let loss = waterfall(&trace, 2, &[], 40 * MILLI).unwrap();
    assert_parts(
        &loss,
        &[
            (LostTo::Moving, 1.0),
            (LostTo::OffCore, 3.0),
            (LostTo::Lock, 1.5),
            // A wait is no loss of this kind; and a gap between two tasks.
            (LostTo::Rest, 2.0 + 0.5),
            // 16 + 30 ms on cores for what took 40 alone.
            (LostTo::Slower, 3.0),
        ],
    );
    assert_eq!(loss.figures().len(), LostTo::ALL.len() + 3);
    assert!(is_near(loss.figures()[IDEAL], 20.0));
    assert!(is_near(loss.figures()[SUM_RATIO], 1.0));
    assert!(is_near(loss.figures()["lost.off-core_ms"], 3.0));
}

#[test]
fn work_that_took_less_than_alone_counts_below_nothing() {
    let mut made = Made::new(2);
    made.task(0, 0, &[(State::Running, 10 * MILLI)]);
    made.task(1, 0, &[(State::Running, 10 * MILLI)]);
    let loss = waterfall(&made.done(), 2, &[], 22 * MILLI).unwrap();
    assert_parts(&loss, &[(LostTo::Slower, -1.0)]);
}

#[test]
fn a_worker_that_was_never_needed_waited_for_the_others() {
    let mut made = Made::new(3);
    made.task(0, 0, &[(State::Running, 9 * MILLI)]);
    made.task(1, 0, &[(State::Running, 6 * MILLI)]);
    let loss = waterfall(&made.done(), 3, &[], 15 * MILLI).unwrap();
    assert_parts(&loss, &[(LostTo::Barrier, 3.0 / 3.0 + 9.0 / 3.0)]);
    // Behind a serial part, it waited for that as well.
    let mut made = Made::new(2);
    let end = made.task(0, 0, &[(State::Running, 4 * MILLI)]);
    made.task(0, end, &[(State::Running, 4 * MILLI)]);
    let loss = waterfall(&made.done(), 2, &star(2), 8 * MILLI).unwrap();
    assert_parts(&loss, &[(LostTo::Serial, 2.0), (LostTo::Barrier, 2.0)]);
}

#[test]
fn what_is_missing_or_counted_twice_shows() {
    let run = || {
        let mut made = Made::new(2);
        for lane in 0..2 {
            let mut now = 0;
            for _ in 0..5 {
                now = made.task(lane, now, &[(State::Running, 10 * MILLI)]);
            }
        }
        made.done()
    };
    let ratio = |trace: &Trace| waterfall(trace, 2, &[], 100 * MILLI).unwrap().sum_ratio();
    assert!(is_near(ratio(&run()), 1.0));
    // The stopwatch says more than the lanes: somewhere 5 % were spent unseen.
    let mut late = run();
    late.makespan_nanos += late.makespan_nanos / 20;
    assert!(ratio(&late) < 0.98);
    // A span is missing, though its task was on a core all the time.
    let mut lost = run();
    lost.spans.remove(3);
    assert!(ratio(&lost) > 1.02);
    // A task says that it was on a core for longer than its spans do.
    let mut twice = run();
    twice.tasks[2].busy_nanos += 5 * MILLI;
    assert!(ratio(&twice) > 1.02);
    // A lane whose clock is ahead.
    let mut ahead = run();
    for span in &mut ahead.spans {
        span.start_nanos += 3 * MILLI;
    }
    for task in &mut ahead.tasks {
        task.started_nanos += 3 * MILLI;
        task.finished_nanos += 3 * MILLI;
    }
    assert!(ratio(&ahead) > 1.02);
}

#[test]
fn what_cannot_be_told_is_not_told() {
    let mut made = Made::new(2);
    made.task(0, 0, &[(State::Running, MILLI)]);
    made.task(1, 0, &[(State::Running, MILLI)]);
    let trace = made.done();
    assert!(waterfall(&trace, 0, &[], MILLI).is_none());
    assert!(
        waterfall(&trace, 1, &[], MILLI).is_none(),
        "two lanes were used"
    );
    assert!(waterfall(&trace, 2, &[], MILLI).is_some());
    let full = Trace {
        dropped: 1,
        ..trace.clone()
    };
    assert!(waterfall(&full, 2, &[], MILLI).is_none());
    assert!(waterfall(&Trace::default(), 2, &[], MILLI).is_none());
    let frozen = Trace {
        makespan_nanos: 0,
        ..trace
    };
    assert!(waterfall(&frozen, 2, &[], MILLI).is_none());
}

/// Any run: lanes of random stretches and breaks, with or without a serial part.
#[test]
fn the_parts_of_any_run_give_its_time() {
    use State::{Blocked, Moving, Ready, Running};
    let mut dice = Lcg(99);
    for turn in 0..300 {
        let workers = dice.within(1, 9) as u32;
        let used = dice.within(1, u64::from(workers)) as u32;
        let mut made = Made::new(workers);
        let has_serial = turn % 2 == 0;
        let mut begin = 0;
        if has_serial {
            let late = dice.within(0, MILLI);
            begin = made.task(0, late, &[(Running, dice.within(1, 9 * MILLI))]);
        }
        let mut slack = 0;
        for lane in 0..used {
            let pause = dice.within(0, MILLI);
            slack += pause * u64::from(has_serial && lane == 0);
            let mut now = begin + pause;
            for _ in 0..dice.within(1, 12) {
                let states = [
                    Running,
                    [Ready, Moving, Blocked][dice.within(0, 2) as usize],
                    Running,
                ];
                let stretches = states.map(|state| (state, dice.within(0, 5 * MILLI)));
                now = made.task(lane, now, &stretches);
                let pause = dice.within(0, MILLI / 10);
                now += pause;
                slack += pause;
            }
        }
        let trace = made.done();
        let busy: Nanos = trace.tasks.iter().map(|task| task.busy_nanos).sum();
        let work = busy * dice.within(70, 110) / 100;
        let edges = if has_serial {
            star(trace.tasks.len() as u32)
        } else {
            Vec::new()
        };
        let loss = waterfall(&trace, workers, &edges, work).unwrap();
        assert!(is_near(loss.sum_ratio(), 1.0), "{turn}: {loss:?}");
        for (kind, ms) in &loss.parts {
            assert!(*kind == LostTo::Slower || *ms >= 0.0, "{turn}: {loss:?}");
        }
        assert_eq!(
            loss.part(LostTo::Serial) > 0.0,
            has_serial && workers > 1,
            "{turn}"
        );
        let most = slack as f64 / 1e6 / f64::from(workers);
        assert!(loss.part(LostTo::Rest) <= most + 1e-6, "{turn}: {loss:?}");
    }
}

/// Workers that share cores: the account of the made-up pool of the other tests.
#[test]
fn more_workers_than_cores_are_off_core() {
    let trace = simulated::pool(&simulated::boards(24, 5 * MILLI), 4, 2);
    let loss = waterfall(&trace, 4, &[], 24 * 5 * MILLI).unwrap();
    assert!(is_near(loss.sum_ratio(), 1.0), "{loss:?}");
    let off = loss.part(LostTo::OffCore) / loss.total_ms;
    assert!((0.4..=0.52).contains(&off), "{loss:?}");
}
