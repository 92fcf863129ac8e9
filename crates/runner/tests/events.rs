//! What is written down about the tasks of a loop.

mod world;

use model::{Deed, Nanos, TaskSpec, Trace};
use runner::{cook::Slice, loop_run::How};
use std::collections::BTreeMap;
use world::{ONE_BY_ONE, World, in_turns, tasks};

const MILLI: Nanos = 1_000_000;

const fn written(how: How) -> How {
    How {
        events: true,
        ..how
    }
}

/// Holds what a trace says about its tasks against what an executor can do: a
/// task is put into the queue, then polled; a poll ends at an `await` or with
/// the result; after that nothing happens to it.
fn well_formed(trace: &Trace, about: &str) {
    assert_eq!(trace.dropped, 0, "{about}");
    assert!(
        trace.events.is_sorted_by_key(|event| event.at_nanos),
        "{about}"
    );
    let mut last: BTreeMap<u32, Deed> = BTreeMap::new();
    let mut ends: BTreeMap<u32, (Nanos, Nanos)> = BTreeMap::new();
    for event in &trace.events {
        let before = last.insert(event.task, event.deed);
        let fits = matches!(
            (before, event.deed),
            (None | Some(Deed::Pending), Deed::Woken)
                | (Some(Deed::Woken), Deed::Polled)
                | (Some(Deed::Polled), Deed::Pending | Deed::Done)
        );
        assert!(fits, "{about}: {before:?}, then {event:?}");
        assert!(event.at_nanos <= trace.makespan_nanos, "{about}: {event:?}");
        match event.deed {
            Deed::Polled => {
                ends.entry(event.task).or_insert((event.at_nanos, 0));
            }
            Deed::Done => ends.get_mut(&event.task).unwrap().1 = event.at_nanos,
            Deed::Woken | Deed::Pending => {}
        }
    }
    // Nothing fits after it was done, so it was done once.
    assert!(last.values().all(|deed| *deed == Deed::Done), "{about}");
    assert_eq!(last.len(), trace.tasks.len(), "{about}");
    for task in &trace.tasks {
        let (first_poll, done) = ends[&task.id];
        assert!(first_poll <= task.started_nanos, "{about}: {task:?}");
        assert!(task.finished_nanos <= done, "{about}: {task:?}");
    }
}

/// Seeded mixtures of tasks that compute and wait for different times.
fn mixture(seed: u64) -> Vec<TaskSpec> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut below = |n: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % n) as u32
    };
    let mut all: Vec<TaskSpec> = Vec::new();
    for _ in 0..1 + below(7) {
        let one = match below(3) {
            0 => tasks("waiting", 1, 0, f64::from(below(40))),
            1 => tasks("requests", 1, 1 + below(20), f64::from(below(10))),
            _ => tasks("requests", 1, 1 + below(60), 0.0),
        };
        all.extend(one);
    }
    for (id, spec) in (0..).zip(&mut all) {
        spec.id = id;
    }
    all
}

#[test]
fn what_happened_to_each_task_is_well_formed_in_every_way() {
    for seed in 0..40 {
        let specs = mixture(seed);
        let never = How {
            slice: Slice::Never,
            ..in_turns(1)
        };
        let limited = |limit| How {
            limit,
            ..in_turns(3)
        };
        let ways = [
            ("in a loop", ONE_BY_ONE),
            ("joined", in_turns(2)),
            ("never giving way", never),
            ("one at a time", limited(1)),
            ("two at a time", limited(2)),
            ("no limit at all", limited(100)),
        ];
        for (name, how) in ways {
            let trace = World::new(&[]).run(&specs, written(how));
            well_formed(&trace, &format!("{name}, mixture {seed}"));
            let unwatched = World::new(&[]).run(&specs, how);
            assert_eq!(unwatched.events, []);
            let sums = |trace: &Trace| -> Vec<u64> {
                trace.tasks.iter().map(|task| task.checksum).collect()
            };
            assert_eq!(sums(&trace), sums(&unwatched));
        }
    }
}

#[test]
fn a_suspended_task_is_pending_for_as_long_as_it_waits() {
    let pots = tasks("waiting", 3, 0, 20.0);
    let pending = |how: How| -> Vec<(Nanos, Nanos)> {
        let trace = World::new(&[]).run(&pots, written(how));
        let at = |task: u32, deed: Deed| {
            let mut all = trace.events.iter().filter(|event| event.task == task);
            all.rfind(|event| event.deed == deed).unwrap().at_nanos
        };
        (0..3)
            .map(|task| (at(task, Deed::Pending), at(task, Deed::Woken)))
            .collect()
    };
    let (row, joined) = (pending(ONE_BY_ONE), pending(in_turns(1)));
    for (from, to) in row.iter().chain(&joined) {
        assert!(
            (19 * MILLI..22 * MILLI).contains(&(to - from)),
            "{from} {to}"
        );
    }
    assert!(row.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{row:?}");
    let last_begin = joined.iter().map(|wait| wait.0).max();
    let first_end = joined.iter().map(|wait| wait.1).min();
    assert!(last_begin < first_end, "{joined:?}");
}

#[test]
fn a_limit_holds_at_every_instant() {
    let pots = tasks("waiting", 10, 0, 20.0);
    for limit in [1, 3, 10, 50] {
        let how = How {
            limit,
            ..in_turns(1)
        };
        let trace = World::new(&[]).run(&pots, how);
        let mut marks: Vec<(Nanos, i32)> = Vec::new();
        for task in &trace.tasks {
            marks.push((task.started_nanos, 1));
            marks.push((task.finished_nanos, -1));
        }
        marks.sort_unstable();
        let (mut now, mut most) = (0, 0);
        for (_, by) in marks {
            now += by;
            most = most.max(now);
        }
        assert_eq!(most, limit.min(10) as i32);
        let batches = 10_u64.div_ceil(u64::from(limit));
        assert!(trace.makespan_nanos >= batches * 20 * MILLI);
        assert!(trace.makespan_nanos < batches * 22 * MILLI + 2 * MILLI);
    }
}

#[test]
fn a_hundred_thousand_events_are_all_kept() {
    let specs = tasks("waiting", 17_000, 0, 5.0);
    let trace = World::new(&[]).run(&specs, written(in_turns(1)));
    assert!(trace.events.len() >= 100_000, "{}", trace.events.len());
    well_formed(&trace, "many");
}

#[test]
fn a_poll_that_does_not_give_way_is_named() {
    // 5,000 steps of 40 us without a pause, beside two short ones.
    let mut specs = tasks("requests", 3, 5, 0.0);
    specs[1].size = 5_000;
    let never = How {
        slice: Slice::Never,
        ..in_turns(1)
    };
    let trace = World::new(&[]).run(&specs, never);
    let [stall] = trace.stalls.as_slice() else {
        panic!("{:?}", trace.stalls);
    };
    assert_eq!(stall.task, 1);
    assert!(stall.len_nanos >= 5_000 * world::STEP_NANOS);
    assert!(stall.start_nanos + stall.len_nanos <= trace.makespan_nanos);
    // In a loop they share a poll, and still the one is named that took long.
    let in_a_loop = How {
        one_by_one: true,
        ..never
    };
    let trace = World::new(&[]).run(&specs, in_a_loop);
    let named: Vec<u32> = trace.stalls.iter().map(|stall| stall.task).collect();
    assert_eq!(named, [1]);
    // Giving way is enough.
    let trace = World::new(&[]).run(&specs, in_turns(100));
    assert_eq!(trace.stalls, []);
}

#[test]
fn who_never_gives_way_was_told_before() {
    let world = World::new(&[]);
    let told = world.announced(&tasks("requests", 4, 3, 1.0), in_turns(1));
    assert_eq!(told, [0, 1, 2, 3], "once each, before the first poll");
    let told = world.announced(&tasks("requests", 4, 3, 1.0), ONE_BY_ONE);
    assert_eq!(told, [0, 1, 2, 3]);
}
