//! The first page: guess, then four numbers.

use crate::arms::{arm, based_on, job, place, plan as planned, rung_notes, runnable};
use crate::checks::{Claims, Outcome, is_one_core, metric_of, middle, millis_of, outcome};
use crate::question::{Choice, Measure, Question};
use crate::words::{Phrase, millis, tenth};
use crate::{ChartKind, Finding, FindingKind, Lesson, Machine, Reference, Settings};
use model::{Check, Evidence, Plan, Stats, Strategy};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "four-numbers",
    number: None,
    sliders: &[],
    run_chart: ChartKind::Tasks,
    play_charts: &[],
    shown_arm: |plan| super::arm_id(plan, "chop-one"),
    plan,
    notes: |_, machine| rung_notes(machine),
    questions,
    judge,
    finding,
    data: |_, _, _| None,
    source: |_| None,
    references,
    explain: None,
    panel: None,
    presets: &[],
    challenge: None,
};

/// Pots, and boards.
const DISHES: u32 = 8;
const POT_MILLIS: f64 = 60.0;
const BOARD_MILLIS: f64 = 40.0;

/// The cards in reading order: arm id, and the arm of its row that does one
/// dish after another.
const CARDS: [(&str, &str); 4] = [
    ("wait-one", "wait-seq"),
    ("wait-two", "wait-seq"),
    ("chop-one", "chop-seq"),
    ("chop-two", "chop-seq"),
];

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let place = place(machine);
    let mut arms = Vec::new();
    let rows = [
        ("wait", job("waiting", DISHES, 0.0, POT_MILLIS)),
        ("chop", job("primes", DISHES, BOARD_MILLIS, 0.0)),
    ];
    for (row, job) in rows {
        let id = |way: &str| [row, "-", way].concat();
        let jobs = [job];
        let base = id("seq");
        arms.push(arm(&base, Strategy::Sequential, 1, place, &jobs));
        let one = arm(&id("one"), Strategy::Interleaved, 1, place, &jobs);
        arms.push(based_on(one, &base));
        if let Some(strategy) = runnable(Strategy::Hybrid, machine) {
            arms.push(based_on(arm(&id("two"), strategy, 2, place, &jobs), &base));
        }
    }
    let has_two = arms.len() > 4;
    let capacity_for = if has_two { vec![2] } else { Vec::new() };
    // All rounds of the first page fit into its half minute.
    planned(LESSON.id, settings, arms, 0.0, capacity_for)
}

fn questions(settings: &Settings, machine: &Machine<'_>) -> Vec<Question> {
    let plan = plan(settings, machine);
    let asked = CARDS
        .iter()
        .filter(|(card, _)| plan.arms.iter().any(|arm| arm.id == *card));
    asked.map(|&(card, _)| question(card)).collect()
}

fn question(card: &'static str) -> Question {
    let (row, traced): (f64, [Option<&str>; 3]) = match card {
        "wait-one" => (POT_MILLIS, [Some("M3"), None, None]),
        "wait-two" => (POT_MILLIS, [Some("M3"), Some("M7"), None]),
        "chop-one" => (BOARD_MILLIS, [None, Some("M2"), Some("M1")]),
        _ => (BOARD_MILLIS, [None, None, Some("M1")]),
    };
    let choice = |id, value: f64, misconception| Choice {
        id,
        phrase: Phrase::new(["four-numbers.guess.", id].concat()),
        value: Some(value),
        value_millis: Some(f64::from(DISHES) * row / value),
        misconception,
    };
    let [same, two, eight] = traced;
    Question {
        id: card,
        phrase: Phrase::new("four-numbers.ask"),
        choices: vec![
            choice("same", 1.0, same),
            choice("two", 2.0, two),
            choice("eight", 8.0, eight),
        ],
        measure: Measure::Metric(card.into(), "speedup"),
    }
}

fn judge(evidence: &Evidence, _settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    let has = |arm: &str| evidence.arms.iter().any(|info| info.id == arm);
    claims.waits_in_a_row("wait-seq", f64::from(DISHES) * POT_MILLIS);
    claims.waits_overlap("wait-one", POT_MILLIS, 0.0);
    claims.no_faster("chop-one");
    claims.all_in_progress("chop-one", f64::from(DISHES));
    if has("wait-two") {
        claims.waits_overlap("wait-two", POT_MILLIS, 0.0);
    }
    if has("chop-two") {
        if is_one_core(evidence) {
            claims.one_knife("chop-two");
        } else {
            claims.reaches_capacity("chop-two", 2);
        }
    }
    claims.done()
}

fn finding(evidence: &Evidence, _settings: &Settings) -> Finding {
    let has_two = evidence.arms.iter().any(|arm| arm.id == "chop-two");
    let (kind, case) = match outcome(evidence) {
        _ if has_two && is_one_core(evidence) => (FindingKind::OneKnife, "one-knife"),
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held if has_two => (FindingKind::Expected, "expected"),
        Outcome::Held => (FindingKind::Expected, "page"),
    };
    let times = |arm| tenth(middle(evidence, arm, "speedup"));
    Finding::new(kind, ["four-numbers.finding.", case].concat())
        .with("wait-one", times("wait-one"))
        .with("wait-two", times("wait-two"))
        .with("chop-one", times("chop-one"))
        .with("chop-two", times("chop-two"))
}

fn references(_evidence: &Evidence, _settings: &Settings) -> Vec<Reference> {
    Vec::new()
}

/// What a card shows after the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// Arm id, also the id of its question.
    pub arm: &'static str,
    /// Arm of its row that does one dish after another.
    pub base: &'static str,
    /// How many times sooner than one after another; `None` if not measured here.
    pub times: Option<Stats>,
    /// The number in large type, such as "7.9×".
    pub big: Phrase,
    /// Below it, such as "61 ms, not 483".
    pub small: Phrase,
    /// The sentence.
    pub say: Phrase,
    /// Whether its number is highlighted: it gained more than half of what is
    /// possible, and is the cheapest way to it.
    pub is_marked: bool,
}

/// The four cards in reading order, worded by what this run measured.
#[must_use]
pub fn cards(evidence: &Evidence) -> Vec<Card> {
    CARDS
        .iter()
        .map(|&(arm, base)| card(arm, base, evidence))
        .collect()
}

fn card(arm: &'static str, base: &'static str, evidence: &Evidence) -> Card {
    let times = metric_of(evidence, arm, "speedup");
    let median = times.map_or(0.0, |stats| stats.median);
    let key = |part: &str| Phrase::new(["four-numbers.card.", part].concat());
    let case = match arm {
        _ if times.is_none() => "absent",
        "wait-one" if median >= 4.0 => "wait-one",
        "wait-two" if median >= 4.0 => "wait-two",
        "chop-one" if median < 1.3 => "chop-one",
        "chop-two" if median >= 1.4 => "chop-two",
        "chop-two" if is_one_core(evidence) => "one-knife",
        _ => "surprise",
    };
    let figure = |id, name| millis(middle(evidence, id, name));
    Card {
        arm,
        base,
        times,
        big: key("big").with("times", tenth(median)),
        small: key(if times.is_some() { "small" } else { "none" })
            .with("ms", millis(millis_of(evidence, arm)))
            .with("row", millis(millis_of(evidence, base))),
        say: key(case)
            .with("started", figure(arm, "all_started_ms"))
            .with("row-started", figure(base, "all_started_ms")),
        is_marked: matches!(case, "wait-one" | "chop-two"),
    }
}
