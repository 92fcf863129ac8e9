//! A thousand clients: chefs who stand and watch, or one chef who juggles.

mod result;

use crate::arms::{arm, based_on, place, plan as planned, pots, rung_notes, runnable};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question, without_twins};
use crate::words::{Phrase, whole};
use crate::{ChartKind, Drawing, Lesson, Machine, Settings, SliderSpec};
use model::{Arm, Plan, Rung, Strategy};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "thousand-clients",
    number: Some(7),
    sliders: SLIDERS,
    run_chart: ChartKind::Queue,
    play_charts: &[ChartKind::Queue, ChartKind::Sweep, ChartKind::Makespan],
    shown_arm: |plan| super::arm_id(plan, LOOP),
    plan,
    notes,
    questions,
    judge: result::judge,
    finding: result::finding,
    data: |kind, evidence, settings| {
        (kind == ChartKind::Sweep).then(|| Drawing::Sweep(result::sweep(evidence, settings)))
    },
    source: |_| None,
    references: |_, settings| {
        let asked = Asked::of(settings);
        vec![super::reference("longest-wait", asked.wait)]
    },
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "knives",
                misconception: Some("M9"),
            },
            ExplainOption {
                id: "hands",
                misconception: None,
            },
            ExplainOption {
                id: "always",
                misconception: Some("M22"),
            },
        ],
        right: "hands",
    }),
    panel: None,
    presets: &[
        Preset {
            id: "thousand",
            values: &[("tasks", "1000"), ("wait", "20"), ("size", "0")],
        },
        Preset {
            id: "ten-thousand",
            values: &[("tasks", "10000"), ("wait", "100"), ("size", "0")],
        },
        Preset {
            id: "chopping",
            values: &[("tasks", "100"), ("wait", "20"), ("size", "2")],
        },
    ],
    challenge: Some(Challenge { met: result::met }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "tasks",
        min: 10.0,
        max: 10_000.0,
        step: 1.0,
        default: 32.0,
        unit: "",
    },
    SliderSpec {
        key: "wait",
        min: 5.0,
        max: 100.0,
        step: 1.0,
        default: 20.0,
        unit: "ms",
    },
    SliderSpec {
        key: "size",
        min: 0.0,
        max: 2.0,
        step: 0.1,
        default: 0.0,
        unit: "ms",
    },
    SliderSpec {
        key: "workers",
        min: 1.0,
        max: 16.0,
        step: 1.0,
        default: 8.0,
        unit: "",
    },
];

const LOOP: &str = "loop";
/// The same with a few requests, where there is nothing else to compare with.
const FEW: &str = "loop-few";
const SEQUENTIAL: &str = "sequential";
/// Guests of [`FEW`].
const FEW_TASKS: u32 = 10;
/// A chef for every guest is tried up to so many.
const MOST_CHEFS: u32 = 32;
/// What the ways of one round may take together.
const ROUND_MILLIS: f64 = 2_500.0;

/// What was asked for: guests, milliseconds of waiting and of knife work each,
/// chefs.
#[derive(Clone, Copy)]
struct Asked {
    tasks: f64,
    wait: f64,
    work: f64,
    chefs: u32,
}

impl Asked {
    fn of(settings: &Settings) -> Self {
        let value = |key| LESSON.value(key, settings);
        Self {
            tasks: value("tasks").round(),
            wait: value("wait"),
            work: value("size"),
            chefs: value("workers") as u32,
        }
    }

    /// Time of so many chefs who stand and watch, each at one pot at a time.
    fn team_millis(&self, chefs: u32) -> f64 {
        (self.tasks / f64::from(chefs)).ceil() * (self.wait + self.work)
    }

    /// Teams in rising order: some, the one asked for, and a chef for every guest
    /// if that is not too many.
    fn teams(&self) -> Vec<u32> {
        let mut teams = vec![1, 2, 4, 8, self.chefs];
        teams.extend(Some(self.tasks as u32).filter(|all| *all <= MOST_CHEFS));
        teams.sort_unstable();
        teams.dedup();
        teams
    }

    /// Those of them that are done in time, the largest first in mind.
    fn affordable(&self) -> Vec<u32> {
        let mut left = ROUND_MILLIS;
        let mut teams: Vec<u32> = self.teams();
        teams.reverse();
        teams.retain(|team| {
            let fits = self.team_millis(*team) <= left;
            left -= if fits { self.team_millis(*team) } else { 0.0 };
            fits
        });
        teams.reverse();
        teams
    }
}

/// Teams that can and will be tried on this machine.
fn teams(asked: &Asked, machine: &Machine<'_>) -> Vec<u32> {
    let can = runnable(Strategy::Blocking, machine).is_some();
    if can { asked.affordable() } else { Vec::new() }
}

fn team_id(team: u32) -> String {
    ["blocking-", &team.to_string()].concat()
}

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let asked = Asked::of(settings);
    let jobs = [pots(asked.tasks as u32, asked.work, asked.wait)];
    let place = place(machine);
    let loop_millis = asked.wait + asked.tasks * asked.work;
    let mut round = loop_millis;
    let on_loop = arm(LOOP, Strategy::Interleaved, 1, place, &jobs);
    let mut arms: Vec<Arm> = Vec::new();
    for team in teams(&asked, machine) {
        let id = team_id(team);
        arms.push(arm(&id, Strategy::Blocking, team, place, &jobs));
        round += asked.team_millis(team);
    }
    if !arms.is_empty() {
        arms.push(on_loop);
    } else if asked.team_millis(1) <= ROUND_MILLIS {
        round += asked.team_millis(1);
        arms.push(arm(SEQUENTIAL, Strategy::Sequential, 1, place, &jobs));
        arms.push(based_on(on_loop, SEQUENTIAL));
    } else {
        let jobs = [pots(FEW_TASKS, asked.work, asked.wait)];
        let mut few = arm(FEW, Strategy::Interleaved, 1, place, &jobs);
        few.variant = FEW_TASKS.to_string();
        few.workload.push_str("-few");
        round += asked.wait;
        arms.push(few);
        arms.push(on_loop);
    }
    planned(LESSON.id, settings, arms, round, Vec::new())
}

fn notes(settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    let asked = Asked::of(settings);
    if machine.rung() == Rung::Messages {
        return vec![Phrase::new("thousand-clients.note.no-memory")];
    }
    let tried = teams(&asked, machine);
    let is_out = |team: &u32| !tried.contains(team);
    let largest = asked.teams().into_iter().rev().find(is_out);
    let mut notes = rung_notes(machine);
    if let (Rung::Shared, Some(team)) = (machine.rung(), largest) {
        let key = if tried.is_empty() {
            "thousand-clients.note.no-team"
        } else {
            "thousand-clients.note.few-chefs"
        };
        let seconds = asked.team_millis(team) / 1e3;
        notes.push(
            Phrase::new(key)
                .with("n", team.to_string())
                .with("s", crate::words::tenth(seconds)),
        );
    }
    notes
}

fn questions(settings: &Settings, machine: &Machine<'_>) -> Vec<Question> {
    let asked = Asked::of(settings);
    let tried = teams(&asked, machine);
    let wanted = tried.iter().copied().find(|team| *team == asked.chefs);
    // A chef for every guest would be no question.
    let Some(chefs) = wanted.or(tried.iter().copied().rfind(|team| *team <= 16)) else {
        return vec![total(&asked)];
    };
    let mut questions = vec![soonest(&asked, chefs)];
    if chefs > 1 && tried.contains(&1) {
        questions.push(threads(&asked, chefs, machine));
    }
    questions
}

/// Who has served all guests first?
fn soonest(asked: &Asked, chefs: u32) -> Question {
    let team = asked.team_millis(chefs);
    let turns = (asked.tasks / f64::from(chefs)).ceil().max(2.0);
    let choice = |id, value: f64, misconception| Choice {
        id,
        phrase: Phrase::new(["thousand-clients.question.soonest.", id].concat()),
        value: Some(value),
        value_millis: Some(team * value),
        misconception,
    };
    Question {
        id: "soonest",
        phrase: Phrase::new("thousand-clients.question.soonest")
            .with("tasks", whole(asked.tasks))
            .with("n", chefs.to_string()),
        choices: vec![
            choice("chefs", turns, Some("M22")),
            choice("equal", 1.0, None),
            choice("loop", 1.0 / turns, None),
        ],
        measure: Measure::Ratio(LOOP.into(), team_id(chefs)),
    }
}

/// How much sooner is a team than one chef who stands and watches?
fn threads(asked: &Asked, chefs: u32, machine: &Machine<'_>) -> Question {
    let cores = f64::from(machine.knives());
    let rounds = (asked.tasks / f64::from(chefs)).ceil();
    let choice = |id, value: f64, misconception| Choice {
        id,
        phrase: Phrase::new(["thousand-clients.question.threads.", id].concat()),
        value: Some(value),
        value_millis: Some(asked.team_millis(1) / value),
        misconception,
    };
    let mut choices = vec![choice("same", 1.0, Some("M9"))];
    if cores > 1.0 {
        choices.push(choice("cores", cores, Some("M9")));
    }
    choices.push(choice("chefs", asked.tasks / rounds, None));
    Question {
        id: "threads",
        phrase: Phrase::new("thousand-clients.question.threads")
            .with("n", chefs.to_string())
            .with("cores", machine.capability.reported_cores.to_string()),
        choices: without_twins(choices, "chefs"),
        measure: Measure::Ratio(team_id(1), team_id(chefs)),
    }
}

/// When is one chef with a bell done?
fn total(asked: &Asked) -> Question {
    let row = asked.tasks * (asked.wait + asked.work);
    let together = asked.wait + asked.tasks * asked.work;
    let choice = |id, value, misconception| Choice {
        id,
        phrase: Phrase::new(["thousand-clients.question.total.", id].concat())
            .with("ms", whole(value)),
        value: Some(value),
        value_millis: Some(value),
        misconception,
    };
    let choices = vec![
        choice("row", row, Some("M3")),
        choice("half", row / 2.0, None),
        choice("longest", together, None),
    ];
    Question {
        id: "total",
        phrase: Phrase::new("thousand-clients.question.total").with("tasks", whole(asked.tasks)),
        choices: without_twins(choices, "longest"),
        measure: Measure::Millis(LOOP.into()),
    }
}
