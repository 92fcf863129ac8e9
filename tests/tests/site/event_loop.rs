//! What the lessons of the event loop claim, held against observers of the
//! test's own: frames it counts itself, lives it reads from the exported trace,
//! formulas it works out again.

use model::{Evidence, Verdict};
use tests::Visit;
use tests::claims::{measured, not_outside};
use tests::record::{contradictions, figure};
use tests::timeline::Run;

/// Counts frames beside the page: when each began, in milliseconds of its clock.
const FRAMES: &str = "window.seenFrames = [];
  (function look(now) { if (now) window.seenFrames.push(now); requestAnimationFrame(look); })();";

/// Distances of neighbouring frames, in milliseconds.
fn gaps(visit: &Visit) -> Vec<f64> {
    let frames = visit.eval("window.seenFrames");
    let frames: Vec<f64> = serde_json::from_value(frames).expect("frames are numbers");
    frames.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

fn rows<'a>(evidence: &'a Evidence, arm: &'a str) -> impl Iterator<Item = &'a model::RoundRow> {
    evidence
        .rounds
        .iter()
        .filter(move |row| row.arm == arm && row.valid)
}

/// Most tasks of a run in progress at one instant, by their lives.
fn peak(run: &Run) -> usize {
    let mut ends: Vec<(f64, i32)> = Vec::new();
    for (_, from, to) in &run.lives {
        ends.extend([(*from, 1), (*to, -1)]);
    }
    // At one instant those that end go first.
    ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut now, mut most) = (0, 0);
    for (_, change) in ends {
        now += change;
        most = most.max(now);
    }
    most as usize
}

#[test]
fn a_blocked_page_draws_nothing_and_a_sliced_one_does() {
    let visit = Visit::of_site("responsive");
    visit.open("#/lesson/responsive?predict=off&size=500&slice=10&rounds=6");
    visit.call(FRAMES, &[]);
    let evidence = visit.press_run();
    let faults = contradictions(&evidence);
    assert!(faults.is_empty(), "{faults:#?}");
    // What was asked for is 500 ms; on a busy machine calibration makes it less.
    let job = evidence.stats["at-once"].median;
    let worst = |arm: &str| figure(&evidence, arm, "worst_frame_ms").median;
    assert!(worst("at-once") >= 0.8 * job, "{}", worst("at-once"));
    assert!(worst("microtask") >= 0.7 * job, "{}", worst("microtask"));
    // The test's own frames stood still as often: once a round in each of the two.
    let own = gaps(&visit);
    let frozen = own.iter().filter(|gap| **gap >= 0.7 * job).count();
    let told: usize = ["at-once", "microtask"]
        .map(|arm| rows(&evidence, arm).count())
        .iter()
        .sum();
    assert!(frozen >= told, "{frozen} long gaps, {told} runs that block");
    // And the record tells no worse a frame than there was.
    let longest = own.iter().copied().fold(0.0, f64::max);
    for arm in ["at-once", "microtask"] {
        for row in rows(&evidence, arm) {
            let frame = row.figures["worst_frame_ms"];
            assert!(frame <= longest + 34.0, "{arm}: {frame} of {longest}");
        }
    }
    for check in &evidence.checks {
        assert_ne!(check.verdict, Verdict::Fail, "{check:?}");
    }
}

#[test]
fn waits_overlap_only_when_they_are_under_way_together() {
    let visit = Visit::of_site("await");
    let evidence = measured(
        &visit,
        "#/lesson/await?autorun=on&tasks=9&wait=60&limit=3&size=150",
    );
    let runs = visit.timeline();
    let of = |arm: &str| -> Vec<&Run> { runs.iter().filter(|run| run.arm == arm).collect() };
    for (arm, at_once) in [("loop", 1), ("join", 9), ("limit", 3)] {
        let runs = of(arm);
        assert!(!runs.is_empty(), "no run of {arm}");
        for run in runs {
            assert_eq!(run.lives.len(), 9);
            assert_eq!(peak(run), at_once, "{arm}, round {}", run.round);
        }
    }
    let times = |arm| tests::claims::times(&evidence, arm);
    not_outside("loop", &times("loop"), 0.95 * 540.0, f64::INFINITY);
    not_outside("join", &times("join"), 60.0, 1.2 * 60.0 + 20.0);
    let frame = figure(&evidence, "inside", "worst_frame_ms");
    let job = evidence.stats["inside"].median;
    assert!(frame.hi >= 0.8 * job, "{frame:?} of {job}");
}

#[test]
fn ten_thousand_clients_wait_on_one_loop_while_the_page_answers() {
    let visit = Visit::of_site("thousand-clients");
    visit.open("#/lesson/thousand-clients?predict=off&tasks=10000&wait=100&size=0&rounds=6");
    visit.call(FRAMES, &[]);
    let evidence = visit.press_run();
    let faults = contradictions(&evidence);
    assert!(faults.is_empty(), "{faults:#?}");
    let arm = evidence
        .arms
        .iter()
        .find(|arm| arm.id == "loop")
        .expect("a loop");
    assert_eq!(arm.tasks, 10_000);
    assert_eq!(figure(&evidence, "loop", "peak").hi, 10_000.0);
    let residual = figure(&evidence, "loop", "little_residual");
    assert!(residual.lo <= 0.05, "{residual:?}");
    // Interactive: hardly a frame is longer than what a person notices.
    let own = gaps(&visit);
    let late = own.iter().filter(|gap| **gap > 200.0).count();
    assert!(
        late * 50 <= own.len(),
        "{late} of {} frames over 200 ms",
        own.len()
    );
    assert!(rows(&evidence, "loop").count() >= 6);
}

/// Mean wait in a line before `c` servers, in units of the mean service: Erlang's
/// delay formula as a sum instead of the recursion.
fn erlang_wait(c: u32, load: f64) -> f64 {
    let servers = f64::from(c);
    let offered = load * servers;
    let mut term = 1.0;
    let mut sum = 0.0;
    for k in 0..c {
        sum += term;
        term *= offered / f64::from(k + 1);
    }
    let queued = term / (1.0 - load);
    queued / (sum + queued) / (servers * (1.0 - load))
}

#[test]
fn the_queue_waits_as_erlang_says() {
    assert!((erlang_wait(1, 0.5) - 1.0).abs() < 1e-9);
    let visit = Visit::of_site("queue-cliff");
    let evidence = measured(&visit, "#/lesson/queue-cliff?autorun=on");
    let mut waits = Vec::new();
    for arm in evidence
        .arms
        .iter()
        .filter(|arm| arm.id.starts_with("blocking-2-"))
    {
        let of = |name| figure(&evidence, &arm.id, name).median;
        let load = of("rate_per_s") * of("service_mean_ms") / 1e3 / f64::from(arm.workers);
        let values: Vec<f64> = rows(&evidence, &arm.id)
            .map(|row| row.figures["wait_mean_ms"])
            .collect();
        let expected = erlang_wait(arm.workers, load.min(0.97)) * of("service_mean_ms");
        if load <= 0.87 {
            not_outside(&arm.id, &values, expected / 2.0, expected * 2.0);
        }
        waits.push((load, of("wait_mean_ms")));
    }
    assert!(waits.len() >= 3, "{waits:?}");
    waits.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert!(waits.is_sorted_by(|a, b| a.1 <= b.1), "{waits:?}");
}

#[test]
fn one_slow_guest_is_everybodys_wait_unless_another_cook_takes_it() {
    let visit = Visit::of_site("slow-customer");
    let evidence = measured(&visit, "#/lesson/slow-customer?autorun=on");
    let p99 = |arm| figure(&evidence, arm, "latency_p99_ms");
    let p50 = |arm| figure(&evidence, arm, "latency_p50_ms").median;
    let heavy = evidence.arms[0].jobs[1].busy_millis;
    assert!(p99("loop").hi >= 0.4 * heavy, "{:?}", p99("loop"));
    assert!(
        p50("loop") < 0.3 * p99("loop").median,
        "the average hides it"
    );
    if tests::record::busy(&evidence).is_none() {
        assert!(p99("offload-2").lo <= 0.3 * p99("loop").hi);
    }
}
