//! Tests: what the lessons conclude from records of made-up kitchens.

use super::fixtures::{Kitchen, ONE_KNIFE, TWO_KNIVES};
use super::texts::english;
use crate::{Answer, FindingKind, Lesson, Machine, Settings, answer, cards, registry};
use model::{Evidence, Rung, Strategy, Verdict, VoidReason};

fn lesson(id: &str) -> &'static Lesson {
    registry::all().find(|lesson| lesson.id == id).unwrap()
}

fn run(kitchen: &Kitchen, id: &str) -> Evidence {
    kitchen.run(lesson(id), &Settings::default(), &english())
}

fn count(evidence: &Evidence, verdict: Verdict) -> usize {
    evidence
        .checks
        .iter()
        .filter(|check| check.verdict == verdict)
        .count()
}

pub fn verdict(evidence: &Evidence, id: &str) -> Verdict {
    let check = evidence.checks.iter().find(|check| check.id == id);
    check.unwrap_or_else(|| panic!("no check {id}")).verdict
}

fn kind(evidence: &Evidence, id: &str) -> FindingKind {
    (lesson(id).finding)(evidence, &Settings::default()).kind
}

#[test]
fn two_free_knives_bear_every_lesson_out() {
    for rung in [Rung::Shared, Rung::Messages] {
        for lesson in registry::all() {
            let evidence = run(&Kitchen { rung, ..TWO_KNIVES }, lesson.id);
            let open: Vec<_> = evidence
                .checks
                .iter()
                .filter(|check| check.verdict != Verdict::Pass)
                .collect();
            assert!(open.is_empty(), "{} {rung:?}: {open:#?}", lesson.id);
            assert!(evidence.checks.len() >= 3, "{}", lesson.id);
            assert_eq!(
                kind(&evidence, lesson.id),
                FindingKind::Expected,
                "{}",
                lesson.id
            );
        }
    }
}

#[test]
fn more_knives_than_the_browser_reports_are_no_contradiction() {
    let hidden = Kitchen {
        knives: 8.0,
        team_knives: 8.0,
        ..TWO_KNIVES
    };
    let evidence = run(&hidden, "two-chefs");
    assert_eq!(count(&evidence, Verdict::Fail), 0, "{:#?}", evidence.checks);
    assert!(
        evidence.finding.contains("a knife for everyone"),
        "{}",
        evidence.finding
    );
    let many = Kitchen {
        knives: 8.0,
        team_knives: 8.0,
        reported: 8,
        ..TWO_KNIVES
    };
    let evidence = run(&many, "two-chefs");
    assert_eq!(verdict(&evidence, "plateau.pool-16"), Verdict::Pass);
    assert!(
        evidence.finding.contains("no sooner than 8"),
        "{}",
        evidence.finding
    );
}

#[test]
fn four_chefs_for_a_knife_must_show_hollow_lanes() {
    let evidence = run(&TWO_KNIVES, "two-chefs");
    assert_eq!(verdict(&evidence, "hollow.pool-8"), Verdict::Pass);
    let mut solid = evidence.clone();
    let figures = solid.metrics.get_mut("pool-8").unwrap();
    figures.insert(
        "hollow".into(),
        analysis::stats::summarise(&[0.0; 9]).unwrap(),
    );
    solid.checks = (lesson("two-chefs").judge)(&solid, &Settings::default());
    assert_eq!(verdict(&solid, "hollow.pool-8"), Verdict::Fail);
}

#[test]
fn one_core_says_two_chefs_one_knife() {
    for id in [
        "two-chefs",
        "four-numbers",
        "calibrate",
        "recipe-order",
        "cluster",
    ] {
        let evidence = run(&ONE_KNIFE, id);
        assert_eq!(
            count(&evidence, Verdict::Fail),
            0,
            "{id}: {:#?}",
            evidence.checks
        );
        assert!(count(&evidence, Verdict::Pass) > 0, "{id}");
        assert_eq!(kind(&evidence, id), FindingKind::OneKnife, "{id}");
        let sentence = evidence.finding.to_lowercase();
        assert!(
            sentence.contains("two chefs, one knife"),
            "{id}: {sentence}"
        );
    }
    let evidence = run(&ONE_KNIFE, "two-chefs");
    assert_eq!(verdict(&evidence, "one-knife.pool-2"), Verdict::Pass);
    assert_eq!(verdict(&evidence, "magic.pool-2"), Verdict::Inconclusive);
    // Waiting and interleaved computing do not care.
    for id in ["waiting", "computing"] {
        let evidence = run(&ONE_KNIFE, id);
        assert_eq!(
            count(&evidence, Verdict::Pass),
            evidence.checks.len(),
            "{id}"
        );
    }
    assert!(
        run(&ONE_KNIFE, "waiting")
            .finding
            .contains("one knife is enough")
    );
}

#[test]
fn a_knife_that_comes_and_goes_leaves_the_claim_open() {
    let fickle = Kitchen {
        team_knives: 1.5,
        drift: 0.5,
        ..ONE_KNIFE
    };
    for id in ["two-chefs", "four-numbers"] {
        let evidence = run(&fickle, id);
        assert_eq!(count(&evidence, Verdict::Fail), 0, "{:#?}", evidence.checks);
    }
    let evidence = run(&fickle, "two-chefs");
    assert_eq!(
        verdict(&evidence, "one-knife.pool-2"),
        Verdict::Inconclusive
    );
}

#[test]
fn a_pool_that_is_secretly_one_worker_fails() {
    let broken = Kitchen {
        team_knives: 1.0,
        ..TWO_KNIVES
    };
    let evidence = run(&broken, "two-chefs");
    assert_eq!(verdict(&evidence, "speedup.pool-2"), Verdict::Fail);
    assert_eq!(verdict(&evidence, "stays.pool-4"), Verdict::Fail);
    assert_eq!(kind(&evidence, "two-chefs"), FindingKind::Disagrees);
    assert_eq!(
        verdict(&run(&broken, "four-numbers"), "speedup.chop-two"),
        Verdict::Fail
    );
}

#[test]
fn a_pool_that_is_too_good_is_flagged() {
    let magic = Kitchen {
        team_knives: 4.0,
        ..TWO_KNIVES
    };
    let evidence = run(&magic, "two-chefs");
    assert_eq!(verdict(&evidence, "magic.pool-4"), Verdict::Fail);
    let settings = settings(&[("workers", "4")]);
    let evidence = magic.run(lesson("lab"), &settings, &english());
    assert_eq!(verdict(&evidence, "magic.pool-4"), Verdict::Fail);
    assert_eq!(kind(&evidence, "lab"), FindingKind::Disagrees);
}

#[test]
fn a_coarse_or_frozen_clock_decides_nothing_about_time() {
    for clock_step in [0, 100_000_000] {
        let evidence = Kitchen {
            clock_step,
            ..TWO_KNIVES
        };
        for id in [
            "calibrate",
            "waiting",
            "computing",
            "two-chefs",
            "await",
            "four-numbers",
        ] {
            let evidence = run(&evidence, id);
            let timed = |prefix: &str| {
                evidence
                    .checks
                    .iter()
                    .filter(|check| check.id.starts_with(prefix))
                    .collect::<Vec<_>>()
            };
            let prefixes = [
                "clock", "row.", "overlap.", "time.", "p.", "finish.", "speedup.", "plateau.",
            ];
            let timed: Vec<_> = prefixes.into_iter().flat_map(timed).collect();
            assert!(!timed.is_empty(), "{id}");
            for check in timed {
                assert_eq!(check.verdict, Verdict::Inconclusive, "{id} {}", check.id);
                assert!(check.why.starts_with("clock"), "{}", check.why);
            }
            assert_eq!(kind(&evidence, id), FindingKind::Undecided, "{id}");
        }
    }
}

#[test]
fn a_busy_machine_leaves_parallel_claims_open() {
    for busy in [
        Kitchen {
            drift: 0.2,
            ..TWO_KNIVES
        },
        Kitchen {
            knives: 1.5,
            team_knives: 1.5,
            ..TWO_KNIVES
        },
    ] {
        let evidence = run(&busy, "two-chefs");
        assert_eq!(count(&evidence, Verdict::Fail), 0, "{:#?}", evidence.checks);
        assert_eq!(verdict(&evidence, "speedup.pool-2"), Verdict::Inconclusive);
        assert_eq!(kind(&evidence, "two-chefs"), FindingKind::Undecided);
    }
    let evidence = run(
        &Kitchen {
            drift: 0.2,
            ..TWO_KNIVES
        },
        "calibrate",
    );
    assert_eq!(verdict(&evidence, "probes"), Verdict::Inconclusive);
}

#[test]
fn juggling_that_is_too_slow_or_too_fast_fails() {
    let stuck = Kitchen {
        juggling: 6.0,
        ..TWO_KNIVES
    };
    assert_eq!(
        verdict(&run(&stuck, "waiting"), "overlap.interleaved"),
        Verdict::Fail
    );
    let magic = Kitchen {
        juggling: 0.5,
        ..TWO_KNIVES
    };
    let evidence = run(&magic, "computing");
    assert_eq!(verdict(&evidence, "time.interleaved"), Verdict::Fail);
    assert_eq!(verdict(&evidence, "p.interleaved"), Verdict::Fail);
    assert_eq!(verdict(&evidence, "finish.interleaved"), Verdict::Fail);
    assert_eq!(kind(&evidence, "computing"), FindingKind::Disagrees);
    let spread = Kitchen {
        spread: 0.1,
        ..TWO_KNIVES
    };
    assert_eq!(
        verdict(&run(&spread, "computing"), "time.interleaved"),
        Verdict::Inconclusive
    );
}

#[test]
fn work_that_was_not_done_fails_every_lesson() {
    for lesson in registry::all() {
        let settings = Settings::default();
        for reason in [VoidReason::Checksum, VoidReason::Impossible] {
            let mut evidence = run(&TWO_KNIVES, lesson.id);
            // One wrong answer is enough; a trace may contradict itself now and
            // then, but not in most rounds of an arm.
            let arm = evidence.rounds[0].arm.clone();
            let rows = evidence.rounds.iter().filter(|row| row.arm == arm);
            let most = rows.count() / 2 + 1;
            let many = if reason == VoidReason::Checksum {
                1
            } else {
                most
            };
            let rows = evidence.rounds.iter_mut().filter(|row| row.arm == arm);
            for row in rows.take(many) {
                row.reason = Some(reason);
            }
            let checks = (lesson.judge)(&evidence, &settings);
            let failed = checks
                .iter()
                .filter(|check| check.verdict == Verdict::Fail)
                .count();
            assert!(failed >= 1, "{}", lesson.id);
        }
    }
}

#[test]
fn the_run_grades_the_guesses() {
    let expected = [
        ("waiting", "total", "longest", "longest"),
        ("computing", "total", "row", "row"),
        ("computing", "mean", "later", "later"),
        ("two-chefs", "two", "half", "same"),
        ("two-chefs", "many", "same", "same"),
        ("plane", "plain", "neither", "neither"),
        ("plane", "turns", "concurrent", "concurrent"),
        ("plane", "blades", "parallel", "parallel"),
        ("plane", "team", "both", "concurrent"),
        ("responsive", "microtask", "no", "no"),
        ("responsive", "slices", "yes", "yes"),
        ("responsive", "worker", "yes", "yes"),
        ("await", "total", "row", "row"),
        ("await", "freeze", "whole", "whole"),
        ("thousand-clients", "soonest", "loop", "loop"),
        ("thousand-clients", "threads", "chefs", "chefs"),
        ("races", "total", "less", "all"),
        ("races", "locks", "some", "none"),
        ("recipe-order", "best", "chain", "chain"),
        ("cluster", "trips", "more", "more"),
        ("cluster", "crate", "sixty", "sixty"),
        ("gpu-and-training", "small", "chef", "chef"),
        ("gpu-and-training", "large", "machine", "machine"),
        ("gpu-and-training", "train", "same", "same"),
        ("four-numbers", "wait-one", "eight", "eight"),
        ("four-numbers", "wait-two", "eight", "eight"),
        ("four-numbers", "chop-one", "same", "same"),
        ("four-numbers", "chop-two", "two", "same"),
    ];
    for (kitchen, one_core) in [(TWO_KNIVES, false), (ONE_KNIFE, true)] {
        let capability = kitchen.capability();
        let machine = Machine {
            capability: &capability,
            probes: &[],
        };
        for (id, question, on_two, on_one) in expected {
            let questions = (lesson(id).questions)(&Settings::default(), &machine);
            let asked = questions.iter().find(|asked| asked.id == question).unwrap();
            let right = if one_core { on_one } else { on_two };
            let graded = answer(asked, &run(&kitchen, id));
            assert_eq!(graded, Answer::Choice(right), "{id} {question}");
        }
    }
}

#[test]
fn a_measurement_between_two_choices_answers_nothing() {
    let capability = TWO_KNIVES.capability();
    let machine = Machine {
        capability: &capability,
        probes: &[],
    };
    let questions = (lesson("computing").questions)(&Settings::default(), &machine);
    let between = Kitchen {
        juggling: 1.414,
        spread: 0.02,
        ..TWO_KNIVES
    };
    assert_eq!(
        answer(&questions[0], &run(&between, "computing")),
        Answer::Inconclusive
    );
    let mut evidence = run(&TWO_KNIVES, "computing");
    evidence.stats.clear();
    assert_eq!(answer(&questions[0], &evidence), Answer::Inconclusive);
}

#[test]
fn the_cards_say_what_was_measured() {
    let said = |kitchen: &Kitchen| {
        let evidence = run(kitchen, "four-numbers");
        cards(&evidence)
            .into_iter()
            .map(|card| (card.say.key, card.is_marked))
            .collect::<Vec<_>>()
    };
    let key = |part: &str, is_marked| (["four-numbers.card.", part].concat(), is_marked);
    let two = [
        key("wait-one", true),
        key("wait-two", false),
        key("chop-one", false),
        key("chop-two", true),
    ];
    assert_eq!(said(&TWO_KNIVES), two);
    assert_eq!(said(&ONE_KNIFE)[3], key("one-knife", false));
    let page = said(&Kitchen {
        rung: Rung::Page,
        ..TWO_KNIVES
    });
    assert_eq!(
        (&page[1], &page[3]),
        (&key("absent", false), &key("absent", false))
    );
    assert_eq!(
        said(&Kitchen {
            juggling: 6.0,
            ..TWO_KNIVES
        })[0],
        key("surprise", false)
    );
}

#[test]
fn waiting_needs_no_knives_but_it_needs_time() {
    for kitchen in [TWO_KNIVES, ONE_KNIFE] {
        let evidence = run(&kitchen, "thousand-clients");
        assert_eq!(count(&evidence, Verdict::Pass), evidence.checks.len());
        assert_eq!(verdict(&evidence, "shares.blocking-8"), Verdict::Pass);
        assert_eq!(verdict(&evidence, "overlap.blocking-32"), Verdict::Pass);
        assert!(
            evidence.finding.contains("700 bytes"),
            "{}",
            evidence.finding
        );
    }
    let again = |spoil: &dyn Fn(&mut Evidence)| {
        let mut evidence = run(&TWO_KNIVES, "thousand-clients");
        spoil(&mut evidence);
        evidence.checks = (lesson("thousand-clients").judge)(&evidence, &Settings::default());
        evidence
    };
    // Eight chefs who are no sooner than one, or a counter that disagrees.
    let slow = again(&|evidence| {
        let one = evidence.stats["blocking-1"];
        evidence.stats.insert("blocking-8".into(), one);
    });
    assert_eq!(verdict(&slow, "shares.blocking-8"), Verdict::Fail);
    let lost = again(&|evidence| {
        let residual = analysis::stats::summarise(&[0.2; 9]).unwrap();
        let figures = evidence.metrics.get_mut("loop").unwrap();
        figures.insert("little_residual".into(), residual);
        figures.insert("bytes_per_task".into(), scaled_bytes());
    });
    assert_eq!(verdict(&lost, "little.loop"), Verdict::Fail);
    assert_eq!(verdict(&lost, "memory"), Verdict::Fail);
    let stuck = Kitchen {
        juggling: 6.0,
        ..TWO_KNIVES
    };
    let evidence = run(&stuck, "thousand-clients");
    assert_eq!(verdict(&evidence, "overlap.loop"), Verdict::Fail);
    assert_eq!(kind(&evidence, "thousand-clients"), FindingKind::Disagrees);
}

/// More than a thread takes.
fn scaled_bytes() -> model::Stats {
    analysis::stats::summarise(&[3e6; 9]).unwrap()
}

#[test]
fn challenges_are_open_at_first_and_can_be_met() {
    let met = |id: &str, kitchen: &Kitchen, values: &[(&str, &str)]| {
        let evidence = kitchen.run(lesson(id), &settings(values), &english());
        (lesson(id).challenge.unwrap().met)(&evidence)
    };
    for (id, values) in [
        ("waiting", &[("tasks", "30"), ("size", "0")] as &[_]),
        ("computing", &[("size", "100")]),
        ("two-chefs", &[("tasks", "1"), ("size", "100")]),
        ("responsive", &[("size", "1000")]),
        ("await", &[("tasks", "24"), ("limit", "8")]),
        ("thousand-clients", &[("tasks", "1000")]),
        ("recipe-order", &[("recipe", "chain")]),
        (
            "cluster",
            &[("latency", "20"), ("megabytes", "64"), ("split", "8192")],
        ),
        ("gpu-and-training", &[("epochs", "30")]),
    ] {
        assert!(!met(id, &TWO_KNIVES, &[]), "{id} is met by default");
        assert!(met(id, &TWO_KNIVES, values), "{id} cannot be met");
    }
    let steady = Kitchen {
        drift: 0.001,
        ..TWO_KNIVES
    };
    assert!(
        met("calibrate", &steady, &[])
            && !met(
                "calibrate",
                &Kitchen {
                    drift: 0.03,
                    ..steady
                },
                &[]
            )
    );
    assert!(
        !met("two-chefs", &ONE_KNIFE, &[("tasks", "1")]),
        "needs two knives"
    );
}

#[test]
fn the_lab_names_the_soonest_way() {
    let settings = settings(&[
        ("strategies", "interleaved,hybrid"),
        ("workload", "waiting,primes"),
    ]);
    let evidence = TWO_KNIVES.run(lesson("lab"), &settings, &english());
    assert_eq!(count(&evidence, Verdict::Fail), 0);
    assert!(
        evidence.finding.starts_with("Soonest: chefs, all juggling"),
        "{}",
        evidence.finding
    );
    assert_eq!(
        evidence.params.get("workload").map(String::as_str),
        Some("waiting,primes")
    );
    assert_eq!(evidence.arms[0].strategy, Strategy::Sequential);
}

pub fn settings(values: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    for (key, value) in values {
        settings.set(key, value).unwrap();
    }
    settings
}
