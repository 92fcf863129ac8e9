//! Tests: what the lesson concludes of machines and learners of every kind.

use super::told::crossing;
use crate::catalog::claims::{settings, verdict};
use crate::catalog::fixtures::blades::{Blades, REAL};
use crate::catalog::fixtures::{Kitchen, TWO_KNIVES};
use crate::catalog::texts::english;
use crate::{ChartKind, Drawing, FindingKind, Settings, registry};
use model::{Evidence, Rung, Verdict};

fn run(blades: Blades, values: &[(&str, &str)]) -> Evidence {
    let kitchen = Kitchen {
        blades,
        ..TWO_KNIVES
    };
    let lesson = registry::find("gpu-and-training").unwrap();
    kitchen.run(lesson, &settings(values), &english())
}

fn kind(evidence: &Evidence) -> FindingKind {
    super::told::finding(evidence, &Settings::default()).kind
}

#[test]
fn both_are_as_soon_where_their_lines_cross() {
    let even = crossing(&run(REAL, &[])).unwrap();
    assert!((96.0..192.0).contains(&even), "{even}");
    let far = Blades {
        way: 5000.0,
        ..REAL
    };
    assert_eq!(crossing(&run(far, &[])), None);
}

#[test]
fn a_machine_that_does_not_agree_or_is_no_machine_fails() {
    let wrong = run(Blades { error: 0.2, ..REAL }, &[]);
    for arm in [
        "gpu-32",
        "gpu-512",
        "stages-mandelbrot-f32",
        "stages-blur-f32",
    ] {
        let id = ["agrees.", arm].concat();
        assert_eq!(verdict(&wrong, &id), Verdict::Fail, "{arm}");
    }
    // Some points across an edge are rounding, numbers as far off are not.
    let rough = run(
        Blades {
            error: 0.02,
            ..REAL
        },
        &[],
    );
    assert_eq!(
        verdict(&rough, "agrees.stages-mandelbrot-f32"),
        Verdict::Pass
    );
    assert_eq!(verdict(&rough, "agrees.gpu-512"), Verdict::Fail);
    // Seen by a clock that is fine enough for so short a way.
    let near = Kitchen {
        blades: Blades { way: 0.001, ..REAL },
        clock_step: 10,
        ..TWO_KNIVES
    };
    let lesson = registry::find("gpu-and-training").unwrap();
    let near = near.run(lesson, &Settings::default(), &english());
    assert_eq!(verdict(&near, "small"), Verdict::Fail);
    let slow = run(Blades { speed: 0.9, ..REAL }, &[]);
    assert_eq!(verdict(&slow, "large"), Verdict::Fail);
    assert_eq!(kind(&slow), FindingKind::Disagrees);
}

#[test]
fn of_software_nothing_is_claimed_but_that_it_agrees_and_costs_its_way() {
    let played = Blades {
        is_software: true,
        speed: 0.9,
        ..REAL
    };
    let evidence = run(played, &[]);
    assert!(evidence.checks.iter().all(|check| check.id != "large"));
    assert_eq!(verdict(&evidence, "small"), Verdict::Pass);
    assert_eq!(verdict(&evidence, "adapter"), Verdict::Pass);
    assert_eq!(kind(&evidence), FindingKind::Expected);
    assert!(
        evidence.finding.contains("software plays"),
        "{}",
        evidence.finding
    );
    let gone = |is_there, is_lost| Blades {
        is_there,
        is_lost,
        ..REAL
    };
    for none in [gone(false, false), gone(true, true)] {
        let evidence = run(none, &[]);
        assert!(
            evidence
                .checks
                .iter()
                .all(|check| check.verdict == Verdict::Pass)
        );
        assert!(
            evidence
                .checks
                .iter()
                .all(|check| !check.id.starts_with("agrees"))
        );
        assert!(
            evidence.finding.contains("no machine here"),
            "{}",
            evidence.finding
        );
    }
}

#[test]
fn a_team_that_learns_something_else_fails() {
    let stray = run(
        Blades {
            stray: 1.01,
            ..REAL
        },
        &[],
    );
    for way in ["pool", "messages"] {
        let id = ["same-loss.train-", way].concat();
        assert_eq!(verdict(&stray, &id), Verdict::Fail, "{way}");
    }
    assert_eq!(verdict(&stray, "same-loss.train-simd"), Verdict::Pass);
    assert!(
        stray
            .checks
            .iter()
            .all(|check| check.id != "same-loss.train-async")
    );
    let short = run(REAL, &[("epochs", "2")]);
    assert!(
        short
            .checks
            .iter()
            .all(|check| !check.id.starts_with("accuracy"))
    );
}

#[test]
fn the_charts_have_a_line_or_a_bar_for_everybody() {
    let evidence = run(REAL, &[]);
    let of = |kind| super::told::data(kind, &evidence, &Settings::default()).unwrap();
    let Drawing::Sweep(sweep) = of(ChartKind::Sweep) else {
        panic!("no sweep")
    };
    assert_eq!(sweep.lines.len(), 4);
    assert!(sweep.lines.iter().all(|line| line.points.len() == 5));
    let Drawing::Stages(stages) = of(ChartKind::Stages) else {
        panic!("no stages")
    };
    assert_eq!(stages.len(), 5);
    let words = english();
    for run in &stages {
        for phrase in run
            .stages
            .iter()
            .map(|(_, label, _)| label)
            .chain([&run.label])
        {
            assert!(words.has(&phrase.key), "{}", phrase.key);
        }
    }
    let Drawing::Loss(loss) = of(ChartKind::Loss) else {
        panic!("no loss")
    };
    assert_eq!(loss.lines.len(), 5);
    for line in &loss.lines {
        assert!(words.has(&line.label.key), "{}", line.label.key);
    }
}

#[test]
fn without_shared_memory_couriers_learn_and_on_the_page_one_chef_does() {
    let lesson = registry::find("gpu-and-training").unwrap();
    let ids = |rung| {
        let plan = Kitchen { rung, ..TWO_KNIVES }.plan(lesson, &Settings::default());
        let ids: Vec<String> = plan.arms.into_iter().map(|arm| arm.id).collect();
        ids.join(" ")
    };
    let messages = ids(Rung::Messages);
    assert!(messages.contains("messages-512 ") && messages.contains("train-messages"));
    assert!(!messages.contains("pool"));
    let page = ids(Rung::Page);
    assert!(
        page.contains("simd-512") && page.ends_with("train-sequential train-simd"),
        "{page}"
    );
    assert!(!page.contains("gpu") && !page.contains("messages"));
}
