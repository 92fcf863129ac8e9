//! Tests: what the lessons about requests conclude from made-up counters.

use super::claims::settings;
use super::fixtures::flow::{Counter, HONEST};
use super::fixtures::{Kitchen, ONE_KNIFE, TWO_KNIVES};
use super::texts::english;
use crate::{Answer, FindingKind, Lesson, Machine, Settings, answer, registry};
use model::{Evidence, Plan, Rung, Verdict};

fn run(kitchen: &Kitchen, id: &str, values: &[(&str, &str)]) -> Evidence {
    kitchen.run(lesson(id), &settings(values), &english())
}

fn lesson(id: &str) -> &'static Lesson {
    registry::find(id).unwrap()
}

fn at(counter: Counter) -> Kitchen {
    Kitchen {
        counter,
        ..TWO_KNIVES
    }
}

fn verdicts(evidence: &Evidence, verdict: Verdict) -> Vec<&str> {
    let of = evidence.checks.iter().filter(|c| c.verdict == verdict);
    of.map(|check| check.id.as_str()).collect()
}

fn kind(evidence: &Evidence, values: &[(&str, &str)]) -> (FindingKind, String) {
    let finding = (lesson(&evidence.lesson).finding)(evidence, &settings(values));
    let case = finding.phrase.key.rsplit('.').next().unwrap().to_owned();
    (finding.kind, case)
}

#[test]
fn a_loop_that_holds_nobody_up_fails() {
    let free = at(Counter {
        blocks: false,
        ..HONEST
    });
    for rung in [Rung::Shared, Rung::Messages, Rung::Page] {
        let evidence = run(&Kitchen { rung, ..free }, "slow-customer", &[]);
        let failed = verdicts(&evidence, Verdict::Fail);
        let cure = if rung == Rung::Shared {
            "free.offload-2"
        } else {
            "free.pieces"
        };
        assert_eq!(failed, ["held.loop", cure], "{rung:?}");
        assert_eq!(kind(&evidence, &[]).0, FindingKind::Disagrees);
    }
}

#[test]
fn handing_over_that_takes_nothing_off_the_loop_fails() {
    let stuck = at(Counter {
        hands_over: false,
        ..HONEST
    });
    let evidence = run(&stuck, "slow-customer", &[]);
    assert_eq!(verdicts(&evidence, Verdict::Fail), ["free.offload-2"]);
    // On one core it is not for this run to say.
    let one = Kitchen {
        counter: stuck.counter,
        ..ONE_KNIFE
    };
    let evidence = run(&one, "slow-customer", &[]);
    assert_eq!(
        verdicts(&evidence, Verdict::Inconclusive),
        ["free.offload-2"]
    );
    assert_eq!(
        kind(&evidence, &[]),
        (FindingKind::OneKnife, "one-knife".into())
    );
}

#[test]
fn a_count_that_contradicts_the_records_fails() {
    let lossy = at(Counter {
        lost: 0.08,
        ..HONEST
    });
    for id in ["slow-customer", "queue-cliff"] {
        let evidence = run(&lossy, id, &[]);
        let failed = verdicts(&evidence, Verdict::Fail);
        assert_eq!(failed.len(), evidence.arms.len(), "{failed:?}");
        assert!(failed.iter().all(|id| id.starts_with("little.")));
    }
}

#[test]
fn a_queue_in_which_nobody_waits_fails() {
    let empty = at(Counter {
        has_line: false,
        ..HONEST
    });
    for rung in [Rung::Shared, Rung::Messages, Rung::Page] {
        let evidence = run(&Kitchen { rung, ..empty }, "queue-cliff", &[]);
        let failed = verdicts(&evidence, Verdict::Fail);
        let theory = failed.iter().filter(|id| id.starts_with("theory."));
        assert!(theory.count() >= 3, "{failed:?}");
        // Nothing over nothing does not rise.
        let open = verdicts(&evidence, Verdict::Inconclusive);
        assert!(open.iter().any(|id| id.starts_with("rises.")), "{open:?}");
        assert_eq!(kind(&evidence, &[]).0, FindingKind::Disagrees);
    }
}

#[test]
fn waits_three_times_as_long_as_theory_fail() {
    let sleepy = at(Counter {
        stretch: 3.5,
        ..HONEST
    });
    let evidence = run(&sleepy, "queue-cliff", &[]);
    let failed = verdicts(&evidence, Verdict::Fail);
    let expected = ["theory.blocking-2-50", "theory.blocking-2-70"];
    assert!(expected.iter().all(|id| failed.contains(id)), "{failed:?}");
    let late = at(Counter {
        stretch: 0.2,
        ..HONEST
    });
    let evidence = run(&late, "queue-cliff", &[]);
    let failed = verdicts(&evidence, Verdict::Fail);
    assert!(failed.contains(&"theory.blocking-2-85"), "{failed:?}");
}

#[test]
fn a_kitchen_slower_than_planned_says_that_its_line_only_grew() {
    let slow = at(Counter {
        drag: 1.3,
        ..HONEST
    });
    let evidence = run(&slow, "queue-cliff", &[]);
    assert_eq!(verdicts(&evidence, Verdict::Fail), Vec::<&str>::new());
    // It is another experiment than the one that was planned.
    let open = verdicts(&evidence, Verdict::Inconclusive);
    assert!(open.contains(&"theory.blocking-2-85"), "{open:?}");
    let why = evidence
        .checks
        .iter()
        .find(|c| c.id == "theory.fast")
        .unwrap();
    assert!(
        why.why.starts_with("clock: serving took 30.0 % longer"),
        "{}",
        why.why
    );
    assert_eq!(
        kind(&evidence, &[]),
        (FindingKind::Expected, "flood".into())
    );
}

#[test]
fn theory_is_claimed_of_enough_requests_only() {
    let claimed = |values: &[(&str, &str)]| {
        let evidence = run(&TWO_KNIVES, "queue-cliff", values);
        assert_eq!(verdicts(&evidence, Verdict::Fail), Vec::<&str>::new());
        let ids = verdicts(&evidence, Verdict::Pass);
        let theory = ids.iter().filter_map(|id| id.strip_prefix("theory."));
        theory.map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        claimed(&[]),
        "blocking-2-50 blocking-2-70 blocking-2-85 fast"
    );
    assert_eq!(
        claimed(&[("tasks", "1000")]),
        "",
        "400 requests tell no mean"
    );
    assert_eq!(
        claimed(&[("load", "95"), ("workers", "4")]),
        "blocking-4-50 blocking-4-70 blocking-4-85 fast"
    );
    assert_eq!(
        claimed(&[("law", "constant")]),
        "blocking-2-50 blocking-2-70 blocking-2-85 fast"
    );
}

#[test]
fn the_default_plan_has_2000_requests_where_it_claims_something_of_them() {
    let requests = |plan: &Plan, arm: &str| {
        let arm = plan.arms.iter().find(|other| other.id == arm).unwrap();
        arm.jobs[0].tasks * plan.rounds
    };
    for rung in [Rung::Shared, Rung::Messages] {
        let kitchen = Kitchen { rung, ..TWO_KNIVES };
        let none = Settings::default();
        let slow = kitchen.plan(lesson("slow-customer"), &none);
        assert!(requests(&slow, "loop") >= 2000);
        let cliff = kitchen.plan(lesson("queue-cliff"), &none);
        let way = if rung == Rung::Shared {
            "blocking"
        } else {
            "loop"
        };
        assert!(requests(&cliff, &[way, "-2-85"].concat()) >= 2000);
        assert!(requests(&cliff, &[way, "-2-70"].concat()) >= 800);
        assert!(slow.rounds >= 6 && cliff.rounds >= 6);
    }
}

/// What one worker needs for a round, whatever the sliders say.
#[test]
fn no_setting_makes_a_round_endless() {
    for id in ["slow-customer", "queue-cliff"] {
        let lesson = lesson(id);
        let ends = |key: &str| {
            let slider = lesson.slider(key).unwrap();
            [slider.min, slider.default, slider.max].map(crate::words::tenth)
        };
        let keys: Vec<&str> = lesson.sliders.iter().map(|slider| slider.key).collect();
        for first in ends(keys[0]) {
            for second in ends(keys[1]) {
                for third in ends(keys[2]) {
                    let mut values = vec![(keys[1], &*second)];
                    let (first, third) = (
                        first.trim_end_matches(".0").to_owned(),
                        third.trim_end_matches(".0").to_owned(),
                    );
                    let second = second.trim_end_matches(".0");
                    values[0] = (keys[1], second);
                    values.push((keys[0], &first));
                    values.push((keys[2], &third));
                    let evidence = run(&TWO_KNIVES, id, &values);
                    for row in &evidence.rounds {
                        assert!(row.ms < 9_000.0, "{} {values:?}: {} ms", row.arm, row.ms);
                    }
                }
            }
        }
    }
}

#[test]
fn more_than_one_chef_can_cook_is_said_before_and_after() {
    let values = [("rate", "400"), ("share", "10"), ("size", "500")];
    let capability = TWO_KNIVES.capability();
    let machine = Machine {
        capability: &capability,
        probes: &[],
    };
    let notes = (lesson("slow-customer").notes)(&settings(&values), &machine);
    assert_eq!(notes[0].key, "slow-customer.note.flood");
    let evidence = run(&TWO_KNIVES, "slow-customer", &values);
    assert_eq!(verdicts(&evidence, Verdict::Fail), Vec::<&str>::new());
    assert_eq!(
        kind(&evidence, &values),
        (FindingKind::Expected, "flood".into())
    );
    assert_eq!(evidence.rounds.len(), 18, "the data is kept");
}

#[test]
fn without_slow_customers_there_is_nothing_to_claim_of_them() {
    let values = [("share", "0")];
    let evidence = run(&TWO_KNIVES, "slow-customer", &values);
    assert_eq!(evidence.arms[0].jobs.len(), 1);
    assert_eq!(
        verdicts(&evidence, Verdict::Pass).len(),
        evidence.checks.len()
    );
    assert_eq!(
        kind(&evidence, &values),
        (FindingKind::Expected, "light".into())
    );
}

#[test]
fn a_clock_of_a_millisecond_does_not_tell_halves_apart() {
    let coarse = Kitchen {
        clock_step: 1_000_000,
        ..TWO_KNIVES
    };
    let evidence = run(&coarse, "slow-customer", &[]);
    assert_eq!(verdicts(&evidence, Verdict::Inconclusive), ["half.loop"]);
    let evidence = run(
        &Kitchen {
            clock_step: 100_000_000,
            ..TWO_KNIVES
        },
        "queue-cliff",
        &[],
    );
    let passed = verdicts(&evidence, Verdict::Pass);
    let exact = |id: &&str| id.starts_with("same-work.") || *id == "sane-traces";
    assert!(passed.iter().all(exact), "{passed:?}");
    assert_eq!(kind(&evidence, &[]).0, FindingKind::Undecided);
}

#[test]
fn the_run_grades_the_guesses_about_requests() {
    for rung in [Rung::Shared, Rung::Messages, Rung::Page] {
        let kitchen = Kitchen { rung, ..TWO_KNIVES };
        let capability = kitchen.capability();
        let machine = Machine {
            capability: &capability,
            probes: &[],
        };
        let graded = |id: &str| {
            let evidence = run(&kitchen, id, &[]);
            let asked = (lesson(id).questions)(&Settings::default(), &machine);
            let of = asked.iter().map(|question| answer(question, &evidence));
            of.collect::<Vec<_>>()
        };
        let choice = Answer::Choice;
        assert_eq!(graded("slow-customer"), [choice("heavy"), choice("same")]);
        assert_eq!(graded("queue-cliff"), [choice("cliff")], "{rung:?}");
    }
}

#[test]
fn the_challenges_of_requests_are_open_at_first_and_can_be_met() {
    let met = |id: &str, values: &[(&str, &str)]| {
        let evidence = run(&TWO_KNIVES, id, values);
        (lesson(id).challenge.unwrap().met)(&evidence)
    };
    assert!(!met("slow-customer", &[]) && !met("queue-cliff", &[]));
    assert!(met("slow-customer", &[("size", "20")]));
    assert!(met("queue-cliff", &[("workers", "8"), ("law", "constant")]));
}

#[test]
fn the_sweep_has_measured_points_beside_theory() {
    let evidence = run(&TWO_KNIVES, "queue-cliff", &[]);
    let sweep = lesson("queue-cliff")
        .sweep(&evidence, &Settings::default())
        .unwrap();
    let points: Vec<usize> = sweep.lines.iter().map(|line| line.points.len()).collect();
    assert_eq!(points, [3, 1, 1]);
    let loads: Vec<f64> = sweep.lines[0].points.iter().map(|point| point.0).collect();
    assert!(
        loads.is_sorted() && loads[0] > 40.0 && loads[2] < 95.0,
        "{loads:?}"
    );
    let [(_, uneven), (_, even)] = sweep.theory.as_slice() else {
        panic!("two curves");
    };
    assert!(uneven.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1));
    let halved = uneven
        .iter()
        .zip(even)
        .all(|(a, b)| (a.1 / b.1 - 2.0).abs() < 1e-9);
    assert!(halved && uneven.len() > 30);
}
