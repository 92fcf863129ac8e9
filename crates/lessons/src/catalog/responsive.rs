//! Keep the page alive: what a page does while it computes.

use crate::arms::{arm, based_on, job, plan as planned, rung_notes};
use crate::checks::{Claims, Outcome, is_one_core, metric_of, middle, millis_of, outcome, ratio};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question};
use crate::words::{Phrase, millis, whole};
use crate::{ChartKind, Finding, FindingKind, Lesson, Machine, Reference, Settings, SliderSpec};
use analysis::stats::summarise;
use analysis::verdict::{Gate, Limit, judge as judge_claim};
use model::{
    Arm, Check, Evidence, Give, Job, Manner, ORDERS, Place, Plan, RoundRow, Rung, Stats, Strategy,
};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "responsive",
    number: Some(5),
    sliders: SLIDERS,
    run_chart: ChartKind::Frames,
    play_charts: &[ChartKind::Frames, ChartKind::Makespan],
    shown_arm: |plan| super::arm_id(plan, "at-once"),
    plan,
    notes: |_, machine| match machine.rung() {
        Rung::Page => rung_notes(machine),
        Rung::Messages | Rung::Shared => Vec::new(),
    },
    questions,
    judge,
    finding,
    data: |_, _, _| None,
    source: |_| None,
    references,
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "thread",
                misconception: Some("M4"),
            },
            ExplainOption {
                id: "few",
                misconception: Some("M6"),
            },
            ExplainOption {
                id: "before",
                misconception: None,
            },
        ],
        right: "before",
    }),
    panel: None,
    presets: &[
        Preset {
            id: "long",
            values: &[("data", "off"), ("size", "1000")],
        },
        Preset {
            id: "coarse",
            values: &[("data", "off"), ("slice", "30")],
        },
        Preset {
            id: "data",
            values: &[("data", "on")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            let has_page = |arm: &&model::ArmInfo| arm.place == Place::Page;
            let mut slices = evidence.arms.iter().filter(has_page);
            let is_smooth = |arm: &str| (1.0..=34.0).contains(&middle(evidence, arm, FRAME));
            millis_of(evidence, "at-once") >= 900.0
                && slices.any(|arm| arm.manner.give == Give::Turn && is_smooth(&arm.id))
        },
    }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "slice",
        min: 1.0,
        max: 100.0,
        step: 1.0,
        default: 8.0,
        unit: "ms",
    },
    SliderSpec {
        key: "size",
        min: 200.0,
        max: 3000.0,
        step: 100.0,
        default: 400.0,
        unit: "ms",
    },
];

/// Figure of the longest frame.
const FRAME: &str = "worst_frame_ms";
/// Slices that nobody chose, to compare with.
const LONG_SLICE: f64 = 50.0;
/// Up to this a frame, or an answer, is not noticed as a pause.
const ALIVE_MILLIS: f64 = 50.0;
/// A frame takes up to two turns of a slow screen beside the slice.
const FRAME_SLACK_MILLIS: f64 = 34.0;

fn is_data(settings: &Settings) -> bool {
    settings.get("data") == Some("on")
}

fn slice(settings: &Settings) -> f64 {
    LESSON.value("slice", settings).round()
}

fn slices_id(millis: f64) -> String {
    ["slices-", &whole(millis)].concat()
}

/// An arm whose page is watched.
fn watched(id: &str, strategy: Strategy, job: &Job, give: Give, slice_millis: f64) -> Arm {
    let place = if id == "worker" {
        Place::Worker
    } else {
        Place::Page
    };
    let mut arm = arm(id, strategy, 1, place, std::slice::from_ref(job));
    arm.manner = Manner {
        give,
        slice_millis,
        frames: true,
        ..Manner::default()
    };
    arm
}

fn in_slices(job: &Job, millis: f64) -> Arm {
    let mut arm = watched(
        &slices_id(millis),
        Strategy::Interleaved,
        job,
        Give::Turn,
        millis,
    );
    arm.variant = [&whole(millis), " ms"].concat();
    based_on(arm, "at-once")
}

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let size = LESSON.value("size", settings);
    let short = slice(settings);
    let is_data = is_data(settings);
    let job = if is_data {
        // Nominal: how long it takes to come and to be read is what is measured.
        job("orders", 1, 100.0, 200.0)
    } else {
        job("primes", 1, size, 0.0)
    };
    let at_once = watched("at-once", Strategy::Sequential, &job, Give::Never, 0.0);
    let mut arms = vec![at_once];
    if !is_data {
        let mut finished = watched(
            "microtask",
            Strategy::Interleaved,
            &job,
            Give::Microtask,
            short,
        );
        finished.variant = Give::Microtask.id().to_owned();
        arms.push(based_on(finished, "at-once"));
        if (short - LONG_SLICE).abs() > 0.5 {
            arms.push(in_slices(&job, LONG_SLICE));
        }
    }
    let mut slices = in_slices(&job, short);
    if is_data {
        // What is read as it comes is still at hand, and so cheaper to add up than
        // what was put aside: no ratio is claimed.
        slices.base = None;
    }
    arms.push(slices);
    let mut capacity_for = Vec::new();
    if machine.rung() > Rung::Page {
        let worker = watched("worker", Strategy::Sequential, &job, Give::Turn, 0.0);
        arms.push(worker);
        capacity_for.push(2);
    }
    let alone = if is_data { 300.0 } else { size };
    // Two frames before each and one after it.
    let round = (alone + 60.0) * arms.len() as f64;
    planned(LESSON.id, settings, arms, round, capacity_for)
}

fn questions(settings: &Settings, machine: &Machine<'_>) -> Vec<Question> {
    if is_data(settings) {
        return Vec::new();
    }
    let slice = slice(settings);
    // On a scale of ratios the border between the two is 50 ms.
    let choice = |question: &str, id, value, misconception| Choice {
        id,
        phrase: Phrase::new(["responsive.question.", question, ".", id].concat()),
        value,
        value_millis: None,
        misconception,
    };
    let ask = |id: &'static str, arm: String, choices| Question {
        id,
        phrase: Phrase::new(["responsive.question.", id].concat()).with("slice", whole(slice)),
        choices,
        measure: Measure::Metric(arm, FRAME),
    };
    let (alive, frozen) = (Some(ALIVE_MILLIS / 2.0), Some(ALIVE_MILLIS * 2.0));
    let two = || {
        vec![
            choice("any", "yes", alive, None),
            choice("any", "no", frozen, None),
        ]
    };
    let mut questions = vec![
        ask(
            "microtask",
            "microtask".into(),
            vec![
                choice("microtask", "draws", alive, Some("M6")),
                choice("microtask", "beside", None, Some("M4")),
                choice("any", "no", frozen, None),
            ],
        ),
        ask("slices", slices_id(slice), two()),
    ];
    if machine.rung() > Rung::Page {
        questions.push(ask("worker", "worker".into(), two()));
    }
    questions
}

/// A figure of an arm as a share of what `whole` gives for the same run.
fn share(
    evidence: &Evidence,
    (arm, figure): (&str, &str),
    whole: impl Fn(&RoundRow) -> f64,
) -> Option<Stats> {
    let rows = evidence.rounds.iter().filter(|row| row.valid);
    let shares: Vec<f64> = rows
        .filter(|row| row.arm == arm)
        .filter_map(|row| Some(row.figures.get(figure)? / whole(row)))
        .collect();
    summarise(&shares)
}

/// Milliseconds of a row's work: all of it, or where a file had to come first,
/// what was computed. Of an arm that is the measure of its own work that is P
/// times the whole time.
fn work_millis(row: &RoundRow) -> f64 {
    if row.workload == "orders" {
        row.p.unwrap_or(1.0) * row.ms
    } else {
        row.ms
    }
}

fn judge(evidence: &Evidence, settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    stands_still(&mut claims, "at-once", FRAME, 0.8);
    stands_still(&mut claims, "at-once", "worst_answer_ms", 0.7);
    stands_still(&mut claims, "microtask", FRAME, 0.7);
    for info in evidence.arms.iter().filter(|arm| arm.place == Place::Page) {
        if info.manner.give == Give::Turn {
            // Where a file comes in, the browser hands over pieces between the slices.
            let slack = if is_data(settings) {
                FRAME_SLACK_MILLIS + FRAME_SLACK_MILLIS / 2.0
            } else {
                FRAME_SLACK_MILLIS
            };
            stays_alive(&mut claims, &info.id, info.manner.slice_millis + slack);
        }
        if info.base.is_some() && !is_data(settings) {
            as_long(&mut claims, &info.id, info.manner.give);
        }
    }
    if evidence.arms.iter().any(|arm| arm.id == "worker") {
        beside(&mut claims, is_data(settings));
    }
    told_alike(&mut claims);
    claims.done()
}

fn named(check: &str, arm: &str, figure: &str) -> (String, String) {
    ([check, ".", arm].concat(), [figure, "(", arm, ")"].concat())
}

/// One frame, or one answer, is as long as the whole job.
fn stands_still(claims: &mut Claims<'_>, arm: &str, figure: &str, least: f64) {
    let evidence = claims.evidence();
    if evidence.arms.iter().any(|info| info.id == arm) {
        let check = if figure == FRAME { "frozen" } else { "deaf" };
        let (id, expr) = named(check, arm, figure);
        let expr = [&expr, " / work(", arm, ")"].concat();
        let stats = share(evidence, (arm, figure), work_millis);
        claims.timed(&id, &expr, stats, Limit::AtLeast(least), &[arm]);
    }
}

/// No frame and no answer is much longer than a slice.
fn stays_alive(claims: &mut Claims<'_>, arm: &str, most: f64) {
    let evidence = claims.evidence();
    // A question may come behind a slice that has its turn already, and a frame.
    let figures = [
        ("alive", FRAME, most),
        ("hears", "worst_answer_ms", 2.0 * most),
    ];
    for (check, figure, most) in figures {
        let (id, expr) = named(check, arm, figure);
        let stats = metric_of(evidence, arm, figure);
        claims.timed(&id, &expr, stats, Limit::AtMost(most), &[arm]);
    }
}

/// All in all it takes as long as at once. While a page draws, the browser puts
/// its pictures together beside it, for which it needs a core.
fn as_long(claims: &mut Claims<'_>, arm: &str, give: Give) {
    let evidence = claims.evidence();
    let (id, expr) = named("time", arm, "time_ratio");
    let mut gates = vec![Gate::clock_of(evidence, &[arm])];
    if give == Give::Turn && !evidence.capacity.probes.is_empty() {
        gates.push(Gate::capacity(&evidence.capacity));
    }
    let figure = metric_of(evidence, arm, "time_ratio");
    let limit = Limit::Between(0.85, 1.15);
    claims.push(judge_claim(&id, &expr, figure.as_ref(), limit, &gates));
}

/// With another chef the page hardly notices, where there is a knife for both.
fn beside(claims: &mut Claims<'_>, is_data: bool) {
    let evidence = claims.evidence();
    let (id, expr) = named("alive", "worker", FRAME);
    let gates = [
        Gate::capacity(&evidence.capacity),
        Gate::clock_of(evidence, &["worker"]),
    ];
    let stats = metric_of(evidence, "worker", FRAME);
    let limit = Limit::AtMost(ALIVE_MILLIS);
    claims.push(judge_claim(&id, &expr, stats.as_ref(), limit, &gates));
    if !is_data {
        let stats = ratio(evidence, "worker", "at-once");
        let limit = Limit::Between(0.85, 1.15);
        let expr = "ms(worker) / ms(at-once)";
        claims.parallel("time.worker", expr, stats, limit, &["worker"]);
    }
}

/// Where the browser tells of long tasks, it tells the same story.
fn told_alike(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    let figure = "worst_long_task_ms";
    for info in &evidence.arms {
        let Some(longest) = metric_of(evidence, &info.id, figure) else {
            continue;
        };
        let arm = info.id.as_str();
        if info.place == Place::Page && info.manner.give != Give::Turn {
            let frame = |row: &RoundRow| row.figures.get(FRAME).copied().unwrap_or(0.0);
            let stats = share(evidence, (arm, figure), frame);
            let (id, expr) = named("agree", arm, figure);
            let expr = [&expr, " / worst_frame_ms"].concat();
            claims.timed(&id, &expr, stats, Limit::Between(0.7, 1.1), &[arm]);
        } else if info.place == Place::Page && info.manner.slice_millis < LONG_SLICE {
            let (id, expr) = named("calm", arm, figure);
            let most = ALIVE_MILLIS.max(info.manner.slice_millis + FRAME_SLACK_MILLIS);
            claims.timed(&id, &expr, Some(longest), Limit::AtMost(most), &[arm]);
        }
    }
}

fn finding(evidence: &Evidence, settings: &Settings) -> Finding {
    let has_worker = evidence.arms.iter().any(|arm| arm.id == "worker");
    let (kind, case) = match (outcome(evidence), is_data(settings)) {
        (Outcome::Failed, _) => (FindingKind::Disagrees, "disagrees"),
        (_, false) if has_worker && is_one_core(evidence) => (FindingKind::OneKnife, "one-knife"),
        (Outcome::Open, _) => (FindingKind::Undecided, "undecided"),
        (Outcome::Held, true) => (FindingKind::Expected, "data"),
        (Outcome::Held, false) if has_worker => (FindingKind::Expected, "expected"),
        (Outcome::Held, false) => (FindingKind::Expected, "alone"),
    };
    let slice = slice(settings);
    let frame = |arm: &str| millis(middle(evidence, arm, FRAME));
    Finding::new(kind, ["responsive.finding.", case].concat())
        .with("frozen", frame("at-once"))
        .with("microtask", frame("microtask"))
        .with("slice", whole(slice))
        .with("short", frame(&slices_id(slice)))
        .with("worker", frame("worker"))
        .with("rows", ORDERS.rows.to_string())
}

fn references(_evidence: &Evidence, settings: &Settings) -> Vec<Reference> {
    if is_data(settings) {
        Vec::new()
    } else {
        vec![super::reference(
            "sum-of-work",
            LESSON.value("size", settings),
        )]
    }
}
