//! What is run: tables of several sizes by every kind of chef and by the machine,
//! and the same training by every kind of chef.

use super::LESSON;
use crate::arms::{arm, based_on, job, place, plan as planned, runnable};
use crate::catalog::lab::graphics;
use crate::{Machine, Settings};
use model::{Arm, ArmInfo, Evidence, GpuUse, Job, Learner, Plan, Strategy, Training};
use workloads::single;

/// Beginnings of the names of arms that multiply, each followed by the rows.
pub const ONE: &str = "sequential";
pub const BLADES: &str = "simd";
pub const GPU: &str = "gpu";
/// The work of the sweep, and the other work of the machine.
pub const TABLES: &str = "matrix-f32";
/// Beginning of the names of runs in which each stage is waited for.
pub const STAGES: &str = "stages";
/// The run that looks for the size from which on the machine is sooner.
pub const EVEN: &str = "even";
pub const OTHERS: [&str; 3] = ["mandelbrot-f32", "n-body-f32", "blur-f32"];
/// Beginning of the names of arms that learn.
pub const TRAIN: &str = "train";
pub const TRAIN_ONE: &str = "train-sequential";

/// Rows of the smallest table.
const SMALLEST: u32 = 32;
/// Multiplications and additions a millisecond of one chef, about; only to tell how
/// long a round will be.
const PRODUCTS_A_MILLI: f64 = 8e5;
/// Multiplications that a chef has to do at least.
const FEWEST_PRODUCTS: f64 = 1.2e6;
/// Tables of an arm at most.
const MOST_TABLES: u32 = 32;
/// Tasks that the rows of a table are shared out to.
const PIECES: u32 = 8;
/// Computing of the machine's other work, in milliseconds of one chef.
const OTHER_MILLIS: f64 = 60.0;
/// What the way to the machine and back takes, about, in milliseconds.
const ABOUT_A_WAY: f64 = 2.0;
/// What a part of a step of learning takes, about, in milliseconds.
const ABOUT_A_SHARD: f64 = 0.1;

/// Name of an arm of this way.
pub fn ids(way: &str, side: u32) -> String {
    [way, "-", &side.to_string()].concat()
}

/// Rows in the name of an arm of this way.
pub fn side_of(id: &str, way: &str) -> Option<u32> {
    id.strip_prefix(way)?.strip_prefix('-')?.parse().ok()
}

/// Whether an arm learns.
pub fn is_training(id: &str) -> bool {
    id.starts_with(TRAIN)
}

/// The arms of one way, from the smallest tables to the largest.
pub fn arms_of<'a>(evidence: &'a Evidence, way: &str) -> Vec<(&'a ArmInfo, u32)> {
    let arms = evidence.arms.iter();
    let mut arms: Vec<_> = arms
        .filter_map(|arm| Some((arm, side_of(&arm.id, way)?)))
        .collect();
    arms.sort_unstable_by_key(|(_, side)| *side);
    arms
}

/// Rows of the tables, each twice those of the one before, up to the largest.
pub fn sides(largest: u32) -> Vec<u32> {
    let doubled = std::iter::successors(Some(SMALLEST), |side| Some(side * 2));
    let mut sides: Vec<u32> = doubled.take_while(|side| *side < largest).collect();
    sides.push(largest);
    sides
}

/// Tables that an arm of this way multiplies: the machine one, chefs so many that a
/// clock can tell how long a small one takes.
pub fn tables(way: &str, side: u32) -> u32 {
    if way == GPU {
        return 1;
    }
    let products = f64::from(side).powi(3);
    ((FEWEST_PRODUCTS / products).ceil() as u32).clamp(1, MOST_TABLES)
}

/// Milliseconds that a table takes one chef, about.
fn about_millis(side: u32) -> f64 {
    f64::from(side).powi(3) / PRODUCTS_A_MILLI
}

fn multiply(way: &str, side: u32) -> Vec<Job> {
    let busy = about_millis(side) / f64::from(PIECES);
    let table = Job {
        size: single::units(side, PIECES),
        ..job(TABLES, PIECES, busy, 0.0)
    };
    vec![table; tables(way, side) as usize]
}

/// How everybody learns.
pub fn training(settings: &Settings) -> Training {
    let value = |key| LESSON.value(key, settings) as u32;
    let learner = settings.get("learner").and_then(Learner::from_id);
    Training {
        learner: learner.unwrap_or_default(),
        batch: value("minibatch"),
        epochs: value("epochs"),
        ..Training::default()
    }
}

pub fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let value = |key| LESSON.value(key, settings) as u32;
    let workers = value("workers");
    let team = runnable(Strategy::Pool, machine);
    let mut arms = Vec::new();
    let mut round = 0.0;
    let sides = sides(value("side"));
    for &side in &sides {
        let base = ids(ONE, side);
        arms.push(table_arm(ONE, Strategy::Sequential, 1, side, machine));
        let four = table_arm(BLADES, Strategy::Simd, 1, side, machine);
        arms.push(based_on(four, &base));
        if let Some(team) = team {
            let team = table_arm(team.id(), team, workers, side, machine);
            arms.push(based_on(team, &base));
        }
        round += 2.0 * f64::from(tables(ONE, side)) * about_millis(side);
    }
    if graphics::is_there(machine) {
        let (blades, millis) = machine_arms(&sides, machine);
        arms.extend(blades);
        round += millis;
    }
    let learning = learning(settings, machine, workers);
    round += learning.len() as f64 * about_learning(&training(settings));
    arms.extend(learning);
    let mut capacity_for = if team.is_some() {
        vec![2, workers]
    } else {
        Vec::new()
    };
    capacity_for.dedup();
    planned(LESSON.id, settings, arms, round, capacity_for)
}

/// The arm of one way that multiplies tables of these rows.
fn table_arm(way: &str, strategy: Strategy, workers: u32, side: u32, machine: &Machine<'_>) -> Arm {
    let jobs = multiply(way, side);
    let mut made = arm(&ids(way, side), strategy, workers, place(machine), &jobs);
    made.variant = side.to_string();
    made.workload = [TABLES, " ", &*made.variant].concat();
    made
}

/// What the machine does, and how long it takes, about: tables of all sizes, the
/// smallest and the largest and other work stage by stage, and the search for the
/// size at which it is level with a chef.
fn machine_arms(sides: &[u32], machine: &Machine<'_>) -> (Vec<Arm>, f64) {
    let blades = |mut made: Arm, id: String| {
        // No bits are promised, so the work has a name of its own.
        made.workload = [&*id, " ", &made.workload].concat();
        made.id = id;
        made
    };
    let table = |side: u32| table_arm(GPU, Strategy::Gpu, 1, side, machine);
    let staged = |mut made: Arm, of: &str| {
        made.manner.gpu = GpuUse {
            staged: true,
            fresh: true,
            ..GpuUse::default()
        };
        blades(made, [STAGES, "-", of].concat())
    };
    let mut arms: Vec<Arm> = sides
        .iter()
        .map(|side| blades(table(*side), ids(GPU, *side)))
        .collect();
    let mut ends = vec![sides.first(), sides.last()];
    ends.dedup();
    for side in ends.into_iter().flatten() {
        arms.push(staged(table(*side), &side.to_string()));
    }
    for work in OTHERS {
        let jobs = [job(work, PIECES, OTHER_MILLIS / f64::from(PIECES), 0.0)];
        let other = arm(work, Strategy::Gpu, 1, place(machine), &jobs);
        arms.push(staged(other, work));
    }
    let mut millis = arms.len() as f64 * ABOUT_A_WAY;
    if let Some(largest) = sides.last() {
        let mut level = blades(table(*largest), EVEN.to_owned());
        level.manner.gpu.break_even = true;
        arms.push(level);
        millis += 2.0 * about_millis(*largest);
    }
    (arms, millis)
}

fn about_learning(training: &Training) -> f64 {
    f64::from(training.steps()) * f64::from(training.batch) * ABOUT_A_SHARD / 32.0
}

fn learning(settings: &Settings, machine: &Machine<'_>, workers: u32) -> Vec<Arm> {
    let training = training(settings);
    let jobs = [training.job(ABOUT_A_SHARD)];
    let made = |way: &str, strategy: Strategy, workers| {
        let id = [TRAIN, "-", way].concat();
        let mut made = arm(&id, strategy, workers, place(machine), &jobs);
        made.manner.training = Some(training);
        made
    };
    let alone = |strategy: Strategy| made(strategy.id(), strategy, 1);
    let four = based_on(alone(Strategy::Simd), TRAIN_ONE);
    let mut arms = vec![alone(Strategy::Sequential), four];
    for way in [Strategy::Pool, Strategy::Messages] {
        if runnable(way, machine) == Some(way) {
            arms.push(based_on(made(way.id(), way, workers), TRAIN_ONE));
        }
    }
    if runnable(Strategy::Messages, machine).is_some() {
        let mut hasty = made("async", Strategy::Messages, workers);
        hasty.workload.push_str(" async");
        hasty.variant = "async".into();
        hasty.manner.training = Some(Training {
            is_async: true,
            ..training
        });
        arms.push(hasty);
    }
    arms
}

pub fn shown_arm(plan: &Plan) -> Option<&str> {
    let largest = plan
        .arms
        .iter()
        .filter_map(|arm| side_of(&arm.id, ONE))
        .max();
    let of = |way| largest.map(|side| ids(way, side));
    let wanted = [of(GPU), of("pool"), of("messages"), of(BLADES)];
    let is_there = |id: &String| plan.arms.iter().any(|arm| arm.id == *id);
    let id = wanted.into_iter().flatten().find(is_there);
    super::super::arm_id(plan, &id.unwrap_or_default())
}
