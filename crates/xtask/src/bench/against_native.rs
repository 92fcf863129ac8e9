//! The same tasks in the browser and natively, in turn: G1, G2, G3.

use super::cores::{Rounds, rounds};
use super::lab::{Lab, arm, median};
use super::native::Native;
use super::row::{Held, Row};
use crate::fail::{Failure, Outcome};
use analysis::stats::summarise;
use analysis::verdict::{Gate, Limit};
use drive::Browser;
use model::{Evidence, Stats, Strategy};
use serde_json::json;

/// A kernel and its rows.
pub struct Kernel {
    /// Workload id.
    pub id: &'static str,
    one: Held,
    two: Held,
}

const fn kernel(id: &'static str, one: &'static str, two: &'static str) -> Kernel {
    Kernel {
        id,
        one: Held {
            id: one,
            what: "wasm / native, one thread (traced in the worker, plain natively)",
            goal: Some(Limit::AtMost(1.08)),
            limit: None,
        },
        two: Held {
            id: two,
            what: "wasm pool of 2 / native rayon with 2 threads, same tasks",
            goal: Some(Limit::AtMost(1.05)),
            limit: Some(Limit::AtMost(1.10)),
        },
    }
}

/// The computing workloads.
pub const KERNELS: [Kernel; 3] = [
    kernel("mandelbrot", "G1.mandelbrot", "G2.mandelbrot"),
    kernel("primes", "G1.primes", "G2.primes"),
    kernel("queens", "G1.queens", "G2.queens"),
];

const SPEEDUP: Held = Held {
    id: "G3",
    what: "speed-up of 2 workers in the browser, Mandelbrot",
    goal: Some(Limit::AtLeast(1.95)),
    limit: Some(Limit::AtLeast(1.85)),
};
const SPEEDUP_TO_NATIVE: Held = Held {
    id: "G3n",
    what: "that speed-up / native rayon's on the same tasks",
    goal: Some(Limit::AtLeast(0.98)),
    limit: None,
};
const GEOMEAN: Held = Held {
    id: "G1",
    what: "geometric mean of the three kernels, one thread",
    goal: Some(Limit::AtMost(1.08)),
    limit: None,
};

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Rounds in which browser and native take turns.
    pub rounds: u32,
    /// Runs of each arm in each of them; their median counts.
    pub runs: u32,
}

/// Medians of one round, in milliseconds.
struct Round {
    wasm_one: f64,
    wasm_two: f64,
    speedup: f64,
    native_one: f64,
    native_two: f64,
}

/// Rows of a kernel; its ratio on one thread goes to `ones`.
///
/// # Errors
/// When the lab does not run, or the two halves did different work.
pub fn rows(
    kernel: &Kernel,
    browser: &Browser,
    site: &str,
    native: &mut Native,
    effort: Effort,
    ones: &mut Vec<Stats>,
) -> Outcome<Vec<Row>> {
    let settings = format!(
        "workload={}&strategies=sequential,pool&workers=2&tasks=32&size=15&rounds={}",
        kernel.id, effort.runs
    );
    let lab = Lab::open(browser, site, &settings)?;
    // Calibrates and warms; later runs keep the sizes.
    let first = lab.run()?;
    let Rounds { values, gate } = rounds(native, effort.rounds, 2, |native, number| {
        if number % 2 == 0 {
            let evidence = lab.run()?;
            together(&evidence, native_run(native, &first, effort.runs)?)
        } else {
            let pair = native_run(native, &first, effort.runs)?;
            together(&lab.run()?, pair)
        }
    })?;
    let over = |pick: fn(&Round) -> f64| summarise(&values.iter().map(pick).collect::<Vec<_>>());
    let millis = |pick: fn(&Round) -> f64| over(pick).map_or(0.0, |stats| stats.median);
    let one = over(|round| round.wasm_one / round.native_one);
    ones.extend(one);
    let detail = |wasm, native| format!("{wasm:.1} / {native:.1} ms");
    let mut rows = vec![
        Row::new(
            kernel.two,
            detail(millis(|r| r.wasm_two), millis(|r| r.native_two)),
            over(|round| round.wasm_two / round.native_two),
            &gate,
        ),
        Row::new(
            kernel.one,
            detail(millis(|r| r.wasm_one), millis(|r| r.native_one)),
            one,
            &gate,
        ),
    ];
    if kernel.id == "mandelbrot" {
        let native_speedup = millis(|round| round.native_one / round.native_two);
        rows.push(Row::new(
            SPEEDUP,
            format!("native rayon on the same tasks: {native_speedup:.2}"),
            over(|round| round.speedup),
            &gate,
        ));
        rows.push(Row::new(
            SPEEDUP_TO_NATIVE,
            String::new(),
            over(|round| round.speedup * round.native_two / round.native_one),
            &gate,
        ));
    }
    Ok(rows)
}

/// The geometric mean over kernels, its ends those of the kernels.
pub fn geomean(ones: &[Stats]) -> Row {
    let mean = |pick: fn(&Stats) -> f64| {
        let logs: f64 = ones.iter().map(|stats| pick(stats).ln()).sum();
        (logs / ones.len().max(1) as f64).exp()
    };
    let stats = Stats {
        n: ones.iter().map(|stats| stats.n).min().unwrap_or(0),
        median: mean(|stats| stats.median),
        lo: mean(|stats| stats.lo),
        hi: mean(|stats| stats.hi),
        mad: 0.0,
        outliers: 0,
    };
    Row::new(GEOMEAN, String::new(), Some(stats), &Gate { closed: None })
}

/// Medians of the native runs of the very tasks the page ran.
struct NativeRun {
    one: f64,
    two: f64,
    checksum: String,
}

fn native_run(native: &mut Native, like: &Evidence, runs: u32) -> Outcome<NativeRun> {
    let jobs = &arm(like, Strategy::Pool)?.jobs;
    let found = native.pairs(&json!({
        "ask": "work", "jobs": jobs, "seed": like.seed, "workers": 2, "rounds": runs,
    }))?;
    let side = |at: usize| -> Vec<f64> { found.pairs.iter().map(|pair| pair[at]).collect() };
    let median = |values: &[f64]| {
        analysis::stats::median(values)
            .ok_or_else(|| Failure::project("the native bench ran nothing"))
    };
    Ok(NativeRun {
        one: median(&side(0))?,
        two: median(&side(1))?,
        checksum: found.checksum,
    })
}

/// `None` where the page called no round valid.
fn together(evidence: &Evidence, native: NativeRun) -> Outcome<Option<Round>> {
    let valid = evidence.rounds.iter().filter(|row| row.valid);
    for row in valid {
        if row.checksum.as_deref() != Some(&native.checksum) {
            return Err(Failure::project(format!(
                "{}: the browser's checksum {} is not the native {}",
                row.arm,
                row.checksum.as_deref().unwrap_or("(none)"),
                native.checksum
            )));
        }
    }
    let figures = (
        median(evidence, Strategy::Sequential, |row| Some(row.ms))?,
        median(evidence, Strategy::Pool, |row| Some(row.ms))?,
        median(evidence, Strategy::Pool, |row| row.speedup)?,
    );
    let (Some(wasm_one), Some(wasm_two), Some(speedup)) = figures else {
        return Ok(None);
    };
    Ok(Some(Round {
        wasm_one,
        wasm_two,
        speedup,
        native_one: native.one,
        native_two: native.two,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_ratios_is_geometric() {
        let stats = |median: f64, n| Stats {
            n,
            median,
            lo: median / 2.0,
            hi: median * 2.0,
            mad: 0.0,
            outliers: 0,
        };
        let json: serde_json::Value =
            serde_json::from_str(&geomean(&[stats(0.5, 9), stats(2.0, 15)]).json()).unwrap();
        assert!((json["ratio"].as_f64().unwrap() - 1.0).abs() < 1e-12);
        assert!((json["high"].as_f64().unwrap() - 2.0).abs() < 1e-12);
        assert_eq!(json["n"], 9);
    }
}
