//! Work on nodes that share nothing: chosen in the lab like any other, but with
//! controls, ways and sentences of its own.

use super::{LESSON, kinds, size, vary};
use crate::arms::rung_notes;
use crate::checks::{Claims, Outcome, middle, millis_of, outcome};
use crate::drawing::{Sweep, SweepLine};
use crate::words::{Phrase, millis, tenth, whole};
use crate::{Finding, FindingKind, Machine, Settings, towns};
use model::{Arm, ArmInfo, Evidence, Moves, Rung, Town};

/// One node that has all the text.
const ALONE: &str = "alone";

/// Whether the work chosen last is such work: one run has one kind.
fn is_meant(settings: &Settings) -> bool {
    let last = settings.workloads().into_iter().last();
    last.is_some_and(towns::is_mapped)
}

/// Whether such work is run on this machine.
pub fn is_wanted(settings: &Settings, machine: &Machine<'_>) -> bool {
    is_meant(settings) && machine.rung() > Rung::Page
}

fn town(settings: &Settings, moves: Moves, nodes: u32) -> Town {
    let value = |key| LESSON.value(key, settings);
    let is_on = |key, default: bool| settings.get(key).map_or(default, |word| word == "on");
    let kill_after = value("kill") / 100.0;
    Town {
        moves,
        combine: is_on("combine", true),
        reducers: 0,
        latency_millis: value("latency"),
        megabytes_per_second: value("bandwidth"),
        kill: towns::killed(nodes).filter(|_| kill_after > 0.0),
        kill_after,
        straggler: value("straggler"),
        spare: is_on("spare", false),
        skew: value("skew") / 100.0,
    }
}

/// The arms of every step: one node that has the text, and so many across town, with
/// each way of moving and each job that was chosen.
pub fn arms(settings: &Settings, machine: &Machine<'_>) -> Vec<Arm> {
    let mut all: Vec<Arm> = Vec::new();
    let ids = settings.workloads();
    for step in vary::steps(settings) {
        let settings = &step.settings;
        let nodes = LESSON.value("workers", settings) as u32;
        for id in &ids {
            let jobs = [towns::job(
                id,
                LESSON.value("megabytes", settings),
                LESSON.value("split", settings),
            )];
            let mut tail = String::new();
            if ids.len() > 1 {
                tail = ["-", id].concat();
            }
            let is_other_text =
                step.label.starts_with("megabytes") || step.label.starts_with("split");
            let varied = ["-", &step.label.replace(' ', "-")].concat();
            let alone = Town {
                combine: true,
                skew: LESSON.value("skew", settings) / 100.0,
                moves: Moves::Local,
                ..Town::default()
            };
            let first = if is_other_text { &*varied } else { "" };
            let mut made = vec![(
                [ALONE, &*tail, first].concat(),
                towns::of_town("", 1, alone, &jobs),
            )];
            for moves in towns::moves(settings) {
                if !towns::can_move(moves, machine) {
                    continue;
                }
                let count = nodes.to_string();
                let rest = if step.is_told || step.label.is_empty() {
                    ""
                } else {
                    &*varied
                };
                made.push((
                    [moves.id(), &*tail, "-", &*count, rest].concat(),
                    towns::of_town("", nodes, town(settings, moves, nodes), &jobs),
                ));
            }
            for (name, mut arm) in made {
                arm.id = name;
                arm.variant.clone_from(&step.label);
                if is_other_text {
                    arm.workload = [&*arm.workload, " ", &*step.label].concat();
                }
                if all.iter().all(|other| other.id != arm.id) {
                    all.push(arm);
                }
            }
        }
    }
    all
}

/// What a reader should know before such a run.
pub fn notes(settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    let mut notes = Vec::new();
    let own = kinds::settled(settings, machine);
    if vary::is_stuck(&own) {
        notes.push(Phrase::new("lab.note.stuck"));
    }
    let is_left_out = |moves: &Moves| !towns::can_move(*moves, machine);
    if towns::moves(&own).iter().any(is_left_out) {
        notes.push(Phrase::new("lab.note.no-share"));
        notes.extend(rung_notes(machine));
    }
    if LESSON.value("kill", &own) > 0.0 && LESSON.value("workers", &own) < 2.0 {
        notes.push(Phrase::new("lab.note.last-node"));
    }
    let plan = super::plan(&own, machine);
    let round: f64 = plan
        .arms
        .iter()
        .map(|arm| towns::millis(arm, machine))
        .sum();
    notes.extend(size::long(f64::from(plan.rounds) * round, plan.rounds));
    notes
}

/// What is claimed of such an arm.
pub fn judge(claims: &mut Claims<'_>, arm: &ArmInfo) {
    if arm.manner.town.is_some_and(|town| town.kill.is_some()) {
        towns::done_again(claims, &arm.id);
    }
}

fn is_alone(arm: &ArmInfo) -> bool {
    arm.id == ALONE || arm.id.starts_with("alone-")
}

/// The sentence about such a run; `None` if it was none.
pub fn finding(evidence: &Evidence) -> Option<Finding> {
    let ms = |arm: &&ArmInfo| millis_of(evidence, &arm.id);
    let timed = || evidence.arms.iter().filter(|arm| arm.manner.town.is_some());
    timed().next()?;
    let kind = match outcome(evidence) {
        Outcome::Failed => {
            return Some(Finding::new(
                FindingKind::Disagrees,
                "lab.finding.disagrees",
            ));
        }
        Outcome::Open => FindingKind::Undecided,
        Outcome::Held => FindingKind::Expected,
    };
    let rest = timed().filter(|arm| !is_alone(arm) && ms(arm) > 0.0);
    let best = rest.min_by(|a, b| ms(a).total_cmp(&ms(b)));
    let alone = |arm: &ArmInfo| {
        let mut same = timed().filter(|other| is_alone(other) && other.workload == arm.workload);
        same.next().map_or(0.0, |arm| ms(&arm))
    };
    let Some(best) = best else {
        return Some(Finding::new(kind, "lab.finding.disagrees"));
    };
    let lost = best.manner.town.and_then(|town| town.kill);
    let case = if lost.is_some() {
        "lab.finding.lost"
    } else {
        "lab.finding.town"
    };
    let moves = best.manner.town.map(|town| town.moves).unwrap_or_default();
    Some(
        Finding::new(kind, case)
            .with("n", best.workers.to_string())
            .with("moves", ["@moves.", moves.id()].concat())
            .with("ms", millis(ms(&best)))
            .with("alone", millis(alone(best)))
            .with("mb", tenth(middle(evidence, &best.id, "town.bytes") / 1e6))
            .with(
                "messages",
                whole(middle(evidence, &best.id, "town.messages")),
            )
            .with("again", whole(middle(evidence, &best.id, "town.retried"))),
    )
}

/// Where an arm stands on the scale of what was varied.
fn place(arm: &ArmInfo, key: &str) -> Option<f64> {
    let (town, job) = (arm.manner.town?, arm.jobs.first()?);
    Some(match key {
        "workers" => f64::from(arm.workers),
        "megabytes" => f64::from(job.tasks) * f64::from(job.size) / 1024.0,
        "split" => f64::from(job.size),
        "latency" => town.latency_millis,
        "bandwidth" => town.megabytes_per_second,
        _ => return None,
    })
}

/// Time against what was varied, a line for each way of moving; `None` of a run
/// without nodes.
pub fn sweep(evidence: &Evidence, key: &str) -> Option<Sweep> {
    let mut lines = Vec::new();
    for moves in Moves::ALL {
        let is_own = |arm: &&ArmInfo| {
            let town = arm.manner.town.filter(|town| town.moves == moves);
            town.is_some() && !is_alone(arm)
        };
        let own = evidence.arms.iter().filter(is_own);
        let mut points: Vec<_> = own
            .filter_map(|arm| Some((place(arm, key)?, evidence.stats.get(&arm.id).copied()?)))
            .collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points.dedup_by(|a, b| a.0.total_cmp(&b.0).is_eq());
        if points.len() > 1 {
            lines.push(SweepLine {
                label: Phrase::new(["moves.", moves.id()].concat()),
                points,
            });
        }
    }
    (!lines.is_empty()).then(|| Sweep {
        across: Phrase::new(["slider.", key].concat()),
        up: Phrase::new("lab.up.all"),
        is_log: true,
        lines,
        theory: Vec::new(),
        is_log_up: false,
        crossing: None,
    })
}

#[cfg(test)]
mod tests {
    use crate::catalog::claims::{settings, verdict};
    use crate::catalog::fixtures::{Kitchen, TWO_KNIVES};
    use crate::catalog::texts::english;
    use crate::registry::LAB;
    use model::{Evidence, Rung, Verdict};

    fn ids(rung: Rung, values: &[(&str, &str)]) -> String {
        let plan = Kitchen { rung, ..TWO_KNIVES }.plan(LAB, &settings(values));
        let ids: Vec<_> = plan.arms.iter().map(|arm| arm.id.clone()).collect();
        ids.join(" ")
    }

    fn run(values: &[(&str, &str)]) -> Evidence {
        TWO_KNIVES.run(LAB, &settings(values), &english())
    }

    #[test]
    fn what_was_chosen_last_decides_which_kind_of_work_it_is() {
        let shared = |work| ids(Rung::Shared, &[("workload", work)]);
        assert_eq!(shared("primes,word-count"), "alone transfer-2");
        assert_eq!(shared("word-count,primes"), "sequential interleaved pool-2");
        // Without workers there are no nodes.
        let page = ids(Rung::Page, &[("workload", "word-count")]);
        assert_eq!(page, "sequential interleaved");
    }

    #[test]
    fn each_way_of_moving_is_compared_where_it_can_be() {
        let all = [
            ("workload", "word-count"),
            ("moves", "copy,share,local"),
            ("workers", "4"),
        ];
        assert_eq!(ids(Rung::Shared, &all), "alone copy-4 share-4 local-4");
        assert_eq!(ids(Rung::Messages, &all), "alone copy-4 local-4");
    }

    #[test]
    fn what_is_varied_has_a_node_of_its_own_to_compare_with_where_the_text_changes() {
        let varied = |key, value| {
            let values = [("workload", "word-count"), ("sweep", key), (key, value)];
            ids(Rung::Shared, &values)
        };
        assert_eq!(
            varied("workers", "4"),
            "alone transfer-1 transfer-2 transfer-4"
        );
        assert_eq!(
            varied("megabytes", "4"),
            "alone-megabytes-1 transfer-2-megabytes-1 alone-megabytes-2 transfer-2-megabytes-2 \
             alone-megabytes-4 transfer-2-megabytes-4"
        );
        assert_eq!(
            varied("latency", "8"),
            "alone transfer-2-latency-1 transfer-2-latency-2 transfer-2-latency-4 \
             transfer-2-latency-8"
        );
        // Neither kind varies what only the other has.
        assert_eq!(varied("batch", "8"), "alone transfer-2");
        let other = [("sweep", "latency"), ("latency", "8")];
        assert_eq!(ids(Rung::Shared, &other), "sequential interleaved pool-2");
        let evidence = run(&[
            ("workload", "word-count"),
            ("sweep", "workers"),
            ("workers", "4"),
        ]);
        let sweep = LAB.sweep(&evidence, &settings(&[])).unwrap();
        let points: Vec<f64> = sweep.lines[0].points.iter().map(|point| point.0).collect();
        assert_eq!((sweep.lines.len(), points), (1, vec![1.0, 2.0, 4.0]));
    }

    #[test]
    fn a_lost_node_is_judged_and_told() {
        let values = [("workload", "word-count"), ("kill", "50")];
        let mut evidence = run(&values);
        assert_eq!(verdict(&evidence, "again.transfer-2"), Verdict::Pass);
        assert!(
            evidence.finding.contains("one was lost"),
            "{}",
            evidence.finding
        );
        for row in &mut evidence.rounds {
            if let Some(again) = row.figures.get_mut("town.retried") {
                *again += 1.0;
            }
        }
        evidence.checks = (LAB.judge)(&evidence, &settings(&values));
        assert_eq!(verdict(&evidence, "again.transfer-2"), Verdict::Fail);
        let whole = run(&[("workload", "word-count"), ("kill", "50"), ("workers", "1")]);
        assert!(
            whole
                .arms
                .iter()
                .all(|arm| arm.manner.town.is_some_and(|town| town.kill.is_none()))
        );
    }
}
