//! The measuring protocol: warm up, calibrate, probe, rounds in random order.
//!
//! After LESSONS' adaptation of Criterion's phases: every round runs each arm
//! once, in an order drawn anew for each round, so that a machine that slows
//! down over the session biases no arm. Ratios are later taken inside rounds.

use crate::{probe::Calibration, training::training_of};
use model::{Arm, CapacityProbe, Give, Plan, Trace};
use std::{collections::BTreeMap, future::Future};

/// Probes of each worker count, before and again after the rounds.
const PROBES: usize = 3;
/// Probes before the rounds at most, while the readings still move: browsers
/// showed no parallel progress in the first 0.5 to 0.8 s of a page's life.
const PROBES_AT_MOST: usize = 10;
/// A task that computes longer than this is shortened to it for warming up.
const WARM_MILLIS: f64 = 100.0;
/// And a job whose size is that of all its tasks together to this much.
const WARM_WHOLE_MILLIS: f64 = 50.0;
/// Tasks of a training, which are shorter than others, that warm it up.
const WARM_TRAINING_TASKS: u32 = 400;
/// Relative spread below which the readings count as steady.
const STEADY: f64 = 0.05;

/// Where a measurement is.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// Workers start.
    Starting,
    /// Kernels run until their speed is steady.
    Warming,
    /// Bare workers show what this machine can do at once.
    Probing {
        /// After the rounds instead of before.
        after: bool,
    },
    /// A timed run begins.
    Round {
        /// Round from 0.
        round: u32,
        /// Arm id.
        arm: String,
    },
}

/// One timed run of one arm.
#[derive(Clone, Debug, PartialEq)]
pub struct Timed {
    /// Position in its round.
    pub order: u32,
    /// Whether the page was hidden at any time during it.
    pub hidden: bool,
    /// What happened.
    pub trace: Trace,
}

/// What the protocol needs done. A good implementation gives every wait a
/// limit and turns a dead worker into an error.
pub trait Kitchen {
    /// Why a measurement ends early.
    type Error;
    /// Starts every worker the plan needs.
    fn staff(&mut self, plan: &Plan) -> impl Future<Output = Result<(), Self::Error>>;
    /// Finds the size of each job of an arm.
    fn calibrate(
        &mut self,
        arm: &Arm,
        seed: u64,
    ) -> impl Future<Output = Result<Vec<Calibration>, Self::Error>>;
    /// Whether an arm's kernels are known to be past tier-up.
    fn is_warm(&self, arm: &Arm) -> bool;
    /// Notes that they are.
    fn set_warm(&mut self, arm: &Arm);
    /// For each count, throughput of that many bare workers at once / of one of
    /// them alone, all measured in one go.
    fn probe(&mut self, counts: &[u32]) -> impl Future<Output = Result<Vec<f64>, Self::Error>>;
    /// Runs an arm once. `step_nanos` is its calibrated step.
    fn run(
        &mut self,
        arm: &Arm,
        seed: u64,
        round: u32,
        step_nanos: u64,
        live: bool,
    ) -> impl Future<Output = Result<Timed, Self::Error>>;
    /// A short pause that lets the page draw.
    fn breathe(&mut self) -> impl Future<Output = ()>;
    /// Tells the reader where the measurement is.
    fn stage(&mut self, stage: Stage);
    /// Tells the reader about a finished run.
    fn timed(&mut self, timed: &Timed);
}

/// Everything measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The plan with its sizes frozen.
    pub plan: Plan,
    /// Timed runs in the order run.
    pub runs: Vec<Timed>,
    /// Probes in the order taken.
    pub probes: Vec<CapacityProbe>,
    /// First and steady step length by workload.
    pub calibrations: BTreeMap<String, Calibration>,
}

/// Measures a plan. `undecided` is asked after the planned rounds; while it
/// says yes, up to `extra` more rounds follow.
///
/// # Errors
/// The kitchen's, as they come; what was measured before is lost to the caller
/// but was told through [`Kitchen::timed`].
pub async fn measure<K: Kitchen>(
    kitchen: &mut K,
    mut plan: Plan,
    extra: u32,
    undecided: impl Fn(&Outcome) -> bool,
) -> Result<Outcome, K::Error> {
    let mut calibrations = BTreeMap::new();
    let steps = make_ready(kitchen, &mut plan, &mut calibrations).await?;
    let mut outcome = Outcome {
        plan,
        runs: Vec::new(),
        probes: Vec::new(),
        calibrations,
    };
    probe(kitchen, &mut outcome, false).await?;
    let mut dice = Dice::new(outcome.plan.seed);
    let mut rounds = outcome.plan.rounds;
    let mut round = 0;
    while round < rounds {
        let mut order: Vec<usize> = (0..outcome.plan.arms.len()).collect();
        dice.shuffle(&mut order);
        for (position, &idx) in order.iter().enumerate() {
            let Some(arm) = outcome.plan.arms.get(idx) else {
                continue;
            };
            kitchen.stage(Stage::Round {
                round,
                arm: arm.id.clone(),
            });
            if round == 0 {
                // What begins is shown before it is timed, not meanwhile.
                kitchen.breathe().await;
            }
            let step = steps.get(idx).copied().unwrap_or(40_000);
            let mut timed = kitchen
                .run(arm, outcome.plan.seed, round, step, true)
                .await?;
            timed.order = position as u32;
            kitchen.timed(&timed);
            outcome.runs.push(timed);
            kitchen.breathe().await;
        }
        round += 1;
        if round == rounds && rounds < outcome.plan.rounds + extra && undecided(&outcome) {
            rounds += 1;
        }
    }
    probe(kitchen, &mut outcome, true).await?;
    outcome.plan.rounds = rounds;
    Ok(outcome)
}

/// Everything that comes before the first probe: staff, sizes, warm kernels.
/// Gives the length of a step per arm. Done ahead of time, it makes the first
/// result of [`measure`] come sooner.
///
/// # Errors
/// The kitchen's, as they come.
pub async fn make_ready<K: Kitchen>(
    kitchen: &mut K,
    plan: &mut Plan,
    calibrations: &mut BTreeMap<String, Calibration>,
) -> Result<Vec<u64>, K::Error> {
    kitchen.stage(Stage::Starting);
    kitchen.staff(plan).await?;
    kitchen.stage(Stage::Warming);
    let steps = freeze(kitchen, plan, calibrations).await?;
    warm(kitchen, plan, &steps).await?;
    Ok(steps)
}

/// Fills in every job's size. Arms that do the same work get the same size: one
/// calibration serves all arms of a workload label. Gives a step per arm.
async fn freeze<K: Kitchen>(
    kitchen: &mut K,
    plan: &mut Plan,
    calibrations: &mut BTreeMap<String, Calibration>,
) -> Result<Vec<u64>, K::Error> {
    let mut known: Vec<(String, Vec<Calibration>)> = Vec::new();
    let mut steps = Vec::with_capacity(plan.arms.len());
    for arm in &mut plan.arms {
        let found = known.iter().find(|(label, _)| *label == arm.workload);
        let sizes = match found {
            Some((_, sizes)) => sizes.clone(),
            None => {
                let sizes = kitchen.calibrate(arm, plan.seed).await?;
                known.push((arm.workload.clone(), sizes.clone()));
                sizes
            }
        };
        let mut longest = 0;
        for (job, calibration) in arm.jobs.iter_mut().zip(&sizes) {
            if job.size == 0 {
                job.size = calibration.size;
            }
            if calibration.size > 0 {
                calibrations.insert(job.workload.clone(), *calibration);
            }
            longest = longest.max(calibration.step_nanos);
        }
        steps.push(longest.max(1_000));
    }
    Ok(steps)
}

/// Runs cold arms, shortened, until two runs in a row agree.
async fn warm<K: Kitchen>(kitchen: &mut K, plan: &Plan, steps: &[u64]) -> Result<(), K::Error> {
    for (arm, &step) in plan.arms.iter().zip(steps) {
        if kitchen.is_warm(arm) || arm.jobs.iter().all(|job| job.size == 0) {
            continue;
        }
        let mut short = arm.clone();
        short.jobs.retain(|job| job.size > 0);
        let trains = training_of(arm).is_some();
        // Kernels are warmed, not orders, and not every task is left.
        short.edges.clear();
        for job in &mut short.jobs {
            let whole_millis = job.busy_millis * f64::from(job.tasks);
            if workloads::crop::is_cut(&job.workload) && whole_millis > WARM_WHOLE_MILLIS {
                let share = WARM_WHOLE_MILLIS / whole_millis;
                job.size = ((f64::from(job.size) * share) as u32).max(1);
                job.busy_millis *= share;
            }
            let enough = if trains {
                WARM_TRAINING_TASKS
            } else {
                2 * arm.workers.max(1)
            };
            job.tasks = job.tasks.min(enough);
            // Warming needs computing only, and not for longer than this.
            job.wait_millis = job.wait_millis.min(1.0);
            job.per_second = 0.0;
            if job.busy_millis > WARM_MILLIS {
                let share = WARM_MILLIS / job.busy_millis;
                job.size = ((f64::from(job.size) * share) as u32).max(1);
                job.busy_millis = WARM_MILLIS;
            }
        }
        if let Some(town) = &mut short.manner.town {
            *town = town.calm();
        }
        // The page is not held up by what nobody looks at.
        if short.manner.give == Give::Never || short.manner.give == Give::Microtask {
            short.manner.give = Give::Turn;
        }
        let mut before = None;
        for _ in 0..4 {
            let now = kitchen
                .run(&short, plan.seed, 0, step, false)
                .await?
                .trace
                .makespan_nanos as f64;
            if before.is_some_and(|before: f64| (now - before).abs() <= 0.05 * before) {
                break;
            }
            before = Some(now);
        }
        kitchen.set_warm(arm);
    }
    Ok(())
}

async fn probe<K: Kitchen>(
    kitchen: &mut K,
    outcome: &mut Outcome,
    after: bool,
) -> Result<(), K::Error> {
    if outcome.plan.capacity_for.is_empty() {
        return Ok(());
    }
    kitchen.stage(Stage::Probing { after });
    let sets = steady_probes(kitchen, &outcome.plan.capacity_for, after).await?;
    for set in &sets {
        for (&workers, &ratio) in outcome.plan.capacity_for.iter().zip(set) {
            outcome.probes.push(CapacityProbe {
                workers,
                ratio,
                after,
            });
        }
    }
    Ok(())
}

/// The last few sets of probes; before the rounds, once they are steady.
/// Readings from before that are warm-up, not data.
///
/// # Errors
/// The kitchen's, as they come.
pub async fn steady_probes<K: Kitchen>(
    kitchen: &mut K,
    counts: &[u32],
    after: bool,
) -> Result<Vec<Vec<f64>>, K::Error> {
    let at_most = if after { PROBES } else { PROBES_AT_MOST };
    let mut sets: Vec<Vec<f64>> = Vec::new();
    while sets.len() < at_most {
        sets.push(kitchen.probe(counts).await?);
        let recent = sets.get(sets.len().saturating_sub(PROBES)..);
        if recent.is_some_and(|recent| recent.len() == PROBES && are_steady(recent)) {
            break;
        }
    }
    let from = sets.len().saturating_sub(PROBES);
    Ok(sets.split_off(from))
}

fn are_steady(sets: &[Vec<f64>]) -> bool {
    let counts = sets.iter().map(Vec::len).min().unwrap_or(0);
    (0..counts).all(|at| {
        let column: Vec<f64> = sets.iter().filter_map(|set| set.get(at).copied()).collect();
        is_steady(&column)
    })
}

fn is_steady(ratios: &[f64]) -> bool {
    let low = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let high = ratios.iter().copied().fold(0.0, f64::max);
    high - low <= STEADY * high
}

/// A small seeded generator (Knuth's 64-bit linear congruential constants):
/// orders must be repeatable, not secret.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }

    fn shuffle(&mut self, items: &mut [usize]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}
