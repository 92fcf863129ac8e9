//! Meet your kitchen: what this machine can do, and the parts of a lane.

use crate::arms::{MOST_WORKERS, arm, based_on, place, plan as planned, pots, rung_notes};
use crate::checks::{Claims, Outcome, capacity_of, is_one_core, outcome};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::words::{millis, tenth, whole};
use crate::{ChartKind, Finding, FindingKind, Lesson, Machine, Settings, SliderSpec};
use analysis::verdict::{DRIFT_ALLOWED, Gate, Limit, judge_exact};
use model::{Check, Evidence, Plan, Rung, Strategy};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "calibrate",
    number: Some(0),
    sliders: SLIDERS,
    run_chart: ChartKind::Tasks,
    play_charts: &[ChartKind::Lanes, ChartKind::Tasks],
    shown_arm: |plan| super::arm_id(plan, "interleaved"),
    plan,
    notes: |_, machine| rung_notes(machine),
    questions: |_, _| Vec::new(),
    judge,
    finding,
    data: |_, _, _| None,
    source: |_| None,
    references: |_, _| Vec::new(),
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "label",
                misconception: None,
            },
            ExplainOption {
                id: "shared",
                misconception: None,
            },
            ExplainOption {
                id: "sorted",
                misconception: Some("M11"),
            },
        ],
        right: "shared",
    }),
    panel: None,
    presets: &[
        Preset {
            id: "long",
            values: &[("tasks", "3"), ("wait", "150"), ("size", "30")],
        },
        Preset {
            id: "busy",
            values: &[("tasks", "8"), ("wait", "20"), ("size", "15")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| !evidence.capacity.probes.is_empty() && evidence.capacity.drift <= 0.01,
    }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "tasks",
        min: 1.0,
        max: 12.0,
        step: 1.0,
        default: 4.0,
        unit: "",
    },
    SliderSpec {
        key: "wait",
        min: 0.0,
        max: 200.0,
        step: 10.0,
        default: 50.0,
        unit: "ms",
    },
    SliderSpec {
        key: "size",
        min: 2.0,
        max: 50.0,
        step: 1.0,
        default: 10.0,
        unit: "ms",
    },
];

/// Probes of bare workers agree, as a share of their ratio.
const AGREE: f64 = DRIFT_ALLOWED;

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let value = |key| LESSON.value(key, settings);
    let (tasks, wait, size) = (value("tasks").round(), value("wait"), value("size"));
    let place = place(machine);
    let jobs = [pots(tasks as u32, size, wait)];
    let sequential = arm("sequential", Strategy::Sequential, 1, place, &jobs);
    let interleaved = arm("interleaved", Strategy::Interleaved, 1, place, &jobs);
    let arms = vec![sequential, based_on(interleaved, "sequential")];
    let round = tasks * (wait + size) + wait + tasks * size;
    planned(LESSON.id, settings, arms, round, probed(machine))
}

/// Two workers, the known number of cores, and twice as many.
fn probed(machine: &Machine<'_>) -> Vec<u32> {
    if machine.rung() == Rung::Page {
        return Vec::new();
    }
    let cores = machine.capability.reported_cores.max(machine.knives());
    let mut counts = vec![2, cores, 2 * cores];
    counts.retain(|count| (2..=MOST_WORKERS).contains(count));
    counts.sort_unstable();
    counts.dedup();
    counts
}

fn judge(evidence: &Evidence, _settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    let arms = ["sequential", "interleaved"];
    let clock = [Gate::clock_of(evidence, &arms)];
    let step = evidence.env.capability.clock_step_nanos as f64 / 1e6;
    claims.push(judge_exact(
        "clock",
        "clock step in ms",
        step,
        Limit::AtMost(1e3),
        &clock,
    ));
    let capacity = &evidence.capacity;
    if !capacity.probes.is_empty() {
        let gates: Vec<_> = capacity
            .by_workers
            .keys()
            .map(|&workers| Gate::drift(capacity, workers))
            .collect();
        let agree = Limit::AtMost(AGREE);
        claims.push(judge_exact(
            "probes",
            "drift of capacity",
            capacity.drift,
            agree,
            &gates,
        ));
    }
    claims.done()
}

fn finding(evidence: &Evidence, _settings: &Settings) -> Finding {
    let most = evidence
        .capacity
        .by_workers
        .keys()
        .next_back()
        .copied()
        .unwrap_or(0);
    let best = evidence
        .capacity
        .by_workers
        .values()
        .map(|stats| stats.median)
        .fold(0.0, f64::max);
    let (kind, case) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        _ if evidence.capacity.probes.is_empty() => (FindingKind::Expected, "page"),
        _ if is_one_core(evidence) => (FindingKind::OneKnife, "one-knife"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held if most <= 2 => (FindingKind::Expected, "two"),
        Outcome::Held => (FindingKind::Expected, "expected"),
    };
    let step = evidence.env.capability.clock_step_nanos as f64 / 1e3;
    Finding::new(kind, ["calibrate.finding.", case].concat())
        .with("two", tenth(capacity_of(evidence, 2).unwrap_or(0.0)))
        .with("most", most.to_string())
        .with("best", tenth(best))
        .with("cores", evidence.env.capability.reported_cores.to_string())
        .with("drift", whole(100.0 * evidence.capacity.drift))
        .with("step", millis(step))
}
