//! The slow customer: one long computation on an event loop is everybody's wait.

use crate::arms::{arm, job, place, rung_notes, runnable};
use crate::checks::{Claims, Outcome, is_one_core, middle, outcome};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question, without_twins};
use crate::serving::{little, ratio_of, rows};
use crate::words::{Phrase, millis, whole};
use crate::{ChartKind, Finding, FindingKind, Lesson, Machine, Reference, Settings, SliderSpec};
use analysis::stats::summarise;
use analysis::verdict::{Gate, Limit};
use model::{Arm, ArmInfo, Check, Evidence, Give, Job, Manner, Plan, Rung, Strategy};

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
    judge,
    finding,
    sweep: |_, _| None,
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
const SLICE_MILLIS: f64 = 4.0;
/// Rounds where none were asked for.
const ROUNDS: u32 = 6;
/// Share of the time in which usual guests find the chef held up, beyond which
/// half of them are held up in some rounds.
const HALF_FREE: f64 = 0.42;

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

/// The way in which slow dishes do not hold up the others: handed over, else
/// set aside every few milliseconds.
fn cure(evidence: &Evidence) -> Option<&ArmInfo> {
    let is_cure = |arm: &&ArmInfo| arm.strategy == Strategy::Offload || arm.id == "pieces";
    evidence.arms.iter().find(is_cure)
}

/// Whether a slow customer came in this round while at least 2 of 100 usual
/// guests were still to come during the first half of the slow dish: only then
/// is the last of a hundred one of those held up. From the schedule alone.
fn is_struck(info: &ArmInfo, seed: u64, round: u32, heavy: f64) -> bool {
    let [light, slow] = info.jobs.as_slice() else {
        return false;
    };
    let scheduled = Arm {
        id: String::new(),
        strategy: info.strategy,
        variant: String::new(),
        workers: info.workers,
        place: info.place,
        workload: String::new(),
        jobs: info.jobs.clone(),
        slice_steps: 1,
        manner: Manner::default(),
        base: None,
    };
    let specs = scheduled.tasks(seed, round);
    let comes = |workload: &str| {
        specs
            .iter()
            .filter(move |spec| spec.workload == *workload)
            .map(|spec| model::millis_from_nanos(spec.arrive_nanos))
            .collect::<Vec<f64>>()
    };
    let guests = comes(&light.workload);
    comes(&slow.workload).into_iter().any(|from| {
        let until = from + 0.5 * heavy;
        let held = guests.iter().filter(|at| (from..until).contains(at));
        50 * held.count() >= guests.len()
    })
}

fn judge(evidence: &Evidence, settings: &Settings) -> Vec<Check> {
    let flow = Flow::of(settings);
    let mut claims = Claims::new(evidence);
    for info in &evidence.arms {
        little(&mut claims, &info.id);
    }
    if flow.slow < 1.0 {
        return claims.done();
    }
    held_up(&mut claims, &flow);
    let Some(cure) = cure(evidence) else {
        return claims.done();
    };
    let id = ["free.", &*cure.id].concat();
    let expr = ["latency_p99_ms(", &*cure.id, ") / latency_p99_ms(loop)"].concat();
    let share = ratio_of(evidence, P99, &cure.id, LOOP);
    let arms = [LOOP, &*cure.id];
    if cure.strategy.uses_workers() {
        claims.parallel(&id, &expr, share, Limit::AtMost(0.3), &arms);
    } else {
        claims.timed(&id, &expr, share, Limit::AtMost(0.3), &arms);
    }
    // Where slow dishes take up most of the time, half of the guests meet one.
    if flow.held <= HALF_FREE {
        let expr = ["latency_p50_ms(loop) / latency_p50_ms(", &*cure.id, ")"].concat();
        let ratio = ratio_of(evidence, P50, LOOP, &cure.id);
        let gates = [Gate::clock_of(evidence, &arms), fine_enough(evidence)];
        claims.push(analysis::verdict::judge(
            "half.loop",
            &expr,
            ratio.as_ref(),
            Limit::Between(0.5, 2.0),
            &gates,
        ));
    }
    claims.done()
}

/// The last of a hundred usual guests waits for a good part of a slow dish, in
/// the rounds in which one came among them.
fn held_up(claims: &mut Claims<'_>, flow: &Flow) {
    let evidence = claims.evidence();
    let Some(info) = evidence.arms.iter().find(|info| info.id == LOOP) else {
        return;
    };
    let mut shares = Vec::new();
    for row in rows(evidence, LOOP) {
        let p99 = row.figures.get(P99);
        if let Some(p99) = p99.filter(|_| is_struck(info, evidence.seed, row.round, flow.heavy)) {
            shares.push(p99 / flow.heavy);
        }
    }
    claims.timed(
        "held.loop",
        "latency_p99_ms(loop) / slow dish, in rounds where one came among the others",
        summarise(&shares),
        Limit::AtLeast(0.4),
        &[LOOP],
    );
}

/// Half a millisecond is told from twice as much by a clock of a tenth.
fn fine_enough(evidence: &Evidence) -> Gate {
    let step_millis = evidence.env.capability.clock_step_nanos as f64 / 1e6;
    let is_fine = step_millis <= LIGHT_MILLIS / 4.0;
    let closed = (!is_fine).then(|| "clock: its step is too coarse for half a millisecond".into());
    Gate { closed }
}

fn finding(evidence: &Evidence, settings: &Settings) -> Finding {
    let flow = Flow::of(settings);
    let cure = cure(evidence);
    let is_handed = cure.is_some_and(|arm| arm.strategy == Strategy::Offload);
    let (kind, case) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        _ if flow.slow < 1.0 => (FindingKind::Expected, "light"),
        _ if flow.is_flood() => (FindingKind::Expected, "flood"),
        _ if is_handed && is_one_core(evidence) => (FindingKind::OneKnife, "one-knife"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held if is_handed => (FindingKind::Expected, "expected"),
        Outcome::Held => (FindingKind::Expected, "pieces"),
    };
    let figure = |arm: &str, name| millis(middle(evidence, arm, name));
    let cured = cure.map_or(LOOP, |arm| arm.id.as_str());
    Finding::new(kind, ["slow-customer.finding.", case].concat())
        .with("last", figure(LOOP, P99))
        .with("half", figure(LOOP, P50))
        .with("mean", figure(LOOP, "latency_mean_ms"))
        .with("cured", figure(cured, P99))
        .with("size", whole(flow.heavy))
        .with("rate", whole(flow.rate))
        .with("served", whole(flow.rate / flow.load.max(1e-9)))
        .with("guests", whole(flow.guests))
}

fn references(_evidence: &Evidence, settings: &Settings) -> Vec<Reference> {
    let flow = Flow::of(settings);
    vec![super::reference("coming", 1e3 * flow.guests / flow.rate)]
}
