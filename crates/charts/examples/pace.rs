//! How long charts of 1,000 and 10,000 tasks of four spans each take:
//! `cargo run --release -p charts --example pace`. One frame of a screen is
//! 16.7 ms.

#[path = "../tests/support/mod.rs"]
mod support;

use charts::{Say, View};
use std::time::Instant;

fn main() {
    // Words as the page looks them up: by key, in a map.
    let known: std::collections::BTreeMap<&str, &str> = support::WORDS
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .collect();
    let say = |key: &str, args: &[(&str, &str)]| {
        let mut text = known.get(key).copied().unwrap_or(key).to_string();
        for (name, value) in args {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    };
    let (small, large) = (times(1_000, &say), times(10_000, &say));
    println!(
        "{:18} {:>9} {:>9} {:>6}",
        "", "1000 ms", "10000 ms", "ratio"
    );
    for ((name, few), (_, many)) in small.iter().zip(&large) {
        println!("{name:18} {few:9.2} {many:9.2} {:6.1}", many / few);
    }
}

/// Shortest of several runs, in milliseconds.
fn times(tasks: u32, say: Say) -> Vec<(&'static str, f64)> {
    let trace = support::crowd_of(tasks);
    let view = View::new("v", 780.0);
    let queue = support::queue_rows(tasks);
    let line = charts::CdfLine {
        label: "a way".into(),
        values_ms: queue[0].left_ms.clone(),
    };
    let run = |name, work: &dyn Fn() -> usize| {
        let once = || {
            let start = Instant::now();
            std::hint::black_box(work());
            start.elapsed().as_secs_f64() * 1e3
        };
        (name, (0..9).map(|_| once()).fold(f64::MAX, f64::min))
    };
    vec![
        run("lanes", &|| charts::lanes(&trace, &view, say).body.len()),
        run("tasks", &|| charts::tasks(&trace, &view, say).body.len()),
        run("cdf", &|| {
            charts::cdf(std::slice::from_ref(&line), &view, say)
                .body
                .len()
        }),
        run("queue", &|| charts::queue(&queue, &view, say).body.len()),
        run("kitchen", &|| {
            charts::kitchen::scene(&trace, trace.makespan_nanos / 3, &view, say)
                .svg
                .len()
        }),
        run("kitchen moments", &|| {
            charts::kitchen::moments(&trace).len()
        }),
        run("trace events", &|| {
            charts::export::chrome_trace(std::slice::from_ref(&trace)).len()
        }),
        run("requests csv", &|| {
            charts::export::requests_csv("lab", &[&trace]).len()
        }),
    ]
}
