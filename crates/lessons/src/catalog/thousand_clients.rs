//! A thousand clients: chefs who stand and watch, or one chef with a bell.

use crate::arms::{arm, based_on, place, plan as planned, pots, rung_notes, runnable};
use crate::checks::{Claims, Outcome, metric_of, middle, millis_of, outcome, scaled};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset, Sweep, SweepLine};
use crate::question::{Choice, Measure, Question, without_twins};
use crate::words::{Phrase, millis, whole};
use crate::{ChartKind, Finding, FindingKind, Lesson, Machine, Settings, SliderSpec};
use analysis::verdict::{Limit, judge as judged};
use model::{Arm, Check, Evidence, Plan, Rung, Strategy};

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
    judge,
    finding,
    sweep: |evidence, settings| Some(sweep(evidence, settings)),
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
    challenge: Some(Challenge { met }),
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
/// Chefs who stand and watch are held to their number while the chopping would
/// keep less than half of one knife busy: then they hardly wait for knives.
const KNIFE_SHARE: f64 = 0.5;
/// Guests from which on the challenge counts, and how many waits it may take.
const CROWD: (u32, f64) = (1_000, 3.0);

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

/// The teams of a record, smallest first.
fn teams_of(evidence: &Evidence) -> Vec<(&str, u32)> {
    let teams = evidence.arms.iter();
    let mut teams: Vec<_> = teams
        .filter(|arm| arm.strategy == Strategy::Blocking)
        .map(|arm| (arm.id.as_str(), arm.workers))
        .collect();
    teams.sort_by_key(|(_, workers)| *workers);
    teams
}

fn judge(evidence: &Evidence, settings: &Settings) -> Vec<Check> {
    let asked = Asked::of(settings);
    let mut claims = Claims::new(evidence);
    let has = |id: &str| evidence.arms.iter().any(|arm| arm.id == id);
    if has(SEQUENTIAL) {
        claims.waits_in_a_row(SEQUENTIAL, asked.tasks * (asked.wait + asked.work));
    }
    for (id, tasks) in [(FEW, f64::from(FEW_TASKS)), (LOOP, asked.tasks)] {
        if has(id) {
            let work = tasks * asked.work + stirring(evidence, id);
            claims.waits_overlap(id, asked.wait, 1.15 * work);
            claims.all_in_progress(id, tasks);
            little(&mut claims, id);
        }
    }
    for (id, chefs) in teams_of(evidence) {
        team(&mut claims, &asked, id, chefs);
        little(&mut claims, id);
    }
    memory(&mut claims);
    claims.done()
}

/// Hand work around the waits where no knife work was asked for, in
/// milliseconds: two stirs of some microseconds each as measured, and as much
/// again for whatever comes with a stir (whose bell it was, whose turn it is).
/// Ten thousand guests make more of it than one wait.
fn stirring(evidence: &Evidence, arm: &str) -> f64 {
    let computes = |job: &model::Job| job.busy_millis > 0.0;
    let arms = &evidence.arms;
    let is_work = arms.iter().any(|info| info.jobs.iter().any(computes));
    if is_work {
        0.0
    } else {
        2.0 * middle(evidence, arm, "p_ticks") * millis_of(evidence, arm)
    }
}

/// Chefs who stand and watch overlap as many waits as there are chefs, however
/// many cores there are.
fn team(claims: &mut Claims<'_>, asked: &Asked, id: &str, chefs: u32) {
    if f64::from(chefs) >= asked.tasks {
        claims.waits_overlap(id, asked.wait, asked.tasks * asked.work);
        return;
    }
    let share = f64::from(chefs) * asked.work / (asked.wait + asked.work);
    if share > KNIFE_SHARE {
        return;
    }
    let millis = claims.evidence().stats.get(id);
    let ratio = scaled(millis, asked.team_millis(chefs));
    let expr = [
        "ms(",
        id,
        ") / (requests / chefs, rounded up, x (wait + work))",
    ]
    .concat();
    let check = ["shares.", id].concat();
    claims.timed(&check, &expr, ratio, Limit::Between(0.85, 1.15), &[id]);
}

fn little(claims: &mut Claims<'_>, id: &str) {
    let residual = metric_of(claims.evidence(), id, "little_residual");
    let expr = ["|L - rate x latency| / (rate x latency) of ", id].concat();
    let check = ["little.", id].concat();
    claims.timed(&check, &expr, residual, Limit::AtMost(0.05), &[id]);
}

/// A waiting request takes less memory than a thread, where both were counted.
fn memory(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    let task = metric_of(evidence, LOOP, "bytes_per_task");
    if let (Some(task), Some(thread)) = (task, thread_bytes(evidence)) {
        let ratio = scaled(Some(&task), thread);
        let limit = Limit::AtMost(1.0);
        let expr = "bytes per waiting request / bytes per thread";
        claims.push(judged("memory", expr, ratio.as_ref(), limit, &[]));
    }
}

fn thread_bytes(evidence: &Evidence) -> Option<f64> {
    let (team, _) = teams_of(evidence).into_iter().next_back()?;
    metric_of(evidence, team, "bytes_per_thread").map(|bytes| bytes.median)
}

fn finding(evidence: &Evidence, settings: &Settings) -> Finding {
    let asked = Asked::of(settings);
    let task = metric_of(evidence, LOOP, "bytes_per_task").map(|bytes| bytes.median);
    let teams = teams_of(evidence);
    let team = teams
        .iter()
        .find(|(_, chefs)| *chefs == asked.chefs)
        .or(teams.last());
    let thread = thread_bytes(evidence);
    let (kind, key) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held => {
            let key = match (team, task, thread) {
                (Some(_), Some(_), Some(_)) => "expected",
                (None, Some(_), _) => "crowd",
                _ => "alone",
            };
            (FindingKind::Expected, key)
        }
    };
    let (id, chefs) = team.copied().unwrap_or(("", 0));
    Finding::new(kind, ["thousand-clients.finding.", key].concat())
        .with("tasks", whole(asked.tasks))
        .with("wait", whole(asked.wait))
        .with("ms", millis(millis_of(evidence, LOOP)))
        .with("n", chefs.to_string())
        .with("team", millis(millis_of(evidence, id)))
        .with("bytes", whole(task.unwrap_or(0.0)))
        .with("kb", whole(thread.unwrap_or(0.0) / 1e3))
}

/// Time against the number of chefs: those who stand and watch, measured and as
/// expected, and one chef with a bell, whom their number does not concern.
fn sweep(evidence: &Evidence, settings: &Settings) -> Sweep {
    let asked = Asked::of(settings);
    let say = |part: &str| Phrase::new(["thousand-clients.sweep.", part].concat());
    let points = teams_of(evidence).into_iter().filter_map(|(id, chefs)| {
        let stats = evidence.stats.get(id)?;
        Some((f64::from(chefs), *stats))
    });
    let points: Vec<_> = points.collect();
    let most = points.last().map_or(1.0, |(chefs, _)| *chefs);
    let mut lines = Vec::new();
    if !points.is_empty() {
        lines.push(SweepLine {
            label: say("teams"),
            points,
        });
    }
    if let Some(stats) = evidence.stats.get(LOOP) {
        lines.push(SweepLine {
            label: say("loop"),
            points: vec![(1.0, *stats)],
        });
    }
    let expected = (1..=most as u32).map(|chefs| (f64::from(chefs), asked.team_millis(chefs)));
    let together = asked.wait + asked.tasks * asked.work;
    Sweep {
        across: say("across"),
        up: say("up"),
        is_log: true,
        lines,
        theory: vec![
            (say("theory.teams"), expected.collect()),
            (say("theory.loop"), vec![(1.0, together), (most, together)]),
        ],
    }
}

/// A crowd that one chef with a bell has served after a few waits.
fn met(evidence: &Evidence) -> bool {
    let (crowd, waits) = CROWD;
    let on_loop = evidence.arms.iter().find(|arm| arm.id == LOOP);
    let wait = on_loop
        .and_then(|arm| arm.jobs.first())
        .map_or(0.0, |job| job.wait_millis);
    let ms = millis_of(evidence, LOOP);
    on_loop.is_some_and(|arm| arm.tasks >= crowd) && ms > 0.0 && ms <= waits * wait
}
