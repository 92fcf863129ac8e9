//! The recipe's order: no number of cooks beats the longest chain.

mod claims;
mod recipes;
mod told;
#[cfg(test)]
mod trials;

use crate::arms::{MOST_WORKERS, arm, based_on, place, plan as planned, rung_notes, runnable};
use crate::checks::{capacity_of, middle};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question, without_twins};
use crate::words::{Phrase, whole};
use crate::{ChartKind, Lesson, Machine, Settings, SliderSpec};
use analysis::verdict::CAPACITY_NEEDED;
use analysis::work_span::WorkSpan;
use model::{ArmInfo, Evidence, Plan, Strategy};
use recipes::Recipe;

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "recipe-order",
    number: Some(15),
    sliders: SLIDERS,
    run_chart: ChartKind::Dag,
    play_charts: &[ChartKind::Dag, ChartKind::Lanes, ChartKind::Makespan],
    shown_arm,
    plan,
    notes: |_, machine| rung_notes(machine),
    questions,
    judge: claims::judge,
    finding: told::finding,
    data: told::data,
    source: |arm| (arm == JUGGLING).then_some("start_when_ready"),
    references: told::references,
    panel: None,
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "chefs",
                misconception: Some("M7"),
            },
            ExplainOption {
                id: "chain",
                misconception: None,
            },
            ExplainOption {
                id: "system",
                misconception: Some("M11"),
            },
        ],
        right: "chain",
    }),
    presets: &[
        Preset {
            id: "meal",
            values: &[("recipe", "meal")],
        },
        Preset {
            id: "chain",
            values: &[("recipe", "chain")],
        },
        Preset {
            id: "free",
            values: &[("recipe", "free")],
        },
        Preset {
            id: "sum",
            values: &[("recipe", "sum"), ("workers", "2")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            let two = teams_of(evidence).into_iter().find(|arm| arm.workers == 2);
            let times = two.map_or(0.0, |arm| middle(evidence, &arm.id, "speedup"));
            let capacity = capacity_of(evidence, 2).unwrap_or(0.0);
            capacity >= CAPACITY_NEEDED && times > 0.0 && times <= 1.1
        },
    }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "workers",
        min: 2.0,
        max: 16.0,
        step: 1.0,
        default: 4.0,
        unit: "",
    },
    SliderSpec {
        key: "size",
        min: 4.0,
        max: 40.0,
        step: 1.0,
        default: 10.0,
        unit: "ms",
    },
];

/// Arm of one chef who juggles, where there is no other.
const JUGGLING: &str = "interleaved";
/// And of one who does one step after another.
const ALONE: &str = "sequential";

/// Teams in rising order: two, twice as many as long as that is not too large,
/// and as many as were asked for.
fn teams(settings: &Settings) -> Vec<u32> {
    let most = (LESSON.value("workers", settings) as u32).min(MOST_WORKERS);
    let doubled = std::iter::successors(Some(2_u32), |team| Some(team * 2));
    let mut teams: Vec<u32> = doubled.take_while(|team| *team < most).collect();
    teams.push(most);
    teams
}

fn work_span(settings: &Settings) -> Option<WorkSpan> {
    let recipe = Recipe::of(settings);
    let lengths = recipe.lengths(LESSON.value("size", settings));
    WorkSpan::of(&lengths, &recipe.edges())
}

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let recipe = Recipe::of(settings);
    let jobs = recipe.jobs(LESSON.value("size", settings));
    let edges = recipe.edges();
    let place = place(machine);
    let work = work_span(settings);
    let mut arms = vec![arm(ALONE, Strategy::Sequential, 1, place, &jobs)];
    let mut round = work.as_ref().map_or(0.0, |found| found.work);
    let mut capacity_for = Vec::new();
    for workers in teams(settings) {
        if let Some(strategy) = runnable(Strategy::Pool, machine) {
            let id = [strategy.id(), "-", &workers.to_string()].concat();
            let team = arm(&id, strategy, workers, place, &jobs);
            arms.push(based_on(team, ALONE));
            let capacity = machine.capacity_guess(workers);
            round += work.as_ref().map_or(0.0, |found| found.most(capacity));
            capacity_for.push(workers);
        }
    }
    // Beyond twice the cores a probe shows the limit once more.
    let limit = 2 * machine.knives().max(2);
    capacity_for.retain(|workers| *workers <= limit);
    if arms.len() == 1 {
        let mut juggling = arm(JUGGLING, Strategy::Interleaved, 1, place, &jobs);
        // Its code is shown, with what became of each step.
        juggling.manner.events = true;
        arms.push(based_on(juggling, ALONE));
        round *= 2.0;
    }
    for arm in &mut arms {
        arm.edges.clone_from(&edges);
    }
    planned(LESSON.id, settings, arms, round, capacity_for)
}

/// The smallest team: who idles there does so for want of a step, not of a knife.
fn shown_arm(plan: &Plan) -> Option<&str> {
    let team = plan.arms.iter().find(|arm| arm.strategy.uses_workers());
    team.or(plan.arms.last()).map(|arm| arm.id.as_str())
}

fn questions(settings: &Settings, machine: &Machine<'_>) -> Vec<Question> {
    let plan = plan(settings, machine);
    let Some(found) = work_span(settings) else {
        return Vec::new();
    };
    let mut teams = plan.arms.iter().filter(|arm| arm.strategy.uses_workers());
    let Some(smallest) = teams.next() else {
        return Vec::new();
    };
    let knives = machine.knives();
    let fitting = teams.rfind(|arm| arm.workers <= knives);
    let team = fitting.unwrap_or(smallest);
    let recipe = Recipe::of(settings);
    let beat = LESSON.value("size", settings);
    let lengths = recipe.lengths(beat);
    let longest = lengths.iter().copied().fold(0.0, f64::max);
    let capacity = machine
        .capacity_guess(team.workers)
        .clamp(1.0, f64::from(team.workers));
    let choice = |id, value, misconception| Choice {
        id,
        phrase: Phrase::new(["recipe-order.question.best.", id].concat())
            .with("ms", whole(value))
            .with("steps", lengths.len().to_string()),
        value: Some(value),
        value_millis: Some(value),
        misconception,
    };
    let mut choices = vec![
        choice("share", found.work / lengths.len() as f64, Some("M7")),
        choice("step", longest, Some("M11")),
        choice("chain", found.least(capacity), None),
        choice("row", found.work, None),
    ];
    if longest < 1.3 * found.work / lengths.len() as f64 {
        choices.retain(|choice| choice.id != "share");
    }
    vec![Question {
        id: "best",
        phrase: Phrase::new("recipe-order.question.best")
            .with("recipe", recipe.told())
            .with("beat", whole(beat))
            .with("row", whole(found.work))
            .with("chefs", team.workers.to_string()),
        choices: without_twins(choices, "chain"),
        measure: Measure::Millis(team.id.clone()),
    }]
}

/// The teams of a record, smallest first.
fn teams_of(evidence: &Evidence) -> Vec<&ArmInfo> {
    let arms = evidence.arms.iter();
    let mut teams: Vec<_> = arms.filter(|arm| arm.strategy.uses_workers()).collect();
    teams.sort_by_key(|arm| arm.workers);
    teams
}

/// Work and span as measured one after another, in milliseconds; as planned
/// where that is not known, as of steps that need nothing.
fn measured(evidence: &Evidence) -> Option<WorkSpan> {
    let alone = evidence.arms.iter().find(|arm| arm.id == ALONE)?;
    let mut found = analysis::work_span::planned(alone)?;
    let figure = |name| Some(middle(evidence, ALONE, name)).filter(|ms| *ms > 0.0);
    found.work = figure("work_ms").unwrap_or(found.work);
    found.span = figure("span_ms").unwrap_or(found.span);
    Some(found)
}
