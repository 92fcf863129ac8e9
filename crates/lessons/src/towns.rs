//! Jobs on nodes that share nothing, as plans and records have them.

use crate::arms::arm;
use crate::checks::Claims;
use crate::serving::rows;
use crate::{Machine, Settings};
use analysis::verdict::{Limit, judge_exact};
use model::{Arm, Job, Moves, Place, RoundRow, Rung, Strategy, Town};

/// KiB in a megabyte, as sizes of text are told.
const KIB: u32 = 1024;
/// A text of fewer splits has nothing to deal out.
const FEWEST_SPLITS: u32 = 2;
/// A core maps about so many KiB in a millisecond.
const KIB_PER_MILLI: f64 = 150.0;
/// A node that says nothing is missed after about so many milliseconds.
const QUIET_MILLIS: f64 = 500.0;

/// Whether the work of this id is mapped and reduced.
pub fn is_mapped(id: &str) -> bool {
    workloads::mapped::find(id).is_some()
}

/// A text of so many megabytes in splits of about so many KiB.
pub fn job(id: &str, megabytes: f64, split_kib: f64) -> Job {
    let whole = (megabytes * f64::from(KIB)) as u32;
    let split = (split_kib as u32).clamp(1, (whole / FEWEST_SPLITS).max(1));
    let tasks = whole.div_ceil(split).max(1);
    Job {
        workload: id.to_owned(),
        tasks,
        size: whole.div_ceil(tasks).max(1),
        ..Job::default()
    }
}

/// So many nodes that do these jobs.
pub fn of_town(id: &str, nodes: u32, town: Town, jobs: &[Job]) -> Arm {
    let mut made = arm(id, Strategy::Messages, nodes, Place::Worker, jobs);
    made.manner.town = Some(town);
    made
}

/// Whether bytes can get to another worker in this way on this machine.
pub fn can_move(moves: Moves, machine: &Machine<'_>) -> bool {
    match machine.rung() {
        Rung::Shared => true,
        Rung::Messages => moves != Moves::Share,
        Rung::Page => false,
    }
}

/// The ways of moving wanted, in the order given.
pub fn moves(settings: &Settings) -> Vec<Moves> {
    let given = settings.get("moves").unwrap_or_default().split(',');
    let mut moves: Vec<Moves> = given.filter_map(Moves::from_id).collect();
    if moves.is_empty() {
        moves.push(Moves::Transfer);
    }
    moves
}

/// Node that is killed: the last one, so that the first, which may be the slow one,
/// is still there. `None` where it would be the only one.
pub fn killed(nodes: u32) -> Option<u32> {
    (nodes > 1).then(|| nodes - 1)
}

/// About how long a run takes, in milliseconds; 0 for other work.
pub fn millis(arm: &Arm, machine: &Machine<'_>) -> f64 {
    let (Some(town), Some(job)) = (arm.manner.town, arm.jobs.first()) else {
        return 0.0;
    };
    let nodes = f64::from(arm.workers);
    let kib = f64::from(job.tasks) * f64::from(job.size);
    let work = kib / KIB_PER_MILLI / nodes.min(machine.capacity_guess(arm.workers));
    // Two splits are with a node at a time.
    let trips = 2.0 * (f64::from(job.tasks) / nodes / 2.0).ceil() + 2.0;
    let narrow = if town.megabytes_per_second > 0.0 {
        kib / nodes / town.megabytes_per_second
    } else {
        0.0
    };
    let lost = if town.kill.is_some() {
        QUIET_MILLIS + work * (1.0 - town.kill_after)
    } else {
        0.0
    };
    work * town.straggler.min(2.0) + trips * town.latency_millis + narrow + lost
}

/// In every round that counts one node was lost, and what it had not finished was
/// done again, no more and no less. That the result is right the checksum says.
pub fn done_again(claims: &mut Claims<'_>, arm: &str) {
    let evidence = claims.evidence();
    let is_other = |row: &RoundRow| {
        let of = |name: &str| row.figures.get(name).copied();
        let figures = of("town.lost").zip(of("town.unfinished").zip(of("town.retried")));
        figures.is_none_or(|(lost, (unfinished, retried))| {
            (lost - 1.0).abs() > 0.5 || (unfinished - retried).abs() > 0.5
        })
    };
    let rounds = rows(evidence, arm).count();
    let other = rows(evidence, arm).filter(|row| is_other(row)).count();
    // Without a round nothing is borne out.
    let count = if rounds == 0 { 1 } else { other };
    let id = ["again.", arm].concat();
    let expr = "rounds in which splits begun again are not those left by the one lost node";
    claims.push(judge_exact(&id, expr, count as f64, Limit::Equal, &[]));
}
