//! Ten times as many tasks take about ten times as long to draw, not a hundred
//! times. `examples/pace.rs` prints the times.

mod support;

use charts::View;
use std::time::{Duration, Instant};
use support::english;

/// What is linear stays below this, whatever else the computer does; what
/// compares every task with every other would be near 100.
const MOST_TIMES_LONGER: f64 = 40.0;

/// Time on a core of this thread, where the system tells it: on a busy computer
/// long work is interrupted more often than short work. Else what the clock says.
fn spent(since: Instant) -> Duration {
    // The system adds up when it looks at the thread.
    std::thread::yield_now();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split(' ').next().and_then(|nanos| nanos.parse().ok());
    nanos.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

fn shortest(work: &dyn Fn() -> usize) -> Duration {
    let once = |_| {
        let since = Instant::now();
        let before = spent(since);
        std::hint::black_box(work());
        spent(since).saturating_sub(before)
    };
    (0..5).map(once).min().unwrap_or_default()
}

#[test]
fn drawing_grows_with_the_number_of_tasks_and_no_faster() {
    let view = View::new("v", 780.0);
    let (few, many) = (support::crowd_of(1_000), support::crowd_of(10_000));
    let (short, long) = (support::queue_rows(1_000), support::queue_rows(10_000));
    let latencies = |rows: &[charts::QueueRow]| charts::CdfLine {
        label: "a way".into(),
        values_ms: rows[0].left_ms.clone(),
    };
    let (fast, slow) = (latencies(&short), latencies(&long));
    let draw = |trace: &model::Trace, at: usize| match at {
        0 => charts::lanes(trace, &view, &english).body.len(),
        1 => charts::tasks(trace, &view, &english).body.len(),
        2 => charts::lanes_compact(trace, None, &view, &english)
            .body
            .len(),
        3 => charts::kitchen::scene(trace, 1, &view, &english).svg.len(),
        4 => charts::kitchen::moments(trace).len(),
        5 => charts::export::requests_csv("x", &[trace]).len(),
        _ => charts::export::chrome_trace(std::slice::from_ref(trace)).len(),
    };
    let mut ratios = Vec::new();
    let mut compare = |one: &dyn Fn() -> usize, ten: &dyn Fn() -> usize| {
        ratios.push(shortest(ten).as_secs_f64() / shortest(one).as_secs_f64());
    };
    for at in 0..7 {
        compare(&|| draw(&few, at), &|| draw(&many, at));
    }
    let queue = |rows: &[charts::QueueRow]| charts::queue(rows, &view, &english).body.len();
    compare(&|| queue(&short), &|| queue(&long));
    let cdf = |line: &charts::CdfLine| {
        charts::cdf(std::slice::from_ref(line), &view, &english)
            .body
            .len()
    };
    compare(&|| cdf(&fast), &|| cdf(&slow));
    let tallies = |runs: u32| charts::CountsChart {
        wanted: 1e6,
        rows: vec![("a way".into(), (0..runs).map(f64::from).collect())],
        ..charts::CountsChart::default()
    };
    let (calm, busy) = (tallies(1_000), tallies(10_000));
    let counts = |input: &charts::CountsChart| charts::counts(input, &view, &english).body.len();
    compare(&|| counts(&calm), &|| counts(&busy));
    let chain = |tasks: u32| charts::DagChart {
        nodes: vec![charts::DagNode::default(); tasks as usize],
        edges: (1..tasks)
            .map(|after| model::Edge {
                before: after - 1,
                after,
            })
            .collect(),
    };
    let (shallow, deep) = (chain(100), chain(1_000));
    let dag = |input: &charts::DagChart| charts::dag(input, &view, &english).body.len();
    compare(&|| dag(&shallow), &|| dag(&deep));
    assert!(
        ratios.iter().all(|ratio| *ratio < MOST_TIMES_LONGER),
        "{ratios:?}"
    );
}

#[test]
fn ten_thousand_tasks_stay_small() {
    let trace = support::crowd_of(10_000);
    let view = View::new("v", 780.0);
    for chart in [
        charts::lanes(&trace, &view, &english),
        charts::tasks(&trace, &view, &english),
    ] {
        assert!(
            chart.body.len() < 300_000,
            "{}: {}",
            chart.kind,
            chart.body.len()
        );
        assert!(
            chart.table.rows.len() <= 401 && chart.marks.len() <= 2_000,
            "{}",
            chart.marks.len()
        );
        assert!(chart.finding.contains("10000 dishes"), "{}", chart.finding);
    }
    let mut stuck = trace;
    stuck.stalls.push(model::Stall {
        task: 777,
        start_nanos: 0,
        len_nanos: 300_000_000,
    });
    let chart = charts::tasks(&stuck, &view, &english);
    assert!(chart.body.contains("128 of the 10000 dishes are drawn"));
    let named = chart.marks.iter().any(|mark| {
        mark.label.starts_with("dish 778,") && mark.label.contains("without giving way")
    });
    assert!(named, "what did not give way is always drawn");
}
