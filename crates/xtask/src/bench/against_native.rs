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
    /// Whether both sides use SIMD. The native compiler, which may use SSE2
    /// everywhere on x86-64, makes something of it in this kernel that is written
    /// for one number at a time; the page's kernels of that kind may not.
    simd: bool,
}

impl Kernel {
    /// Ids of its own rows.
    pub const fn ids(&self) -> [&str; 2] {
        [self.one.id, self.two.id]
    }
}

const fn kernel(id: &'static str, one: &'static str, two: &'static str, most: f64) -> Kernel {
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
            limit: Some(Limit::AtMost(most)),
        },
        simd: false,
    }
}

/// The same with SIMD on both sides.
const fn with_simd(mut kernel: Kernel) -> Kernel {
    kernel.one.what = "wasm / native, one thread, both with SIMD";
    kernel.two.what = "wasm pool of 2 / native rayon with 2 threads, same tasks, both with SIMD";
    kernel.simd = true;
    kernel
}

/// The computing workloads, by id.
pub const KERNELS: [Kernel; 9] = [
    kernel("image-filter", "G1.image-filter", "G2.image-filter", 1.15),
    kernel("life", "G1.life", "G2.life", 1.15),
    kernel("mandelbrot", "G1.mandelbrot", "G2.mandelbrot", 1.10),
    with_simd(kernel("matrix", "G1.matrix", "G2.matrix", 1.15)),
    kernel("merge-sort", "G1.merge-sort", "G2.merge-sort", 1.15),
    kernel("n-body", "G1.n-body", "G2.n-body", 1.15),
    kernel("password", "G1.password", "G2.password", 1.15),
    kernel("primes", "G1.primes", "G2.primes", 1.10),
    kernel("queens", "G1.queens", "G2.queens", 1.10),
];
/// A mean over fewer kernels says little.
const _: () = assert!(KERNELS.len() >= 8);

/// Work that allocates all the time, against native code with the allocator of its
/// system.
pub const ALLOCATING: Kernel = Kernel {
    id: "trees",
    one: Held {
        id: "G5.one",
        what: "allocating work, wasm / native, one thread",
        goal: None,
        limit: None,
    },
    two: Held {
        id: "G5",
        what: "allocating work, wasm pool of 2 / native rayon with 2 threads",
        goal: Some(Limit::AtMost(1.0)),
        limit: Some(Limit::AtMost(1.0)),
    },
    simd: false,
};

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
    what: "wasm / native on one thread, geometric mean of the kernels below",
    goal: Some(Limit::AtMost(1.08)),
    limit: Some(Limit::AtMost(1.10)),
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
    ones: &mut Vec<One>,
) -> Outcome<Vec<Row>> {
    let settings = format!(
        "workload={}&strategies={}&workers=2&tasks=32&size=10&rounds={}",
        kernel.id,
        if kernel.simd {
            "simd,pool&blades=four"
        } else {
            "sequential,pool"
        },
        effort.runs
    );
    let lab = Lab::open(browser, site, &settings)?;
    // Calibrates and warms; later runs keep the sizes.
    let first = lab.run()?;
    let Rounds { values, gate } = rounds(native, effort.rounds, 2, |native, number| {
        if number % 2 == 0 {
            let evidence = lab.run()?;
            together(
                kernel,
                &evidence,
                native_run(kernel, native, &first, effort.runs)?,
            )
        } else {
            let pair = native_run(kernel, native, &first, effort.runs)?;
            together(kernel, &lab.run()?, pair)
        }
    })?;
    let over = |pick: fn(&Round) -> f64| summarise(&values.iter().map(pick).collect::<Vec<_>>());
    let millis = |pick: fn(&Round) -> f64| over(pick).map_or(0.0, |stats| stats.median);
    let one = over(|round| round.wasm_one / round.native_one);
    let gate_of_one = Gate {
        closed: gate.closed.clone(),
    };
    ones.extend(one.map(|stats| One {
        stats,
        gate: gate_of_one,
    }));
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

/// What one kernel on one thread gave, and whether the machine allowed it.
pub struct One {
    stats: Stats,
    gate: Gate,
}

/// The geometric mean over kernels, its ends those of the kernels; open where the
/// machine left one of them open.
pub fn geomean(ones: &[One]) -> Row {
    let mean = |pick: fn(&Stats) -> f64| {
        let logs: f64 = ones.iter().map(|one| pick(&one.stats).ln()).sum();
        (logs / ones.len().max(1) as f64).exp()
    };
    let stats = Stats {
        n: ones.iter().map(|one| one.stats.n).min().unwrap_or(0),
        median: mean(|stats| stats.median),
        lo: mean(|stats| stats.lo),
        hi: mean(|stats| stats.hi),
        mad: 0.0,
        outliers: 0,
    };
    let closed = ones.iter().find_map(|one| one.gate.closed.clone());
    Row::new(GEOMEAN, String::new(), Some(stats), &Gate { closed })
}

/// Medians of the native runs of the very tasks the page ran.
struct NativeRun {
    one: f64,
    two: f64,
    checksum: String,
}

fn native_run(
    kernel: &Kernel,
    native: &mut Native,
    like: &Evidence,
    runs: u32,
) -> Outcome<NativeRun> {
    let jobs = &arm(like, Strategy::Pool)?.jobs;
    let found = native.pairs(&json!({
        "ask": "work", "jobs": jobs, "seed": like.seed, "workers": 2, "rounds": runs,
        "simd": kernel.simd,
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
fn together(kernel: &Kernel, evidence: &Evidence, native: NativeRun) -> Outcome<Option<Round>> {
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
    let alone = if kernel.simd {
        Strategy::Simd
    } else {
        Strategy::Sequential
    };
    let figures = (
        median(evidence, alone, |row| Some(row.ms))?,
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

    fn one(median: f64, n: u32, closed: Option<&str>) -> One {
        One {
            stats: Stats {
                n,
                median,
                lo: median / 2.0,
                hi: median * 2.0,
                mad: 0.0,
                outliers: 0,
            },
            gate: Gate {
                closed: closed.map(str::to_owned),
            },
        }
    }

    #[test]
    fn the_mean_of_ratios_is_geometric() {
        let row = geomean(&[one(0.5, 9, None), one(2.0, 15, None)]);
        let json: serde_json::Value = serde_json::from_str(&row.json()).unwrap();
        assert!((json["ratio"].as_f64().unwrap() - 1.0).abs() < 1e-12);
        assert!((json["high"].as_f64().unwrap() - 2.0).abs() < 1e-12);
        assert_eq!(json["n"], 9);
    }

    #[test]
    fn a_mean_with_an_open_kernel_is_open() {
        let row = geomean(&[one(1.0, 9, None), one(1.0, 9, Some("cores: busy"))]);
        assert_eq!(row.verdict(), Some(model::Verdict::Inconclusive));
    }
}
