//! After you: each waits for what the other holds, for ever, and what helps.

use crate::arms::{arm, job, place};
use crate::checks::{Claims, Outcome, metric_of, middle, millis_of, outcome};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question};
use crate::words::{Phrase, millis, whole};
use crate::{
    ChartKind, Drawing, Finding, FindingKind, Lesson, Machine, Settings, SliderSpec, Waiting,
};
use analysis::verdict::{Limit, judge_exact};
use model::{Arm, ArmInfo, Check, Evidence, Guard, Manner, Place, Plan, Rung, Strategy};
use workloads::crossing::TRIES;

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "deadlock",
    number: Some(16),
    sliders: SLIDERS,
    run_chart: ChartKind::Lanes,
    play_charts: &[ChartKind::Lanes, ChartKind::Circle, ChartKind::Frames],
    shown_arm: |plan| super::arm_id(plan, CROSSED),
    plan,
    notes,
    questions,
    judge,
    finding,
    data: |kind, evidence, _| {
        (kind == ChartKind::Circle)
            .then(|| circle(evidence))
            .flatten()
    },
    source: |_| None,
    references: |_, _| Vec::new(),
    panel: None,
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "slow",
                misconception: Some("M26"),
            },
            ExplainOption {
                id: "circle",
                misconception: None,
            },
            ExplainOption {
                id: "busy",
                misconception: None,
            },
        ],
        right: "circle",
    }),
    presets: &[
        Preset {
            id: "pair",
            values: &[("workers", "2")],
        },
        Preset {
            id: "four",
            values: &[("workers", "4")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            let crossed = info(evidence, CROSSED);
            crossed.is_some_and(|arm| arm.tasks > 2) && middle(evidence, CROSSED, "stuck") >= 1.0
        },
    }),
};

const SLIDERS: &[SliderSpec] = &[SliderSpec {
    key: "workers",
    min: 2.0,
    max: 8.0,
    step: 1.0,
    default: 2.0,
    unit: "",
}];

const CROSSED: &str = "crossed";
const ORDERED: &str = "ordered";
/// Rounds where none were asked for: each stands still for two seconds.
const ROUNDS: u32 = 6;
/// Standing still without any progress, in milliseconds, before it is ended.
const QUIET_MILLIS: f64 = 2_000.0;
/// Work done at once by chefs who all stand still, in chefs' worth.
const IDLE: f64 = 0.05;
/// No frame of a page that has nothing to do is longer, in milliseconds: twice
/// the length that browsers call long, for a busy machine.
const ALIVE_MILLIS: f64 = 100.0;

fn chefs(settings: &Settings) -> u32 {
    LESSON.value("workers", settings) as u32
}

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let chefs = chefs(settings);
    let one = |id: &str, guard| {
        let jobs = [job("crossing", chefs, 0.0, 0.0)];
        let mut made = if machine.rung() == Rung::Shared {
            arm(id, Strategy::Blocking, chefs, Place::Worker, &jobs)
        } else {
            arm(id, Strategy::Interleaved, 1, place(machine), &jobs)
        };
        // Who may be stuck does other work than who may not.
        made.workload = ["crossing-", id].concat();
        made.variant = id.to_owned();
        made.manner = Manner {
            guard,
            frames: true,
            ..Manner::default()
        };
        made
    };
    let arms: Vec<Arm> = vec![one(CROSSED, Guard::Crossed), one(ORDERED, Guard::Ordered)];
    Plan {
        lesson: LESSON.id.to_owned(),
        seed: settings.seed(),
        rounds: settings.get("rounds").map_or(ROUNDS, |_| settings.rounds()),
        arms,
        capacity_for: Vec::new(),
    }
}

fn notes(_settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    if machine.rung() == Rung::Shared {
        Vec::new()
    } else {
        vec![Phrase::new("deadlock.note.loop")]
    }
}

fn questions(settings: &Settings, _machine: &Machine<'_>) -> Vec<Question> {
    let choice = |id, value, misconception| Choice {
        id,
        phrase: Phrase::new(["deadlock.question.crossed.", id].concat()),
        value,
        value_millis: None,
        misconception,
    };
    vec![Question {
        id: "crossed",
        phrase: Phrase::new("deadlock.question.crossed")
            .with("chefs", chefs(settings).to_string())
            .with("tries", TRIES.to_string()),
        choices: vec![
            choice("slow", None, Some("M26")),
            choice("stops", Some(1.0), None),
            choice("error", None, None),
        ],
        measure: Measure::Metric(CROSSED.into(), "stuck"),
    }]
}

fn info<'a>(evidence: &'a Evidence, arm: &str) -> Option<&'a ArmInfo> {
    evidence.arms.iter().find(|info| info.id == arm)
}

/// Rounds of an arm that count, and those of them in which a figure was not this.
fn other_than(evidence: &Evidence, arm: &str, name: &str, wanted: f64) -> (usize, usize) {
    let rows = evidence.rounds.iter();
    let own = rows.filter(|row| row.valid && row.arm == arm);
    let values: Vec<Option<f64>> = own.map(|row| row.figures.get(name).copied()).collect();
    let is_other = |value: &&Option<f64>| value.is_none_or(|value| (value - wanted).abs() > 0.5);
    (values.len(), values.iter().filter(is_other).count())
}

/// In every round that counts, and in one at least, a figure was this.
fn every_round(
    claims: &mut Claims<'_>,
    (id, expr): (&str, &str),
    (arm, name): (&str, &str),
    wanted: f64,
) {
    let (rounds, other) = other_than(claims.evidence(), arm, name, wanted);
    // Without a round nothing is borne out.
    let count = if rounds == 0 { 1 } else { other };
    claims.push(judge_exact(id, expr, count as f64, Limit::Equal, &[]));
}

fn judge(evidence: &Evidence, _settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    let tasks = info(evidence, ORDERED).map_or(0, |arm| arm.tasks);
    let tries = f64::from(tasks * TRIES);
    let expr = "rounds that were not stuck";
    every_round(
        &mut claims,
        ("stuck.crossed", expr),
        (CROSSED, "stuck"),
        1.0,
    );
    let quiet = metric_of(evidence, CROSSED, "stuck_ms");
    let expr = "ms without any progress";
    let least = Limit::AtLeast(QUIET_MILLIS);
    claims.timed("quiet.crossed", expr, quiet, least, &[CROSSED]);
    let idle = metric_of(evidence, CROSSED, "p_ticks");
    let expr = "time on cores / time of the run";
    claims.timed("idle.crossed", expr, idle, Limit::AtMost(IDLE), &[CROSSED]);
    for (chef, next) in (1..=tasks).map(|chef| (chef, chef % tasks + 1)) {
        let name = ["waits_for_", &chef.to_string()].concat();
        let id = ["circle.", &chef.to_string()].concat();
        let expr = ["rounds in which ", &name, " is not ", &next.to_string()].concat();
        every_round(&mut claims, (&id, &expr), (CROSSED, &name), f64::from(next));
    }
    let expr = "rounds in which a try was left";
    every_round(
        &mut claims,
        ("finishes.ordered", expr),
        (ORDERED, "progress"),
        tries,
    );
    for arm in [CROSSED, ORDERED] {
        if let Some(worst) = metric_of(evidence, arm, "worst_frame_ms") {
            let id = ["page-alive.", arm].concat();
            let expr = ["worst_frame_ms(", arm, ")"].concat();
            let limit = Limit::AtMost(ALIVE_MILLIS);
            claims.timed(&id, &expr, Some(worst), limit, &[arm]);
        }
    }
    claims.done()
}

/// Who waited for whom at the end of the last round that was stuck.
fn circle(evidence: &Evidence) -> Option<Drawing> {
    let arm = info(evidence, CROSSED)?;
    let is_loop = arm.strategy == Strategy::Interleaved;
    let rows = evidence.rounds.iter().rev();
    let row = rows
        .filter(|row| row.arm == CROSSED)
        .find(|row| row.figures.get("stuck") == Some(&1.0))?;
    let next = |chef: u32| {
        let name = ["waits_for_", &chef.to_string()].concat();
        row.figures.get(&name).map(|next| *next as u32)
    };
    let who = |chef: u32| {
        let key = if is_loop { "dish" } else { "chef" };
        Phrase::new(["deadlock.who.", key].concat()).with("n", chef.to_string())
    };
    let shaker = |chef: u32| match (arm.tasks, chef) {
        (2, 1) => Phrase::new("deadlock.shaker.salt"),
        (2, _) => Phrase::new("deadlock.shaker.pepper"),
        _ => Phrase::new("deadlock.shaker").with("n", chef.to_string()),
    };
    // Whoever is waited for holds the shaker of his own number.
    let first = (1..=arm.tasks).find(|chef| next(*chef).is_some())?;
    let mut told = Vec::new();
    let mut chef = first;
    while told.len() < arm.tasks as usize {
        let other = next(chef)?;
        told.push(Waiting {
            who: who(chef),
            holds: shaker(chef),
            wants: shaker(other),
        });
        chef = other;
        if chef == first {
            break;
        }
    }
    Some(Drawing::Circle(told))
}

fn finding(evidence: &Evidence, _settings: &Settings) -> Finding {
    let is_loop = info(evidence, CROSSED).is_some_and(|arm| arm.strategy == Strategy::Interleaved);
    let chefs = info(evidence, CROSSED).map_or(2, |arm| arm.tasks);
    let (kind, case) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held if is_loop => (FindingKind::Expected, "loop"),
        Outcome::Held if chefs > 2 => (FindingKind::Expected, "many"),
        Outcome::Held => (FindingKind::Expected, "expected"),
    };
    let of = |arm: &'static str| evidence.rounds.iter().filter(move |row| row.arm == arm);
    let stuck = of(CROSSED).filter(|row| row.figures.get("stuck") == Some(&1.0));
    let tries = f64::from(chefs * TRIES);
    Finding::new(kind, ["deadlock.finding.", case].concat())
        .with("chefs", chefs.to_string())
        .with("rounds", of(CROSSED).count().to_string())
        .with("stuck", stuck.count().to_string())
        .with("quiet", millis(middle(evidence, CROSSED, "stuck_ms")))
        .with("tries", whole(tries))
        .with("done", whole(middle(evidence, ORDERED, "progress")))
        .with("ms", millis(millis_of(evidence, ORDERED)))
}
