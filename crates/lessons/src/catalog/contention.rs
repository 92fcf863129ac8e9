//! The one salt shaker: what a lock costs, and what helps.

mod claims;
mod told;

use crate::arms::{MOST_WORKERS, arm, based_on, job, place, plan as planned, rung_notes};
use crate::checks::{metric_of, middle};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question, without_twins};
use crate::words::{Phrase, whole};
use crate::{ChartKind, Drawing, Lesson, Machine, Settings, SliderSpec};
use model::{Arm, ArmInfo, Evidence, Guard, Plan, Rung, Strategy};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "contention",
    number: Some(14),
    sliders: SLIDERS,
    run_chart: ChartKind::Lanes,
    play_charts: &[ChartKind::Lanes, ChartKind::Sweep, ChartKind::Makespan],
    shown_arm,
    plan,
    notes,
    questions,
    judge: claims::judge,
    finding: told::finding,
    data: |kind, evidence, _| {
        (kind == ChartKind::Sweep).then(|| Drawing::Sweep(told::sweep(evidence)))
    },
    source: |_| None,
    references: |_, _| Vec::new(),
    panel: None,
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "cost",
                misconception: None,
            },
            ExplainOption {
                id: "stop",
                misconception: Some("M17"),
            },
            ExplainOption {
                id: "line",
                misconception: None,
            },
        ],
        right: "line",
    }),
    presets: &[
        Preset {
            id: "pinch",
            values: &[("locked", "10")],
        },
        Preset {
            id: "crowd",
            values: &[("locked", "75"), ("workers", "16")],
        },
        Preset {
            id: "beside",
            values: &[("guard", "beside")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            parts(evidence)
                .any(|arm| arm.workers <= 4 && middle(evidence, &arm.id, "speedup") >= 1.6)
        },
    }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "locked",
        min: 0.0,
        max: 100.0,
        step: 5.0,
        default: 50.0,
        unit: "percent",
    },
    SliderSpec {
        key: "workers",
        min: 2.0,
        max: 16.0,
        step: 1.0,
        default: 4.0,
        unit: "",
    },
    SliderSpec {
        key: "size",
        min: 1.0,
        max: 10.0,
        step: 0.5,
        default: 2.0,
        unit: "ms",
    },
];

/// Dishes: every chef of a large team gets several.
const TASKS: u32 = 30;
/// Share inside the lock of the easiest way, in percent.
const FEW: u32 = 20;
/// Team sizes that are all measured up to so many cores; of more, some.
const MOST_IN_A_ROW: u32 = 4;

/// Capacity, as a share of a team, at which everyone in it has a knife.
const FOR_ALL: f64 = 0.85;

/// Beginnings of the names of ways, each with the size of the team behind it.
const ALL_INSIDE: &str = "lock";
const PART_INSIDE: &str = "part";
const FEW_INSIDE: &str = "few";
const SHARDED: &str = "sharded";
const RETRY: &str = "retry";
const OWN: &str = "own";
const BESIDE: &str = "beside";
const APART: &str = "apart";

/// What one way of sharing is: the beginning of its name, how the shared thing is
/// guarded, and the percentage of the work that needs it.
type Way = (&'static str, Guard, u32);

/// Team sizes in rising order, from 1: up to the cores, and beyond them.
fn teams(settings: &Settings, machine: &Machine<'_>) -> Vec<u32> {
    let knives = machine.knives().clamp(2, 16);
    let mut teams: Vec<u32> = (1..=knives.min(MOST_IN_A_ROW)).collect();
    if knives > MOST_IN_A_ROW {
        teams.extend([(3 * knives).div_ceil(4), knives]);
    }
    teams.push((knives + 1).min(3));
    match settings.workers() {
        None => teams.push((2 * knives).min(MOST_WORKERS)),
        Some(_) => {
            let most = LESSON.value("workers", settings) as u32;
            teams.retain(|team| *team <= most);
            teams.push(most);
        }
    }
    teams.sort_unstable();
    teams.dedup();
    teams
}

/// The largest team with a knife for everyone, two at least.
fn full(teams: &[u32], machine: &Machine<'_>) -> u32 {
    let fitting = teams.iter().filter(|team| **team <= machine.knives());
    fitting.copied().max().unwrap_or(2).max(2)
}

fn locked(settings: &Settings) -> u32 {
    LESSON.value("locked", settings) as u32
}

fn wants_beside(settings: &Settings) -> bool {
    settings.get("guard") == Some(Guard::Beside.id())
}

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let size = LESSON.value("size", settings);
    let work = size * f64::from(TASKS);
    let jobs = |percent: u32| {
        let mut job = job("shaker", TASKS, size, 0.0);
        job.locked_share = f64::from(percent) / 100.0;
        vec![job]
    };
    let place = place(machine);
    let mut arms = vec![arm(
        "sequential",
        Strategy::Sequential,
        1,
        place,
        &jobs(100),
    )];
    let teams = teams(settings, machine);
    let full = full(&teams, machine);
    let mut round = work;
    match machine.rung() {
        Rung::Shared => {
            for (way, workers) in ways(settings, &teams, full) {
                let (name, guard, percent) = way;
                let id = [name, "-", &workers.to_string()].concat();
                let mut team = arm(&id, Strategy::Blocking, workers, place, &jobs(percent));
                team.manner.guard = guard;
                team.variant = variant(way);
                arms.push(based_on(team, "sequential"));
                round += work / most_at_once(way, workers).min(machine.capacity_guess(workers));
            }
        }
        Rung::Messages => {
            for &workers in teams.iter().filter(|team| **team > 1) {
                let id = ["messages-", &workers.to_string()].concat();
                let team = arm(&id, Strategy::Messages, workers, place, &jobs(100));
                arms.push(based_on(team, "sequential"));
                round += work / machine.capacity_guess(workers);
            }
        }
        Rung::Page => {
            let juggling = arm("interleaved", Strategy::Interleaved, 1, place, &jobs(100));
            arms.push(based_on(juggling, "sequential"));
            round += work;
        }
    }
    let mut capacity_for = vec![2, full];
    capacity_for.dedup();
    if machine.rung() == Rung::Page {
        capacity_for.clear();
    }
    planned(LESSON.id, settings, arms, round, capacity_for)
}

/// Every way with the teams that are timed with it.
fn ways(settings: &Settings, teams: &[u32], full: u32) -> Vec<(Way, u32)> {
    let part = locked(settings);
    let most = teams.last().copied().unwrap_or(full);
    let mut ways = Vec::new();
    if wants_beside(settings) {
        let both = [(BESIDE, Guard::Beside, 100), (APART, Guard::Apart, 100)];
        ways.extend(both.map(|way| (way, full)));
        return ways;
    }
    ways.extend(
        teams
            .iter()
            .map(|team| ((ALL_INSIDE, Guard::Mutex, 100), *team)),
    );
    if (1..100).contains(&part) {
        // A row of teams is wanted where a law can be fitted to it.
        let wanted = teams.iter().filter(|team| **team > 1);
        let is_row = teams.len() > 5;
        ways.extend(
            wanted
                .filter(|team| is_row || [full, most].contains(team))
                .map(|team| ((PART_INSIDE, Guard::Mutex, part), *team)),
        );
    }
    if part > FEW {
        ways.push(((FEW_INSIDE, Guard::Mutex, FEW), full));
    }
    ways.extend([
        ((SHARDED, Guard::Sharded, 100), full),
        ((RETRY, Guard::Retry, 100), full),
        ((OWN, Guard::Local, 100), full),
    ]);
    ways
}

/// Chefs that can be at it at the same time, however many knives there are.
fn most_at_once((name, _, percent): Way, workers: u32) -> f64 {
    match name {
        ALL_INSIDE | PART_INSIDE | FEW_INSIDE | RETRY => {
            f64::from(workers).min(100.0 / f64::from(percent))
        }
        _ => f64::from(workers),
    }
}

/// What is shown beside the name of an arm.
fn variant((name, guard, percent): Way) -> String {
    match name {
        ALL_INSIDE | PART_INSIDE | FEW_INSIDE => [&*percent.to_string(), " %"].concat(),
        _ => guard.id().into(),
    }
}

/// The arms whose names begin like this, in rising order of workers.
fn named<'a>(evidence: &'a Evidence, name: &str) -> Vec<&'a ArmInfo> {
    let arms = evidence.arms.iter();
    let mut found: Vec<_> = arms
        .filter(|arm| arm.id.split('-').next() == Some(name))
        .collect();
    found.sort_by_key(|arm| arm.workers);
    found
}

/// The arms with a part of the work inside the lock.
fn parts(evidence: &Evidence) -> impl Iterator<Item = &ArmInfo> {
    named(evidence, PART_INSIDE).into_iter()
}

/// Share of an arm's work that needs what is shared.
fn share_inside(arm: &ArmInfo) -> f64 {
    arm.jobs.first().map_or(0.0, |job| job.locked_share)
}

/// Throughput relative to one chef without a lock, in times.
fn throughput(evidence: &Evidence, arm: &ArmInfo) -> Option<model::Stats> {
    metric_of(evidence, &arm.id, "speedup")
}

/// Whether bare workers showed that so many have a knife each.
fn has_knives(evidence: &Evidence, workers: u32) -> bool {
    let probed = evidence.capacity.by_workers.values();
    let most = probed.map(|stats| stats.median).fold(0.0, f64::max);
    most >= FOR_ALL * f64::from(workers)
}

/// All of the work inside the lock, by four chefs at most.
fn shown_arm(plan: &Plan) -> Option<&str> {
    let named = |name: &str| -> Option<&Arm> {
        let mut arms = plan.arms.iter();
        arms.find(|arm| arm.id.split('-').next() == Some(name))
    };
    let lock = plan
        .arms
        .iter()
        .filter(|arm| arm.id.starts_with("lock-") && arm.workers <= 4)
        .max_by_key(|arm| arm.workers);
    let shown = lock.or_else(|| named(BESIDE)).or(plan.arms.last())?;
    Some(shown.id.as_str())
}

fn notes(_settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    match machine.rung() {
        Rung::Shared => Vec::new(),
        Rung::Messages => vec![Phrase::new("contention.note.messages")],
        Rung::Page => rung_notes(machine),
    }
}

fn questions(settings: &Settings, machine: &Machine<'_>) -> Vec<Question> {
    if machine.rung() != Rung::Shared || wants_beside(settings) {
        return Vec::new();
    }
    let teams = teams(settings, machine);
    let crowd = teams.iter().rev().find(|team| **team <= 4).copied();
    let Some(chefs) = crowd.filter(|chefs| *chefs > 1) else {
        return Vec::new();
    };
    let choice = |id, value, misconception| Choice {
        id,
        phrase: Phrase::new(["contention.question.crowd.", id].concat())
            .with("times", value_text(value)),
        value,
        value_millis: None,
        misconception,
    };
    let many = f64::from(chefs);
    let choices = vec![
        choice("times", Some(many), Some("M17")),
        choice("half", Some(many / 2.0), None),
        choice("same", Some(1.0), None),
        choice("stop", None, Some("M26")),
    ];
    vec![Question {
        id: "crowd",
        phrase: Phrase::new("contention.question.crowd").with("chefs", chefs.to_string()),
        choices: without_twins(choices, "same"),
        measure: Measure::Metric([ALL_INSIDE, "-", &chefs.to_string()].concat(), "speedup"),
    }]
}

fn value_text(value: Option<f64>) -> String {
    value.map_or_else(String::new, whole)
}
