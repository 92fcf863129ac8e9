//! The lab: any work, any strategies, side by side.

pub mod blades;
mod endless;
pub mod graphics;
pub mod kinds;
pub mod learning;
mod pace;
mod size;
mod sliders;
mod teams;
mod told;
pub mod town;
#[cfg(test)]
mod trials;
mod vary;

use crate::arms::{arm, based_on, job, place, plan as planned, runnable};
use crate::catalog::gpu_and_training::claims::{agrees, learns};
use crate::checks::{Claims, millis_of};
use crate::serving::little;
use crate::words::whole;
use crate::{ChartKind, Drawing, Lesson, Machine, Reference, Settings};
use kinds::Work;
use model::{Arm, Check, Deal, Evidence, Give, Job, Manner, Place, Plan, Strategy};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "lab",
    number: None,
    sliders: sliders::ALL,
    run_chart: ChartKind::Lanes,
    play_charts: &[
        ChartKind::Lanes,
        ChartKind::Arrows,
        ChartKind::Tasks,
        ChartKind::Makespan,
        ChartKind::Plane,
        ChartKind::Cdf,
        ChartKind::Queue,
        ChartKind::Sweep,
        ChartKind::Speedup,
        ChartKind::Waterfall,
        ChartKind::Frames,
        ChartKind::Stages,
        ChartKind::Loss,
    ],
    shown_arm: |plan| plan.arms.last().map(|arm| arm.id.as_str()),
    plan,
    notes: told::notes,
    questions: |_, _| Vec::new(),
    judge,
    finding: told::finding,
    data: |kind, evidence, settings| match kind {
        ChartKind::Sweep => vary::sweep(evidence, settings).map(Drawing::Sweep),
        ChartKind::Speedup => teams::speedup(evidence).map(Drawing::Speedup),
        ChartKind::Waterfall => teams::waterfall(evidence).map(Drawing::Waterfall),
        ChartKind::Stages => graphics::stages(evidence).map(Drawing::Stages),
        ChartKind::Loss => learning::loss(evidence).map(Drawing::Loss),
        _ => None,
    },
    source: |_| None,
    references,
    explain: None,
    panel: None,
    presets: &[],
    challenge: None,
};

/// What is compared where nothing was chosen.
const STRATEGIES: [Strategy; 3] = [Strategy::Sequential, Strategy::Interleaved, Strategy::Pool];

/// The strategies of a run, the sequential one first: it is what the others
/// are compared with.
fn wanted(settings: &Settings, machine: &Machine<'_>) -> Vec<Strategy> {
    let mut wanted = settings.strategies();
    if wanted.is_empty() {
        wanted = STRATEGIES.to_vec();
    }
    let has_gpu = graphics::can(settings, machine);
    wanted.retain(|strategy| *strategy != Strategy::Gpu || has_gpu);
    if endless::is_wanted(settings, machine) {
        return endless::in_turns(wanted);
    }
    wanted.retain(|strategy| *strategy != Strategy::Sequential);
    wanted.insert(0, Strategy::Sequential);
    wanted
}

fn jobs(settings: &Settings, tasks: f64, machine: &Machine<'_>) -> Vec<Job> {
    let value = |key| LESSON.value(key, settings);
    let mut ids = endless::work(settings, machine);
    if ids.is_empty() {
        ids.push("mandelbrot");
    }
    let tasks = tasks as u32;
    let kinds = ids.len() as u32;
    let mut jobs = Vec::new();
    for (at, id) in ids.into_iter().enumerate() {
        // Shared out evenly, the first ones get what is left over.
        let share = tasks / kinds + u32::from((at as u32) < tasks % kinds);
        if let Some(workload) = workloads::registry::find(id).filter(|_| share > 0) {
            let busy = if workload.computes {
                value("size").max(1.0)
            } else {
                0.0
            };
            let wait = if workload.waits { value("wait") } else { 0.0 };
            jobs.push(job(id, share, busy, wait));
        }
    }
    pace::spread(&mut jobs, pace::rate(settings));
    jobs
}

fn manner(settings: &Settings, place: Place) -> Manner {
    let limit = LESSON.value("limit", settings);
    Manner {
        give: settings
            .get("yield")
            .and_then(Give::from_id)
            .unwrap_or_default(),
        slice_millis: settings.number("slice").unwrap_or(0.0),
        limit: if limit < sliders::NO_LIMIT {
            limit as u32
        } else {
            0
        },
        // Only there can it be held up.
        frames: place == Place::Page,
        ..Manner::default()
    }
}

/// Whether a way of running deals tasks out as it is told to.
pub const fn heeds_dealing(strategy: Strategy) -> bool {
    matches!(strategy, Strategy::Pool | Strategy::Messages)
}

/// How tasks are to be dealt out.
pub fn deal(settings: &Settings) -> Deal {
    let id = settings.get("deal");
    id.and_then(Deal::from_id).unwrap_or_default()
}

/// The arms of one step of what is varied.
fn arms_of(step: &vary::Step, tasks: f64, machine: &Machine<'_>) -> Vec<Arm> {
    let settings = &step.settings;
    let place = place(machine);
    let jobs = jobs(settings, tasks, machine);
    let is_endless = endless::is_wanted(settings, machine);
    let workers = LESSON.value("workers", settings) as u32;
    let is_open = pace::rate(settings) > 0.0;
    let suffix = ["-", &step.label.replace(' ', "-")].concat();
    let named = |id: &str| {
        if step.is_other_work {
            [id, &*suffix].concat()
        } else {
            id.to_owned()
        }
    };
    let base = named("sequential");
    let mut arms: Vec<Arm> = Vec::new();
    for strategy in wanted(settings, machine) {
        let able = runnable(strategy, machine)
            .filter(|way| !is_open || pace::can_wait(*way))
            .filter(|way| *way != Strategy::Simd || blades::are_any(&jobs));
        let Some(strategy) = able else {
            continue;
        };
        let is_base = strategy == Strategy::Sequential;
        let mut id = strategy.id().to_owned();
        if strategy.uses_workers() {
            id = [&*id, "-", &workers.to_string()].concat();
        }
        let is_varied = vary::heeds(strategy, &step.label);
        if is_base {
            id = named(&id);
        } else if is_varied && !step.is_told {
            id = [&*id, &*suffix].concat();
        }
        if arms.iter().any(|arm| arm.id == id) {
            continue;
        }
        let count = if strategy.uses_workers() { workers } else { 1 };
        let mut arm = arm(&id, strategy, count, place, &jobs);
        if is_varied && !step.is_told {
            arm.variant.clone_from(&step.label);
        }
        if step.is_other_work {
            arm.workload = [&*arm.workload, " ", &*step.label].concat();
        }
        arm.manner = manner(settings, place);
        arm.manner.simd = !is_base && blades::are_wanted(settings) && blades::are_any(&jobs);
        if heeds_dealing(strategy) {
            arm.manner.deal = deal(settings);
            arm.manner.batch = LESSON.value("batch", settings) as u32;
        }
        if is_endless {
            // All but the one give way, so that it is the one that is missed.
            arm.manner.give = Give::Turn;
        }
        arms.push(if strategy == Strategy::Gpu {
            graphics::fitted(arm, settings)
        } else if is_base || is_endless {
            arm
        } else {
            based_on(arm, &base)
        });
    }
    arms
}

/// The arms of all steps, with no more tasks than can be kept in memory.
fn arms(settings: &Settings, machine: &Machine<'_>) -> Vec<Arm> {
    let settings = &kinds::settled(settings, machine);
    match Work::wanted(settings, machine) {
        Work::Nodes => return town::arms(settings, machine),
        Work::Learning => return learning::arms(settings, machine),
        Work::Tasks => {}
    }
    let all = arms_of_steps(settings, machine);
    let share = size::kept_share(&all);
    if share >= 1.0 {
        return all;
    }
    let fewer = (LESSON.value("tasks", settings) * share).floor();
    let mut settings = settings.clone();
    // Inside the slider's range, so this is taken as it is.
    let _taken = settings.set("tasks", &whole(fewer.max(1.0)));
    arms_of_steps(&settings, machine)
}

/// The arms of all steps, with no more requests than the slowest of a step can
/// serve in the longest run.
fn arms_of_steps(settings: &Settings, machine: &Machine<'_>) -> Vec<Arm> {
    let mut all: Vec<Arm> = Vec::new();
    for step in vary::steps(settings) {
        let mut tasks = LESSON.value("tasks", &step.settings);
        let mut arms = arms_of(&step, tasks, machine);
        let rate = pace::rate(&step.settings);
        let fitting = pace::fitting(&arms, rate, machine);
        if rate > 0.0 && fitting < tasks {
            tasks = fitting;
            arms = arms_of(&step, tasks, machine);
        }
        arms.retain(|arm| all.iter().all(|other| other.id != arm.id));
        all.extend(arms);
    }
    all
}

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let arms = arms(settings, machine);
    let teams = arms.iter().filter(|arm| arm.strategy.uses_workers());
    let mut capacity_for: Vec<u32> = teams.map(|arm| arm.workers).collect();
    if !capacity_for.is_empty() {
        capacity_for.push(2);
    }
    capacity_for.retain(|count| *count > 1);
    capacity_for.sort_unstable();
    capacity_for.dedup();
    let mut plan = planned(LESSON.id, settings, arms, 0.0, capacity_for);
    // In the lab the reader decides how long it takes, and memory how much of it
    // can be kept.
    plan.rounds = size::kept_rounds(&plan.arms, settings.rounds());
    plan
}

fn judge(evidence: &Evidence, _settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    // Overlapped waiting is no speedup of computing, so nothing to flag there;
    // with SIMD a worker does more than a bare one.
    for arm in &evidence.arms {
        let waits = arm.jobs.iter().any(|job| job.wait_millis > 0.0);
        if arm.manner.town.is_some() {
            town::judge(&mut claims, arm);
        } else if pace::is_open(arm) {
            little(&mut claims, &arm.id);
        } else if arm.strategy.uses_workers() && arm.workers > 1 && !waits && !arm.manner.simd {
            claims.no_magic(&arm.id, arm.workers);
        }
    }
    agrees(&mut claims);
    learns(&mut claims, Strategy::Sequential.id());
    claims.done()
}

fn references(evidence: &Evidence, _settings: &Settings) -> Vec<Reference> {
    let row = millis_of(evidence, "sequential");
    if row > 0.0 {
        vec![super::reference("sequential", row)]
    } else {
        Vec::new()
    }
}
