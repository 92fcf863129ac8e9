//! Tests: which ways with kitchens across town are run, and what is made of them.

use super::{LESSON, parcels};
use crate::catalog::claims::{settings, verdict};
use crate::catalog::fixtures::{Kitchen, ONE_KNIFE, TWO_KNIVES};
use crate::catalog::texts::english;
use crate::{FindingKind, Settings};
use model::{Evidence, Rung, Verdict};

fn ids(kitchen: &Kitchen, values: &[(&str, &str)]) -> String {
    let plan = kitchen.plan(&LESSON, &settings(values));
    let ids: Vec<_> = plan.arms.iter().map(|arm| arm.id.clone()).collect();
    ids.join(" ")
}

fn run(kitchen: &Kitchen, values: &[(&str, &str)]) -> Evidence {
    kitchen.run(&LESSON, &settings(values), &english())
}

/// The record with another figure in every round of an arm, judged anew.
fn with(mut evidence: Evidence, arm: &str, name: &str, value: f64) -> Evidence {
    for row in evidence.rounds.iter_mut().filter(|row| row.arm == arm) {
        row.figures.insert(name.to_owned(), value);
    }
    evidence.checks = (LESSON.judge)(&evidence, &Settings::default());
    evidence
}

#[test]
fn each_way_is_run_where_it_can_be() {
    let parcels = " parcel-copy parcel-hand parcel-share";
    assert_eq!(
        ids(&TWO_KNIVES, &[]),
        [
            "alone hand-2 copy-2 share-2 local-2 loose-2 far-2 lost-2",
            parcels
        ]
        .concat()
    );
    let messages = Kitchen {
        rung: Rung::Messages,
        ..TWO_KNIVES
    };
    assert_eq!(
        ids(&messages, &[("straggler", "3"), ("workers", "4")]),
        "alone hand-4 copy-4 local-4 loose-4 far-4 lost-4 slow-4 spare-4 parcel-copy parcel-hand"
    );
    assert_eq!(
        ids(&TWO_KNIVES, &[("latency", "0"), ("kill", "0")]),
        ["alone hand-2 copy-2 share-2 local-2 loose-2", parcels].concat()
    );
    assert_eq!(
        ids(&TWO_KNIVES, &[("workers", "1"), ("straggler", "4")]),
        ["alone hand-1 copy-1 share-1 local-1 loose-1 far-1", parcels].concat()
    );
    let page = Kitchen {
        rung: Rung::Page,
        ..TWO_KNIVES
    };
    assert_eq!(ids(&page, &[]), "sequential interleaved");
}

#[test]
fn a_text_is_cut_into_crates_of_the_size_asked_for() {
    let cut = |values: &[(&str, &str)]| {
        let job = super::plan::job(&settings(values));
        (job.tasks, job.size)
    };
    assert_eq!(cut(&[]), (16, 1024));
    assert_eq!(cut(&[("megabytes", "64"), ("split", "8192")]), (8, 8192));
    assert_eq!(cut(&[("split", "64")]), (256, 64));
    // One crate would leave nothing to deal out.
    assert_eq!(cut(&[("megabytes", "1"), ("split", "8192")]), (2, 512));
    // None is empty, however badly it divides.
    assert_eq!(cut(&[("megabytes", "1"), ("split", "320")]), (4, 256));
}

#[test]
fn what_a_lost_kitchen_left_is_what_is_done_again() {
    let good = run(&TWO_KNIVES, &[]);
    assert_eq!(verdict(&good, "again.lost-2"), Verdict::Pass);
    for (name, value) in [
        ("town.retried", 3.0),
        ("town.unfinished", 0.0),
        ("town.lost", 0.0),
    ] {
        let other = with(good.clone(), "lost-2", name, value);
        assert_eq!(verdict(&other, "again.lost-2"), Verdict::Fail, "{name}");
    }
    let mut silent = good.clone();
    for row in &mut silent.rounds {
        row.figures.remove("town.retried");
    }
    silent.checks = (LESSON.judge)(&silent, &Settings::default());
    assert_eq!(verdict(&silent, "again.lost-2"), Verdict::Fail);
}

#[test]
fn copying_that_costs_nothing_and_trips_that_cost_nothing_fail() {
    let good = run(&TWO_KNIVES, &[]);
    for id in [
        "copied.parcel-hand",
        "copied.parcel-share",
        "line.parcel-copy",
        "trips.far-2",
        "fewer.loose-2",
        "nearer.local-2",
        "sooner.hand-2",
    ] {
        assert_eq!(verdict(&good, id), Verdict::Pass, "{id}");
    }
    let free = with(good.clone(), parcels::COPIED, parcels::LARGEST, 2.0);
    assert_eq!(verdict(&free, "copied.parcel-hand"), Verdict::Fail);
    assert_eq!(verdict(&free, "line.parcel-copy"), Verdict::Fail);
    let mut near = good.clone();
    for round in 0..near.rounds.len() {
        if near.rounds[round].arm == "far-2" {
            near.rounds[round].ms = 100.0;
        }
    }
    near.checks = (LESSON.judge)(&near, &Settings::default());
    assert_eq!(verdict(&near, "trips.far-2"), Verdict::Fail);
    let lazy = with(good, "loose-2", "town.found_bytes", 1e6);
    assert_eq!(verdict(&lazy, "fewer.loose-2"), Verdict::Fail);
}

#[test]
fn one_core_still_shows_what_couriers_cost() {
    let evidence = run(&ONE_KNIFE, &[]);
    for id in [
        "one-knife.hand-2",
        "trips.far-2",
        "again.lost-2",
        "copied.parcel-hand",
    ] {
        assert_eq!(verdict(&evidence, id), Verdict::Pass, "{id}");
    }
    let finding = (LESSON.finding)(&evidence, &Settings::default());
    assert_eq!(finding.kind, FindingKind::OneKnife);
}

#[test]
fn the_line_of_a_copy_is_drawn() {
    let evidence = run(&TWO_KNIVES, &[]);
    let sweep = parcels::sweep(&evidence).unwrap();
    let points: Vec<f64> = sweep.lines[0].points.iter().map(|point| point.0).collect();
    assert_eq!(points, [0.0625, 1.0, 4.0, 16.0, 64.0]);
    assert_eq!((sweep.lines.len(), sweep.theory.len()), (3, 1));
    let line = parcels::line(&evidence, parcels::COPIED).unwrap();
    assert!((line.latency_ms - 0.05).abs() < 0.01, "{line:?}");
    assert!((parcels::rate(&line) - 614.4).abs() < 1.0, "{line:?}");
}
