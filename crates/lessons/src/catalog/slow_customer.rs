//! The slow customer: one long computation on an event loop is everybody's wait.

mod claims;

use crate::arms::{arm, job, place, rung_notes, runnable};
use crate::checks::middle;
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question, without_twins};
use crate::words::{Phrase, whole};
use crate::{ChartKind, Lesson, Machine, Reference, Settings, SliderSpec};
use model::{Evidence, Give, Job, Plan, Rung, Strategy};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "slow-customer",
    number: Some(8),
    sliders: SLIDERS,
    run_chart: ChartKind::Cdf,
    play_charts: &[ChartKind::Cdf, ChartKind::Queue, ChartKind::Makespan],
    shown_arm: |plan| super::arm_id(plan, LOOP),
    plan,
    notes,
    questions,
    judge: claims::judge,
    finding: claims::finding,
    data: |_, _, _| None,
    source: |_| None,
    references,
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "turns",
                misconception: Some("M22"),
            },
            ExplainOption {
                id: "average",
                misconception: Some("M21"),
            },
            ExplainOption {
                id: "behind",
                misconception: None,
            },
        ],
        right: "behind",
    }),
    panel: None,
    presets: &[
        Preset {
            id: "rare",
            values: &[("share", "0.5"), ("size", "200"), ("rate", "300")],
        },
        Preset {
            id: "often",
            values: &[("share", "5"), ("size", "30"), ("rate", "300")],
        },
        Preset {
            id: "flood",
            values: &[("share", "5"), ("size", "100"), ("rate", "400")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            let share = evidence
                .params
                .get("share")
                .and_then(|text| crate::address::number(text));
            let latest = middle(evidence, LOOP, P99);
            share.is_some_and(|share| share >= 1.0) && latest > 0.0 && latest <= 30.0
        },
    }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "size",
        min: 20.0,
        max: 500.0,
        step: 10.0,
        default: 100.0,
        unit: "ms",
    },
    SliderSpec {
        key: "share",
        min: 0.0,
        max: 10.0,
        step: 0.5,
        default: 1.0,
        unit: "percent",
    },
    SliderSpec {
        key: "rate",
        min: 20.0,
        max: 400.0,
        step: 10.0,
        default: 340.0,
        unit: "per-second",
    },
    SliderSpec {
        key: "workers",
        min: 1.0,
        max: 8.0,
        step: 1.0,
        default: 2.0,
        unit: "",
    },
];

/// The arm under study: every order is cooked in one go.
const LOOP: &str = "loop";
const P50: &str = "latency_p50_ms";
const P99: &str = "latency_p99_ms";

/// Usual orders stay on the event loop, slow dishes are handed over.
const HEAVY_ONLY: &str = "heavy";

/// Knife work of a usual order.
const LIGHT_MILLIS: f64 = 0.5;
/// Guests come for about this long in each round: six rounds of the usual rate
/// are 2,000 guests, enough for the last of a hundred.
const COMING_MILLIS: f64 = 990.0;
/// Fewest guests of a round, however few come.
const FEWEST: f64 = 40.0;
/// Where more comes than one chef can cook, a round ends with what takes that
/// chef this long.
const MOST_MILLIS: f64 = 3_000.0;
/// The slow ones come within this part of the time, so that there are usual
/// guests for each of them to hold up.
const EARLY: f64 = 0.7;
/// A slow dish is set aside this often where it cannot be handed over.
const SLICE_MILLIS: f64 = 2.0;
/// Rounds where none were asked for.
const ROUNDS: u32 = 6;
/// Who comes, and what they want.
#[derive(Clone, Copy)]
struct Flow {
    /// Usual guests a second.
    rate: f64,
    /// Milliseconds of knife work of a slow dish.
    heavy: f64,
    /// Usual guests of a round.
    guests: f64,
    /// Slow customers of a round.
    slow: f64,
    /// Knife work that comes in a second of one chef's time, in seconds.
    load: f64,
    /// Part of the time for which the chef is held up by slow dishes.
    held: f64,
}

impl Flow {
    fn of(settings: &Settings) -> Self {
        let value = |key| LESSON.value(key, settings);
        let (rate, share, heavy) = (value("rate"), value("share") / 100.0, value("size"));
        let each = LIGHT_MILLIS + share * heavy;
        let fitting = (MOST_MILLIS / each).max(FEWEST / 2.0);
        let guests = (rate * COMING_MILLIS / 1e3)
            .max(FEWEST)
            .min(fitting)
            .round();
        let slow = if share > 0.0 {
            (guests * share).round().max(1.0)
        } else {
            0.0
        };
        let light_load = rate * LIGHT_MILLIS / 1e3;
        let heavy_load = rate * share * heavy / 1e3;
        Self {
            rate,
            heavy,
            guests,
            slow,
            load: light_load + heavy_load,
            held: heavy_load / (1.0 - light_load),
        }
    }

    fn jobs(&self) -> Vec<Job> {
        let coming_millis = 1e3 * self.guests / self.rate;
        let mut jobs = vec![Job {
            per_second: self.rate,
            ..job("requests", self.guests as u32, LIGHT_MILLIS, 0.0)
        }];
        if self.slow > 0.0 {
            jobs.push(Job {
                per_second: 1e3 * self.slow / (EARLY * coming_millis),
                ..job("primes", self.slow as u32, self.heavy, 0.0)
            });
        }
        jobs
    }

    /// Whether more comes than one chef can cook.
    fn is_flood(&self) -> bool {
        self.load > 1.0
    }
}

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let flow = Flow::of(settings);
    let jobs = flow.jobs();
    let workers = LESSON.value("workers", settings) as u32;
    let one = |id: &str, give: Give| {
        let mut one = arm(id, Strategy::Interleaved, 1, place(machine), &jobs);
        one.manner.give = give;
        one
    };
    let mut arms = vec![one(LOOP, Give::Never)];
    let mut capacity_for = Vec::new();
    if machine.rung() == Rung::Shared {
        for strategy in [Strategy::Offload, Strategy::Blocking] {
            let id = [strategy.id(), "-", &workers.to_string()].concat();
            let mut team = arm(&id, strategy, workers, place(machine), &jobs);
            if strategy == Strategy::Offload {
                team.variant = HEAVY_ONLY.into();
            }
            team.manner.give = Give::Never;
            arms.push(team);
        }
        capacity_for.push(2);
    } else {
        let mut pieces = one("pieces", Give::Turn);
        pieces.variant = "pieces".into();
        pieces.manner.slice_millis = SLICE_MILLIS;
        arms.push(pieces);
    }
    Plan {
        lesson: LESSON.id.to_owned(),
        seed: settings.seed(),
        rounds: settings.get("rounds").map_or(ROUNDS, |_| settings.rounds()),
        arms,
        capacity_for,
    }
}

fn notes(settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    let flow = Flow::of(settings);
    let mut notes = Vec::new();
    if runnable(Strategy::Offload, machine).is_none() {
        notes.push(Phrase::new("slow-customer.note.pieces"));
        if machine.rung() == Rung::Page {
            notes.extend(rung_notes(machine));
        }
    }
    if flow.is_flood() {
        notes.push(
            Phrase::new("slow-customer.note.flood")
                .with("rate", whole(flow.rate))
                .with("served", whole(flow.rate / flow.load))
                .with("guests", whole(flow.guests)),
        );
    }
    notes
}

fn questions(settings: &Settings, _machine: &Machine<'_>) -> Vec<Question> {
    let flow = Flow::of(settings);
    if flow.slow < 1.0 {
        return Vec::new();
    }
    let choice = |question: &str, id, value, misconception| Choice {
        id,
        phrase: Phrase::new(["slow-customer.question.", question, ".", id].concat()),
        value: Some(value),
        value_millis: None,
        misconception,
    };
    let asked = |id, name, choices| Question {
        id,
        phrase: Phrase {
            key: ["slow-customer.question.", id].concat(),
            args: LESSON.args(settings),
        },
        choices,
        measure: Measure::Metric(LOOP.into(), name),
    };
    let last = vec![
        choice("last", "same", 2.0, Some("M22")),
        choice("last", "bit", 10.0, Some("M21")),
        choice("last", "heavy", flow.heavy, None),
    ];
    let half = vec![
        choice("half", "same", 1.0, None),
        choice("half", "ten", 10.0, Some("M21")),
        choice("half", "heavy", flow.heavy, None),
    ];
    vec![
        asked("last", P99, without_twins(last, "heavy")),
        asked("half", P50, without_twins(half, "same")),
    ]
}

fn references(_evidence: &Evidence, settings: &Settings) -> Vec<Reference> {
    let flow = Flow::of(settings);
    vec![super::reference("coming", 1e3 * flow.guests / flow.rate)]
}
