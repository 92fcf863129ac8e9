//! Tests: how large runs are announced, and what teams of the lab are drawn as.

use super::size;
use crate::catalog::claims::settings;
use crate::catalog::fixtures::{Kitchen, TWO_KNIVES};
use crate::catalog::texts::english;
use crate::{ChartKind, Drawing, LineKind, Machine, Settings, registry};
use model::{Deal, Evidence, Plan, Rung, Strategy};

fn plan(values: &[(&str, &str)]) -> Plan {
    TWO_KNIVES.plan(registry::LAB, &settings(values))
}

/// Keys and arguments of what is said before a run, as text.
fn notes(kitchen: &Kitchen, values: &[(&str, &str)]) -> Vec<(String, String)> {
    let capability = kitchen.capability();
    let machine = Machine {
        capability: &capability,
        probes: &[],
    };
    let words = english();
    let notes = (registry::LAB.notes)(&settings(values), &machine);
    let said = notes.into_iter().map(|note| {
        let said = note.say(&words);
        assert!(!said.contains('{') && !said.contains('@'), "{said}");
        (note.key, said)
    });
    said.collect()
}

#[test]
fn what_takes_long_is_said_with_a_way_to_make_it_short() {
    let said = |values: &[(&str, &str)]| {
        let about = |(key, _): &(String, String)| key.starts_with("lab.note.long");
        notes(&TWO_KNIVES, values).into_iter().find(about)
    };
    assert_eq!(said(&[]), None);
    // 12 dishes of half a second: 6 s, 6 s and 3 s a round.
    let (key, text) = said(&[("size", "500"), ("workload", "primes")]).unwrap();
    assert_eq!(key, "lab.note.long.rounds");
    assert!(text.contains("2.3 min") && text.contains("at 1 "), "{text}");
    // 1,000 dishes of 3 s would take two hours a round.
    let hours = [("size", "3000"), ("tasks", "1000"), ("workload", "primes")];
    let (key, text) = said(&hours).unwrap();
    assert_eq!(key, "lab.note.long.tasks");
    assert!(text.contains("19 hours"), "{text}");
    // What is advised is short indeed.
    let mut words = text.rsplit(' ');
    let dishes = words.find_map(|word| word.parse::<u32>().ok());
    let dishes = dishes.unwrap().to_string();
    let advised = [hours[0], ("tasks", &*dishes), hours[2], ("rounds", "1")];
    assert_eq!(said(&advised), None, "{dishes}");
    // Requests that come over time take as long as they come.
    let (_, text) = said(&[("rate", "40"), ("tasks", "800"), ("size", "2")]).unwrap();
    assert!(
        text.contains("9.0 min") || text.contains("9.1 min"),
        "{text}"
    );
}

#[test]
fn what_memory_cannot_keep_is_not_begun() {
    let kept = |values: &[(&str, &str)]| {
        let plan = plan(values);
        let bytes = f64::from(plan.rounds) * size::round_bytes(&plan.arms);
        assert!(bytes <= size::MOST_BYTES, "{bytes}");
        let tasks = plan.arms.iter().flat_map(|arm| &arm.jobs);
        (plan.rounds, tasks.map(|job| job.tasks).max().unwrap())
    };
    assert_eq!(kept(&[]), (9, 12));
    let long = [("size", "3000"), ("tasks", "20"), ("rounds", "31")];
    let (rounds, tasks) = kept(&long);
    assert!(rounds > 0 && rounds < 9 && tasks == 20, "{rounds} {tasks}");
    let told = |values: &[(&str, &str)], key: &str| {
        let told = notes(&TWO_KNIVES, values);
        told.iter().any(|(other, _)| other == key)
    };
    assert!(told(&long, "lab.note.rounds") && !told(&long, "lab.note.kept"));
    let huge = [("size", "3000"), ("tasks", "10000")];
    let (rounds, tasks) = kept(&huge);
    assert!(rounds == 1 && tasks < 100, "{rounds} {tasks}");
    assert!(told(&huge, "lab.note.kept"));
    // Without tiles many more fit.
    let plain = [("size", "1"), ("tasks", "10000"), ("workload", "primes")];
    assert_eq!(kept(&plain), (9, 10_000));
}

#[test]
fn a_crowd_of_chefs_is_announced() {
    let told = |values: &[(&str, &str)]| {
        let told = notes(&TWO_KNIVES, values);
        told.iter().any(|(key, _)| key == "lab.note.crowd")
    };
    assert!(told(&[("workers", "32")]) && !told(&[("workers", "4")]));
    assert!(!told(&[("workers", "32"), ("strategies", "interleaved")]));
}

#[test]
fn dishes_are_dealt_out_as_is_asked_where_they_can_be() {
    let values = [
        ("strategies", "pool,messages,hybrid,interleaved"),
        ("deal", "block"),
        ("batch", "3"),
    ];
    for arm in plan(&values).arms {
        let is_told = matches!(arm.strategy, Strategy::Pool | Strategy::Messages);
        let expected = if is_told {
            (Deal::Block, 3)
        } else {
            (Deal::Queue, 0)
        };
        assert_eq!((arm.manner.deal, arm.manner.batch), expected, "{}", arm.id);
    }
    let messages = Kitchen {
        rung: Rung::Messages,
        ..TWO_KNIVES
    };
    let steal = [("strategies", "pool"), ("deal", "stealing")];
    let told = |kitchen| {
        let told = notes(kitchen, &steal);
        told.iter().any(|(key, _)| key == "lab.note.stealing")
    };
    assert!(told(&messages) && !told(&TWO_KNIVES));
    let varied = plan(&[
        ("sweep", "batch"),
        ("batch", "16"),
        ("strategies", "pool,hybrid"),
    ]);
    let ids: Vec<_> = varied.arms.iter().map(|arm| arm.id.as_str()).collect();
    let pools = ids.iter().filter(|id| id.starts_with("pool-2-batch-"));
    assert_eq!(pools.count(), 5, "{ids:?}");
    assert_eq!(varied.arms.len(), 7, "the others are run once: {ids:?}");
}

fn run(values: &[(&str, &str)]) -> Evidence {
    TWO_KNIVES.run(registry::LAB, &settings(values), &english())
}

fn drawing(kind: ChartKind, evidence: &Evidence) -> Option<Drawing> {
    (registry::LAB.data)(kind, evidence, &Settings::default())
}

#[test]
fn teams_that_were_varied_have_a_speedup() {
    let workers = [
        ("sweep", "workers"),
        ("workers", "8"),
        ("strategies", "pool"),
        ("workload", "primes"),
    ];
    let evidence = run(&workers);
    let Some(Drawing::Speedup(drawn)) = drawing(ChartKind::Speedup, &evidence) else {
        panic!("no speedup");
    };
    let points: Vec<u32> = drawn.points.iter().map(|point| point.workers).collect();
    assert_eq!(points, [1, 2, 4, 8]);
    let two = &drawn.points[1];
    assert!((two.speedup.median - 2.0).abs() < 0.1, "{two:?}");
    assert_eq!(two.rounds.len(), 9);
    assert!(two.serial_share.unwrap().median.abs() < 0.05, "{two:?}");
    assert_eq!(
        drawn.points[0].serial_share, None,
        "of one alone there is none"
    );
    assert_eq!(drawn.lines.len(), 1);
    assert_eq!(drawn.lines[0].kind, LineKind::Ideal);
    assert!((1.9..2.1).contains(&drawn.capacity.unwrap()));
    // Waits that overlap are no speedup; nor is one team alone.
    let waits = [workers[0], workers[1], workers[2], ("workload", "waiting")];
    assert_eq!(drawing(ChartKind::Speedup, &run(&waits)), None);
    assert_eq!(
        drawing(ChartKind::Speedup, &run(&[("strategies", "pool")])),
        None
    );
}

#[test]
fn where_the_speedup_went_is_told_of_every_team() {
    let mut evidence = run(&[("strategies", "pool,messages"), ("workload", "primes")]);
    for row in &mut evidence.rounds {
        row.figures.retain(|name, _| !name.starts_with("lost."));
    }
    assert_eq!(drawing(ChartKind::Waterfall, &evidence), None);
    for row in evidence.rounds.iter_mut().filter(|row| row.arm == "pool-2") {
        row.figures.insert("lost.ideal_ms".into(), 100.0);
        row.figures.insert("lost.barrier_ms".into(), row.ms - 100.0);
    }
    let Some(Drawing::Waterfall(told)) = drawing(ChartKind::Waterfall, &evidence) else {
        panic!("no account");
    };
    assert_eq!(told.len(), 1);
    let [account] = told.as_slice() else {
        panic!("{told:?}");
    };
    let lost: f64 = account.parts.iter().map(|(_, ms)| ms).sum();
    assert!((account.ideal_ms + lost - account.total_ms).abs() < 1e-9);
    assert_eq!(
        account.label.say(&english()),
        "chefs of one kitchen (threads): 2"
    );
}
