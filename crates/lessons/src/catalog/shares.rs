//! Tests: what the lessons about sharing out and handing over conclude.

use super::claims::settings;
use super::fixtures::dealing::{Hands, PLAIN};
use super::fixtures::{Kitchen, ONE_KNIFE, TWO_KNIVES};
use super::texts::english;
use crate::{Answer, FindingKind, Lesson, Machine, Settings, answer, registry};
use model::{Deal, Evidence, Rung, Verdict};

fn lesson(id: &str) -> &'static Lesson {
    registry::find(id).unwrap()
}

fn run(kitchen: &Kitchen, id: &str, values: &[(&str, &str)]) -> Evidence {
    kitchen.run(lesson(id), &settings(values), &english())
}

fn ids(evidence: &Evidence, verdict: Verdict) -> Vec<&str> {
    let of = evidence.checks.iter().filter(|c| c.verdict == verdict);
    of.map(|check| check.id.as_str()).collect()
}

fn told(evidence: &Evidence) -> (FindingKind, String) {
    let finding = (lesson(&evidence.lesson).finding)(evidence, &Settings::default());
    let case = finding.phrase.key.rsplit('.').next().unwrap().to_owned();
    (finding.kind, case)
}

#[test]
fn the_four_ways_do_the_same_work() {
    let deals = |rung| {
        let plan = Kitchen { rung, ..TWO_KNIVES }.plan(lesson("fair-shares"), &Settings::default());
        let teams = plan.arms.iter().filter(|arm| arm.strategy.uses_workers());
        teams.map(|arm| arm.manner.deal).collect::<Vec<_>>()
    };
    let all = [Deal::Block, Deal::Cyclic, Deal::Queue, Deal::Stealing];
    assert_eq!(deals(Rung::Shared), all);
    assert_eq!(deals(Rung::Messages), all[..3]);
    assert_eq!(deals(Rung::Page), []);
}

#[test]
fn shares_that_are_secretly_evened_out_fail() {
    let even = Kitchen {
        handing: Hands {
            is_fixed: false,
            ..PLAIN
        },
        ..TWO_KNIVES
    };
    let evidence = run(&even, "fair-shares", &[]);
    let failed = ids(&evidence, Verdict::Fail);
    assert_eq!(failed, ["lopsided.block", "hardly.block"]);
    assert_eq!(told(&evidence).0, FindingKind::Disagrees);
}

#[test]
fn a_rail_that_leaves_someone_idle_fails() {
    let mut evidence = run(&TWO_KNIVES, "fair-shares", &[]);
    let figures = evidence.metrics.get_mut("queue").unwrap();
    let idle = analysis::stats::summarise(&[0.6; 9]).unwrap();
    figures.insert("balance".into(), idle);
    evidence.checks = (lesson("fair-shares").judge)(&evidence, &Settings::default());
    assert_eq!(ids(&evidence, Verdict::Fail), ["even.queue"]);
}

#[test]
fn with_one_knife_only_the_shares_themselves_are_judged() {
    let evidence = run(&ONE_KNIFE, "fair-shares", &[]);
    assert_eq!(ids(&evidence, Verdict::Fail), Vec::<&str>::new());
    let open = ids(&evidence, Verdict::Inconclusive);
    for id in ["hardly.block", "even.queue", "even.stealing"] {
        assert!(open.contains(&id), "{open:?}");
    }
    let passed = ids(&evidence, Verdict::Pass);
    for id in ["lopsided.block", "one-knife.block", "one-knife.queue"] {
        assert!(passed.contains(&id), "{passed:?}");
    }
    assert_eq!(told(&evidence), (FindingKind::OneKnife, "one-knife".into()));
    let evidence = run(&ONE_KNIFE, "grain", &[]);
    assert_eq!(ids(&evidence, Verdict::Fail), Vec::<&str>::new());
    let open = ids(&evidence, Verdict::Inconclusive);
    assert!(
        open.contains(&"best") && open.contains(&"coarse"),
        "{open:?}"
    );
    let passed = ids(&evidence, Verdict::Pass);
    for id in ["fine", "together", "handover"] {
        assert!(passed.contains(&id), "{passed:?}");
    }
    assert_eq!(told(&evidence).0, FindingKind::OneKnife);
}

#[test]
fn more_chefs_than_knives_are_not_held_to_a_balance() {
    let evidence = run(&TWO_KNIVES, "fair-shares", &[("workers", "4")]);
    assert_eq!(ids(&evidence, Verdict::Fail), Vec::<&str>::new());
    let passed = ids(&evidence, Verdict::Pass);
    assert!(
        passed.iter().all(|id| !id.starts_with("even.")),
        "{passed:?}"
    );
    assert_eq!(told(&evidence), (FindingKind::Expected, "crowd".into()));
    let many = Kitchen {
        knives: 8.0,
        team_knives: 8.0,
        reported: 8,
        ..TWO_KNIVES
    };
    let evidence = run(&many, "fair-shares", &[("workers", "4")]);
    let passed = ids(&evidence, Verdict::Pass);
    assert!(passed.contains(&"even.queue"), "{passed:?}");
    assert_eq!(told(&evidence), (FindingKind::Expected, "expected".into()));
}

#[test]
fn hand_overs_that_cost_nothing_fail() {
    let free = Kitchen {
        handing: Hands {
            message: 0.0,
            ..PLAIN
        },
        ..TWO_KNIVES
    };
    let evidence = run(&free, "grain", &[]);
    let failed = ids(&evidence, Verdict::Fail);
    for id in ["fine", "together"] {
        assert!(failed.contains(&id), "{failed:?}");
    }
    // And a courier who takes a millisecond is not to be believed.
    let dear = Kitchen {
        handing: Hands {
            message: 1.0,
            ..PLAIN
        },
        ..TWO_KNIVES
    };
    let failed = run(&dear, "grain", &[]);
    assert_eq!(ids(&failed, Verdict::Fail), ["handover"]);
}

#[test]
fn where_others_take_the_core_away_hand_overs_are_not_judged() {
    let free = Kitchen {
        handing: Hands {
            message: 0.0,
            ..PLAIN
        },
        ..ONE_KNIFE
    };
    let mut evidence = run(&free, "grain", &[]);
    assert_eq!(ids(&evidence, Verdict::Fail), ["fine", "together"]);
    let disturbed = analysis::stats::summarise(&[0.3; 9]).unwrap();
    let figures = evidence.metrics.get_mut("sequential").unwrap();
    figures.insert("p".into(), disturbed);
    evidence.checks = (lesson("grain").judge)(&evidence, &Settings::default());
    assert_eq!(ids(&evidence, Verdict::Fail), Vec::<&str>::new());
    let open = ids(&evidence, Verdict::Inconclusive);
    assert!(
        open.contains(&"fine") && open.contains(&"together"),
        "{open:?}"
    );
}

#[test]
fn the_cost_that_was_set_is_the_one_that_is_told() {
    let evidence = run(&TWO_KNIVES, "grain", &[]);
    let check = evidence.checks.iter().find(|c| c.id == "handover").unwrap();
    // 80 us a message, and 2 us for the piece itself.
    assert!((check.value - 82.0).abs() < 3.0, "{}", check.value);
    let sweep = lesson("grain")
        .sweep(&evidence, &Settings::default())
        .unwrap();
    assert!(sweep.is_log);
    let points: Vec<usize> = sweep.lines.iter().map(|line| line.points.len()).collect();
    assert_eq!(points, [7, 4, 1]);
    let [(_, by_courier), (_, by_rail), (_, none)] = sweep.theory.as_slice() else {
        panic!("two curves, and nothing for the third line");
    };
    assert!(none.is_empty());
    assert!(by_courier.is_sorted_by(|a, b| a.0 < b.0));
    assert!(by_courier.last().unwrap().1 > 2.0 * by_rail.last().unwrap().1);
}

#[test]
fn every_cut_is_the_same_picture_and_the_finest_is_the_one_asked_for() {
    for finest in ["64", "1000", "2048", "16384"] {
        let plan = TWO_KNIVES.plan(lesson("grain"), &settings(&[("tasks", finest)]));
        assert!(plan.arms.iter().all(|arm| arm.workload == "crop"));
        let pieces: Vec<u32> = plan
            .arms
            .iter()
            .filter(|arm| arm.id.starts_with("messages-"))
            .map(|arm| arm.jobs[0].tasks)
            .collect();
        assert!(pieces.is_sorted() && pieces[0] == 2, "{pieces:?}");
        assert_eq!(pieces.last().unwrap().to_string(), finest);
    }
}

#[test]
fn the_run_grades_the_guesses_about_shares() {
    for rung in [Rung::Shared, Rung::Messages] {
        for (kitchen, expected) in [
            (TWO_KNIVES, [["little", "sooner"], ["longer", "longer"]]),
            (ONE_KNIFE, [["little", "same"], ["same", "longer"]]),
        ] {
            let kitchen = Kitchen { rung, ..kitchen };
            let capability = kitchen.capability();
            let machine = Machine {
                capability: &capability,
                probes: &[],
            };
            for (id, expected) in ["fair-shares", "grain"].into_iter().zip(expected) {
                let evidence = run(&kitchen, id, &[]);
                let asked = (lesson(id).questions)(&Settings::default(), &machine);
                let answers: Vec<_> = asked.iter().map(|q| answer(q, &evidence)).collect();
                assert_eq!(answers, expected.map(Answer::Choice), "{id} {rung:?}");
            }
        }
    }
}

#[test]
fn the_challenges_of_shares_are_open_at_first_and_can_be_met() {
    let met = |id: &str, values: &[(&str, &str)]| {
        let evidence = run(&TWO_KNIVES, id, values);
        (lesson(id).challenge.unwrap().met)(&evidence)
    };
    assert!(!met("fair-shares", &[]) && met("fair-shares", &[("batch", "32")]));
    assert!(!met("grain", &[]) && met("grain", &[("tasks", "192")]));
}
