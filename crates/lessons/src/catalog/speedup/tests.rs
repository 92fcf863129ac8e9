//! Tests: what the lesson plans, asks and concludes on made-up machines.

use super::menu::DISHES;
use super::*;
use crate::catalog::claims::settings;
use crate::catalog::fixtures::{Kitchen, ONE_KNIFE, TWO_KNIVES};
use crate::catalog::texts::english;
use crate::{
    Answer, FindingKind, LineKind, Machine, Settings, answer, curve as curve_of, drawn_answer,
};
use model::{Rung, Verdict};

const FOUR_KNIVES: Kitchen = Kitchen {
    knives: 4.0,
    team_knives: 4.0,
    reported: 4,
    ..TWO_KNIVES
};

fn run(kitchen: &Kitchen, values: &[(&str, &str)]) -> Evidence {
    kitchen.run(&LESSON, &settings(values), &english())
}

fn finding(evidence: &Evidence, values: &[(&str, &str)]) -> (FindingKind, String) {
    let finding = (LESSON.finding)(evidence, &settings(values));
    (finding.kind, finding.phrase.key)
}

fn verdict(evidence: &Evidence, id: &str) -> Option<Verdict> {
    let check = evidence.checks.iter().find(|check| check.id == id);
    check.map(|check| check.verdict)
}

fn ids(kitchen: &Kitchen, values: &[(&str, &str)]) -> (String, Vec<u32>) {
    let plan = kitchen.plan(&LESSON, &settings(values));
    let ids: Vec<_> = plan.arms.iter().map(|arm| arm.id.clone()).collect();
    (ids.join(" "), plan.capacity_for)
}

#[test]
fn every_team_up_to_twice_the_cores_is_tried_or_some_of_them() {
    let of = |reported, values: &[(&str, &str)]| {
        let kitchen = Kitchen {
            reported,
            ..TWO_KNIVES
        };
        ids(&kitchen, values)
    };
    let expected = [
        (1, "sequential pool-1 pool-2 pool-3 pool-4", vec![2, 4]),
        (2, "sequential pool-1 pool-2 pool-3 pool-4", vec![2, 4]),
        (
            4,
            "sequential pool-1 pool-2 pool-3 pool-4 pool-8",
            vec![2, 4, 8],
        ),
        (
            12,
            "sequential pool-1 pool-2 pool-3 pool-4 pool-8 pool-12 pool-16",
            vec![2, 12, 16],
        ),
        (
            128,
            "sequential pool-1 pool-2 pool-3 pool-4 pool-8 pool-16",
            vec![2, 16],
        ),
    ];
    for (reported, arms, probed) in expected {
        assert_eq!(of(reported, &[]), (arms.to_owned(), probed), "{reported}");
    }
    let asked = of(2, &[("workers", "12")]);
    assert_eq!(
        asked.0,
        "sequential pool-1 pool-2 pool-3 pool-4 pool-8 pool-12"
    );
    assert_eq!(
        of(2, &[("workers", "2")]),
        ("sequential pool-1 pool-2".into(), vec![2])
    );
    let messages = Kitchen {
        rung: Rung::Messages,
        ..TWO_KNIVES
    };
    assert!(ids(&messages, &[]).0.ends_with("messages-3 messages-4"));
    let page = Kitchen {
        rung: Rung::Page,
        ..TWO_KNIVES
    };
    assert_eq!(ids(&page, &[]), ("sequential interleaved".into(), vec![]));
}

#[test]
fn the_first_dish_comes_before_all_others_and_has_its_share_of_the_work() {
    for percent in ["5", "20", "50"] {
        let plan = TWO_KNIVES.plan(&LESSON, &settings(&[("serial", percent)]));
        for arm in &plan.arms {
            let works = arm
                .jobs
                .iter()
                .map(|job| f64::from(job.tasks) * job.busy_millis);
            assert!((works.sum::<f64>() - 300.0).abs() < 1e-6);
            let share = 100.0 * arm.jobs[0].busy_millis / 300.0;
            assert!((share - percent.parse::<f64>().unwrap()).abs() < 1e-6);
            assert_eq!(arm.jobs[0].tasks, 1);
            let tasks = arm.tasks(1, 0);
            assert_eq!((tasks[0].part, tasks[0].parts), (0, 1));
            assert_eq!(arm.edges.len() + 1, tasks.len());
        }
    }
    let plan = TWO_KNIVES.plan(&LESSON, &settings(&[("serial", "0")]));
    assert!(
        plan.arms
            .iter()
            .all(|arm| arm.edges.is_empty() && arm.jobs.len() == 1)
    );
}

#[test]
fn work_that_grows_has_a_base_of_its_own_size_and_ends_in_time() {
    let grow = [("mode", "grow")];
    let kitchen = Kitchen {
        reported: 8,
        ..TWO_KNIVES
    };
    let plan = kitchen.plan(&LESSON, &settings(&grow));
    assert!(plan.arms.len() >= 3);
    for arm in plan.arms.iter().filter(|arm| arm.strategy.uses_workers()) {
        let base = plan
            .arms
            .iter()
            .find(|base| Some(&base.id) == arm.base.as_ref())
            .unwrap();
        assert_eq!((&base.jobs, &base.workload), (&arm.jobs, &arm.workload));
        assert_eq!(
            arm.jobs[0].busy_millis, 60.0,
            "the part for one does not grow"
        );
        assert_eq!(arm.jobs[1].tasks, DISHES * arm.workers);
    }
    let note = |values: &[(&str, &str)]| {
        let capability = kitchen.capability();
        let machine = Machine {
            capability: &capability,
            probes: &[],
        };
        !(LESSON.notes)(&settings(values), &machine).is_empty()
    };
    assert!(!note(&[]) && !note(&grow));
    assert!(note(&[("size", "2000")]) && note(&[("size", "2000"), ("mode", "grow")]));
}

#[test]
fn on_two_knives_two_points_cannot_test_the_law() {
    let evidence = run(&TWO_KNIVES, &[]);
    assert_eq!(verdict(&evidence, "fit"), None);
    assert_eq!(verdict(&evidence, "law.pool-2"), Some(Verdict::Pass));
    assert_eq!(verdict(&evidence, "law.pool-3"), None, "beyond the knives");
    assert_eq!(verdict(&evidence, "plateau.pool-3"), Some(Verdict::Pass));
    assert_eq!(verdict(&evidence, "plateau.pool-4"), Some(Verdict::Pass));
    let said = (
        FindingKind::Expected,
        "speedup.finding.two-points".to_owned(),
    );
    assert_eq!(finding(&evidence, &[]), said);
    assert!(
        evidence.finding.contains("two points cannot test the law"),
        "{}",
        evidence.finding
    );
    let drawn = lines::speedup(&evidence, &Settings::default()).unwrap();
    let carried = drawn
        .lines
        .iter()
        .find(|line| line.kind == LineKind::Fitted)
        .unwrap();
    assert_eq!(carried.label.key, "speedup.line.carried");
    assert!(carried.label.say(&english()).contains("not measured"));
    let workers: Vec<u32> = drawn.points.iter().map(|point| point.workers).collect();
    assert_eq!(workers, [1, 2, 3, 4]);
}

#[test]
fn three_points_give_the_share_back_and_a_wrong_one_fails() {
    for serial in ["0", "10", "20", "50"] {
        let values = [("serial", serial)];
        let evidence = run(&FOUR_KNIVES, &values);
        assert_eq!(verdict(&evidence, "fit"), Some(Verdict::Pass), "{serial}");
        let fit = claims::fitted(&evidence).unwrap();
        let set: f64 = serial.parse().unwrap();
        assert!((fit.value - set / 100.0).abs() <= 0.01, "{serial}: {fit:?}");
        // The same times, but another share was asked for.
        let other = if serial == "50" { "30" } else { "40" };
        let checks = claims::judge(&evidence, &settings(&[("serial", other)]));
        let fit = checks.iter().find(|check| check.id == "fit").unwrap();
        assert_eq!(fit.verdict, Verdict::Fail, "{serial}");
    }
    let evidence = run(&FOUR_KNIVES, &[]);
    let said = (FindingKind::Expected, "speedup.finding.expected".to_owned());
    assert_eq!(finding(&evidence, &[]), said);
    assert!(
        evidence.finding.contains("5 times is the end"),
        "{}",
        evidence.finding
    );
    let drawn = lines::speedup(&evidence, &Settings::default()).unwrap();
    let fitted = drawn
        .lines
        .iter()
        .find(|line| line.kind == LineKind::Fitted)
        .unwrap();
    assert_eq!(fitted.label.key, "speedup.line.fitted");
    assert_eq!(fitted.band.len(), fitted.points.len());
    assert!(fitted.band.iter().all(|(low, high)| low <= high));
    let share = drawn.points[1].serial_share.unwrap();
    assert!((share.median - 0.2).abs() < 0.02, "{share:?}");
}

#[test]
fn a_team_that_is_secretly_alone_or_too_good_fails() {
    let alone = Kitchen {
        team_knives: 1.0,
        ..TWO_KNIVES
    };
    let evidence = run(&alone, &[]);
    assert_eq!(verdict(&evidence, "law.pool-2"), Some(Verdict::Fail));
    assert_eq!(finding(&evidence, &[]).0, FindingKind::Disagrees);
    let mut magic = run(&TWO_KNIVES, &[]);
    let figures = magic.metrics.get_mut("pool-2").unwrap();
    let three = analysis::stats::summarise(&[3.0; 9]).unwrap();
    figures.insert("speedup".into(), three);
    let checks = claims::judge(&magic, &Settings::default());
    let most = checks
        .iter()
        .find(|check| check.id == "most.pool-2")
        .unwrap();
    assert_eq!(most.verdict, Verdict::Fail);
    let mut lost = run(&TWO_KNIVES, &[]);
    let figures = lost.metrics.get_mut("pool-3").unwrap();
    let short = analysis::stats::summarise(&[0.95; 9]).unwrap();
    figures.insert("lost.sum_ratio".into(), short);
    let checks = claims::judge(&lost, &Settings::default());
    let sum = checks
        .iter()
        .find(|check| check.id == "sum.pool-3")
        .unwrap();
    assert_eq!(sum.verdict, Verdict::Fail);
}

#[test]
fn one_core_decides_nothing_about_laws_and_something_about_itself() {
    let evidence = run(&ONE_KNIFE, &[]);
    let law = evidence
        .checks
        .iter()
        .find(|check| check.id == "law.pool-2")
        .unwrap();
    assert_eq!(law.verdict, Verdict::Inconclusive);
    assert!(law.why.starts_with("capacity"), "{}", law.why);
    assert_eq!(verdict(&evidence, "one-knife.pool-2"), Some(Verdict::Pass));
    assert_eq!(verdict(&evidence, "sum.pool-4"), Some(Verdict::Pass));
    assert_eq!(finding(&evidence, &[]).0, FindingKind::OneKnife);
    assert!(
        evidence
            .checks
            .iter()
            .all(|check| check.verdict != Verdict::Fail)
    );
}

#[test]
fn what_grows_is_held_against_the_other_law() {
    let grow = [("mode", "grow")];
    let evidence = run(&FOUR_KNIVES, &grow);
    let scaled: Vec<_> = evidence
        .checks
        .iter()
        .filter(|check| check.id.starts_with("scaled."))
        .collect();
    assert!(
        scaled.len() >= 2 && scaled.iter().all(|check| check.verdict == Verdict::Pass),
        "{scaled:#?}"
    );
    assert_eq!(finding(&evidence, &grow).1, "speedup.finding.grown");
    let alone = Kitchen {
        team_knives: 1.0,
        ..FOUR_KNIVES
    };
    assert_eq!(
        verdict(&run(&alone, &grow), "scaled.pool-2"),
        Some(Verdict::Fail)
    );
    let drawn = lines::speedup(&evidence, &settings(&grow)).unwrap();
    assert!(
        drawn
            .points
            .iter()
            .all(|point| point.serial_share.is_none())
    );
}

#[test]
fn the_challenge_is_open_at_first_and_met_by_growing() {
    for kitchen in [TWO_KNIVES, FOUR_KNIVES] {
        assert!(!is_met(&run(&kitchen, &[])));
        assert!(
            !is_met(&run(&kitchen, &[("serial", "0")])),
            "that would be too easy"
        );
        assert!(is_met(&run(&kitchen, &[("mode", "grow")])));
    }
    assert!(!is_met(&run(&ONE_KNIFE, &[("mode", "grow")])));
}

#[test]
fn the_run_answers_the_questions() {
    let graded = |kitchen: &Kitchen, values: &[(&str, &str)]| {
        let capability = kitchen.capability();
        let machine = Machine {
            capability: &capability,
            probes: &[],
        };
        let questions = (LESSON.questions)(&settings(values), &machine);
        let evidence = run(kitchen, values);
        let answers = questions.iter().map(|question| answer(question, &evidence));
        answers.collect::<Vec<_>>()
    };
    let bends = [Answer::Choice("bends"), Answer::Choice("end")];
    assert_eq!(graded(&TWO_KNIVES, &[]), bends);
    assert_eq!(graded(&FOUR_KNIVES, &[]), bends);
    assert_eq!(graded(&ONE_KNIFE, &[])[0], Answer::Choice("flat"));
    assert_eq!(graded(&ONE_KNIFE, &[])[1], Answer::Choice("end"));
    let all = graded(&FOUR_KNIVES, &[("serial", "0"), ("workers", "3")]);
    assert_eq!(all, [Answer::Choice("straight")]);
    assert!(graded(&TWO_KNIVES, &[("mode", "grow")]).is_empty());
}

#[test]
fn the_account_of_a_team_comes_to_its_time() {
    for kitchen in [TWO_KNIVES, FOUR_KNIVES, ONE_KNIFE] {
        let told = lines::waterfall(&run(&kitchen, &[])).unwrap();
        assert!((1..=3).contains(&told.len()));
        for lost in told {
            let sum: f64 = lost.parts.iter().map(|(_, ms)| ms).sum();
            assert!(
                (lost.ideal_ms + sum - lost.total_ms).abs() < 1e-6,
                "{lost:?}"
            );
        }
    }
}

#[test]
fn what_was_drawn_is_answered_where_there_are_knives() {
    let capability = TWO_KNIVES.capability();
    let machine = Machine {
        capability: &capability,
        probes: &[],
    };
    let values = Settings::default();
    let asked = curve_of(&LESSON, &values, &machine).unwrap();
    assert_eq!(asked.teams.len(), 3);
    assert_eq!(asked.most(), 5.0);
    assert_eq!((asked.snapped(9.0), asked.snapped(1.26)), (5.0, 1.3));
    assert_eq!((asked.nearest(0.0), asked.nearest(2.6)), (Some(2), Some(3)));
    let evidence = run(&TWO_KNIVES, &[]);
    let words = english();
    let key = |drawn: &[(u32, f64)], evidence: &Evidence| {
        drawn_answer(&asked, drawn, evidence).map(|phrase| {
            assert!(words.has(&phrase.key), "{}", phrase.key);
            phrase.key
        })
    };
    let two = |value| key(&[(2, value), (4, 4.0)], &evidence);
    let measured = middle(&evidence, "pool-2", "speedup");
    assert_eq!(two(measured).as_deref(), Some("speedup.drawn.same"));
    assert_eq!(two(1.8).as_deref(), Some("speedup.drawn.near"));
    assert_eq!(two(2.0).as_deref(), Some("speedup.drawn.more"));
    assert_eq!(two(1.0).as_deref(), Some("speedup.drawn.less"));
    // Only drawn beyond the knives: the smallest of those.
    assert_eq!(
        key(&[(4, 4.0)], &evidence).as_deref(),
        Some("speedup.drawn.more")
    );
    assert_eq!(key(&[], &evidence), None);
    let page = Kitchen {
        rung: Rung::Page,
        ..TWO_KNIVES
    };
    assert_eq!(key(&[(2, 1.0)], &run(&page, &[])), None);
    for other in crate::registry::all().filter(|other| other.id != LESSON.id) {
        assert!(curve_of(other, &values, &machine).is_none());
    }
    let line = crate::drawn_line(&[(2, 1.9)]);
    assert_eq!(
        (line.kind, line.points),
        (LineKind::Guess, vec![(1.0, 1.0), (2.0, 1.9)])
    );
}

#[test]
fn every_word_of_charts_and_curves_is_there() {
    let words = english();
    let mut keys = vec![
        "speedup.draw".to_owned(),
        "speedup.draw.grow".into(),
        "speedup.line.guess".into(),
    ];
    for kitchen in [TWO_KNIVES, FOUR_KNIVES] {
        for values in [&[] as &[_], &[("mode", "grow")]] {
            let evidence = run(&kitchen, values);
            let drawn = lines::speedup(&evidence, &settings(values)).unwrap();
            keys.extend(drawn.lines.into_iter().map(|line| line.label.key));
            let told = lines::waterfall(&evidence).unwrap();
            keys.extend(told.into_iter().map(|lost| lost.label.key));
        }
    }
    for key in keys {
        assert!(words.has(&key), "{key}");
    }
}
