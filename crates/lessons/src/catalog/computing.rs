//! One chef, many boards: interleaving adds no speed to computing.

use crate::arms::{job, page_pair, plan as planned};
use crate::checks::{Claims, Outcome, metric_of, middle, millis_of, outcome};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question, without_twins};
use crate::words::{Phrase, millis, whole};
use crate::{ChartKind, Finding, FindingKind, Lesson, Machine, Reference, Settings, SliderSpec};
use analysis::verdict::Limit;
use model::{Check, Evidence, Plan};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "computing",
    number: Some(2),
    sliders: SLIDERS,
    run_chart: ChartKind::Tasks,
    play_charts: &[ChartKind::Tasks, ChartKind::Makespan],
    shown_arm: |plan| super::arm_id(plan, "interleaved"),
    plan,
    notes: |_, _| Vec::new(),
    questions,
    judge,
    finding,
    data: |_, _, _| None,
    source: |_| None,
    references,
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "knife",
                misconception: None,
            },
            ExplainOption {
                id: "pauses",
                misconception: Some("M2"),
            },
            ExplainOption {
                id: "once",
                misconception: Some("M1"),
            },
        ],
        right: "knife",
    }),
    panel: None,
    presets: &[
        Preset {
            id: "many",
            values: &[("tasks", "8"), ("size", "40")],
        },
        Preset {
            id: "long",
            values: &[("tasks", "3"), ("size", "150")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            let started = |arm| middle(evidence, arm, "all_started_ms");
            let early = started("interleaved");
            early > 0.0 && started("sequential") / early >= 20.0
        },
    }),
};

// Other counts than on the first page, which would give the answer away.
const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "tasks",
        min: 2.0,
        max: 8.0,
        step: 1.0,
        default: 5.0,
        unit: "",
    },
    SliderSpec {
        key: "size",
        min: 20.0,
        max: 200.0,
        step: 10.0,
        default: 60.0,
        unit: "ms",
    },
];

/// Boards, milliseconds of chopping each.
fn values(settings: &Settings) -> (f64, f64) {
    let value = |key| LESSON.value(key, settings);
    (value("tasks").round(), value("size"))
}

fn plan(settings: &Settings, _machine: &Machine<'_>) -> Plan {
    let (tasks, size) = values(settings);
    let arms = page_pair(&[job("primes", tasks as u32, size, 0.0)]);
    planned(LESSON.id, settings, arms, 2.0 * tasks * size, Vec::new())
}

/// Mean finish of equal tasks in turns over that of one after another: all
/// finish near the end, `K w`, against `(K + 1) / 2 w`.
fn later(tasks: f64) -> f64 {
    2.0 * tasks / (tasks + 1.0)
}

fn questions(settings: &Settings, _machine: &Machine<'_>) -> Vec<Question> {
    let (tasks, size) = values(settings);
    let row = tasks * size;
    let total = |id, value, misconception| Choice {
        id,
        phrase: Phrase::new(["computing.question.total.", id].concat()).with("ms", whole(value)),
        value: Some(value),
        value_millis: Some(value),
        misconception,
    };
    let mean = |id, value, misconception| Choice {
        id,
        phrase: Phrase::new(["computing.question.mean.", id].concat()),
        value: Some(value),
        value_millis: None,
        misconception,
    };
    let given = |key| {
        Phrase::new(key)
            .with("tasks", whole(tasks))
            .with("size", whole(size))
    };
    let totals = vec![
        total("one", size, Some("M1")),
        total("half", row / 2.0, Some("M2")),
        total("row", row, None),
        total("twice", 2.0 * row, None),
    ];
    vec![
        Question {
            id: "total",
            phrase: given("computing.question.total"),
            choices: without_twins(totals, "row"),
            measure: Measure::Millis("interleaved".into()),
        },
        Question {
            id: "mean",
            phrase: given("computing.question.mean"),
            choices: vec![
                mean("earlier", 1.0 / later(tasks), Some("M2")),
                mean("same", 1.0, None),
                mean("later", later(tasks), None),
            ],
            measure: Measure::Metric("interleaved".into(), "finish_ratio"),
        },
    ]
}

fn judge(evidence: &Evidence, settings: &Settings) -> Vec<Check> {
    let (tasks, _) = values(settings);
    let mut claims = Claims::new(evidence);
    claims.no_faster("interleaved");
    claims.all_in_progress("interleaved", tasks);
    // From four boards on; with fewer, a bit more than half of what is possible.
    let least = if tasks > 3.5 {
        1.35
    } else {
        1.0 + 0.58 * (later(tasks) - 1.0)
    };
    let ratio = metric_of(evidence, "interleaved", "finish_ratio");
    let limit = Limit::AtLeast(least);
    claims.timed(
        "finish.interleaved",
        "finish_ratio(interleaved)",
        ratio,
        limit,
        &["interleaved"],
    );
    claims.done()
}

fn finding(evidence: &Evidence, settings: &Settings) -> Finding {
    let (tasks, _) = values(settings);
    let (kind, key) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "computing.finding.disagrees"),
        Outcome::Open => (FindingKind::Undecided, "computing.finding.undecided"),
        Outcome::Held => (FindingKind::Expected, "computing.finding.expected"),
    };
    let figure = |arm, name| millis(middle(evidence, arm, name));
    Finding::new(kind, key)
        .with("tasks", whole(tasks))
        .with("ms", millis(millis_of(evidence, "interleaved")))
        .with("row", millis(millis_of(evidence, "sequential")))
        .with("started", figure("interleaved", "all_started_ms"))
        .with("row-started", figure("sequential", "all_started_ms"))
        .with("mean", figure("interleaved", "mean_finish_ms"))
        .with("row-mean", figure("sequential", "mean_finish_ms"))
}

fn references(_evidence: &Evidence, settings: &Settings) -> Vec<Reference> {
    let (tasks, size) = values(settings);
    vec![super::reference("sum-of-work", tasks * size)]
}
