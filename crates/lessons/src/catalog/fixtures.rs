//! Made-up machines and the records they would give.

pub mod blades;
pub mod dealing;
pub mod flow;
pub mod recipe;
pub mod serial;
pub mod sharing;
pub mod tally;
pub mod town;

use crate::{Lesson, Machine, Settings, Words, judge};
use analysis::capacity::from_probes;
use analysis::stats::summarise;
use blades::{Blades, REAL};
use dealing::{Hands, PLAIN};
use flow::{Counter, HONEST};
use model::{
    Arm, ArmInfo, Capability, CapacityProbe, Environment, Evidence, Give, Metrics, Place, Plan,
    RoundRow, Rung, RungReason, Strategy, VoidReason, YieldKind,
};
use std::collections::{BTreeMap, BTreeSet};

/// A machine that does exactly what its numbers say.
#[derive(Clone, Copy)]
pub struct Kitchen {
    pub rung: Rung,
    /// Cores for bare workers.
    pub knives: f64,
    /// Cores the teams under test can use: fewer is a broken pool.
    pub team_knives: f64,
    /// What the browser reports.
    pub reported: u32,
    /// Clock step in nanoseconds.
    pub clock_step: u64,
    /// Growth of the capacity from before to after.
    pub drift: f64,
    /// Makespan of the interleaved arms against what is expected.
    pub juggling: f64,
    /// Spread of all makespans, as a share.
    pub spread: f64,
    /// How it treats requests that come over time.
    pub counter: Counter,
    /// How it hands work over.
    pub handing: Hands,
    /// Its graphics processor, and its learners.
    pub blades: Blades,
}

pub const TWO_KNIVES: Kitchen = Kitchen {
    rung: Rung::Shared,
    knives: 2.0,
    team_knives: 2.0,
    reported: 2,
    clock_step: 5_000,
    drift: 0.01,
    juggling: 1.0,
    spread: 0.004,
    counter: HONEST,
    handing: PLAIN,
    blades: REAL,
};

pub const ONE_KNIFE: Kitchen = Kitchen {
    knives: 1.0,
    team_knives: 1.0,
    reported: 1,
    ..TWO_KNIVES
};

pub fn capability(rung: Rung) -> Capability {
    Capability {
        rung,
        reason: RungReason::PoolWorks,
        reported_cores: 2,
        clock_step_nanos: 5_000,
        isolated: rung == Rung::Shared,
        yield_kind: YieldKind::SchedulerYield,
        user_agent: "test".into(),
        gpu: None,
    }
}

impl Kitchen {
    pub fn capability(&self) -> Capability {
        Capability {
            reported_cores: self.reported,
            clock_step_nanos: self.clock_step,
            gpu: Some(blades::gpu(self.blades)),
            ..capability(self.rung)
        }
    }

    pub fn plan(&self, lesson: &Lesson, settings: &Settings) -> Plan {
        let capability = self.capability();
        (lesson.plan)(
            settings,
            &Machine {
                capability: &capability,
                probes: &[],
            },
        )
    }

    /// Runs a lesson and judges it.
    pub fn run(&self, lesson: &Lesson, settings: &Settings, words: &Words) -> Evidence {
        let plan = self.plan(lesson, settings);
        let mut evidence = self.record(&plan);
        judge(&mut evidence, lesson, settings, words);
        evidence
    }

    fn record(&self, plan: &Plan) -> Evidence {
        let mut rows = Vec::new();
        for round in 0..plan.rounds {
            for arm in &plan.arms {
                let base = plan
                    .arms
                    .iter()
                    .find(|base| Some(&base.id) == arm.base.as_ref());
                rows.push(self.row(arm, base, plan.seed, round));
            }
        }
        let of = |id: &str, figure: &dyn Fn(&RoundRow) -> Option<f64>| {
            let values: Vec<f64> = rows
                .iter()
                .filter(|row| row.arm == id && row.valid)
                .filter_map(figure)
                .collect();
            summarise(&values)
        };
        let (mut stats, mut metrics) = (BTreeMap::new(), BTreeMap::new());
        for arm in &plan.arms {
            stats.extend(of(&arm.id, &|row| Some(row.ms)).map(|stats| (arm.id.clone(), stats)));
            let mut figures = Metrics::new();
            let mut put = |name: &str, figure: &dyn Fn(&RoundRow) -> Option<f64>| {
                figures.extend(of(&arm.id, figure).map(|stats| (name.to_owned(), stats)));
            };
            put("c", &|row| Some(row.c));
            put("p", &|row| row.p);
            put("p_ticks", &|row| Some(row.p_ticks));
            put("hollow", &|row| Some(row.hollow));
            put("peak", &|row| Some(f64::from(row.peak)));
            put("speedup", &|row| row.speedup);
            put("time_ratio", &|row| {
                row.speedup.map(|speedup| 1.0 / speedup)
            });
            put("mean_finish_ms", &|row| Some(row.mean_finish_ms));
            put("all_started_ms", &|row| Some(row.all_started_ms));
            let own = || rows.iter().filter(|row| row.arm == arm.id);
            let names: BTreeSet<&String> = own().flat_map(|row| row.figures.keys()).collect();
            for name in names {
                put(name, &|row| row.figures.get(name).copied());
            }
            let base = arm
                .base
                .as_ref()
                .and_then(|base| of(base, &|row| Some(row.mean_finish_ms)));
            if let Some(base) = base {
                put("finish_ratio", &|row| {
                    Some(row.mean_finish_ms / base.median)
                });
            }
            metrics.insert(arm.id.clone(), figures);
        }
        Evidence {
            schema: Evidence::SCHEMA.into(),
            lesson: plan.lesson.clone(),
            params: BTreeMap::new(),
            seed: plan.seed,
            env: Environment {
                capability: self.capability(),
                build: "test".into(),
                started: String::new(),
            },
            arms: plan.arms.iter().map(info).collect(),
            rounds: rows,
            stats,
            metrics,
            capacity: from_probes(&self.probes(plan)),
            warmth: BTreeMap::new(),
            checks: Vec::new(),
            finding: String::new(),
            notes: Vec::new(),
        }
    }

    fn probes(&self, plan: &Plan) -> Vec<CapacityProbe> {
        let mut probes = Vec::new();
        for &workers in &plan.capacity_for {
            for turn in 0..6_u32 {
                let after = turn > 2;
                let change = if after { 1.0 + self.drift } else { 1.0 };
                let ratio = f64::from(workers).min(self.knives) * change;
                probes.push(CapacityProbe {
                    workers,
                    ratio: ratio * (1.0 - 0.002 * f64::from(turn % 3)),
                    after,
                });
            }
        }
        probes
    }

    fn row(&self, arm: &Arm, base: Option<&Arm>, seed: u64, round: u32) -> RoundRow {
        let (tasks, busy, wait) = totals(arm);
        let noise = 1.0 + self.spread * f64::from((round * 7) % 5);
        let open = arm
            .is_open()
            .then(|| flow::serve(arm, seed, round, self.counter));
        let ideal = open.as_ref().map_or_else(|| self.ideal(arm), |open| open.0);
        let ms = ideal * noise;
        let base_ms = base.map(|base| self.ideal(base));
        let in_turn = matches!(arm.strategy, Strategy::Sequential | Strategy::Simd);
        let hands = f64::from(arm.workers).min(self.team_knives).min(tasks);
        let slice = (busy / tasks).min(4.0);
        let is_lost = blades::is_lost(self.blades, arm);
        RoundRow {
            arm: arm.id.clone(),
            workload: arm.workload.clone(),
            round,
            order: 0,
            ms,
            checksum: (!is_lost).then(|| "00000000000000aa".into()),
            valid: !is_lost,
            reason: is_lost.then_some(VoidReason::Trace),
            c: match arm.strategy {
                _ if in_turn => 1.0,
                Strategy::Interleaved | Strategy::Offload | Strategy::Hybrid => tasks,
                _ => f64::from(arm.workers).min(tasks),
            },
            p: Some(busy / ms),
            p_ticks: busy / ms,
            peak: match arm.manner.limit {
                _ if in_turn => 1,
                0 => tasks as u32,
                limit => limit.min(tasks as u32),
            },
            hollow: 1.0 - hands / f64::from(arm.workers),
            speedup: base_ms.map(|base| base / ms),
            mean_finish_ms: if in_turn {
                ms * (tasks + 1.0) / (2.0 * tasks)
            } else {
                ms * 0.97
            },
            all_started_ms: if in_turn {
                ms * (tasks - 1.0) / tasks
            } else {
                slice * (tasks - 1.0) + wait.min(0.1)
            },
            figures: open
                .map_or_else(|| self.figures(arm), |open| open.1)
                .into_iter()
                .chain(page_figures(arm, ms))
                .chain(tally::figures(self, arm, round))
                .chain(serial::lost(arm, ms, base_ms))
                .chain(recipe::figures(arm))
                .chain(sharing::figures(arm, busy, ms))
                .chain(town::figures(arm))
                .chain(blades::figures(self.blades, arm, ms))
                .collect(),
        }
    }

    /// What the engine would have counted.
    fn figures(&self, arm: &Arm) -> BTreeMap<String, f64> {
        let mut figures = dealing::figures(self.handing, arm);
        if arm.jobs.iter().any(|job| job.wait_millis > 0.0) {
            figures.insert("little_residual".to_owned(), 0.01);
            if arm.place == Place::Worker && arm.strategy == Strategy::Interleaved {
                figures.insert("bytes_per_task".to_owned(), 700.0);
            }
            if arm.strategy.needs_shared_memory() {
                figures.insert("bytes_per_thread".to_owned(), 2.1e6);
            }
        }
        figures
    }

    /// Makespan without noise.
    fn ideal(&self, arm: &Arm) -> f64 {
        let (tasks, busy, wait) = totals(arm);
        let workers = f64::from(arm.workers);
        let hands = workers.min(self.team_knives).min(tasks);
        if let Some(millis) = dealing::millis(self.handing, arm, busy, hands) {
            return millis;
        }
        if let Some(alone) = serial::alone_millis(arm).filter(|_| arm.strategy.uses_workers()) {
            return alone + (busy - alone) / hands;
        }
        if let Some(ms) = recipe::ideal(arm, self.team_knives) {
            return ms;
        }
        if let Some(ms) = sharing::crossing(arm).or_else(|| town::ideal(arm, self.team_knives)) {
            return ms;
        }
        let in_line = busy * sharing::inside(arm);
        match arm.strategy {
            Strategy::Sequential => busy + wait * tasks,
            Strategy::Simd => busy / 2.0 + wait * tasks,
            Strategy::Gpu => blades::millis(self.blades, arm).unwrap_or(busy),
            Strategy::Interleaved if arm.manner.limit > 0 => {
                let batches = (tasks / f64::from(arm.manner.limit)).ceil();
                (busy + batches * wait) * self.juggling
            }
            Strategy::Interleaved => (busy + wait) * self.juggling,
            Strategy::Hybrid | Strategy::Offload => busy / hands + wait,
            Strategy::Pool | Strategy::Messages => busy / hands + wait * tasks / workers,
            Strategy::Blocking => (busy / hands).max(in_line) + wait * (tasks / workers).ceil(),
        }
    }
}

/// How a page fares that draws every 17 ms when it can.
fn page_figures(arm: &Arm, ms: f64) -> BTreeMap<String, f64> {
    if !arm.manner.frames {
        return BTreeMap::new();
    }
    let (_, busy, _) = totals(arm);
    let (frame, task) = match arm.manner.give {
        _ if arm.place == Place::Worker => (17.0, 0.0),
        Give::Never | Give::Microtask => (busy.min(ms) + 17.0, busy.min(ms)),
        _ => (arm.manner.slice_millis + 17.0, 0.0),
    };
    let figures = [
        ("worst_frame_ms", frame),
        ("frame_share", frame / ms),
        ("worst_answer_ms", (frame - 20.0).max(5.0)),
        ("worst_long_task_ms", task),
    ];
    figures.map(|(name, value)| (name.into(), value)).into()
}

/// Tasks, milliseconds of computing together, longest wait.
fn totals(arm: &Arm) -> (f64, f64, f64) {
    let mut sum = (0.0, 0.0, 0.0_f64);
    for job in &arm.jobs {
        let tasks = f64::from(job.tasks);
        sum = (
            sum.0 + tasks,
            sum.1 + tasks * job.busy_millis,
            sum.2.max(job.wait_millis),
        );
    }
    sum
}

fn info(arm: &Arm) -> ArmInfo {
    ArmInfo {
        id: arm.id.clone(),
        strategy: arm.strategy,
        variant: arm.variant.clone(),
        workers: arm.workers,
        workload: arm.workload.clone(),
        place: arm.place,
        tasks: arm.jobs.iter().map(|job| job.tasks).sum(),
        base: arm.base.clone(),
        manner: arm.manner,
        jobs: arm.jobs.clone(),
        edges: arm.edges.clone(),
    }
}
