//! Two chefs: several workers at the same instant, as far as there are cores.

use crate::arms::{MOST_WORKERS, arm, based_on, job, place, plan as planned, rung_notes, runnable};
use crate::checks::{
    Claims, Outcome, capacity_of, is_one_core, metric_of, middle, millis_of, outcome, ratio,
    share_of_capacity,
};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question, without_twins};
use crate::words::{Phrase, millis, tenth, whole};
use crate::{ChartKind, Finding, FindingKind, Lesson, Machine, Reference, Settings, SliderSpec};
use analysis::verdict::{CAPACITY_NEEDED, Limit};
use model::{Check, Evidence, Plan, Strategy};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "two-chefs",
    number: Some(3),
    sliders: SLIDERS,
    run_chart: ChartKind::Lanes,
    play_charts: &[ChartKind::Lanes, ChartKind::Makespan],
    shown_arm,
    plan,
    notes: |_, machine| rung_notes(machine),
    questions,
    judge,
    finding,
    data: |_, _, _| None,
    source: |_| None,
    references,
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "overlap",
                misconception: Some("M10"),
            },
            ExplainOption {
                id: "knives",
                misconception: None,
            },
            ExplainOption {
                id: "chefs",
                misconception: Some("M7"),
            },
        ],
        right: "knives",
    }),
    panel: None,
    presets: &[
        Preset {
            id: "crowd",
            values: &[("workers", "8"), ("tasks", "48"), ("size", "6")],
        },
        Preset {
            id: "few",
            values: &[("workers", "4"), ("tasks", "5"), ("size", "60")],
        },
        Preset {
            id: "fine",
            values: &[("workers", "2"), ("tasks", "128"), ("size", "2")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            let two = team_of(evidence, 2).map_or(f64::MAX, |arm| middle(evidence, arm, "speedup"));
            capacity_of(evidence, 2).unwrap_or(0.0) >= CAPACITY_NEEDED && two > 0.0 && two <= 1.1
        },
    }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "workers",
        min: 2.0,
        max: 32.0,
        step: 1.0,
        default: 2.0,
        unit: "",
    },
    SliderSpec {
        key: "tasks",
        min: 1.0,
        max: 128.0,
        step: 1.0,
        default: 24.0,
        unit: "",
    },
    SliderSpec {
        key: "size",
        min: 2.0,
        max: 100.0,
        step: 1.0,
        default: 12.0,
        unit: "ms",
    },
];

/// Largest team of four times the cores.
const MOST_CROWDED: u32 = 16;
/// Lanes are claimed hollow above this share of their time,
const HOLLOW: f64 = 0.1;
/// where there are about four chefs for a knife.
const CROWDED: f64 = 3.5;

/// Dishes, milliseconds of chopping each. Where nothing was set there are
/// enough dishes for every core to cook several, so that the last one is not
/// what is measured.
fn values(settings: &Settings, machine: &Machine<'_>) -> (f64, f64) {
    let size = LESSON.value("size", settings);
    let tasks = match settings.tasks() {
        None => f64::from((6 * machine.knives()).clamp(24, 96)),
        Some(_) => LESSON.value("tasks", settings).round(),
    };
    (tasks, size)
}

/// Team sizes in rising order: two; as many as there are cores; twice and four
/// times as many. Or two and the one that was asked for.
fn teams(settings: &Settings, machine: &Machine<'_>) -> Vec<u32> {
    let knives = machine.knives().max(2);
    let mut teams = vec![2, knives, 2 * knives];
    // A phone with eight cores need not start 32 workers to make the point.
    teams.extend(Some(4 * knives).filter(|team| *team <= MOST_CROWDED));
    if let Some(workers) = asked(settings) {
        teams = vec![2, workers];
    }
    teams.retain(|team| *team <= MOST_WORKERS);
    teams.sort_unstable();
    teams.dedup();
    teams
}

/// Workers, if another number than two was asked for.
fn asked(settings: &Settings) -> Option<u32> {
    settings.workers()?;
    let workers = LESSON.value("workers", settings) as u32;
    (workers != 2).then_some(workers)
}

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let (tasks, size) = values(settings, machine);
    let search = tasks as u32 / 2;
    let picture = tasks as u32 - search;
    let mut jobs = vec![job("mandelbrot", picture, size, 0.0)];
    if search > 0 {
        jobs.push(job("queens", search, size, 0.0));
    }
    let place = place(machine);
    let mut arms = vec![arm("sequential", Strategy::Sequential, 1, place, &jobs)];
    let (mut round, mut capacity_for) = (tasks * size, Vec::new());
    for workers in teams(settings, machine) {
        if let Some(strategy) = runnable(Strategy::Pool, machine) {
            let id = [strategy.id(), "-", &workers.to_string()].concat();
            arms.push(based_on(
                arm(&id, strategy, workers, place, &jobs),
                "sequential",
            ));
            round += tasks * size / machine.capacity_guess(workers);
            capacity_for.push(workers);
        }
    }
    // Four times the cores need no probe: twice as many show the limit already.
    if asked(settings).is_none() {
        let limit = 2 * machine.knives().max(2);
        capacity_for.retain(|workers| *workers <= limit);
    }
    if arms.len() == 1 {
        // The page alone: what one chef can do, and the notes say the rest.
        let juggling = arm("interleaved", Strategy::Interleaved, 1, place, &jobs);
        arms.push(based_on(juggling, "sequential"));
        round *= 2.0;
    }
    planned(LESSON.id, settings, arms, round, capacity_for)
}

/// The second team, whose lanes overlap more than they get done, unless it is
/// too large to be seen at a glance.
fn shown_arm(plan: &Plan) -> Option<&str> {
    let mut teams: Vec<_> = plan
        .arms
        .iter()
        .filter(|arm| arm.strategy.uses_workers())
        .collect();
    teams.sort_by_key(|arm| arm.workers);
    let second = teams.get(1).filter(|arm| arm.workers <= 8);
    let shown = second.or(teams.first()).copied().or(plan.arms.last())?;
    Some(shown.id.as_str())
}

fn questions(settings: &Settings, machine: &Machine<'_>) -> Vec<Question> {
    let plan = plan(settings, machine);
    let teams: Vec<_> = plan
        .arms
        .iter()
        .filter(|arm| arm.strategy.uses_workers())
        .collect();
    let (tasks, size) = values(settings, machine);
    let row = tasks * size;
    let mut questions = Vec::new();
    if let Some(two) = teams.first() {
        let choice = |id, value| Choice {
            id,
            phrase: Phrase::new(["two-chefs.question.two.", id].concat()).with("ms", whole(value)),
            value: Some(value),
            value_millis: Some(value),
            misconception: None,
        };
        questions.push(Question {
            id: "two",
            phrase: Phrase::new("two-chefs.question.two")
                .with("tasks", whole(tasks))
                .with("row", whole(row)),
            choices: vec![
                choice("same", row),
                choice("half", row / 2.0),
                choice("quarter", row / 4.0),
            ],
            measure: Measure::Millis(two.id.clone()),
        });
    }
    let knives = machine.knives().max(2);
    let many = teams.iter().find(|arm| arm.workers > knives);
    let full = teams.iter().rev().find(|arm| arm.workers <= knives);
    if let (Some(full), Some(many)) = (full, many) {
        let before = row / machine.capacity_guess(full.workers).max(1.0);
        let choice = |id, value, misconception| Choice {
            id,
            phrase: Phrase::new(["two-chefs.question.many.", id].concat()),
            value: Some(value),
            value_millis: Some(before * value),
            misconception,
        };
        let share = f64::from(full.workers) / f64::from(many.workers);
        let choices = vec![
            choice("share", share, Some("M7")),
            choice("same", 1.0, None),
            choice("longer", 1.0 / share, None),
        ];
        questions.push(Question {
            id: "many",
            phrase: Phrase::new("two-chefs.question.many")
                .with("many", many.workers.to_string())
                .with("full", full.workers.to_string())
                .with("cores", machine.capability.reported_cores.to_string()),
            choices: without_twins(choices, "same"),
            measure: Measure::Ratio(many.id.clone(), full.id.clone()),
        });
    }
    questions
}

/// The teams of a record, smallest first: arm id, workers.
fn teams_of(evidence: &Evidence) -> Vec<(&str, u32)> {
    let teams = evidence
        .arms
        .iter()
        .filter(|arm| arm.strategy.uses_workers());
    let mut teams: Vec<_> = teams.map(|arm| (arm.id.as_str(), arm.workers)).collect();
    teams.sort_unstable_by_key(|(_, workers)| *workers);
    teams
}

fn team_of(evidence: &Evidence, workers: u32) -> Option<&str> {
    let teams = teams_of(evidence).into_iter();
    teams
        .filter(|(_, count)| *count == workers)
        .map(|(arm, _)| arm)
        .next()
}

/// Where the knives ran out, by probes: the team that had about all of them,
/// and the ones that had too few.
struct Limits<'a> {
    full: (&'a str, u32),
    beyond: Vec<(&'a str, u32)>,
}

fn limits(evidence: &Evidence) -> Option<Limits<'_>> {
    let probed = &evidence.capacity.by_workers;
    let most = probed
        .values()
        .map(|stats| stats.median)
        .fold(0.0, f64::max);
    let ran_out = probed
        .iter()
        .any(|(workers, stats)| stats.median < 0.85 * f64::from(*workers));
    let teams = teams_of(evidence);
    let enough = |workers: u32| capacity_of(evidence, workers).is_some_and(|at| at >= 0.9 * most);
    let full = *teams.iter().find(|(_, workers)| enough(*workers))?;
    let beyond = teams
        .into_iter()
        .filter(|(_, workers)| *workers > full.1)
        .collect();
    ran_out.then_some(Limits { full, beyond })
}

fn judge(evidence: &Evidence, _settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    let is_one_core = is_one_core(evidence);
    for (arm, workers) in teams_of(evidence) {
        let cores = capacity_of(evidence, workers).unwrap_or(0.0);
        if is_one_core {
            claims.one_knife(arm);
        } else if cores > 0.85 * f64::from(workers) || workers == 2 {
            claims.reaches_capacity(arm, workers);
        }
        claims.no_magic(arm, workers);
    }
    if let Some(limits) = limits(evidence).filter(|_| !is_one_core) {
        beyond_the_knives(&mut claims, &limits);
    }
    claims.done()
}

/// More chefs than knives: no sooner, no more work at once, hollow lanes.
fn beyond_the_knives(claims: &mut Claims<'_>, limits: &Limits<'_>) {
    let evidence = claims.evidence();
    let (full, knives) = limits.full;
    for &(arm, workers) in &limits.beyond {
        let name = |check: &str| [check, ".", arm].concat();
        let sooner = ratio(evidence, full, arm);
        let expr = ["ms(", full, ") / ms(", arm, ")"].concat();
        claims.parallel(&name("plateau"), &expr, sooner, Limit::AtMost(1.15), &[arm]);
        let share = share_of_capacity(evidence, arm, "p", knives);
        let expr = ["p(", arm, ") / capacity(", &*knives.to_string(), ")"].concat();
        claims.parallel(
            &name("stays"),
            &expr,
            share,
            Limit::Between(0.85, 1.15),
            &[arm],
        );
        let cores = capacity_of(evidence, knives).unwrap_or(f64::INFINITY);
        if f64::from(workers) >= CROWDED * cores {
            let hollow = metric_of(evidence, arm, "hollow");
            let expr = ["hollow(", arm, ")"].concat();
            claims.parallel(
                &name("hollow"),
                &expr,
                hollow,
                Limit::AtLeast(HOLLOW),
                &[arm],
            );
        }
    }
}

fn finding(evidence: &Evidence, _settings: &Settings) -> Finding {
    let row = millis(millis_of(evidence, "sequential"));
    let Some(two) = team_of(evidence, 2) else {
        return Finding::new(FindingKind::Undecided, "two-chefs.finding.page").with("row", row);
    };
    let limits = limits(evidence).filter(|limits| !limits.beyond.is_empty());
    let (kind, case) = match outcome(evidence) {
        _ if is_one_core(evidence) => (FindingKind::OneKnife, "one-knife"),
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held if limits.is_some() => (FindingKind::Expected, "expected"),
        Outcome::Held => (FindingKind::Expected, "knives-left"),
    };
    let mut finding = Finding::new(kind, ["two-chefs.finding.", case].concat())
        .with("row", row)
        .with("ms", millis(millis_of(evidence, two)))
        .with("times", tenth(middle(evidence, two, "speedup")))
        .with("two", tenth(capacity_of(evidence, 2).unwrap_or(0.0)));
    if let Some(limits) = limits {
        let (full, knives) = limits.full;
        let (many_arm, many) = limits.beyond.first().copied().unwrap_or(limits.full);
        finding = finding
            .with("full", knives.to_string())
            .with("full-ms", millis(millis_of(evidence, full)))
            .with("many", many.to_string())
            .with("many-ms", millis(millis_of(evidence, many_arm)))
            .with(
                "knives",
                tenth(capacity_of(evidence, knives).unwrap_or(0.0)),
            );
    }
    finding
}

fn references(evidence: &Evidence, _settings: &Settings) -> Vec<Reference> {
    let row = millis_of(evidence, "sequential");
    let shared = row / 2.0;
    if teams_of(evidence).is_empty() {
        Vec::new()
    } else {
        vec![super::reference("half", shared)]
    }
}
