//! Learning to read digits: chosen in the lab like other work, but with controls,
//! ways and sentences of its own.

use super::{LESSON, vary};
use crate::arms::{arm, based_on, place, rung_notes, runnable};
use crate::checks::{Outcome, middle, millis_of, outcome};
use crate::drawing::{Loss, LossLine};
use crate::words::{Phrase, millis, whole};
use crate::{Finding, FindingKind, Machine, Settings};
use model::{Arm, ArmInfo, Evidence, Learner, Strategy, TRAINING, Training, WANTED_ACCURACY};

/// Ways in which learning can be done.
const WAYS: [Strategy; 4] = [
    Strategy::Sequential,
    Strategy::Simd,
    Strategy::Pool,
    Strategy::Messages,
];
/// What is compared where nothing was chosen that can learn.
const USUAL: [Strategy; 2] = [Strategy::Simd, Strategy::Pool];
/// Steps of a run at most: each leaves records.
const MOST_STEPS: u32 = 4_000;
/// What a part of a step takes, about, in milliseconds.
const SHARD_MILLIS: f64 = 0.1;
/// Beginning of the name of those who do not wait for each other.
const ALONE: &str = "alone";

/// Whether the work chosen last is learning.
pub fn is_wanted(settings: &Settings) -> bool {
    settings.workloads().last() == Some(&TRAINING)
}

/// Whether learning can be done in this way.
#[must_use]
pub fn can_learn(strategy: Strategy) -> bool {
    WAYS.contains(&strategy)
}

/// As wanted, with no more passes than can be kept.
fn training(settings: &Settings) -> Training {
    let value = |key| LESSON.value(key, settings) as u32;
    let learner = settings.get("learner").and_then(Learner::from_id);
    let mut training = Training {
        learner: learner.unwrap_or_default(),
        batch: value("minibatch"),
        epochs: value("epochs"),
        examples: value("examples"),
        ..Training::default()
    };
    let most = MOST_STEPS / training.steps_an_epoch();
    training.epochs = training.epochs.min(most.max(1));
    training
}

fn ways(settings: &Settings) -> Vec<Strategy> {
    let mut ways = settings.strategies();
    ways.retain(|way| can_learn(*way) && *way != Strategy::Sequential);
    if ways.is_empty() && settings.strategies().is_empty() {
        ways = USUAL.to_vec();
    }
    ways.insert(0, Strategy::Sequential);
    ways
}

/// The arms of every step.
pub fn arms(settings: &Settings, machine: &Machine<'_>) -> Vec<Arm> {
    let mut all: Vec<Arm> = Vec::new();
    let training = training(settings);
    let jobs = [training.job(SHARD_MILLIS)];
    for step in vary::steps(settings) {
        let workers = LESSON.value("workers", &step.settings) as u32;
        for way in ways(settings) {
            let Some(way) = runnable(way, machine) else {
                continue;
            };
            let count = if way.uses_workers() { workers } else { 1 };
            let is_async = way == Strategy::Messages && settings.get("updates") == Some("alone");
            let mut id = way.id().to_owned();
            if is_async {
                id = [ALONE, "-", &id].concat();
            }
            if way.uses_workers() {
                id = [&*id, "-", &count.to_string()].concat();
            }
            if all.iter().any(|arm| arm.id == id) {
                continue;
            }
            let mut made = arm(&id, way, count, place(machine), &jobs);
            made.manner.training = Some(Training {
                is_async,
                ..training
            });
            if is_async {
                // Other steps, so other numbers.
                made.workload = [TRAINING, " ", ALONE].concat();
                made.variant = ALONE.into();
            } else if way != Strategy::Sequential {
                made = based_on(made, Strategy::Sequential.id());
            }
            all.push(made);
        }
    }
    all
}

/// What a reader should know before such a run.
pub fn notes(settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    let mut notes = Vec::new();
    let name = |strategy: Strategy| ["@strategy.", strategy.id()].concat();
    for way in settings.strategies() {
        if !can_learn(way) {
            notes.push(Phrase::new("lab.note.no-learning").with("strategy", name(way)));
        }
    }
    let is_replaced = |way: &Strategy| runnable(*way, machine) != Some(*way);
    if ways(settings).iter().any(is_replaced) {
        notes.extend(rung_notes(machine));
    }
    let (training, wanted) = (training(settings), LESSON.value("epochs", settings));
    if f64::from(training.epochs) < wanted {
        notes.push(
            Phrase::new("lab.note.passes")
                .with("epochs", training.epochs.to_string())
                .with("steps", training.steps().to_string()),
        );
    }
    if vary::is_stuck(settings) {
        notes.push(Phrase::new("lab.note.stuck"));
    }
    notes
}

/// The sentence about such a run; `None` if it was none.
pub fn finding(evidence: &Evidence) -> Option<Finding> {
    let ms = |arm: &ArmInfo| millis_of(evidence, &arm.id);
    let timed = || {
        evidence
            .arms
            .iter()
            .filter(|arm| arm.manner.training.is_some())
    };
    timed().next()?;
    let kind = match outcome(evidence) {
        Outcome::Failed => FindingKind::Disagrees,
        Outcome::Open => FindingKind::Undecided,
        Outcome::Held => FindingKind::Expected,
    };
    let best = timed().filter(|arm| ms(arm) > 0.0);
    let best = best.min_by(|a, b| ms(a).total_cmp(&ms(b)));
    let Some(best) = best.filter(|_| kind != FindingKind::Disagrees) else {
        return Some(Finding::new(
            FindingKind::Disagrees,
            "lab.finding.disagrees",
        ));
    };
    Some(
        Finding::new(kind, "lab.finding.learned")
            .with("strategy", ["@strategy.", best.strategy.id()].concat())
            .with("ms", millis(ms(best)))
            .with(
                "row",
                millis(millis_of(evidence, Strategy::Sequential.id())),
            )
            .with(
                "read",
                whole(100.0 * middle(evidence, &best.id, "accuracy")),
            ),
    )
}

/// How the error fell; the points are those of each arm's typical run.
pub fn loss(evidence: &Evidence) -> Option<Loss> {
    let learned = evidence
        .arms
        .iter()
        .filter(|arm| arm.manner.training.is_some());
    let lines = learned.map(|arm| LossLine {
        label: Phrase::new(if arm.variant == ALONE {
            "lab.learns.alone"
        } else {
            "lab.learns"
        })
        .with("strategy", ["@strategy.", arm.strategy.id()].concat())
        .with("n", arm.workers.to_string()),
        arm: arm.id.clone(),
        points: Vec::new(),
    });
    let lines: Vec<LossLine> = lines.collect();
    (!lines.is_empty()).then_some(Loss {
        lines,
        wanted: Some(WANTED_ACCURACY),
    })
}

#[cfg(test)]
mod tests {
    use crate::catalog::claims::{settings, verdict};
    use crate::catalog::fixtures::blades::{Blades, REAL};
    use crate::catalog::fixtures::{Kitchen, TWO_KNIVES};
    use crate::catalog::texts::english;
    use crate::registry::LAB;
    use crate::{ChartKind, Drawing, Settings};
    use model::{Rung, Verdict};

    fn ids(rung: Rung, values: &[(&str, &str)]) -> String {
        let plan = Kitchen { rung, ..TWO_KNIVES }.plan(LAB, &settings(values));
        let ids: Vec<_> = plan.arms.iter().map(|arm| arm.id.clone()).collect();
        ids.join(" ")
    }

    #[test]
    fn who_can_learns_and_the_work_chosen_last_decides() {
        let ways = ("strategies", "interleaved,simd,messages,pool");
        let learn = |rung| ids(rung, &[("workload", "primes,training"), ways]);
        assert_eq!(learn(Rung::Shared), "sequential simd messages-2 pool-2");
        assert_eq!(learn(Rung::Messages), "sequential simd messages-2");
        assert_eq!(learn(Rung::Page), "sequential simd");
        let usual = ids(Rung::Shared, &[("workload", "training")]);
        assert_eq!(usual, "sequential simd pool-2");
        let other = ids(Rung::Shared, &[("workload", "training,primes")]);
        assert_eq!(other, "sequential interleaved pool-2");
        let alone = [
            ("workload", "training"),
            ("strategies", "messages"),
            ("updates", "alone"),
            ("sweep", "workers"),
            ("workers", "4"),
        ];
        assert_eq!(
            ids(Rung::Shared, &alone),
            "sequential alone-messages-1 alone-messages-2 alone-messages-4"
        );
    }

    #[test]
    fn as_many_passes_as_can_be_kept() {
        let long = [
            ("workload", "training"),
            ("examples", "60000"),
            ("minibatch", "32"),
            ("epochs", "60"),
        ];
        let plan = TWO_KNIVES.plan(LAB, &settings(&long));
        let training = plan.arms[0].manner.training.unwrap();
        assert_eq!((training.epochs, training.steps()), (2, 3_750));
    }

    #[test]
    fn the_same_error_is_claimed_of_all_who_wait_for_each_other() {
        let values = settings(&[("workload", "training"), ("strategies", "pool,simd")]);
        let run = |blades| {
            Kitchen {
                blades,
                ..TWO_KNIVES
            }
            .run(LAB, &values, &english())
        };
        let evidence = run(REAL);
        assert_eq!(verdict(&evidence, "same-loss.pool-2"), Verdict::Pass);
        assert!(
            evidence.finding.contains("of 100 digits"),
            "{}",
            evidence.finding
        );
        let stray = run(Blades {
            stray: 1.01,
            ..REAL
        });
        assert_eq!(verdict(&stray, "same-loss.pool-2"), Verdict::Fail);
        let drawn = (LAB.data)(ChartKind::Loss, &evidence, &Settings::default());
        let Some(Drawing::Loss(loss)) = drawn else {
            panic!("no curve")
        };
        assert_eq!(loss.lines.len(), 3);
        assert!(loss.lines.iter().all(|line| english().has(&line.label.key)));
    }
}
