//! The queue near the cliff: what the last few percent of use cost.

use crate::arms::{arm, job, place, rung_notes};
use crate::checks::{Claims, Outcome, metric_of, middle, outcome};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset, Sweep, SweepLine};
use crate::question::{Choice, Measure, Question, without_twins};
use crate::serving::{Pooled, little, pooled, ratio_of};
use crate::words::{Phrase, millis, tenth};
use crate::{ChartKind, Finding, FindingKind, Lesson, Machine, Settings, SliderSpec};
use analysis::queueing::mean_wait_millis;
use analysis::verdict::{Gate, Limit, judge_exact};
use model::{Arm, ArmInfo, Check, Evidence, Job, Law, Plan, Rung, Strategy};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "queue-cliff",
    number: Some(9),
    sliders: SLIDERS,
    run_chart: ChartKind::Sweep,
    play_charts: &[ChartKind::Sweep, ChartKind::Queue, ChartKind::Cdf],
    shown_arm,
    plan,
    notes,
    questions,
    judge,
    finding,
    sweep: |evidence, settings| Some(sweep(evidence, settings)),
    source: |_| None,
    references: |_, _| Vec::new(),
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "slower",
                misconception: None,
            },
            ExplainOption {
                id: "uneven",
                misconception: None,
            },
            ExplainOption {
                id: "room",
                misconception: Some("M20"),
            },
        ],
        right: "uneven",
    }),
    presets: &[
        Preset {
            id: "regular",
            values: &[("law", "constant"), ("load", "85")],
        },
        Preset {
            id: "edge",
            values: &[("law", "exponential"), ("load", "95")],
        },
        Preset {
            id: "team",
            values: &[("law", "exponential"), ("load", "85"), ("workers", "8")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            let lines = one_line(evidence);
            let is_low = |(arm, _): &(&ArmInfo, u32)| {
                metric_of(evidence, &arm.id, "wait_mean_ms").is_some_and(|wait| {
                    wait.median <= 0.25 * middle(evidence, &arm.id, "service_mean_ms")
                })
            };
            lines.iter().any(|line| line.1 >= 85 && is_low(line))
        },
    }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "load",
        min: 30.0,
        max: 95.0,
        step: 1.0,
        default: 85.0,
        unit: "percent",
    },
    SliderSpec {
        key: "workers",
        min: 1.0,
        max: 8.0,
        step: 1.0,
        default: 2.0,
        unit: "",
    },
    SliderSpec {
        key: "tasks",
        min: 400.0,
        max: 3000.0,
        step: 100.0,
        default: 2000.0,
        unit: "",
    },
];

/// Loads that are always measured, in percent; the highest bears the most
/// requests.
const LOADS: [u32; 3] = [50, 70, 85];
/// Up to this load fewer requests tell the mean wait: 800 are enough.
const CALM: u32 = 70;
/// Share of the requests of the highest load that come at a calm one.
const CALM_SHARE: f64 = 0.4;
/// Load at which other kitchens are compared.
const OTHERS_LOAD: u32 = 70;
/// Mean service for each chef, in milliseconds: with twice as many chefs, dishes
/// take twice as long, and the run as long as before. Where pots hang on timers
/// of whole milliseconds they wait longer.
const SERVICE_PER_CHEF: f64 = 2.5;
const SERVICE_BY_TIMER: f64 = 4.0;
/// A thread that stands still wakes up this much late, which it is busy for.
const LATE_MILLIS: f64 = 0.2;
/// Rounds where none were asked for.
const ROUNDS: u32 = 6;

/// The measured mean wait may be this many times theory, or that part of it.
const FACTOR: f64 = 2.0;
/// Measured loads up to which that is claimed, with so many requests. Waking up
/// late is service too, so they are a little above those that were planned.
const CLAIMED: [(f64, f64); 2] = [(0.75, 800.0), (0.88, 2000.0)];

/// What every guest needs, how many chefs there are, and how many guests come.
#[derive(Clone, Copy)]
struct Kitchen {
    chefs: u32,
    service: f64,
    law: Law,
    most: f64,
    rounds: u32,
}

impl Kitchen {
    fn of(settings: &Settings, machine: &Machine<'_>) -> Self {
        let value = |key| LESSON.value(key, settings);
        let chefs = value("workers") as u32;
        let per_chef = if machine.rung() == Rung::Shared {
            SERVICE_PER_CHEF
        } else {
            SERVICE_BY_TIMER
        };
        Self {
            chefs,
            service: per_chef * f64::from(chefs),
            law: law(settings),
            most: value("tasks"),
            rounds: settings.get("rounds").map_or(ROUNDS, |_| settings.rounds()),
        }
    }

    /// Requests of a round at this load, so that all rounds have what is wanted.
    fn requests(&self, load: u32) -> u32 {
        let wanted = if load > CALM {
            self.most
        } else {
            (self.most * CALM_SHARE).max(400.0)
        };
        (wanted / f64::from(self.rounds)).ceil() as u32
    }

    /// Requests at this load (percent) for so many chefs with this mean service.
    fn job(&self, load: u32, chefs: u32, service: f64) -> Job {
        Job {
            law: self.law,
            per_second: 10.0 * f64::from(load * chefs) / (service + LATE_MILLIS),
            ..job("waiting", self.requests(load), 0.0, service)
        }
    }

    fn arm(&self, id: &str, strategy: Strategy, machine: &Machine<'_>, load: u32) -> Arm {
        let job = self.job(load, self.chefs, self.service);
        // Requests are other ones where there are fewer of them.
        let label = ["waiting-", &job.tasks.to_string()].concat();
        let mut made = arm(id, strategy, 1, place(machine), &[job]);
        if strategy == Strategy::Blocking {
            made.workers = self.chefs;
        } else {
            made.manner.limit = self.chefs;
        }
        made.workload = label;
        made
    }
}

fn law(settings: &Settings) -> Law {
    if settings.get("law") == Some("constant") {
        Law::Constant
    } else {
        Law::Exponential
    }
}

/// In rising order, in percent.
fn loads(settings: &Settings) -> Vec<u32> {
    let mut loads = LOADS.to_vec();
    loads.push(LESSON.value("load", settings) as u32);
    loads.sort_unstable();
    loads.dedup();
    loads
}

/// Name of the arm with one line: chefs who stand and watch, or one who juggles
/// no more pots than there would be chefs.
fn line_id(machine: &Machine<'_>, chefs: u32, load: u32) -> String {
    let way = if machine.rung() == Rung::Shared {
        Strategy::Blocking.id()
    } else {
        LOOP
    };
    [way, "-", &chefs.to_string(), "-", &load.to_string()].concat()
}

const LOOP: &str = "loop";
const OWN_LINES: &str = "own-lines";
const FAST: &str = "fast";

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let kitchen = Kitchen::of(settings, machine);
    let is_shared = machine.rung() == Rung::Shared;
    let way = if is_shared {
        Strategy::Blocking
    } else {
        Strategy::Interleaved
    };
    let mut arms = Vec::new();
    for load in loads(settings) {
        let id = line_id(machine, kitchen.chefs, load);
        let mut line = kitchen.arm(&id, way, machine, load);
        line.variant = [&*load.to_string(), " %"].concat();
        arms.push(line);
    }
    if is_shared && kitchen.chefs > 1 {
        let mut own = kitchen.arm(OWN_LINES, way, machine, OTHERS_LOAD);
        own.manner.own_lines = true;
        own.variant = OWN_LINES.into();
        let mut fast = kitchen.arm(FAST, way, machine, OTHERS_LOAD);
        fast.workers = 1;
        fast.variant = FAST.into();
        let service = kitchen.service / f64::from(kitchen.chefs);
        fast.jobs = vec![kitchen.job(OTHERS_LOAD, 1, service)];
        arms.extend([own, fast]);
    }
    Plan {
        lesson: LESSON.id.to_owned(),
        seed: settings.seed(),
        rounds: kitchen.rounds,
        arms,
        capacity_for: Vec::new(),
    }
}

/// The fullest kitchen with one line.
fn shown_arm(plan: &Plan) -> Option<&str> {
    let is_line = |arm: &&Arm| load_of(&arm.id).is_some();
    let shown = plan.arms.iter().rev().find(is_line);
    shown.or(plan.arms.last()).map(|arm| arm.id.as_str())
}

/// The load in the name of an arm with one line.
fn load_of(id: &str) -> Option<u32> {
    let mut parts = id.split('-');
    let way = parts.next()?;
    if way != LOOP && way != Strategy::Blocking.id() {
        return None;
    }
    parts.nth(1)?.parse().ok()
}

/// The arms with one line, by rising load in percent.
fn one_line(evidence: &Evidence) -> Vec<(&ArmInfo, u32)> {
    let arms = evidence.arms.iter();
    let mut lines: Vec<_> = arms
        .filter_map(|arm| Some((arm, load_of(&arm.id)?)))
        .collect();
    lines.sort_unstable_by_key(|(_, load)| *load);
    lines
}

/// Requests that an arm serves at once.
fn servers(arm: &ArmInfo) -> u32 {
    if arm.strategy == Strategy::Blocking {
        arm.workers
    } else {
        arm.manner.limit.max(1)
    }
}

fn notes(_settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    if machine.rung() == Rung::Shared {
        return Vec::new();
    }
    let mut notes = vec![Phrase::new("queue-cliff.note.loop")];
    if machine.rung() == Rung::Page {
        notes.extend(rung_notes(machine));
    }
    notes
}

/// Mean wait in line by theory, in milliseconds.
fn theory(chefs: u32, load: f64, service: f64, law: Law) -> Option<f64> {
    let per_second = 1e3 * load * f64::from(chefs) / service;
    mean_wait_millis(chefs, per_second, service, law)
}

fn questions(settings: &Settings, machine: &Machine<'_>) -> Vec<Question> {
    let kitchen = Kitchen::of(settings, machine);
    let loads = loads(settings);
    let (Some(&calm), Some(&full)) = (loads.first(), loads.last()) else {
        return Vec::new();
    };
    let share = |load: u32| f64::from(load) / 100.0;
    let wait = |load| theory(kitchen.chefs, share(load), kitchen.service, kitchen.law);
    let (Some(before), Some(after)) = (wait(calm), wait(full)) else {
        return Vec::new();
    };
    let choice = |id, value: f64, misconception| Choice {
        id,
        phrase: Phrase::new(["queue-cliff.question.wait.", id].concat())
            .with("times", tenth(value)),
        value: Some(value),
        value_millis: None,
        misconception,
    };
    let choices = vec![
        choice("same", 1.0, Some("M20")),
        choice("share", share(full) / share(calm), Some("M20")),
        choice("cliff", after / before, None),
        choice("endless", 12.0 * after / before, None),
    ];
    let id = |load| line_id(machine, kitchen.chefs, load);
    vec![Question {
        id: "wait",
        phrase: Phrase::new("queue-cliff.question.wait")
            .with("chefs", kitchen.chefs.to_string())
            .with("calm", calm.to_string())
            .with("full", full.to_string()),
        choices: without_twins(choices, "cliff"),
        measure: Measure::Figures(id(full), id(calm), "wait_mean_ms"),
    }]
}

fn judge(evidence: &Evidence, settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    for info in &evidence.arms {
        little(&mut claims, &info.id);
    }
    let lines = one_line(evidence);
    for pair in lines.windows(2) {
        let [(calm, _), (full, _)] = pair else {
            continue;
        };
        let id = ["rises.", &*full.id].concat();
        let expr = [
            "wait_mean_ms(",
            &*full.id,
            ") / wait_mean_ms(",
            &*calm.id,
            ")",
        ]
        .concat();
        let ratio = ratio_of(evidence, "wait_mean_ms", &full.id, &calm.id);
        let arms = [&*full.id, &*calm.id];
        claims.timed(&id, &expr, ratio, Limit::AtLeast(1.0), &arms);
    }
    let law = law(settings);
    let fast = evidence.arms.iter().find(|arm| arm.id == FAST);
    for info in lines.iter().map(|(arm, _)| *arm).chain(fast) {
        as_theory_says(&mut claims, info, law);
    }
    if let Some((one, _)) = lines.iter().find(|(_, load)| *load == OTHERS_LOAD)
        && evidence.arms.iter().any(|arm| arm.id == OWN_LINES)
    {
        let expr = ["wait_mean_ms(", &*one.id, ") / wait_mean_ms(own-lines)"].concat();
        let ratio = ratio_of(evidence, "wait_mean_ms", &one.id, OWN_LINES);
        let arms = [&*one.id, OWN_LINES];
        claims.timed("one-line", &expr, ratio, Limit::AtMost(1.0), &arms);
    }
    claims.done()
}

/// Whether theory's mean can be claimed of so many requests at that load.
fn is_claimed(requests: &Pooled, servers: u32) -> bool {
    let load = requests.load(servers);
    CLAIMED
        .iter()
        .any(|(most, enough)| load <= *most && requests.requests >= *enough)
}

/// The mean wait of all requests is near that of theory for the rate and the
/// service that were measured.
fn as_theory_says(claims: &mut Claims<'_>, info: &ArmInfo, law: Law) {
    let evidence = claims.evidence();
    let servers = servers(info);
    let requests = pooled(evidence, &info.id).filter(|all| is_claimed(all, servers));
    let expected = requests.and_then(|all| {
        let per_second = 1e3 * all.per_milli;
        mean_wait_millis(servers, per_second, all.service_millis, law)
    });
    let (Some(requests), Some(expected)) = (requests, expected) else {
        return;
    };
    let expr = [
        "mean wait of all requests of ",
        &*info.id,
        " / theory for the measured rate and service",
    ];
    claims.push(judge_exact(
        &["theory.", &*info.id].concat(),
        &expr.concat(),
        requests.wait_millis / expected,
        Limit::Between(1.0 / FACTOR, FACTOR),
        &[Gate::clock_of(evidence, &[&info.id])],
    ));
}

fn finding(evidence: &Evidence, settings: &Settings) -> Finding {
    let lines = one_line(evidence);
    let (Some((calm, low)), Some((full, high))) = (lines.first(), lines.last()) else {
        return Finding::new(FindingKind::Undecided, "queue-cliff.finding.undecided");
    };
    let measured = pooled(evidence, &full.id);
    let is_flood = measured.is_some_and(|all| all.load(servers(full)) >= 1.0);
    let has_others = evidence.arms.iter().any(|arm| arm.id == OWN_LINES);
    let (kind, case) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        _ if is_flood => (FindingKind::Expected, "flood"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held if has_others => (FindingKind::Expected, "expected"),
        Outcome::Held => (FindingKind::Expected, "line"),
    };
    let wait = |arm: &str| millis(middle(evidence, arm, "wait_mean_ms"));
    let times = ratio_of(evidence, "wait_mean_ms", &full.id, &calm.id);
    let one = lines.iter().find(|(_, load)| *load == OTHERS_LOAD);
    let expected = measured.and_then(|all| {
        let rate = 1e3 * all.per_milli;
        mean_wait_millis(servers(full), rate, all.service_millis, law(settings))
    });
    Finding::new(kind, ["queue-cliff.finding.", case].concat())
        .with("calm", low.to_string())
        .with("full", high.to_string())
        .with("short", wait(&calm.id))
        .with("long", wait(&full.id))
        .with("times", tenth(times.map_or(0.0, |times| times.median)))
        .with("theory", expected.map_or_else(|| "?".into(), millis))
        .with("others", OTHERS_LOAD.to_string())
        .with(
            "one",
            one.map_or_else(String::new, |(arm, _)| wait(&arm.id)),
        )
        .with("own", wait(OWN_LINES))
}

/// Wait against load, as measured and by theory.
fn sweep(evidence: &Evidence, _settings: &Settings) -> Sweep {
    let lines = one_line(evidence);
    let point = |arm: &ArmInfo| {
        let load = pooled(evidence, &arm.id)?.load(servers(arm));
        Some((100.0 * load, metric_of(evidence, &arm.id, "wait_mean_ms")?))
    };
    let line = |key: &str, arms: &mut dyn Iterator<Item = &ArmInfo>| SweepLine {
        label: Phrase::new(["queue-cliff.line.", key].concat()),
        points: arms.filter_map(point).collect(),
    };
    let named = |id: &'static str| evidence.arms.iter().filter(move |arm| arm.id == id);
    let mut measured = vec![
        line("one", &mut lines.iter().map(|(arm, _)| *arm)),
        line("own", &mut named(OWN_LINES)),
        line("fast", &mut named(FAST)),
    ];
    measured.retain(|line| !line.points.is_empty());
    Sweep {
        across: Phrase::new("queue-cliff.across"),
        up: Phrase::new("queue-cliff.up"),
        is_log: false,
        lines: measured,
        theory: curves(evidence, &lines),
    }
}

/// Theory for the mean service that was measured, up to just above the highest
/// load.
fn curves(evidence: &Evidence, lines: &[(&ArmInfo, u32)]) -> Vec<(Phrase, Vec<(f64, f64)>)> {
    let all: Vec<(u32, Pooled)> = lines
        .iter()
        .filter_map(|(arm, _)| Some((servers(arm), pooled(evidence, &arm.id)?)))
        .collect();
    let Some(chefs) = all.first().map(|(chefs, _)| *chefs) else {
        return Vec::new();
    };
    let service = all.iter().map(|(_, of)| of.service_millis).sum::<f64>() / all.len() as f64;
    let highest = all.iter().map(|(_, of)| of.load(chefs)).fold(0.0, f64::max);
    let last = (100.0 * highest + 3.0).clamp(60.0, 97.0) as u32;
    let curve = |law| {
        let at = |load: u32| {
            let wait = theory(chefs, f64::from(load) / 100.0, service, law)?;
            Some((f64::from(load), wait))
        };
        (30..=last).filter_map(at).collect()
    };
    vec![
        (
            Phrase::new("queue-cliff.theory.uneven"),
            curve(Law::Exponential),
        ),
        (Phrase::new("queue-cliff.theory.even"), curve(Law::Constant)),
    ]
}
