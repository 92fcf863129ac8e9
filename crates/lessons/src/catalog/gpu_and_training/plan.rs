//! What is run: tables of several sizes by every kind of chef and by the machine,
//! and the same training by every kind of chef.

use super::LESSON;
use crate::arms::{arm, based_on, job, place, plan as planned, runnable};
use crate::{Machine, Settings};
use model::{Arm, ArmInfo, Evidence, Job, Learner, Plan, Rung, Strategy, Training};
use workloads::single;

/// Beginnings of the names of arms that multiply, each followed by the rows.
pub const ONE: &str = "sequential";
pub const BLADES: &str = "simd";
pub const GPU: &str = "gpu";
/// The work of the sweep, and the other work of the machine.
pub const TABLES: &str = "matrix-f32";
pub const OTHERS: [&str; 3] = ["mandelbrot-f32", "n-body-f32", "blur-f32"];
/// Beginning of the names of arms that learn.
pub const TRAIN: &str = "train";
pub const TRAIN_ONE: &str = "train-sequential";

/// Rows of the smallest table.
const SMALLEST: u32 = 32;
/// Multiplications and additions a millisecond of one chef, about; only to tell how
/// long a round will be.
const PRODUCTS_A_MILLI: f64 = 8e5;
/// Multiplications that every arm has to do at least: small tables come several at a
/// time, so that a clock can tell how long they take.
const FEWEST_PRODUCTS: f64 = 1.2e6;
/// Tables of an arm at most: each of them goes to the machine and back.
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

/// Tables of an arm.
pub fn tables(side: u32) -> u32 {
    let products = f64::from(side).powi(3);
    ((FEWEST_PRODUCTS / products).ceil() as u32).clamp(1, MOST_TABLES)
}

/// Milliseconds of one chef that these tables take, about.
fn about_millis(side: u32) -> f64 {
    f64::from(tables(side)) * f64::from(side).powi(3) / PRODUCTS_A_MILLI
}

fn multiply(side: u32) -> Vec<Job> {
    let table = Job {
        size: single::units(side, PIECES),
        ..job(TABLES, PIECES, f64::from(side).powi(3) / PRODUCTS_A_MILLI / f64::from(PIECES), 0.0)
    };
    vec![table; tables(side) as usize]
}

/// Whether there may be a machine of a thousand blades.
pub fn has_gpu(machine: &Machine<'_>) -> bool {
    machine.rung() > Rung::Page
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
    let (workers, place) = (value("workers"), place(machine));
    let team = runnable(Strategy::Pool, machine);
    let mut arms = Vec::new();
    let mut round = 0.0;
    for side in sides(value("side")) {
        let made = |strategy: Strategy, workers| {
            let mut made = arm(&ids(strategy.id(), side), strategy, workers, place, &multiply(side));
            made.variant = side.to_string();
            made.workload = [TABLES, " ", &side.to_string()].concat();
            made
        };
        let base = ids(ONE, side);
        arms.push(made(Strategy::Sequential, 1));
        arms.push(based_on(made(Strategy::Simd, 1), &base));
        if let Some(team) = team {
            arms.push(based_on(made(team, workers), &base));
        }
        if has_gpu(machine) {
            // No bits are promised, so the work has a name of its own.
            let mut machine = made(Strategy::Gpu, 1);
            machine.workload = [GPU, " ", &machine.workload].concat();
            arms.push(machine);
        }
        round += 2.0 * about_millis(side) + f64::from(tables(side)) * ABOUT_A_WAY;
    }
    if has_gpu(machine) {
        for work in OTHERS {
            let jobs = [job(work, PIECES, OTHER_MILLIS / f64::from(PIECES), 0.0)];
            let id = [GPU, "-", work].concat();
            let mut other = arm(&id, Strategy::Gpu, 1, place, &jobs);
            other.workload = [GPU, " ", work].concat();
            arms.push(other);
            round += OTHER_MILLIS;
        }
    }
    let learning = learning(settings, machine, workers);
    round += learning.len() as f64 * about_learning(&training(settings));
    arms.extend(learning);
    let mut capacity_for = if team.is_some() { vec![2, workers] } else { Vec::new() };
    capacity_for.dedup();
    planned(LESSON.id, settings, arms, round, capacity_for)
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
    let mut four = alone(Strategy::Simd);
    // Four numbers at a time are added up in another order: near, but not the same bits.
    four.workload.push_str(" simd");
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
    let largest = plan.arms.iter().filter_map(|arm| side_of(&arm.id, ONE)).max();
    let of = |way| largest.map(|side| ids(way, side));
    let wanted = [of(GPU), of("pool"), of("messages"), of(BLADES)];
    let is_there = |id: &String| plan.arms.iter().any(|arm| arm.id == *id);
    let id = wanted.into_iter().flatten().find(is_there);
    super::super::arm_id(plan, &id.unwrap_or_default())
}
