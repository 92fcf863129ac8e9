//! What is run: one chef, and teams of ever more.

use super::{LESSON, is_team};
use crate::arms::{MOST_WORKERS, arm, based_on, job, place, plan as planned, rung_notes, runnable};
use crate::words::{Phrase, whole};
use crate::{Machine, Settings};
use model::{Arm, Edge, Job, Plan, Strategy};

/// Trial divisions cost the same everywhere, so the last dish is no longer than
/// the others.
const WORKLOAD: &str = "primes";
/// Dishes of the part that is shared out: a multiple of most numbers of chefs.
pub const DISHES: u32 = 96;
/// Largest team where none was asked for: each team has a host with that many
/// threads of its own, and all of them stay for the length of a run.
const MOST_CROWDED: u32 = 16;
/// Up to here every number of chefs is tried.
const ALL_UP_TO: u32 = 6;
/// Teams between that are tried where more come.
const STEPS: [u32; 5] = [2, 3, 4, 8, 16];
/// What a round of the growing problem may take; larger teams are left out.
const GROWN_MILLIS: f64 = 3_000.0;
/// A run that takes longer is told of.
const LONG_MILLIS: f64 = 25_000.0;
/// Id of the arm with the best sequential version.
pub const ALONE: &str = "sequential";

/// What is to be done.
#[derive(Clone, Copy)]
pub struct Menu {
    /// Share that only one chef can do, of the work of one chef.
    pub serial: f64,
    /// All work, in milliseconds of one chef.
    pub total: f64,
    /// Whether the part that can be shared grows with the team.
    pub grows: bool,
}

impl Menu {
    pub fn of(settings: &Settings) -> Self {
        Self {
            serial: LESSON.value("serial", settings).round() / 100.0,
            total: LESSON.value("size", settings),
            grows: settings.get("mode") == Some("grow"),
        }
    }

    /// Milliseconds of the part for one, and of the part to share out, where the
    /// latter has grown so many times.
    fn parts(&self, times: u32) -> (f64, f64) {
        let alone = self.serial * self.total;
        (alone, (self.total - alone) * f64::from(times))
    }

    /// The first task is the part for one; all others need it.
    fn arm(
        &self,
        id: &str,
        strategy: Strategy,
        workers: u32,
        machine: &Machine<'_>,
        times: u32,
    ) -> Arm {
        let (alone, shared) = self.parts(times);
        let dishes = DISHES * times;
        let mut jobs: Vec<Job> = Vec::new();
        if alone > 0.0 {
            jobs.push(job(WORKLOAD, 1, alone, 0.0));
        }
        jobs.push(job(WORKLOAD, dishes, shared / f64::from(dishes), 0.0));
        let mut made = arm(id, strategy, workers, place(machine), &jobs);
        if alone > 0.0 {
            let edge = |after| Edge { before: 0, after };
            made.edges = (1..=dishes).map(edge).collect();
        }
        if times > 1 {
            made.workload = [WORKLOAD, "-", &times.to_string()].concat();
        }
        made
    }
}

/// Team sizes in rising order.
fn teams(settings: &Settings, machine: &Machine<'_>) -> Vec<u32> {
    let knives = machine.knives().max(2);
    let asked = settings
        .workers()
        .map(|_| (LESSON.value("workers", settings) as u32).min(MOST_WORKERS));
    let most = asked.unwrap_or((2 * knives).min(MOST_CROWDED));
    let mut teams: Vec<u32> = if most <= ALL_UP_TO {
        (2..=most).collect()
    } else {
        STEPS.into_iter().chain([knives, most]).collect()
    };
    teams.retain(|team| *team <= most);
    teams.sort_unstable();
    teams.dedup();
    teams
}

/// The team's id, such as `pool-4`.
fn team_id(strategy: Strategy, workers: u32) -> String {
    [strategy.id(), "-", &workers.to_string()].concat()
}

/// Arms, and milliseconds of a round.
pub fn arms(settings: &Settings, machine: &Machine<'_>) -> (Vec<Arm>, f64) {
    let menu = Menu::of(settings);
    let mut arms = vec![menu.arm(ALONE, Strategy::Sequential, 1, machine, 1)];
    let mut round = menu.total;
    let Some(strategy) = runnable(Strategy::Pool, machine) else {
        let juggling = menu.arm("interleaved", Strategy::Interleaved, 1, machine, 1);
        arms.push(based_on(juggling, ALONE));
        return (arms, 2.0 * round);
    };
    if !menu.grows {
        // What it costs to be ready for more: a team of one.
        let one = menu.arm(&team_id(strategy, 1), strategy, 1, machine, 1);
        arms.push(based_on(one, ALONE));
        round += menu.total;
    }
    for workers in teams(settings, machine) {
        let times = if menu.grows { workers } else { 1 };
        let (alone, shared) = menu.parts(times);
        let mut millis = alone + shared / machine.capacity_guess(workers);
        if menu.grows {
            millis += alone + shared;
            if arms.len() > 1 && round + millis > GROWN_MILLIS {
                break;
            }
            let row = ["row-", &workers.to_string()].concat();
            arms.push(menu.arm(&row, Strategy::Sequential, 1, machine, times));
            let team = menu.arm(
                &team_id(strategy, workers),
                strategy,
                workers,
                machine,
                times,
            );
            arms.push(based_on(team, &row));
        } else {
            let team = menu.arm(
                &team_id(strategy, workers),
                strategy,
                workers,
                machine,
                times,
            );
            arms.push(based_on(team, ALONE));
        }
        round += millis;
    }
    (arms, round)
}

pub fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let (arms, round) = arms(settings, machine);
    // Two, as many as there are knives, and the most: what lies between follows.
    let teams = arms.iter().filter(|arm| is_team(arm.strategy, arm.workers));
    let teams: Vec<u32> = teams.map(|arm| arm.workers).collect();
    let knives = machine.knives();
    let mut probed: Vec<u32> = teams
        .iter()
        .copied()
        .filter(|team| *team <= knives)
        .collect();
    probed.drain(..probed.len().saturating_sub(1));
    probed.extend(teams.first());
    probed.extend(teams.last());
    probed.sort_unstable();
    probed.dedup();
    planned(LESSON.id, settings, arms, round, probed)
}

pub fn notes(settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    let mut notes = rung_notes(machine);
    let plan = plan(settings, machine);
    let millis = arms(settings, machine).1 * f64::from(plan.rounds);
    if millis > LONG_MILLIS {
        notes.push(Phrase::new("speedup.note.long").with("seconds", whole(millis / 1e3)));
    }
    notes
}
