//! Four kitchens: the same dishes by four ways of working, each in its own box of
//! the plane of tasks in progress and work done at once.

use crate::arms::{MOST_WORKERS, arm, based_on, job, place, plan as planned, rung_notes, runnable};
use crate::checks::{
    Claims, Outcome, capacity_of, is_one_core, metric_of, middle, millis_of, outcome, scaled,
    share_of_capacity,
};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Quadrant, Question, quadrant_of};
use crate::words::{Phrase, millis, tenth, whole};
use crate::{ChartKind, Finding, FindingKind, Lesson, Machine, Settings, SliderSpec};
use analysis::plane::CONCURRENT_FROM;
use analysis::verdict::{CAPACITY_NEEDED, Limit};
use model::{ArmInfo, Check, Evidence, Plan, Strategy};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "plane",
    number: Some(4),
    sliders: SLIDERS,
    run_chart: ChartKind::Plane,
    play_charts: &[ChartKind::Plane, ChartKind::Lanes, ChartKind::Makespan],
    shown_arm: |plan| super::arm_id(plan, "interleaved"),
    plan,
    notes: |_, machine| rung_notes(machine),
    questions,
    judge,
    finding,
    data: |_, _, _| None,
    source: |_| None,
    references: |evidence, _| vec![super::reference("sequential", millis_of(evidence, PLAIN))],
    panel: None,
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "same",
                misconception: Some("M1"),
            },
            ExplainOption {
                id: "threads",
                misconception: Some("M27"),
            },
            ExplainOption {
                id: "two",
                misconception: None,
            },
        ],
        right: "two",
    }),
    presets: &[
        Preset {
            id: "crowd",
            values: &[("workers", "8"), ("tasks", "96")],
        },
        Preset {
            id: "few",
            values: &[("tasks", "2"), ("size", "60")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            let team = team_of(evidence).map(|arm| quadrant_of(evidence, &arm.id));
            capacity_of(evidence, 2).unwrap_or(0.0) >= CAPACITY_NEEDED
                && team == Some(Some(Quadrant::Neither))
        },
    }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "size",
        min: 2.0,
        max: 60.0,
        step: 1.0,
        default: 8.0,
        unit: "ms",
    },
    SliderSpec {
        key: "tasks",
        min: 1.0,
        max: 128.0,
        step: 1.0,
        default: 32.0,
        unit: "",
    },
    SliderSpec {
        key: "workers",
        min: 2.0,
        max: 32.0,
        step: 1.0,
        default: 2.0,
        unit: "",
    },
];

/// One after another, which the others are compared with.
const PLAIN: &str = "sequential";
/// The workload that can be computed with SIMD.
const WORK: &str = "mandelbrot";
/// A picture in strips costs unequally; with fewer of them the ends of a run are
/// too much of it to claim anything about its whole.
const ENOUGH: u32 = 8;

/// Dishes, milliseconds of chopping each, chefs. Where nothing was set there are
/// enough dishes for the last one not to be what is measured.
fn values(settings: &Settings) -> (u32, f64, u32) {
    let workers = LESSON.value("workers", settings) as u32;
    let tasks = match settings.tasks() {
        None => (16 * workers).clamp(32, 128),
        Some(_) => LESSON.value("tasks", settings).round() as u32,
    };
    (
        tasks,
        LESSON.value("size", settings),
        workers.min(MOST_WORKERS),
    )
}

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let (tasks, size, workers) = values(settings);
    let jobs = [job(WORK, tasks, size, 0.0)];
    let place = place(machine);
    let row = f64::from(tasks) * size;
    let alone = |strategy: Strategy| arm(strategy.id(), strategy, 1, place, &jobs);
    let mut arms = vec![
        alone(Strategy::Sequential),
        based_on(alone(Strategy::Interleaved), PLAIN),
        based_on(alone(Strategy::Simd), PLAIN),
    ];
    let (mut round, mut capacity_for) = (2.5 * row, Vec::new());
    if let Some(strategy) = runnable(Strategy::Pool, machine) {
        let id = [strategy.id(), "-", &workers.to_string()].concat();
        arms.push(based_on(arm(&id, strategy, workers, place, &jobs), PLAIN));
        round += row / machine.capacity_guess(workers).max(1.0);
        capacity_for = vec![2, workers];
        capacity_for.dedup();
    }
    planned(LESSON.id, settings, arms, round, capacity_for)
}

fn questions(settings: &Settings, machine: &Machine<'_>) -> Vec<Question> {
    let mut questions = Vec::new();
    for arm in plan(settings, machine).arms {
        let (id, wrong): (_, &[(Quadrant, &str)]) = match arm.strategy {
            Strategy::Sequential => ("plain", &[]),
            Strategy::Interleaved => (
                "turns",
                &[(Quadrant::Both, "M1"), (Quadrant::Parallel, "M2")],
            ),
            Strategy::Simd => (
                "blades",
                &[(Quadrant::Neither, "M27"), (Quadrant::Both, "M27")],
            ),
            _ => ("team", &[]),
        };
        let choice = |place: Quadrant| Choice {
            id: place.id(),
            phrase: Phrase::new(["plane.box.", place.id()].concat()),
            value: None,
            value_millis: None,
            misconception: wrong
                .iter()
                .find(|(wrong, _)| *wrong == place)
                .map(|(_, misconception)| *misconception),
        };
        questions.push(Question {
            id,
            phrase: Phrase::new(["plane.question.", id].concat())
                .with("n", arm.workers.to_string()),
            choices: Quadrant::ALL.map(choice).to_vec(),
            measure: Measure::Place(arm.id),
        });
    }
    questions
}

fn team_of(evidence: &Evidence) -> Option<&ArmInfo> {
    evidence.arms.iter().find(|arm| arm.strategy.uses_workers())
}

fn judge(evidence: &Evidence, _settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    for arm in &evidence.arms {
        let about = About { arm, evidence };
        match arm.strategy {
            Strategy::Sequential => {
                about.alone(&mut claims);
                about.p(&mut claims, "most", Limit::AtMost(1.05));
                about.undisturbed(&mut claims, "least", Limit::AtLeast(0.95));
            }
            Strategy::Interleaved => {
                if arm.tasks >= ENOUGH {
                    about.c(&mut claims, "together", Limit::AtLeast(CONCURRENT_FROM));
                }
                about.p(&mut claims, "p", Limit::AtMost(1.10));
            }
            Strategy::Simd => {
                about.alone(&mut claims);
                about.undisturbed(&mut claims, "blades", Limit::AtLeast(1.5));
                // In the same round others take as much from both.
                about.figure(&mut claims, "sooner", "speedup", Limit::AtLeast(1.5));
            }
            _ => about.team(&mut claims),
        }
    }
    claims.done()
}

/// Claims about one way of working.
struct About<'a> {
    arm: &'a ArmInfo,
    evidence: &'a Evidence,
}

impl About<'_> {
    fn name(&self, check: &str) -> String {
        [check, ".", &self.arm.id].concat()
    }

    fn expr(&self, figure: &str) -> String {
        [figure, "(", &self.arm.id, ")"].concat()
    }

    fn figure(&self, claims: &mut Claims<'_>, check: &str, figure: &str, limit: Limit) {
        let stats = metric_of(self.evidence, &self.arm.id, figure);
        let (id, expr) = (self.name(check), self.expr(figure));
        claims.timed(&id, &expr, stats, limit, &[&self.arm.id]);
    }

    fn c(&self, claims: &mut Claims<'_>, check: &str, limit: Limit) {
        self.figure(claims, check, "c", limit);
    }

    fn p(&self, claims: &mut Claims<'_>, check: &str, limit: Limit) {
        self.figure(claims, check, "p", limit);
    }

    /// A claim about work done at once from below: on a core that others use too
    /// it is less.
    fn undisturbed(&self, claims: &mut Claims<'_>, check: &str, limit: Limit) {
        let p = metric_of(self.evidence, &self.arm.id, "p");
        let (id, expr) = (self.name(check), self.expr("p"));
        claims.parallel(&id, &expr, p, limit, &[&self.arm.id]);
    }

    fn alone(&self, claims: &mut Claims<'_>) {
        self.c(claims, "alone", Limit::AtMost(1.05));
    }

    /// Every chef has a dish under way, and they do together what bare workers do.
    fn team(&self, claims: &mut Claims<'_>) {
        let (arm, workers) = (&*self.arm.id, self.arm.workers);
        if is_one_core(self.evidence) {
            claims.one_knife(arm);
        }
        if self.arm.tasks >= ENOUGH * workers {
            let share = scaled(
                metric_of(self.evidence, arm, "c").as_ref(),
                f64::from(workers),
            );
            let expr = [&*self.expr("c"), " / ", &*workers.to_string()].concat();
            claims.parallel(
                &self.name("hands"),
                &expr,
                share,
                Limit::AtLeast(0.85),
                &[arm],
            );
            // That several dishes are under way needs no second knife.
            self.c(claims, "together", Limit::AtLeast(CONCURRENT_FROM));
            let share = share_of_capacity(self.evidence, arm, "p", workers);
            let expr = [&*self.expr("p"), " / capacity(", &*workers.to_string(), ")"].concat();
            claims.parallel(
                &self.name("knives"),
                &expr,
                share,
                Limit::AtLeast(0.8),
                &[arm],
            );
        }
        claims.no_magic(arm, workers);
    }
}

fn finding(evidence: &Evidence, _settings: &Settings) -> Finding {
    let blades = tenth(middle(evidence, Strategy::Simd.id(), "p"));
    let turns = Strategy::Interleaved.id();
    let Some(team) = team_of(evidence) else {
        return Finding::new(FindingKind::Undecided, "plane.finding.page")
            .with("blades", blades)
            .with("c", whole(middle(evidence, turns, "c")));
    };
    let at = |arm: &str| quadrant_of(evidence, arm);
    let is_apart = at(PLAIN) == Some(Quadrant::Neither)
        && at(turns) == Some(Quadrant::Concurrent)
        && at(Strategy::Simd.id()) == Some(Quadrant::Parallel)
        && at(&team.id) == Some(Quadrant::Both);
    let (kind, case) = match outcome(evidence) {
        _ if is_one_core(evidence) => (FindingKind::OneKnife, "one-knife"),
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held if is_apart => (FindingKind::Expected, "expected"),
        Outcome::Held => (FindingKind::Expected, "elsewhere"),
    };
    Finding::new(kind, ["plane.finding.", case].concat())
        .with("n", team.workers.to_string())
        .with("team", tenth(middle(evidence, &team.id, "p")))
        .with("c", tenth(middle(evidence, &team.id, "c")))
        .with("blades", blades)
        .with("ms", millis(millis_of(evidence, PLAIN)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::claims::{settings, verdict};
    use crate::catalog::fixtures::{Kitchen, ONE_KNIFE, TWO_KNIVES};
    use crate::{Answer, Words, answer};
    use analysis::stats::summarise;
    use model::{Place, Rung, Verdict};

    fn run(kitchen: &Kitchen, values: &[(&str, &str)]) -> Evidence {
        kitchen.run(&LESSON, &settings(values), &Words::default())
    }

    /// The same record with another figure of an arm, judged again.
    fn with(arm: &str, name: &str, value: f64) -> Evidence {
        let mut evidence = run(&TWO_KNIVES, &[]);
        let figures = evidence.metrics.get_mut(arm).unwrap();
        figures.insert(name.into(), summarise(&[value; 9]).unwrap());
        evidence.checks = judge(&evidence, &Settings::default());
        evidence
    }

    #[test]
    fn each_way_has_its_box_and_is_held_to_it() {
        let evidence = run(&TWO_KNIVES, &[]);
        let ids: Vec<_> = evidence.arms.iter().map(|arm| &*arm.id).collect();
        assert_eq!(ids, ["sequential", "interleaved", "simd", "pool-2"]);
        let passed = |check: &Check| check.verdict == Verdict::Pass;
        assert!(evidence.checks.iter().all(passed), "{:#?}", evidence.checks);
        assert!(evidence.finding.contains("plane.finding.expected"));
        for (arm, name, value, check) in [
            ("sequential", "c", 1.2, "alone.sequential"),
            ("sequential", "p", 1.1, "most.sequential"),
            ("sequential", "p", 0.9, "least.sequential"),
            ("interleaved", "c", 1.4, "together.interleaved"),
            ("interleaved", "p", 1.2, "p.interleaved"),
            ("simd", "c", 1.2, "alone.simd"),
            ("simd", "p", 1.4, "blades.simd"),
            ("simd", "speedup", 1.4, "sooner.simd"),
            ("pool-2", "c", 1.5, "hands.pool-2"),
            ("pool-2", "p", 1.5, "knives.pool-2"),
        ] {
            assert_eq!(verdict(&with(arm, name, value), check), Verdict::Fail);
        }
    }

    #[test]
    fn a_guess_is_graded_by_both_figures() {
        let capability = TWO_KNIVES.capability();
        let machine = Machine {
            capability: &capability,
            probes: &[],
        };
        let asked = questions(&Settings::default(), &machine);
        let graded = |evidence: &Evidence| asked.iter().map(|q| answer(q, evidence)).collect();
        let right: Vec<_> = graded(&run(&TWO_KNIVES, &[]));
        let boxes = ["neither", "concurrent", "parallel", "both"];
        assert_eq!(right, boxes.map(Answer::Choice));
        let scalar: Vec<_> = graded(&with("simd", "p", 1.0));
        assert_eq!(scalar[2], Answer::Choice("neither"));
        let mut unsure = with("simd", "p", 1.4);
        let p = unsure
            .metrics
            .get_mut("simd")
            .unwrap()
            .get_mut("p")
            .unwrap();
        p.lo = 1.2;
        let open: Vec<_> = graded(&unsure);
        assert_eq!(open[2], Answer::Inconclusive);
        unsure.metrics.clear();
        let nothing: Vec<Answer> = graded(&unsure);
        assert!(nothing.iter().all(|answer| *answer == Answer::Inconclusive));
    }

    #[test]
    fn lower_rungs_run_what_they_can() {
        for (rung, arms, place) in [
            (Rung::Messages, 4, Place::Worker),
            (Rung::Page, 3, Place::Page),
        ] {
            let evidence = run(&Kitchen { rung, ..TWO_KNIVES }, &[]);
            assert_eq!(evidence.arms.len(), arms);
            assert!(evidence.arms.iter().all(|arm| arm.place == place));
            assert_eq!(verdict(&evidence, "sooner.simd"), Verdict::Pass);
        }
    }

    #[test]
    fn one_knife_is_enough_for_blades_and_for_several_dishes_under_way() {
        let evidence = run(&ONE_KNIFE, &[]);
        for check in ["sooner.simd", "together.pool-2", "one-knife.pool-2"] {
            assert_eq!(verdict(&evidence, check), Verdict::Pass, "{check}");
        }
        for check in ["knives.pool-2", "hands.pool-2", "least.sequential"] {
            assert_eq!(verdict(&evidence, check), Verdict::Inconclusive, "{check}");
        }
        assert!(
            evidence.finding.contains("one-knife"),
            "{}",
            evidence.finding
        );
    }

    #[test]
    fn few_dishes_land_elsewhere_and_are_claimed_nothing_about() {
        let evidence = run(&TWO_KNIVES, &[("tasks", "1")]);
        assert!(
            evidence.finding.contains("elsewhere"),
            "{}",
            evidence.finding
        );
        assert!(
            !evidence
                .checks
                .iter()
                .any(|check| check.id.starts_with("hands."))
        );
        let met = LESSON.challenge.unwrap().met;
        assert!(met(&evidence) && !met(&run(&TWO_KNIVES, &[])));
    }
}
