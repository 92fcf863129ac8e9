//! The queue near the cliff: what the last few percent of use cost.

mod claims;
mod told;

use crate::arms::{arm, job, place, rung_notes};
use crate::checks::{metric_of, middle};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question, without_twins};
use crate::words::{Phrase, tenth};
use crate::{ChartKind, Drawing, Lesson, Machine, Settings, SliderSpec};
use analysis::queueing::mean_wait_millis;
use model::{Arm, ArmInfo, Evidence, Job, Law, Plan, Rung, Strategy};

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
    judge: claims::judge,
    finding: told::finding,
    data: |kind, evidence, _| {
        (kind == ChartKind::Sweep).then(|| Drawing::Sweep(told::sweep(evidence)))
    },
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
    panel: None,
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
/// A thread that stands still wakes up about this much late, and a timer rings
/// so: the next guest waits for that too.
const LATE_MILLIS: f64 = 0.2;
const LATE_BY_TIMER: f64 = 1.0;
/// Rounds where none were asked for.
const ROUNDS: u32 = 6;

/// What every guest needs, how many chefs there are, and how many guests come.
#[derive(Clone, Copy)]
struct Kitchen {
    chefs: u32,
    service: f64,
    late: f64,
    law: Law,
    most: f64,
    rounds: u32,
}

impl Kitchen {
    fn of(settings: &Settings, machine: &Machine<'_>) -> Self {
        let value = |key| LESSON.value(key, settings);
        let chefs = value("workers") as u32;
        let (per_chef, late) = if machine.rung() == Rung::Shared {
            (SERVICE_PER_CHEF, LATE_MILLIS)
        } else {
            (SERVICE_BY_TIMER, LATE_BY_TIMER)
        };
        Self {
            chefs,
            service: per_chef * f64::from(chefs),
            late,
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
            per_second: 10.0 * f64::from(load * chefs) / (service + self.late),
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
