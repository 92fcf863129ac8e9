//! Fair shares: equal counts are not equal work.

mod told;

use crate::arms::{arm, based_on, job, place, plan as planned, rung_notes, runnable};
use crate::checks::middle;
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question, without_twins};
use crate::words::{Phrase, tenth};
use crate::{ChartKind, Lesson, Machine, Settings, SliderSpec};
use model::{Arm, Deal, Plan, Rung, Strategy};
use workloads::crop::{STRIPS, strip_costs};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "fair-shares",
    number: Some(11),
    sliders: SLIDERS,
    run_chart: ChartKind::Lanes,
    play_charts: &[ChartKind::Lanes, ChartKind::Makespan],
    shown_arm: |plan| super::arm_id(plan, BLOCK),
    plan,
    notes,
    questions,
    judge: told::judge,
    finding: told::finding,
    data: |_, _, _| None,
    source: |_| None,
    references: told::references,
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "system",
                misconception: Some("M11"),
            },
            ExplainOption {
                id: "slower",
                misconception: None,
            },
            ExplainOption {
                id: "busiest",
                misconception: None,
            },
        ],
        right: "busiest",
    }),
    panel: None,
    presets: &[
        Preset {
            id: "coarse",
            values: &[("workers", "2"), ("tasks", "8"), ("batch", "1")],
        },
        Preset {
            id: "stacks",
            values: &[("workers", "2"), ("tasks", "48"), ("batch", "16")],
        },
        Preset {
            id: "crowd",
            values: &[("workers", "4"), ("tasks", "48"), ("batch", "1")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            let balance = middle(evidence, QUEUE, "balance");
            balance > 0.0 && balance <= 0.75
        },
    }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "workers",
        min: 2.0,
        max: 8.0,
        step: 1.0,
        default: 2.0,
        unit: "",
    },
    SliderSpec {
        key: "tasks",
        min: 8.0,
        max: 128.0,
        step: 8.0,
        default: 48.0,
        unit: "",
    },
    SliderSpec {
        key: "batch",
        min: 1.0,
        max: 32.0,
        step: 1.0,
        default: 1.0,
        unit: "",
    },
];

/// All strips together, in milliseconds of one core.
const WHOLE_MILLIS: f64 = 192.0;

const SEQUENTIAL: &str = "sequential";
const BLOCK: &str = "block";
const QUEUE: &str = "queue";

/// Ways of dealing out that run on this rung; only shared memory lets one worker
/// take what lies before another.
fn deals(machine: &Machine<'_>) -> Vec<Deal> {
    let wanted = [Deal::Block, Deal::Cyclic, Deal::Queue, Deal::Stealing];
    let runs = |deal: &Deal| match machine.rung() {
        Rung::Shared => true,
        Rung::Messages => *deal != Deal::Stealing,
        Rung::Page => false,
    };
    wanted.into_iter().filter(runs).collect()
}

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let value = |key| LESSON.value(key, settings);
    let (workers, tasks) = (value("workers") as u32, value("tasks").round());
    let jobs = [job("mandelbrot", tasks as u32, WHOLE_MILLIS / tasks, 0.0)];
    let place = place(machine);
    let alone = |id, strategy| arm(id, strategy, 1, place, &jobs);
    let mut arms = vec![alone(SEQUENTIAL, Strategy::Sequential)];
    let mut capacity_for = Vec::new();
    if let Some(strategy) = runnable(Strategy::Pool, machine) {
        for deal in deals(machine) {
            let mut team = arm(deal.id(), strategy, workers, place, &jobs);
            team.variant = deal.id().into();
            team.manner.deal = deal;
            team.manner.batch = value("batch") as u32;
            arms.push(based_on(team, SEQUENTIAL));
        }
        capacity_for = vec![2, workers];
        capacity_for.dedup();
    } else {
        // The page alone: what one chef can do, and the notes say the rest.
        let juggling = alone("interleaved", Strategy::Interleaved);
        arms.push(based_on(juggling, SEQUENTIAL));
    }
    let round = WHOLE_MILLIS * arms.len() as f64;
    planned(LESSON.id, settings, arms, round, capacity_for)
}

fn notes(_settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    let mut notes = rung_notes(machine);
    if machine.rung() == Rung::Messages {
        notes.push(Phrase::new("fair-shares.note.stealing"));
    }
    notes
}

/// How many times sooner equal stretches are done than one worker, by what the
/// strips cost: the heaviest stretch decides.
fn expected_of_blocks(workers: u32) -> f64 {
    let workers = workers.max(1) as usize;
    let costs = strip_costs();
    let edge = |worker: usize| worker * STRIPS / workers;
    let stretch = |worker: usize| -> f64 {
        let own = costs.get(edge(worker)..edge(worker + 1));
        own.into_iter().flatten().sum()
    };
    let heaviest = (0..workers).map(stretch).fold(0.0, f64::max);
    1.0 / heaviest.max(f64::MIN_POSITIVE)
}

fn questions(settings: &Settings, machine: &Machine<'_>) -> Vec<Question> {
    let plan = plan(settings, machine);
    let has = |id: &str| plan.arms.iter().any(|arm: &Arm| arm.id == id);
    if !has(BLOCK) {
        return Vec::new();
    }
    let workers = LESSON.value("workers", settings) as u32;
    let ideal = f64::from(workers);
    // With fewer knives than chefs the system shares out knives, not strips.
    let knives = machine.capacity_guess(workers).max(1.0);
    let blocks = expected_of_blocks(workers).min(knives);
    let whole_millis = WHOLE_MILLIS;
    let choice = |question: &str, id, value: f64, millis: f64, misconception| Choice {
        id,
        phrase: Phrase::new(["fair-shares.question.", question, ".", id].concat())
            .with("times", tenth(value)),
        value: Some(value),
        value_millis: Some(millis),
        misconception,
    };
    let block = |id, value: f64, misconception| {
        choice("block", id, value, whole_millis / value, misconception)
    };
    let choices = vec![
        block("all", ideal, Some("M24")),
        block("some", (ideal * blocks).sqrt(), None),
        block("little", blocks, None),
        block("slower", 0.8, None),
    ];
    let mut questions = vec![Question {
        id: "block",
        phrase: Phrase::new("fair-shares.question.block").with("workers", workers.to_string()),
        choices: without_twins(choices, "little"),
        measure: Measure::Ratio(SEQUENTIAL.into(), BLOCK.into()),
    }];
    if has(QUEUE) {
        let before = whole_millis / blocks;
        let queue = |id, value: f64, misconception| {
            choice("queue", id, value, before * value, misconception)
        };
        // Without a knife for each, the rail has nothing to win.
        let (right, sooner) = match blocks / knives {
            shorter if shorter < 0.75 => ("sooner", shorter),
            _ => ("same", 0.55),
        };
        let choices = vec![
            queue("same", 1.0, Some("M11")),
            queue("sooner", sooner, None),
            queue("longer", 1.6, None),
        ];
        questions.push(Question {
            id: "queue",
            phrase: Phrase::new("fair-shares.question.queue"),
            choices: without_twins(choices, right),
            measure: Measure::Ratio(QUEUE.into(), BLOCK.into()),
        });
    }
    questions
}
