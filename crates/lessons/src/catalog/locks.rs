//! Tests: what is concluded about locks, from records of made-up kitchens.

use super::claims::settings;
use super::fixtures::{Kitchen, ONE_KNIFE, TWO_KNIVES};
use super::texts::english;
use crate::{FindingKind, Lesson, Settings, judge, registry};
use analysis::stats::summarise;
use model::{Evidence, Rung, Verdict};

fn lesson(id: &str) -> &'static Lesson {
    registry::find(id).unwrap()
}

fn run(kitchen: &Kitchen, id: &str, values: &[(&str, &str)]) -> Evidence {
    kitchen.run(lesson(id), &settings(values), &english())
}

fn verdict(evidence: &Evidence, id: &str) -> Verdict {
    let check = evidence.checks.iter().find(|check| check.id == id);
    check.unwrap_or_else(|| panic!("no check {id}")).verdict
}

fn again(mut evidence: Evidence, id: &str) -> Evidence {
    judge(&mut evidence, lesson(id), &Settings::default(), &english());
    evidence
}

const EIGHT_KNIVES: Kitchen = Kitchen {
    knives: 8.0,
    team_knives: 8.0,
    reported: 8,
    ..TWO_KNIVES
};

#[test]
fn teams_up_to_the_knives_and_beyond() {
    let ids = |kitchen: &Kitchen, values: &[(&str, &str)]| {
        let plan = kitchen.plan(lesson("contention"), &settings(values));
        let ids: Vec<_> = plan.arms.iter().map(|arm| arm.id.clone()).collect();
        ids.join(" ")
    };
    assert_eq!(
        ids(&TWO_KNIVES, &[]),
        "sequential lock-1 lock-2 lock-3 lock-4 part-2 part-4 few-2 sharded-2 retry-2 own-2"
    );
    assert!(ids(&EIGHT_KNIVES, &[]).contains("lock-6 lock-8 lock-16 part-2 part-3 part-4"));
    assert_eq!(
        ids(&TWO_KNIVES, &[("guard", "beside")]),
        "sequential beside-2 apart-2"
    );
    let alone = Kitchen {
        rung: Rung::Page,
        ..TWO_KNIVES
    };
    assert_eq!(ids(&alone, &[]), "sequential interleaved");
}

#[test]
fn a_law_is_fitted_from_six_teams_with_a_knife_each_and_not_below() {
    let theory = |kitchen: &Kitchen| {
        let evidence = run(kitchen, "contention", &[]);
        let sweep = lesson("contention").sweep(&evidence, &Settings::default());
        let keys = sweep.unwrap().theory.into_iter();
        keys.map(|(label, points)| {
            assert!(points.len() > 1);
            (label.key, label.args)
        })
        .collect::<Vec<_>>()
    };
    let few = theory(&TWO_KNIVES);
    assert!(
        few.iter().all(|(key, _)| key == "contention.theory.line"),
        "{few:?}"
    );
    let many = theory(&EIGHT_KNIVES);
    let fitted: Vec<_> = many
        .iter()
        .filter(|(key, _)| key != "contention.theory.line")
        .collect();
    assert_eq!(fitted.len(), 2, "{many:?}");
}

#[test]
fn a_lock_that_lets_several_in_fails() {
    let evidence = run(&EIGHT_KNIVES, "contention", &[]);
    assert_eq!(verdict(&evidence, "inline.lock-4"), Verdict::Pass);
    let mut open = evidence.clone();
    let quick = summarise(&[1.9; 9]).unwrap();
    open.metrics
        .get_mut("lock-4")
        .unwrap()
        .insert("speedup".into(), quick);
    let open = again(open, "contention");
    assert_eq!(verdict(&open, "inline.lock-4"), Verdict::Fail);
    let mut lossy = evidence.clone();
    for row in lossy.rounds.iter_mut().filter(|row| row.arm == "own-8") {
        row.figures.insert("amiss".into(), 1.0);
    }
    assert_eq!(verdict(&again(lossy, "contention"), "kept"), Verdict::Fail);
    // Shards that are one lock in secret leave a line.
    let mut one = evidence;
    let slow = summarise(&[1.0; 9]).unwrap();
    one.metrics
        .get_mut("sharded-8")
        .unwrap()
        .insert("speedup".into(), slow);
    let one = again(one, "contention");
    assert_eq!(verdict(&one, "unhindered.sharded-8"), Verdict::Fail);
}

#[test]
fn less_inside_the_lock_must_mean_a_smaller_serial_share() {
    let evidence = run(&EIGHT_KNIVES, "contention", &[]);
    assert_eq!(verdict(&evidence, "ranked.part-8"), Verdict::Pass);
    let mut turned = evidence;
    for row in turned.rounds.iter_mut().filter(|row| row.arm == "part-8") {
        row.speedup = Some(7.0);
    }
    for row in turned.rounds.iter_mut().filter(|row| row.arm == "lock-8") {
        row.figures.insert("lock_wait_share".into(), 0.0);
    }
    let turned = again(turned, "contention");
    assert_eq!(verdict(&turned, "ranked.part-8"), Verdict::Fail);
    assert_eq!(verdict(&turned, "longer-line.lock-8"), Verdict::Fail);
}

#[test]
fn one_knife_leaves_what_needs_two_open_and_claims_the_rest() {
    let evidence = run(&ONE_KNIFE, "contention", &[]);
    assert_eq!(verdict(&evidence, "inline.lock-2"), Verdict::Pass);
    assert_eq!(verdict(&evidence, "one-knife.sharded-2"), Verdict::Pass);
    assert_eq!(
        verdict(&evidence, "longer-line.lock-2"),
        Verdict::Inconclusive
    );
    assert!(
        evidence
            .checks
            .iter()
            .all(|check| check.verdict != Verdict::Fail)
    );
    let kind = (lesson("contention").finding)(&evidence, &Settings::default()).kind;
    assert_eq!(kind, FindingKind::OneKnife);
    // Being stuck takes no core at all.
    let evidence = run(&ONE_KNIFE, "deadlock", &[]);
    let held = evidence
        .checks
        .iter()
        .all(|check| check.verdict == Verdict::Pass);
    assert!(held, "{:#?}", evidence.checks);
}

#[test]
fn a_circle_that_does_not_close_fails() {
    let evidence = run(&TWO_KNIVES, "deadlock", &[("workers", "4")]);
    assert!(
        evidence.finding.contains("All 4 chefs"),
        "{}",
        evidence.finding
    );
    assert_eq!(verdict(&evidence, "circle.4"), Verdict::Pass);
    let spoil = |name: &str, arm: &str, value: f64| {
        let mut other = evidence.clone();
        let rows = other.rounds.iter_mut().filter(|row| row.arm == arm);
        for row in rows.take(1) {
            row.figures.insert(name.into(), value);
        }
        again(other, "deadlock")
    };
    let not_stuck = spoil("stuck", "crossed", 0.0);
    assert_eq!(verdict(&not_stuck, "stuck.crossed"), Verdict::Fail);
    let kind = (lesson("deadlock").finding)(&not_stuck, &Settings::default()).kind;
    assert_eq!(kind, FindingKind::Disagrees);
    let elsewhere = spoil("waits_for_4", "crossed", 2.0);
    assert_eq!(verdict(&elsewhere, "circle.4"), Verdict::Fail);
    let left = spoil("progress", "ordered", 199.0);
    assert_eq!(verdict(&left, "finishes.ordered"), Verdict::Fail);
}
