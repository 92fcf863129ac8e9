//! What a run of a thousand clients shows: claims, sentence, sweep.

use super::{Asked, FEW, FEW_TASKS, LOOP, SEQUENTIAL};
use crate::checks::{Claims, Outcome, metric_of, middle, millis_of, outcome, scaled};
use crate::drawing::{Sweep, SweepLine};
use crate::words::{Phrase, millis, whole};
use crate::{Finding, FindingKind, Settings};
use analysis::verdict::{Limit, judge as judged};
use model::{Check, Evidence, Strategy};

/// Chefs who stand and watch are held to their number while the chopping would
/// keep less than half of one knife busy: then they hardly wait for knives.
const KNIFE_SHARE: f64 = 0.5;
/// Guests from which on the challenge counts, and how many waits it may take.
const CROWD: (u32, f64) = (1_000, 3.0);

/// The teams of a record, smallest first.
fn teams_of(evidence: &Evidence) -> Vec<(&str, u32)> {
    let teams = evidence.arms.iter();
    let mut teams: Vec<_> = teams
        .filter(|arm| arm.strategy == Strategy::Blocking)
        .map(|arm| (arm.id.as_str(), arm.workers))
        .collect();
    teams.sort_by_key(|(_, workers)| *workers);
    teams
}

pub(super) fn judge(evidence: &Evidence, settings: &Settings) -> Vec<Check> {
    let asked = Asked::of(settings);
    let mut claims = Claims::new(evidence);
    let has = |id: &str| evidence.arms.iter().any(|arm| arm.id == id);
    if has(SEQUENTIAL) {
        claims.waits_in_a_row(SEQUENTIAL, asked.tasks * (asked.wait + asked.work));
    }
    for (id, tasks) in [(FEW, f64::from(FEW_TASKS)), (LOOP, asked.tasks)] {
        if has(id) {
            let work = tasks * asked.work + stirring(evidence, id);
            claims.waits_overlap(id, asked.wait, 1.15 * work);
            claims.all_in_progress(id, tasks);
            little(&mut claims, id);
        }
    }
    for (id, chefs) in teams_of(evidence) {
        team(&mut claims, &asked, id, chefs);
        little(&mut claims, id);
    }
    memory(&mut claims);
    claims.done()
}

/// Hand work around the waits where no knife work was asked for, in
/// milliseconds: two stirs of some microseconds each as measured, and as much
/// again for whatever comes with a stir (whose bell it was, whose turn it is).
/// Ten thousand guests make more of it than one wait.
fn stirring(evidence: &Evidence, arm: &str) -> f64 {
    let computes = |job: &model::Job| job.busy_millis > 0.0;
    let arms = &evidence.arms;
    let is_work = arms.iter().any(|info| info.jobs.iter().any(computes));
    if is_work {
        0.0
    } else {
        2.0 * middle(evidence, arm, "p_ticks") * millis_of(evidence, arm)
    }
}

/// Chefs who stand and watch overlap as many waits as there are chefs, however
/// many cores there are.
fn team(claims: &mut Claims<'_>, asked: &Asked, id: &str, chefs: u32) {
    if f64::from(chefs) >= asked.tasks {
        claims.waits_overlap(id, asked.wait, asked.tasks * asked.work);
        return;
    }
    let share = f64::from(chefs) * asked.work / (asked.wait + asked.work);
    if share > KNIFE_SHARE {
        return;
    }
    let millis = claims.evidence().stats.get(id);
    let ratio = scaled(millis, asked.team_millis(chefs));
    let expr = [
        "ms(",
        id,
        ") / (requests / chefs, rounded up, x (wait + work))",
    ]
    .concat();
    let check = ["shares.", id].concat();
    claims.timed(&check, &expr, ratio, Limit::Between(0.85, 1.15), &[id]);
}

fn little(claims: &mut Claims<'_>, id: &str) {
    let residual = metric_of(claims.evidence(), id, "little_residual");
    let expr = ["|L - rate x latency| / (rate x latency) of ", id].concat();
    let check = ["little.", id].concat();
    claims.timed(&check, &expr, residual, Limit::AtMost(0.05), &[id]);
}

/// A waiting request takes less memory than a thread, where both were counted.
fn memory(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    let task = metric_of(evidence, LOOP, "bytes_per_task");
    if let (Some(task), Some(thread)) = (task, thread_bytes(evidence)) {
        let ratio = scaled(Some(&task), thread);
        let limit = Limit::AtMost(1.0);
        let expr = "bytes per waiting request / bytes per thread";
        claims.push(judged("memory", expr, ratio.as_ref(), limit, &[]));
    }
}

fn thread_bytes(evidence: &Evidence) -> Option<f64> {
    let (team, _) = teams_of(evidence).into_iter().next_back()?;
    metric_of(evidence, team, "bytes_per_thread").map(|bytes| bytes.median)
}

pub(super) fn finding(evidence: &Evidence, settings: &Settings) -> Finding {
    let asked = Asked::of(settings);
    let task = metric_of(evidence, LOOP, "bytes_per_task").map(|bytes| bytes.median);
    let teams = teams_of(evidence);
    let team = teams
        .iter()
        .find(|(_, chefs)| *chefs == asked.chefs)
        .or(teams.last());
    let thread = thread_bytes(evidence);
    let (kind, key) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held => {
            let key = match (team, task, thread) {
                (Some(_), Some(_), Some(_)) => "expected",
                (None, Some(_), _) => "crowd",
                _ => "alone",
            };
            (FindingKind::Expected, key)
        }
    };
    let (id, chefs) = team.copied().unwrap_or(("", 0));
    Finding::new(kind, ["thousand-clients.finding.", key].concat())
        .with("tasks", whole(asked.tasks))
        .with("wait", whole(asked.wait))
        .with("ms", millis(millis_of(evidence, LOOP)))
        .with("n", chefs.to_string())
        .with("team", millis(millis_of(evidence, id)))
        .with("bytes", whole(task.unwrap_or(0.0)))
        .with("kb", whole(thread.unwrap_or(0.0) / 1e3))
}

/// Time against the number of chefs: those who stand and watch, measured and as
/// expected, and one chef with a bell, whom their number does not concern.
pub(super) fn sweep(evidence: &Evidence, settings: &Settings) -> Sweep {
    let asked = Asked::of(settings);
    let say = |part: &str| Phrase::new(["thousand-clients.sweep.", part].concat());
    let points = teams_of(evidence).into_iter().filter_map(|(id, chefs)| {
        let stats = evidence.stats.get(id)?;
        Some((f64::from(chefs), *stats))
    });
    let points: Vec<_> = points.collect();
    let most = points.last().map_or(1.0, |(chefs, _)| *chefs);
    let mut lines = Vec::new();
    if !points.is_empty() {
        lines.push(SweepLine {
            label: say("teams"),
            points,
        });
    }
    if let Some(stats) = evidence.stats.get(LOOP) {
        lines.push(SweepLine {
            label: say("loop"),
            points: vec![(1.0, *stats)],
        });
    }
    let expected = (1..=most as u32).map(|chefs| (f64::from(chefs), asked.team_millis(chefs)));
    let together = asked.wait + asked.tasks * asked.work;
    Sweep {
        across: say("across"),
        up: say("up"),
        is_log: true,
        lines,
        is_log_up: false,
        crossing: None,
        theory: vec![
            (say("theory.teams"), expected.collect()),
            (say("theory.loop"), vec![(1.0, together), (most, together)]),
        ],
    }
}

/// A crowd that one chef with a bell has served after a few waits.
pub(super) fn met(evidence: &Evidence) -> bool {
    let (crowd, waits) = CROWD;
    let on_loop = evidence.arms.iter().find(|arm| arm.id == LOOP);
    let wait = on_loop
        .and_then(|arm| arm.jobs.first())
        .map_or(0.0, |job| job.wait_millis);
    let ms = millis_of(evidence, LOOP);
    on_loop.is_some_and(|arm| arm.tasks >= crowd) && ms > 0.0 && ms <= waits * wait
}
