//! One chef, many pots: waits overlap on one event loop.

use crate::arms::{page_pair, plan as planned, pots};
use crate::checks::{Claims, Outcome, metric_of, middle, millis_of, outcome};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question, without_twins};
use crate::words::{Phrase, millis, tenth, whole};
use crate::{ChartKind, Finding, FindingKind, Lesson, Machine, Reference, Settings, SliderSpec};
use model::{Check, Evidence, Plan};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "waiting",
    number: Some(1),
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
                id: "faster",
                misconception: Some("M2"),
            },
            ExplainOption {
                id: "free",
                misconception: None,
            },
            ExplainOption {
                id: "hands",
                misconception: Some("M1"),
            },
        ],
        right: "free",
    }),
    panel: None,
    presets: &[
        Preset {
            id: "crowd",
            values: &[("tasks", "24"), ("wait", "100"), ("size", "0")],
        },
        Preset {
            id: "stirring",
            values: &[("tasks", "12"), ("wait", "60"), ("size", "20")],
        },
        Preset {
            id: "slow",
            values: &[("tasks", "4"), ("wait", "300"), ("size", "2")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| middle(evidence, "interleaved", "speedup") >= 20.0,
    }),
};

// Other counts than on the first page, which would give the answer away.
const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "tasks",
        min: 2.0,
        max: 40.0,
        step: 1.0,
        default: 6.0,
        unit: "",
    },
    SliderSpec {
        key: "wait",
        min: 20.0,
        max: 300.0,
        step: 10.0,
        default: 100.0,
        unit: "ms",
    },
    SliderSpec {
        key: "size",
        min: 0.0,
        max: 20.0,
        step: 1.0,
        default: 2.0,
        unit: "ms",
    },
];

/// Pots, milliseconds on the stove each, milliseconds of stirring each.
fn values(settings: &Settings) -> (f64, f64, f64) {
    let value = |key| LESSON.value(key, settings);
    (value("tasks").round(), value("wait"), value("size"))
}

fn plan(settings: &Settings, _machine: &Machine<'_>) -> Plan {
    let (tasks, wait, stir) = values(settings);
    let arms = page_pair(&[pots(tasks as u32, stir, wait)]);
    let round = tasks * (wait + stir) + wait + tasks * stir;
    planned(LESSON.id, settings, arms, round, Vec::new())
}

fn questions(settings: &Settings, _machine: &Machine<'_>) -> Vec<Question> {
    let (tasks, wait, stir) = values(settings);
    let row = tasks * (wait + stir);
    let together = wait + tasks * stir;
    let choice = |id, value, misconception| Choice {
        id,
        phrase: Phrase::new(["waiting.question.total.", id].concat()).with("ms", whole(value)),
        value: Some(value),
        value_millis: Some(value),
        misconception,
    };
    let choices = vec![
        choice("row", row, Some("M3")),
        choice("half", row / 2.0, None),
        choice("longest", together, None),
        choice("share", row / tasks / tasks, Some("M2")),
    ];
    let key = if stir > 0.0 {
        "waiting.question.total"
    } else {
        "waiting.question.total.plain"
    };
    let phrase = Phrase::new(key)
        .with("tasks", whole(tasks))
        .with("wait", whole(wait))
        .with("size", whole(stir));
    vec![Question {
        id: "total",
        phrase,
        choices: without_twins(choices, "longest"),
        measure: Measure::Millis("interleaved".into()),
    }]
}

fn judge(evidence: &Evidence, settings: &Settings) -> Vec<Check> {
    let (tasks, wait, stir) = values(settings);
    let mut claims = Claims::new(evidence);
    claims.waits_in_a_row("sequential", tasks * (wait + stir));
    claims.waits_overlap("interleaved", wait, tasks * stir);
    claims.all_in_progress("interleaved", tasks);
    claims.done()
}

fn finding(evidence: &Evidence, settings: &Settings) -> Finding {
    let (tasks, wait, _) = values(settings);
    let (kind, key) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "waiting.finding.disagrees"),
        Outcome::Open => (FindingKind::Undecided, "waiting.finding.undecided"),
        // A hint is enough here: the sentence says that one core makes no difference.
        Outcome::Held if evidence.env.capability.reported_cores == 1 => {
            (FindingKind::OneKnife, "waiting.finding.one-knife")
        }
        Outcome::Held => (FindingKind::Expected, "waiting.finding.expected"),
    };
    let sooner = metric_of(evidence, "interleaved", "speedup").map_or(0.0, |stats| stats.median);
    Finding::new(kind, key)
        .with("tasks", whole(tasks))
        .with("wait", whole(wait))
        .with("ms", millis(millis_of(evidence, "interleaved")))
        .with("row", millis(millis_of(evidence, "sequential")))
        .with("times", tenth(sooner))
}

fn references(_evidence: &Evidence, settings: &Settings) -> Vec<Reference> {
    let (tasks, wait, _) = values(settings);
    vec![
        super::reference("sum-of-waits", tasks * wait),
        super::reference("longest-wait", wait),
    ]
}
