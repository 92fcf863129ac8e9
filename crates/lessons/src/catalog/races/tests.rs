use super::super::claims::settings;
use super::super::fixtures::{Kitchen, ONE_KNIFE, TWO_KNIVES};
use super::super::texts::english;
use super::{LESSON, count};
use crate::{ChartKind, Drawing, FindingKind, Settings};
use analysis::stats::summarise;
use model::{Evidence, Guard, Rung, Verdict};

fn run(kitchen: &Kitchen, values: &[(&str, &str)]) -> (Evidence, Settings) {
    let settings = settings(values);
    (kitchen.run(&LESSON, &settings, &english()), settings)
}

fn verdicts(evidence: &Evidence) -> Vec<(&str, Verdict)> {
    let checks = evidence.checks.iter();
    checks.map(|check| (&*check.id, check.verdict)).collect()
}

fn ids(kitchen: &Kitchen, values: &[(&str, &str)]) -> String {
    let plan = kitchen.plan(&LESSON, &settings(values));
    let ids: Vec<_> = plan.arms.iter().map(|arm| arm.id.clone()).collect();
    ids.join(" ")
}

#[test]
fn every_way_has_twenty_runs_and_its_own_guard() {
    let plan = TWO_KNIVES.plan(&LESSON, &Settings::default());
    assert_eq!(plan.rounds, 20);
    let guards: Vec<_> = plan.arms.iter().map(|arm| arm.manner.guard).collect();
    assert_eq!(
        guards,
        [
            Guard::Loose,
            Guard::Loose,
            Guard::Atomic,
            Guard::Mutex,
            Guard::TwoLocks,
            Guard::Local
        ]
    );
    for arm in &plan.arms {
        assert_eq!((arm.jobs[0].tasks, arm.jobs[0].size), (2, 1_000_000));
    }
    let asked = TWO_KNIVES.plan(&LESSON, &settings(&[("rounds", "7")]));
    assert_eq!(asked.rounds, 7);
}

#[test]
fn a_guard_that_was_asked_for_is_held_against_none() {
    assert_eq!(ids(&TWO_KNIVES, &[("guard", "mutex")]), "one loose mutex");
    assert_eq!(ids(&TWO_KNIVES, &[("guard", "tickets")]), "one tickets");
    let (mutex, settings) = run(&TWO_KNIVES, &[("guard", "mutex")]);
    let finding = (LESSON.finding)(&mutex, &settings).phrase;
    assert_eq!(finding.key, "races.finding.few", "of what was not run");
    // Meant for another lesson.
    assert_eq!(
        ids(&TWO_KNIVES, &[("guard", "sharded")]),
        ids(&TWO_KNIVES, &[])
    );
    for rung in [Rung::Messages, Rung::Page] {
        let kitchen = Kitchen { rung, ..TWO_KNIVES };
        assert_eq!(ids(&kitchen, &[]), "one juggling");
    }
}

#[test]
fn what_would_take_minutes_is_shortened() {
    let long = settings(&[("count", "2000000"), ("workers", "8"), ("gap", "200")]);
    assert!((50_000.0..1_000_000.0).contains(&count(&long)));
    assert!(count(&settings(&[("count", "2000000")])) > 1_999_000.0);
}

#[test]
fn a_loose_tally_that_never_loses_is_told_so() {
    let (evidence, _) = run(&TWO_KNIVES, &[]);
    let passed = verdicts(&evidence);
    for id in [
        "exact.one",
        "exact.atomic",
        "exact.mutex",
        "exact.local",
        "loses.loose",
        "loses.two-locks",
        "differs.loose",
    ] {
        assert!(passed.contains(&(id, Verdict::Pass)), "{passed:?}");
    }
    let one_worker = Kitchen {
        team_knives: 1.0,
        ..TWO_KNIVES
    };
    let (evidence, settings) = run(&one_worker, &[]);
    let failed = verdicts(&evidence);
    for id in ["loses.loose", "loses.two-locks", "differs.loose"] {
        assert!(failed.contains(&(id, Verdict::Fail)), "{failed:?}");
    }
    let finding = (LESSON.finding)(&evidence, &settings);
    assert_eq!(finding.kind, FindingKind::Disagrees);
}

#[test]
fn a_guard_that_fails_once_fails_the_lesson() {
    for arm in ["one", "atomic", "mutex", "local"] {
        let (mut evidence, settings) = run(&TWO_KNIVES, &[]);
        let mut rows = evidence.rounds.iter_mut();
        let row = rows.rfind(|row| row.arm == arm).unwrap();
        row.figures.insert("count".into(), 1_999_999.0);
        evidence.checks = (LESSON.judge)(&evidence, &settings);
        let failed = verdicts(&evidence);
        let id = ["exact.", arm].concat();
        assert!(failed.contains(&(&*id, Verdict::Fail)), "{failed:?}");
    }
}

#[test]
fn one_core_leaves_losses_open_and_still_claims_what_is_exact() {
    let (mut evidence, settings) = run(&ONE_KNIFE, &[]);
    // A chef was stopped in mid-addition, in some of the runs.
    let small = [0.0, 0.0, 0.0, 0.004, 0.0, 0.02];
    let figures = evidence.metrics.get_mut("loose").unwrap();
    figures.insert("lost_share".into(), summarise(&small).unwrap());
    evidence.checks = (LESSON.judge)(&evidence, &settings);
    let all = verdicts(&evidence);
    assert!(all.iter().all(|(_, verdict)| *verdict != Verdict::Fail));
    assert!(all.contains(&("loses.loose", Verdict::Inconclusive)));
    assert!(all.contains(&("exact.atomic", Verdict::Pass)));
    let finding = (LESSON.finding)(&evidence, &settings);
    assert_eq!(finding.kind, FindingKind::OneKnife);
}

#[test]
fn a_short_test_claims_no_loss_and_can_meet_the_challenge() {
    let met = LESSON.challenge.unwrap().met;
    let (evidence, _) = run(&TWO_KNIVES, &[("count", "2000")]);
    assert!(
        !verdicts(&evidence)
            .iter()
            .any(|(id, _)| id.starts_with("loses"))
    );
    assert!(met(&evidence));
    assert!(
        evidence.finding.contains("10 of 20"),
        "{}",
        evidence.finding
    );
    assert!(!met(&run(&TWO_KNIVES, &[]).0));
}

#[test]
fn every_run_is_a_dot() {
    let (evidence, settings) = run(&TWO_KNIVES, &[]);
    let drawing = (LESSON.data)(ChartKind::Counts, &evidence, &settings);
    let Some(Drawing::Counts(counts)) = drawing else {
        panic!("no dots");
    };
    assert_eq!((counts.rows.len(), counts.wanted), (6, 2e6));
    assert!(counts.rows.iter().all(|(_, counts)| counts.len() == 20));
    assert!(counts.rows[1].1.iter().all(|count| *count < 2e6));
    let (sold, settings) = run(&TWO_KNIVES, &[("guard", "tickets")]);
    let Some(Drawing::Counts(counts)) = (LESSON.data)(ChartKind::Counts, &sold, &settings) else {
        panic!("no dots");
    };
    assert_eq!(counts.wanted, 1e6);
    assert!(counts.rows[1].1.iter().all(|count| *count > 1e6));
    assert_eq!((LESSON.data)(ChartKind::Sweep, &sold, &settings), None);
}
