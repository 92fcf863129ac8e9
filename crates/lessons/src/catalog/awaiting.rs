//! `await` is not a thread: it stops one function, and starts nothing.

use crate::arms::{arm, based_on, job, plan as planned, rung_notes};
use crate::checks::{Claims, Outcome, metric_of, middle, millis_of, outcome};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question, without_twins};
use crate::words::{Phrase, millis, tenth, whole};
use crate::{ChartKind, Finding, FindingKind, Lesson, Machine, Reference, Settings, SliderSpec};
use analysis::verdict::Limit;
use model::{Arm, Check, Evidence, Give, Manner, Place, Plan, Rung, Strategy};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "await",
    number: Some(6),
    sliders: SLIDERS,
    run_chart: ChartKind::Tasks,
    play_charts: &[ChartKind::Tasks, ChartKind::Makespan, ChartKind::Frames],
    shown_arm: |plan| super::arm_id(plan, "loop"),
    plan,
    notes: |settings, machine| match machine.rung() {
        Rung::Page if size(settings) > 0.0 => rung_notes(machine),
        Rung::Page | Rung::Messages | Rung::Shared => Vec::new(),
    },
    questions,
    judge,
    finding,
    data: |_, _, _| None,
    source,
    references,
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "thread",
                misconception: Some("M4"),
            },
            ExplainOption {
                id: "word",
                misconception: Some("M5"),
            },
            ExplainOption {
                id: "together",
                misconception: None,
            },
        ],
        right: "together",
    }),
    panel: None,
    presets: &[
        Preset {
            id: "many",
            values: &[("tasks", "24"), ("limit", "6"), ("size", "0")],
        },
        Preset {
            id: "one",
            values: &[("tasks", "8"), ("limit", "1")],
        },
        Preset {
            id: "board",
            values: &[("tasks", "4"), ("limit", "2"), ("size", "300")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            let limited = evidence.arms.iter().find(|arm| arm.id == "limit");
            limited.is_some_and(|arm| arm.manner.limit <= 8)
                && middle(evidence, "limit", "speedup") >= 7.0
        },
    }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "limit",
        min: 1.0,
        max: 30.0,
        step: 1.0,
        default: 3.0,
        unit: "",
    },
    SliderSpec {
        key: "tasks",
        min: 2.0,
        max: 30.0,
        step: 1.0,
        default: 10.0,
        unit: "",
    },
    SliderSpec {
        key: "wait",
        min: 20.0,
        max: 300.0,
        step: 10.0,
        default: 50.0,
        unit: "ms",
    },
    SliderSpec {
        key: "size",
        min: 0.0,
        max: 300.0,
        step: 10.0,
        default: 200.0,
        unit: "ms",
    },
];

/// Figure of the longest frame.
const FRAME: &str = "worst_frame_ms";
/// And of that frame as a share of the whole computing, which is judged: on a
/// busy machine the computing takes more or less time than it was sized for.
const SHARE: &str = "frame_share";
/// Computing for less than this can hardly be told from a slow frame.
const WORTH_ASKING_MILLIS: f64 = 60.0;
/// A frame of a page that has nothing else to do.
const FRAME_MILLIS: f64 = 17.0;
/// Timers are set in whole milliseconds and ring a little late: at least this
/// much is allowed for each wait.
const TIMER_MILLIS: f64 = 4.0;

/// Pots, milliseconds on the stove each.
fn values(settings: &Settings) -> (f64, f64) {
    let value = |key| LESSON.value(key, settings);
    (value("tasks").round(), value("wait").round())
}

/// Pots under way at once where they are limited: never more than there are.
fn limit(settings: &Settings) -> f64 {
    let limit = LESSON.value("limit", settings).round();
    limit.min(values(settings).0)
}

/// Milliseconds of computing; 0: leave it out.
fn size(settings: &Settings) -> f64 {
    LESSON.value("size", settings).round()
}

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let ((tasks, wait), limit, size) = (values(settings), limit(settings), size(settings));
    let waiting = |id, strategy, limit: f64| {
        let mut arm = arm(
            id,
            strategy,
            1,
            Place::Page,
            &[job("waiting", tasks as u32, 0.0, wait)],
        );
        arm.manner.events = true;
        arm.manner.limit = limit as u32;
        arm
    };
    let mut arms = vec![
        waiting("loop", Strategy::Sequential, 0.0),
        based_on(waiting("join", Strategy::Interleaved, 0.0), "loop"),
        based_on(waiting("limit", Strategy::Interleaved, limit), "loop"),
    ];
    if size > 0.0 {
        arms.push(computing("inside", Place::Page, size));
        if machine.rung() > Rung::Page {
            arms.push(computing("worker", Place::Worker, size));
        }
    }
    let round = tasks * wait + wait + (tasks / limit).ceil() * wait + 2.0 * size;
    planned(LESSON.id, settings, arms, round, Vec::new())
}

/// One board, chopped without looking up, while the page is watched.
fn computing(id: &str, place: Place, size: f64) -> Arm {
    let board = job("primes", 1, size, 0.0);
    let mut arm = arm(id, Strategy::Sequential, 1, place, &[board]);
    arm.manner = Manner {
        give: Give::Never,
        frames: true,
        events: true,
        ..Manner::default()
    };
    arm
}

/// The function of `runner::ways` that the page runs for an arm.
fn source(arm: &str) -> Option<&'static str> {
    Some(match arm {
        "loop" => "await_in_a_loop",
        "join" => "start_all_then_join",
        "limit" => "join_with_a_limit",
        "inside" => "compute_inside",
        "worker" => "compute_in_a_worker",
        _ => return None,
    })
}

fn questions(settings: &Settings, _machine: &Machine<'_>) -> Vec<Question> {
    let ((tasks, wait), size) = (values(settings), size(settings));
    let row = tasks * wait;
    let total = |id, value, misconception| Choice {
        id,
        phrase: Phrase::new(["await.question.total.", id].concat()).with("ms", whole(value)),
        value: Some(value),
        value_millis: Some(value),
        misconception,
    };
    let mut totals = vec![total("one", wait, Some("M5"))];
    if tasks > 3.5 {
        totals.push(total("half", row / 2.0, None));
    }
    totals.push(total("row", row, None));
    let freeze = |id, value, misconception| Choice {
        id,
        phrase: Phrase::new(["await.question.freeze.", id].concat()),
        value: Some(value),
        value_millis: None,
        misconception,
    };
    let mut questions = vec![Question {
        id: "total",
        phrase: Phrase::new("await.question.total")
            .with("tasks", whole(tasks))
            .with("wait", whole(wait)),
        choices: without_twins(totals, "row"),
        measure: Measure::Millis("loop".into()),
    }];
    if size >= WORTH_ASKING_MILLIS {
        questions.push(Question {
            id: "freeze",
            phrase: Phrase::new("await.question.freeze").with("size", whole(size)),
            choices: vec![
                freeze("free", FRAME_MILLIS / size, Some("M4")),
                freeze("half", 0.5, None),
                freeze("whole", 1.0, None),
            ],
            measure: Measure::Metric("inside".into(), SHARE),
        });
    }
    questions
}

fn judge(evidence: &Evidence, settings: &Settings) -> Vec<Check> {
    let ((tasks, wait), limit) = (values(settings), limit(settings));
    let mut claims = Claims::new(evidence);
    claims.waits_in_a_row("loop", tasks * wait);
    let stats = evidence.stats.get("join").copied();
    let most = Limit::AtMost(1.2 * wait + 20.0);
    claims.timed("overlap.join", "ms(join)", stats, most, &["join"]);
    let batches = (tasks / limit).ceil();
    let off = batches * (0.15 * wait).max(TIMER_MILLIS);
    let stats = evidence.stats.get("limit").copied();
    let around = Limit::Between(batches * wait - off, batches * wait + off);
    claims.timed("batches.limit", "ms(limit)", stats, around, &["limit"]);
    claims.all_in_progress("join", tasks);
    claims.under_way("limit", limit);
    if evidence.arms.iter().any(|arm| arm.id == "inside") {
        let share = metric_of(evidence, "inside", SHARE);
        let least = Limit::AtLeast(0.8);
        let expr = "frame_share(inside)";
        claims.timed("frozen.inside", expr, share, least, &["inside"]);
    }
    claims.done()
}

fn finding(evidence: &Evidence, settings: &Settings) -> Finding {
    let has = |id: &str| evidence.arms.iter().any(|arm| arm.id == id);
    let (kind, case) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held if has("worker") => (FindingKind::Expected, "expected"),
        Outcome::Held if has("inside") => (FindingKind::Expected, "alone"),
        Outcome::Held => (FindingKind::Expected, "plain"),
    };
    let frame = |arm: &str| millis(middle(evidence, arm, FRAME));
    let sooner = metric_of(evidence, "join", "speedup").map_or(0.0, |stats| stats.median);
    Finding::new(kind, ["await.finding.", case].concat())
        .with("tasks", whole(values(settings).0))
        .with("limit", whole(limit(settings)))
        .with("row", millis(millis_of(evidence, "loop")))
        .with("ms", millis(millis_of(evidence, "join")))
        .with("limited", millis(millis_of(evidence, "limit")))
        .with("times", tenth(sooner))
        .with("frozen", frame("inside"))
        .with("worker", frame("worker"))
}

fn references(_evidence: &Evidence, settings: &Settings) -> Vec<Reference> {
    let (tasks, wait) = values(settings);
    vec![
        super::reference("sum-of-waits", tasks * wait),
        super::reference("longest-wait", wait),
    ]
}
