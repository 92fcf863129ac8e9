//! What is claimed about a lock, and how it is judged.

use super::{
    ALL_INSIDE, FEW_INSIDE, OWN, PART_INSIDE, RETRY, SHARDED, has_knives, named, share_inside,
    throughput,
};
use crate::Settings;
use crate::checks::{Claims, capacity_of, is_one_core, scaled};
use analysis::stats::summarise;
use analysis::usl::share_of;
use analysis::verdict::{Gate, Limit, judge as judge_stats, judge_exact};
use model::{ArmInfo, Check, Evidence, RoundRow, Stats, Strategy};

/// With everything inside one lock a team gets no more done than this, in times.
const IN_LINE: f64 = 1.1;
/// Slack of what the line allows where a part is inside.
const SLACK: f64 = 1.15;
/// Share of what is possible that a team without a line must reach.
const FREE: f64 = 0.75;

/// A share that grows does so by this at least.
const GROWN: f64 = 0.01;
/// Serial shares that theory puts nearer to each other are not compared.
const TOLD_APART: f64 = 0.1;

pub fn judge(evidence: &Evidence, _settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    let is_one_core = is_one_core(evidence);
    for arm in [named(evidence, ALL_INSIDE), named(evidence, RETRY)].concat() {
        stands_in_line(&mut claims, "inline", arm, IN_LINE);
    }
    for arm in [named(evidence, PART_INSIDE), named(evidence, FEW_INSIDE)].concat() {
        let share = share_inside(arm);
        if share > 0.0 {
            stands_in_line(&mut claims, "within", arm, SLACK / share);
        }
    }
    for arm in [named(evidence, SHARDED), named(evidence, OWN)].concat() {
        if is_one_core {
            claims.one_knife(&arm.id);
        } else {
            free(&mut claims, arm);
        }
        claims.no_magic(&arm.id, arm.workers);
    }
    line_grows(&mut claims);
    order_of_shares(&mut claims);
    others(&mut claims, is_one_core);
    kept(&mut claims);
    claims.done()
}

/// Whoever needs what only one can have gets no more done than that one.
fn stands_in_line(claims: &mut Claims<'_>, name: &str, arm: &ArmInfo, most: f64) {
    let id = [name, ".", &*arm.id].concat();
    let expr = ["speedup(", &*arm.id, ")"].concat();
    let times = throughput(claims.evidence(), arm);
    // With others at the machine, even one chef is not always as quick.
    let gates = [
        Gate::drift(&claims.evidence().capacity, 2),
        Gate::clock_of(claims.evidence(), &[&arm.id]),
    ];
    let limit = Limit::AtMost(most);
    claims.push(judge_stats(&id, &expr, times.as_ref(), limit, &gates));
}

/// Without a line in front of it, a team does what its knives allow.
fn free(claims: &mut Claims<'_>, arm: &ArmInfo) {
    let evidence = claims.evidence();
    let possible = capacity_of(evidence, arm.workers).map(|at| at.min(f64::from(arm.workers)));
    let share = scaled(throughput(evidence, arm).as_ref(), possible.unwrap_or(0.0));
    let count = arm.workers.to_string();
    let expr = ["speedup(", &*arm.id, ") / min(", &*count, ", capacity)"].concat();
    let id = ["unhindered.", &*arm.id].concat();
    claims.parallel(&id, &expr, share, Limit::AtLeast(FREE), &[&arm.id]);
}

/// The more there are, the larger the part of their time that they stand in line.
fn line_grows(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    let teams = named(evidence, ALL_INSIDE);
    let full = teams
        .iter()
        .rposition(|arm| arm.workers > 1 && has_knives(evidence, arm.workers));
    let wanted = [Some(0), full.or(Some(1)), teams.len().checked_sub(1)];
    let mut wanted: Vec<&ArmInfo> = wanted
        .into_iter()
        .filter_map(|at| teams.get(at?).copied())
        .collect();
    wanted.dedup_by_key(|arm| arm.workers);
    for pair in wanted.windows(2) {
        let [fewer, more] = pair else { continue };
        let grown = differences(evidence, fewer, more, |row| {
            row.figures.get("lock_wait_share").copied()
        });
        let id = ["longer-line.", &*more.id].concat();
        let expr = ["wait share(", &*more.id, ") - (", &*fewer.id, ")"].concat();
        let arms = [&*fewer.id, &*more.id];
        claims.parallel(&id, &expr, grown, Limit::AtLeast(GROWN), &arms);
    }
}

/// The larger the part inside, the larger the serial share that the measured
/// throughput of the same team means.
fn order_of_shares(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    let Some(team) = named(evidence, SHARDED).first().map(|arm| arm.workers) else {
        return;
    };
    let mut arms = [
        named(evidence, FEW_INSIDE),
        named(evidence, PART_INSIDE),
        named(evidence, ALL_INSIDE),
    ]
    .concat();
    arms.retain(|arm| arm.workers == team);
    arms.sort_by(|a, b| share_inside(a).total_cmp(&share_inside(b)));
    // At most 1 / share get done: with a small one nobody has to wait.
    let expected = |arm: &ArmInfo| share_of(team, f64::from(team).min(1.0 / share_inside(arm)));
    for pair in arms.windows(2) {
        let [less, more] = pair else { continue };
        let apart = expected(more).zip(expected(less));
        if apart.is_none_or(|(more, less)| more - less < TOLD_APART) {
            continue;
        }
        let grown = differences(evidence, less, more, |row| share_of(team, row.speedup?));
        let id = ["ranked.", &*more.id].concat();
        let expr = ["serial share(", &*more.id, ") - (", &*less.id, ")"].concat();
        let arms = [&*less.id, &*more.id];
        claims.parallel(&id, &expr, grown, Limit::AtLeast(GROWN), &arms);
    }
}

/// A figure of the second arm minus that of the first, each pair from one round.
fn differences(
    evidence: &Evidence,
    first: &ArmInfo,
    second: &ArmInfo,
    figure: impl Fn(&RoundRow) -> Option<f64>,
) -> Option<Stats> {
    let rows = |arm: &str| -> Vec<(u32, f64)> {
        let rows = evidence.rounds.iter();
        let valid = rows.filter(|row| row.valid && row.arm == arm);
        valid
            .filter_map(|row| Some((row.round, figure(row)?)))
            .collect()
    };
    let before = rows(&first.id);
    let pairs = rows(&second.id).into_iter().filter_map(|(round, value)| {
        let other = before.iter().find(|(of, _)| *of == round)?;
        Some(value - other.1)
    });
    summarise(&pairs.collect::<Vec<_>>())
}

/// Teams that share nothing, and one chef who juggles.
fn others(claims: &mut Claims<'_>, is_one_core: bool) {
    let evidence = claims.evidence();
    for arm in &evidence.arms {
        match arm.strategy {
            Strategy::Interleaved => claims.no_faster(&arm.id),
            Strategy::Messages if is_one_core => claims.one_knife(&arm.id),
            Strategy::Messages => {
                if has_knives(evidence, arm.workers) || arm.workers == 2 {
                    free(claims, arm);
                }
                claims.no_magic(&arm.id, arm.workers);
            }
            _ => {}
        }
    }
}

/// Whatever the guard, what was put into the shared thing is there afterwards.
fn kept(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    // One thread and message workers put nothing into anything shared.
    let shares = |id: &str| {
        let mut arms = evidence.arms.iter();
        arms.any(|arm| arm.id == id && arm.strategy.needs_shared_memory())
    };
    let rows = evidence.rounds.iter();
    let amiss: Vec<f64> = rows
        .filter(|row| row.valid && shares(&row.arm))
        .filter_map(|row| row.figures.get("amiss").copied())
        .collect();
    if !amiss.is_empty() {
        let expr = "rounds in which something put into the shared sum is missing";
        let count = amiss.iter().sum();
        claims.push(judge_exact("kept", expr, count, Limit::Equal, &[]));
    }
}
