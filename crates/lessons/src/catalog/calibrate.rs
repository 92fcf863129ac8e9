//! Being written.

use crate::arms::{arm, job, plan as planned};
use crate::{ChartKind, Finding, FindingKind, Lesson, Machine, Settings, SliderSpec};
use model::{Place, Plan, Strategy};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "calibrate",
    number: Some(0),
    sliders: SLIDERS,
    run_chart: ChartKind::Tasks,
    play_charts: &[ChartKind::Lanes, ChartKind::Makespan],
    shown_arm: |plan| plan.arms.last().map(|arm| arm.id.as_str()),
    plan,
    notes: |_, _| Vec::new(),
    questions: |_, _| Vec::new(),
    judge: |_, _| Vec::new(),
    finding: |_, _| Finding::new(FindingKind::Undecided, "calibrate.finding"),
    references: |_, _| Vec::new(),
    explain: None,
    presets: &[],
    challenge: None,
};

const SLIDERS: &[SliderSpec] = &[SliderSpec {
    key: "tasks",
    min: 2.0,
    max: 50.0,
    step: 1.0,
    default: 6.0,
    unit: "",
}];

fn plan(settings: &Settings, _machine: &Machine<'_>) -> Plan {
    let jobs = [job(
        "waiting",
        LESSON.value("tasks", settings) as u32,
        0.0,
        100.0,
    )];
    let sequential = arm("sequential", Strategy::Sequential, 1, Place::Page, &jobs);
    let mut interleaved = arm("interleaved", Strategy::Interleaved, 1, Place::Page, &jobs);
    interleaved.base = Some("sequential".into());
    planned(
        LESSON.id,
        settings,
        vec![sequential, interleaved],
        Vec::new(),
    )
}
