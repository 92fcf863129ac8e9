//! Frames the page still delivers while a pool keeps every core busy: G10.

use super::cores::{Rounds, available_cores, rounds};
use super::lab::Lab;
use super::native::Native;
use super::row::{Held, Row};
use crate::fail::Outcome;
use analysis::stats::{median, summarise};
use analysis::verdict::Limit;
use drive::{Browser, process_tree};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const FRAMES: Held = Held {
    id: "G10",
    what: "frames while the pool keeps all cores busy / the idle page's",
    goal: Some(Limit::AtLeast(0.99)),
    limit: Some(Limit::AtLeast(0.95)),
};
/// Distance of two looks at the workers' computing time.
const LOOK: Duration = Duration::from_millis(100);
/// Share of all cores from which on workers count as keeping them busy: above
/// what one worker less could do, and below what the page itself takes.
const BUSY: f64 = 0.75;
/// Shortest busy stretch that is counted.
const STRETCH_MILLIS: f64 = 400.0;
/// The address takes no more.
const MOST_WORKERS: usize = 32;

/// Milliseconds since 1970, and the share of all cores that the workers used
/// since the look before.
struct Look {
    at_millis: f64,
    share: f64,
}

/// The row. `size` is the length of a task in milliseconds: 64 of them make a run.
///
/// # Errors
/// When the lab does not run.
pub fn row(
    browser: &Browser,
    site: &str,
    native: &mut Native,
    n_rounds: u32,
    size: u32,
) -> Outcome<Row> {
    let n_cores = available_cores();
    let settings = format!(
        "workload=primes&strategies=pool&workers={}&tasks=64&size={size}&rounds=1",
        n_cores.min(MOST_WORKERS)
    );
    let lab = Lab::open(browser, site, &settings)?;
    lab.run()?;
    let renderer = browser.renderer()?;
    let mut idle_rates = Vec::new();
    let Rounds { values, gate } = rounds(native, n_rounds, n_cores, |_, _| {
        browser.get(RECORD)?;
        thread::sleep(Duration::from_secs(1));
        let begun = now_millis();
        let looks = while_looking(renderer, n_cores, || lab.run())?;
        let frames: Vec<f64> = serde_json::from_value(
            browser.get("cancelAnimationFrame(window.benchNext); return window.benchFrames")?,
        )
        .unwrap_or_default();
        let first = frames.first().copied().unwrap_or(begun);
        let idle = rate(&frames, first, begun);
        idle_rates.push(idle * 1e3);
        // Where others hold the cores, the pool never does.
        Ok(busy_stretch(&looks).map(|(from, to)| rate(&frames, from, to) / idle.max(1e-9)))
    })?;
    let detail = format!(
        "{n_cores} workers on {n_cores} cores; the idle page draws {:.1} frames a second",
        median(&idle_rates).unwrap_or(0.0)
    );
    Ok(Row::new(FRAMES, detail, summarise(&values), &gate))
}

/// Notes when each frame begins, in milliseconds since 1970.
const RECORD: &str = "window.benchFrames = [];
  (function look(now) {
    if (now) window.benchFrames.push(performance.timeOrigin + now);
    window.benchNext = requestAnimationFrame(look);
  })();";

fn now_millis() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64() * 1e3)
}

/// Looks at the workers' threads while `work` goes on.
fn while_looking<T>(
    renderer: u32,
    n_cores: usize,
    work: impl FnOnce() -> Outcome<T>,
) -> Outcome<Vec<Look>> {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let looker = scope.spawn(|| {
            let mut looks = Vec::new();
            let mut before = (now_millis(), process_tree::threads(renderer));
            while !is_over.load(Ordering::Relaxed) {
                thread::sleep(LOOK);
                let now = (now_millis(), process_tree::threads(renderer));
                let used = process_tree::since(&before.1, &now.1);
                let nanos: u64 = used
                    .iter()
                    .filter(|thread| thread.name.starts_with(process_tree::WORKER_THREAD))
                    .map(|thread| thread.cpu_nanos)
                    .sum();
                let span_nanos = (now.0 - before.0) * 1e6;
                looks.push(Look {
                    at_millis: now.0,
                    share: nanos as f64 / span_nanos / n_cores as f64,
                });
                before = now;
            }
            looks
        });
        let done = work();
        is_over.store(true, Ordering::Relaxed);
        let looks = looker.join().unwrap_or_default();
        done.map(|_| looks)
    })
}

/// The longest time without a look that was not busy; its first and last look
/// are left out, since they may be busy in part only.
fn busy_stretch(looks: &[Look]) -> Option<(f64, f64)> {
    let stretches = looks.split(|look| look.share < BUSY);
    let inner = stretches.filter_map(|stretch| {
        let from = stretch.first()?.at_millis;
        let to = stretch.get(stretch.len().checked_sub(2)?)?.at_millis;
        (to - from >= STRETCH_MILLIS).then_some((from, to))
    });
    inner.max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)))
}

/// Frames a millisecond between the first frames from `from` and from `to` on:
/// whole frames, so that a window's edges round nothing.
fn rate(frames: &[f64], from: f64, to: f64) -> f64 {
    let first_from = |time: f64| {
        let index = frames.partition_point(|at| *at < time);
        index.min(frames.len().saturating_sub(1))
    };
    let (first, last) = (first_from(from), first_from(to));
    match (frames.get(first), frames.get(last)) {
        (Some(begin), Some(end)) if end > begin => (last - first) as f64 / (end - begin),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_busy_time_counts_without_its_edges() {
        let shares = [0.1, 0.9, 0.9, 0.4, 0.8, 1.0, 1.0, 1.0, 1.0, 1.0, 0.9, 0.2];
        let looks: Vec<Look> = shares
            .iter()
            .enumerate()
            .map(|(at, share)| Look {
                at_millis: 100.0 * at as f64,
                share: *share,
            })
            .collect();
        assert_eq!(busy_stretch(&looks), Some((400.0, 900.0)));
        assert_eq!(busy_stretch(&looks[..4]), None);
        assert_eq!(busy_stretch(&[]), None);
    }

    #[test]
    fn a_missing_frame_shows_in_the_rate() {
        let all: Vec<f64> = (0..60).map(|at| f64::from(at) * 1000.0 / 60.0).collect();
        let most: Vec<f64> = all
            .iter()
            .copied()
            .filter(|at| *at < 500.0 || *at > 600.0)
            .collect();
        for (from, to) in [(0.0, 900.0), (3.0, 897.0), (-50.0, 2000.0)] {
            assert!((rate(&all, from, to) - 0.06).abs() < 1e-9);
        }
        assert!(rate(&most, 0.0, 900.0) < 0.95 * 0.06);
        // A gap at the edge is not cut off.
        assert!(rate(&most, 0.0, 520.0) < 0.9 * 0.06);
        assert!(rate(&[], 0.0, 9.0) == 0.0);
    }
}
