//! Tests: what is concluded from made-up machines, and what picks are worth.

use super::LESSON;
use super::jobs::{JOBS, Way, halves};
use crate::catalog::claims::settings;
use crate::catalog::fixtures::dealing::{Hands, PLAIN};
use crate::catalog::fixtures::{Kitchen, ONE_KNIFE, TWO_KNIVES};
use crate::catalog::texts::english;
use crate::{
    Answer, ChartKind, Drawing, FindingKind, Machine, Question, Settings, answer, answer_to, score,
};
use model::{Evidence, Rung, Verdict};

fn run(kitchen: &Kitchen) -> Evidence {
    kitchen.run(&LESSON, &Settings::default(), &english())
}

fn questions(kitchen: &Kitchen) -> Vec<Question> {
    let capability = kitchen.capability();
    let machine = Machine {
        capability: &capability,
        probes: &[],
    };
    (LESSON.questions)(&Settings::default(), &machine)
}

fn verdict(evidence: &Evidence, id: &str) -> Option<Verdict> {
    let mut checks = evidence.checks.iter();
    Some(checks.find(|check| check.id == id)?.verdict)
}

fn kind(evidence: &Evidence) -> FindingKind {
    (LESSON.finding)(evidence, &Settings::default()).kind
}

#[test]
fn every_arm_is_one_way_for_one_job() {
    for rung in [Rung::Shared, Rung::Messages, Rung::Page] {
        let kitchen = Kitchen { rung, ..TWO_KNIVES };
        let plan = kitchen.plan(&LESSON, &Settings::default());
        for arm in &plan.arms {
            assert!(halves(&arm.id).is_some(), "{}", arm.id);
        }
        let asked = questions(&kitchen);
        let jobs = if rung == Rung::Page { 5 } else { 6 };
        assert_eq!(asked.len(), jobs, "{rung:?}");
        assert!(asked.iter().all(|question| question.choices.len() >= 2));
    }
    assert_eq!(JOBS.len(), 6);
}

#[test]
fn the_soonest_picks_are_worth_all_points_and_the_others_less() {
    let (evidence, asked) = (run(&TWO_KNIVES), questions(&TWO_KNIVES));
    let best = |id: &str| {
        let question = asked.iter().find(|question| question.id == id)?;
        match answer(question, &evidence) {
            Answer::Choice(choice) => Some(choice),
            Answer::Inconclusive => None,
        }
    };
    let full = score(&asked, best, &evidence).unwrap();
    assert!(
        (full.points - 6.0).abs() < 1e-9 && full.most == 6,
        "{full:?}"
    );
    let row = score(&asked, |_| Some(Way::Row.id()), &evidence).unwrap();
    assert!((1.0..4.0).contains(&row.points), "{row:?}");
    let open = score(&asked, |id| best(id).filter(|_| id != "log"), &evidence);
    assert_eq!(open, None, "a job without a pick");
    assert_eq!(score(&asked, |_| Some("nonsense"), &evidence), None);
}

#[test]
fn a_pick_that_is_as_good_as_the_soonest_is_right() {
    let (evidence, asked) = (run(&TWO_KNIVES), questions(&TWO_KNIVES));
    let boards = asked
        .iter()
        .find(|question| question.id == "boards")
        .unwrap();
    for way in ["team", "crowd"] {
        assert_eq!(answer_to(boards, way, &evidence), Answer::Choice(way));
    }
    let Answer::Choice(best) = answer_to(boards, "row", &evidence) else {
        panic!("one chef is clearly later");
    };
    assert!(["team", "crowd"].contains(&best));
}

#[test]
fn one_knife_still_tells_ways_apart() {
    let evidence = run(&ONE_KNIFE);
    let failed = evidence
        .checks
        .iter()
        .any(|check| check.verdict == Verdict::Fail);
    assert!(!failed, "{:#?}", evidence.checks);
    for id in [
        "best.calls-juggle",
        "best.crumbs-couriers",
        "best.tables-blades",
        "all-round",
    ] {
        assert_eq!(verdict(&evidence, id), Some(Verdict::Pass), "{id}");
    }
    assert_eq!(kind(&evidence), FindingKind::OneKnife);
}

#[test]
fn the_page_alone_claims_nothing_about_teams() {
    let kitchen = Kitchen {
        rung: Rung::Page,
        ..TWO_KNIVES
    };
    let evidence = run(&kitchen);
    assert!(
        evidence
            .checks
            .iter()
            .all(|check| check.verdict == Verdict::Pass)
    );
    assert_eq!(verdict(&evidence, "best.strips-team"), None);
    assert_eq!(verdict(&evidence, "all-round"), None);
}

#[test]
fn what_does_not_fit_is_said() {
    let free = Kitchen {
        handing: Hands {
            message: 0.0,
            ..PLAIN
        },
        ..TWO_KNIVES
    };
    let evidence = run(&free);
    let crumbs = verdict(&evidence, "best.crumbs-couriers");
    assert_eq!(crumbs, Some(Verdict::Fail), "messages that cost nothing");
    assert_eq!(kind(&evidence), FindingKind::Disagrees);
    let stuck = Kitchen {
        juggling: 6.0,
        ..TWO_KNIVES
    };
    let evidence = run(&stuck);
    assert_eq!(verdict(&evidence, "best.calls-juggle"), Some(Verdict::Fail));
    let even = Kitchen {
        handing: Hands {
            is_fixed: false,
            ..PLAIN
        },
        ..TWO_KNIVES
    };
    assert_eq!(
        verdict(&run(&even), "best.strips-team"),
        Some(Verdict::Fail)
    );
}

#[test]
fn the_chart_has_a_line_a_way_and_the_soonest_at_one() {
    let evidence = run(&TWO_KNIVES);
    let Some(Drawing::Sweep(sweep)) =
        (LESSON.data)(ChartKind::Sweep, &evidence, &Settings::default())
    else {
        panic!("nothing to draw");
    };
    assert_eq!(sweep.lines.len(), Way::ALL.len());
    for job in 1..=6_u32 {
        let at = |(place, _): &&(f64, _)| (*place - f64::from(job)).abs() < 0.5;
        let points = sweep.lines.iter().flat_map(|line| &line.points).filter(at);
        let least = points
            .map(|(_, times)| times.median)
            .fold(f64::INFINITY, f64::min);
        assert!((least - 1.0).abs() < 1e-9, "job {job}: {least}");
    }
}

#[test]
fn coarse_pieces_meet_the_challenge_and_crumbs_do_not() {
    let met = |tasks: &str| {
        let settings = settings(&[("tasks", tasks)]);
        let evidence = TWO_KNIVES.run(&LESSON, &settings, &english());
        (LESSON.challenge.unwrap().met)(&evidence)
    };
    assert!(met("40") && !met("800"));
}
