//! The lab: any work, any strategies, side by side.

use crate::arms::{arm, based_on, job, place, plan as planned, rung_notes, runnable};
use crate::checks::{Claims, Outcome, middle, millis_of, outcome};
use crate::words::{Phrase, millis, tenth};
use crate::{ChartKind, Finding, FindingKind, Lesson, Machine, Reference, Settings, SliderSpec};
use model::{Check, Evidence, Job, Plan, Strategy};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "lab",
    number: None,
    sliders: SLIDERS,
    run_chart: ChartKind::Lanes,
    play_charts: &[
        ChartKind::Lanes,
        ChartKind::Tasks,
        ChartKind::Makespan,
        ChartKind::Plane,
    ],
    shown_arm: |plan| plan.arms.last().map(|arm| arm.id.as_str()),
    plan,
    notes,
    questions: |_, _| Vec::new(),
    judge,
    finding,
    sweep: |_, _| None,
    source: |_| None,
    references,
    explain: None,
    presets: &[],
    challenge: None,
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "workers",
        min: 1.0,
        max: 32.0,
        step: 1.0,
        default: 2.0,
        unit: "",
    },
    SliderSpec {
        key: "tasks",
        min: 1.0,
        max: 10_000.0,
        step: 1.0,
        default: 12.0,
        unit: "",
    },
    SliderSpec {
        key: "size",
        min: 0.0,
        max: 1000.0,
        step: 1.0,
        default: 20.0,
        unit: "ms",
    },
    SliderSpec {
        key: "wait",
        min: 0.0,
        max: 2000.0,
        step: 10.0,
        default: 60.0,
        unit: "ms",
    },
    SliderSpec {
        key: "rounds",
        min: 1.0,
        max: 31.0,
        step: 1.0,
        default: 9.0,
        unit: "",
    },
    SliderSpec {
        key: "seed",
        min: 0.0,
        max: 9_007_199_254_740_991.0,
        step: 1.0,
        default: 1.0,
        unit: "",
    },
];

/// What is compared where nothing was chosen.
const STRATEGIES: [Strategy; 3] = [Strategy::Sequential, Strategy::Interleaved, Strategy::Pool];

/// The strategies of a run, the sequential one first: it is what the others
/// are compared with.
fn wanted(settings: &Settings) -> Vec<Strategy> {
    let mut wanted = settings.strategies();
    if wanted.is_empty() {
        wanted = STRATEGIES.to_vec();
    }
    wanted.retain(|strategy| *strategy != Strategy::Sequential);
    wanted.insert(0, Strategy::Sequential);
    wanted
}

fn jobs(settings: &Settings) -> Vec<Job> {
    let value = |key| LESSON.value(key, settings);
    let mut ids = settings.workloads();
    if ids.is_empty() {
        ids.push("mandelbrot");
    }
    let tasks = value("tasks") as u32;
    let kinds = ids.len() as u32;
    let mut jobs = Vec::new();
    for (at, id) in ids.into_iter().enumerate() {
        // Shared out evenly, the first ones get what is left over.
        let share = tasks / kinds + u32::from((at as u32) < tasks % kinds);
        if let Some(workload) = workloads::registry::find(id).filter(|_| share > 0) {
            let busy = if workload.computes {
                value("size").max(1.0)
            } else {
                0.0
            };
            let wait = if workload.waits { value("wait") } else { 0.0 };
            jobs.push(job(id, share, busy, wait));
        }
    }
    jobs
}

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let place = place(machine);
    let jobs = jobs(settings);
    let workers = LESSON.value("workers", settings) as u32;
    let mut arms: Vec<model::Arm> = Vec::new();
    let mut capacity_for = Vec::new();
    for strategy in wanted(settings) {
        let Some(strategy) = runnable(strategy, machine) else {
            continue;
        };
        let count = if strategy.uses_workers() { workers } else { 1 };
        let mut id = strategy.id().to_owned();
        if strategy.uses_workers() {
            id = [&*id, "-", &count.to_string()].concat();
            capacity_for = vec![2, count];
        }
        if arms.iter().any(|arm| arm.id == id) {
            continue;
        }
        let arm = arm(&id, strategy, count, place, &jobs);
        arms.push(if arms.is_empty() {
            arm
        } else {
            based_on(arm, "sequential")
        });
    }
    capacity_for.retain(|count| *count > 1);
    capacity_for.dedup();
    let mut plan = planned(LESSON.id, settings, arms, 0.0, capacity_for);
    // In the lab the reader decides how long it takes.
    plan.rounds = settings.rounds();
    plan
}

fn notes(settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    let mut notes = Vec::new();
    for strategy in wanted(settings) {
        let key = match runnable(strategy, machine) {
            Some(same) if same == strategy => continue,
            Some(_) => "note.replaced",
            None => "note.left-out",
        };
        let name = ["@strategy.", strategy.id()].concat();
        notes.push(Phrase::new(key).with("strategy", name));
    }
    if !notes.is_empty() {
        notes.extend(rung_notes(machine));
    }
    notes
}

fn judge(evidence: &Evidence, _settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    // Overlapped waiting is no speedup of computing, so nothing to flag there.
    for arm in &evidence.arms {
        let waits = arm.jobs.iter().any(|job| job.wait_millis > 0.0);
        if arm.strategy.uses_workers() && arm.workers > 1 && !waits {
            claims.no_magic(&arm.id, arm.workers);
        }
    }
    claims.done()
}

fn finding(evidence: &Evidence, _settings: &Settings) -> Finding {
    let rest = evidence.arms.iter().filter(|arm| arm.base.is_some());
    let best = rest
        .map(|arm| (arm, middle(evidence, &arm.id, "speedup")))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    let kind = match outcome(evidence) {
        Outcome::Failed => FindingKind::Disagrees,
        Outcome::Open => FindingKind::Undecided,
        Outcome::Held => FindingKind::Expected,
    };
    let case = match (&best, kind) {
        (_, FindingKind::Disagrees) => "lab.finding.disagrees",
        (None, _) => "lab.finding.alone",
        (Some((_, times)), _) if *times < 1.0 => "lab.finding.row",
        (Some(_), _) => "lab.finding.best",
    };
    let mut finding =
        Finding::new(kind, case).with("row", millis(millis_of(evidence, "sequential")));
    if let Some((arm, times)) = best {
        finding = finding
            .with("strategy", ["@strategy.", arm.strategy.id()].concat())
            .with("n", arm.workers.to_string())
            .with("ms", millis(millis_of(evidence, &arm.id)))
            .with("times", tenth(times));
    }
    finding
}

fn references(evidence: &Evidence, _settings: &Settings) -> Vec<Reference> {
    let row = millis_of(evidence, "sequential");
    if row > 0.0 {
        vec![super::reference("sequential", row)]
    } else {
        Vec::new()
    }
}
