//! Tests: what the lesson concludes, and from what it would not.

use super::LESSON;
use crate::catalog::claims::settings;
use crate::catalog::fixtures::{Kitchen, ONE_KNIFE, TWO_KNIVES};
use crate::catalog::texts::english;
use crate::{ChartKind, Drawing, FindingKind, Settings};
use analysis::stats::summarise;
use model::{Evidence, Rung, Strategy, Verdict, VoidReason};

fn run(kitchen: &Kitchen, values: &[(&str, &str)]) -> Evidence {
    kitchen.run(&LESSON, &settings(values), &english())
}

fn verdict(evidence: &Evidence, id: &str) -> Option<Verdict> {
    let check = evidence.checks.iter().find(|check| check.id == id);
    check.map(|check| check.verdict)
}

/// The same run with the makespans of an arm multiplied.
fn stretched(arm: &str, by: f64) -> Evidence {
    let mut evidence = run(&TWO_KNIVES, &[]);
    let mut values = Vec::new();
    for row in evidence.rounds.iter_mut().filter(|row| row.arm == arm) {
        row.ms *= by;
        row.speedup = row.speedup.map(|times| times / by);
        values.extend(row.speedup);
    }
    let figures = evidence.metrics.get_mut(arm).unwrap();
    figures.insert("speedup".into(), summarise(&values).unwrap());
    evidence.checks = (LESSON.judge)(&evidence, &Settings::default());
    evidence
}

#[test]
fn every_arm_keeps_the_same_order() {
    for rung in [Rung::Shared, Rung::Messages, Rung::Page] {
        for recipe in ["meal", "chain", "free", "sum"] {
            let kitchen = Kitchen { rung, ..TWO_KNIVES };
            let plan = kitchen.plan(&LESSON, &settings(&[("recipe", recipe)]));
            let first = &plan.arms[0].edges;
            assert_eq!(first.is_empty(), recipe == "free");
            assert!(plan.arms.iter().all(|arm| arm.edges == *first));
            let ids: Vec<_> = plan.arms.iter().map(|arm| arm.id.as_str()).collect();
            let expected: &[&str] = match rung {
                Rung::Shared => &["sequential", "pool-2", "pool-4"],
                Rung::Messages => &["sequential", "messages-2", "messages-4"],
                Rung::Page => &["sequential", "interleaved"],
            };
            assert_eq!(ids, expected);
        }
    }
    let crowd = TWO_KNIVES.plan(&LESSON, &settings(&[("workers", "11")]));
    let teams: Vec<u32> = crowd.arms.iter().map(|arm| arm.workers).collect();
    assert_eq!(teams, [1, 2, 4, 8, 11]);
    assert_eq!(crowd.capacity_for, [2, 4]);
}

#[test]
fn a_step_too_early_fails_even_where_the_round_is_void() {
    let mut evidence = run(&TWO_KNIVES, &[]);
    assert_eq!(verdict(&evidence, "ordered"), Some(Verdict::Pass));
    let row = evidence.rounds.last_mut().unwrap();
    (row.valid, row.reason) = (false, Some(VoidReason::Trace));
    row.figures.insert("edges_broken".into(), 1.0);
    evidence.checks = (LESSON.judge)(&evidence, &Settings::default());
    assert_eq!(verdict(&evidence, "ordered"), Some(Verdict::Fail));
    // Nor does a run pass that does not tell.
    let mut silent = run(&TWO_KNIVES, &[]);
    for row in &mut silent.rounds {
        row.figures.remove("edges_broken");
    }
    silent.checks = (LESSON.judge)(&silent, &Settings::default());
    assert_eq!(verdict(&silent, "ordered"), Some(Verdict::Fail));
}

#[test]
fn sooner_than_the_chain_or_later_than_the_bound_is_no_greedy_run() {
    let soon = stretched("pool-4", 0.8);
    assert_eq!(verdict(&soon, "chain.pool-4"), Some(Verdict::Fail));
    let late = stretched("pool-2", 2.5);
    assert_eq!(verdict(&late, "brent.pool-2"), Some(Verdict::Fail));
    assert_eq!(verdict(&late, "allowed.pool-2"), Some(Verdict::Fail));
    let sooner = stretched("pool-2", 1.3);
    assert_eq!(verdict(&sooner, "beyond.pool-4"), Some(Verdict::Fail));
    // As the team of two is no slower than one, but no sooner either.
    let broken = Kitchen {
        team_knives: 1.0,
        ..TWO_KNIVES
    };
    let evidence = run(&broken, &[]);
    assert_eq!(verdict(&evidence, "allowed.pool-2"), Some(Verdict::Fail));
}

#[test]
fn with_one_knife_the_order_and_the_chain_still_hold() {
    let evidence = run(&ONE_KNIFE, &[]);
    for id in [
        "ordered",
        "chain.pool-2",
        "chain.pool-4",
        "one-knife.pool-2",
    ] {
        assert_eq!(verdict(&evidence, id), Some(Verdict::Pass), "{id}");
    }
    let open = verdict(&evidence, "brent.pool-2");
    assert_eq!(open, Some(Verdict::Inconclusive));
}

#[test]
fn each_recipe_is_told_as_what_it_is() {
    let many = Kitchen {
        knives: 8.0,
        team_knives: 8.0,
        reported: 8,
        ..TWO_KNIVES
    };
    let cases = [
        (TWO_KNIVES, "meal", "4", "expected"),
        (TWO_KNIVES, "chain", "4", "row"),
        (TWO_KNIVES, "free", "4", "knives"),
        (TWO_KNIVES, "sum", "2", "one-team"),
        (many, "meal", "16", "expected"),
    ];
    for (kitchen, recipe, workers, case) in cases {
        let evidence = run(&kitchen, &[("recipe", recipe), ("workers", workers)]);
        let finding = (LESSON.finding)(&evidence, &Settings::default());
        let key = ["recipe-order.finding.", case].concat();
        assert_eq!(
            (finding.kind, finding.phrase.key),
            (FindingKind::Expected, key)
        );
    }
}

#[test]
fn the_graph_names_every_step_and_has_its_times_from_an_arm() {
    let words = english();
    for recipe in ["meal", "chain", "free", "sum"] {
        let evidence = run(&TWO_KNIVES, &[("recipe", recipe)]);
        let drawing = (LESSON.data)(ChartKind::Dag, &evidence, &Settings::default());
        let Some(Drawing::Graph(graph)) = drawing else {
            panic!("no graph of {recipe}");
        };
        assert_eq!(graph.names.len(), graph.lengths_ms.len());
        for name in &graph.names {
            assert!(words.has(&name.key), "{}", name.key);
        }
        assert_eq!(graph.lengths_ms.iter().sum::<f64>(), 210.0);
        assert_eq!(graph.arm, "pool-2");
        let info = evidence.arms.iter().find(|arm| arm.id == graph.arm);
        assert_eq!(info.unwrap().strategy, Strategy::Pool);
        assert_eq!(graph.edges, info.unwrap().edges);
        let other = (LESSON.data)(ChartKind::Sweep, &evidence, &Settings::default());
        assert_eq!(other, None);
    }
}
