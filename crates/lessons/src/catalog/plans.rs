//! Tests: what every entry would run, on any machine, under any setting.

use super::claims::settings;
use super::fixtures::{Kitchen, TWO_KNIVES};
use crate::{Lesson, Machine, Settings, registry};
use model::{Place, Plan, Rung, Strategy};
use std::collections::BTreeSet;

const RUNGS: [Rung; 3] = [Rung::Page, Rung::Messages, Rung::Shared];

/// The defaults, and every slider at both ends.
fn corners(lesson: &Lesson) -> Vec<Settings> {
    let mut corners = vec![Settings::default()];
    for slider in lesson.sliders {
        for end in [slider.min, slider.max] {
            corners.push(settings(&[(slider.key, &crate::words::whole(end))]));
        }
    }
    let all = Strategy::ALL.map(Strategy::id).join(",");
    corners.push(settings(&[
        ("strategies", &all),
        ("workload", "mandelbrot,queens,waiting"),
    ]));
    if lesson.id == "lab" {
        for values in [
            &[("workers", "1"), ("kill", "95")] as &[_],
            &[
                ("workers", "32"),
                ("kill", "5"),
                ("spare", "on"),
                ("straggler", "10"),
            ],
            &[("megabytes", "64"), ("split", "64"), ("combine", "off")],
            &[
                ("sweep", "bandwidth"),
                ("bandwidth", "1000"),
                ("moves", "local,share"),
            ],
            &[("megabytes", "1"), ("split", "8192"), ("latency", "500")],
        ] {
            corners.push(settings(&[&[("workload", "word-count")], values].concat()));
        }
        for rate in ["0", "70"] {
            for key in [
                "workers", "tasks", "size", "wait", "rate", "limit", "slice", "batch",
            ] {
                let ways = "interleaved,pool,hybrid,blocking";
                let values = [("sweep", key), ("rate", rate), ("strategies", ways)];
                corners.push(settings(&values));
            }
        }
    }
    corners
}

/// Where a number of steps or bytes is asked for, it is known; everything else is
/// sized to the machine.
fn is_sized(job: &model::Job) -> bool {
    let is_counted = ["tally", "training"].contains(&&*job.workload);
    // Tables are of a size that was chosen, or sized to the machine.
    job.workload == "matrix-f32" || (job.size > 0) == (is_counted || is_sent(job))
}

/// Whether it is bytes for nodes.
fn is_sent(job: &model::Job) -> bool {
    job.workload == model::PARCEL || crate::towns::is_mapped(&job.workload)
}

fn check(plan: &Plan, rung: Rung, cores: u32) {
    let about = format!("{} on {rung:?} with {cores} cores", plan.lesson);
    assert!(plan.arms.len() >= 2 && plan.rounds >= 1, "{about}");
    let ids: BTreeSet<_> = plan.arms.iter().map(|arm| &arm.id).collect();
    assert_eq!(ids.len(), plan.arms.len(), "{about}: {ids:?}");
    for arm in &plan.arms {
        assert!(
            (1..=32).contains(&arm.workers) && arm.slice_steps >= 1,
            "{about} {}",
            arm.id
        );
        assert!(
            arm.strategy.uses_workers() || arm.workers == 1,
            "{about} {}",
            arm.id
        );
        assert!(
            !arm.strategy.needs_shared_memory() || rung == Rung::Shared,
            "{about} {}",
            arm.id
        );
        let needs_worker = arm.strategy.uses_workers() || arm.place == Place::Worker;
        assert!(!needs_worker || rung > Rung::Page, "{about} {}", arm.id);
        assert!(
            arm.jobs.iter().all(|job| job.tasks > 0 && is_sized(job)),
            "{about} {}",
            arm.id
        );
        let is_town = arm.jobs.iter().any(is_sent);
        assert_eq!(arm.manner.town.is_some(), is_town, "{about} {}", arm.id);
        if let Some(town) = arm.manner.town {
            assert!(
                arm.strategy == Strategy::Messages
                    && arm.jobs.iter().all(is_sent)
                    && (rung == Rung::Shared || town.moves != model::Moves::Share)
                    && town
                        .kill
                        .is_none_or(|node| arm.workers > 1 && node < arm.workers),
                "{about} {}",
                arm.id
            );
            continue;
        }
        for job in &arm.jobs {
            let workload = workloads::registry::find(&job.workload).unwrap();
            assert!(
                !workload.computes || job.busy_millis > 0.0,
                "{about} {}",
                job.workload
            );
            assert!(
                workload.waits || job.wait_millis == 0.0,
                "{about} {}",
                job.workload
            );
        }
        if let Some(base) = &arm.base {
            let base = plan.arms.iter().find(|other| other.id == *base).unwrap();
            assert_eq!(base.strategy, Strategy::Sequential, "{about}");
            assert_eq!((base.place, &base.workload), (arm.place, &arm.workload));
            let (cut, same) = (&arm.jobs[0], &base.jobs[0]);
            if workloads::crop::is_cut(&cut.workload) {
                // The same picture, however it is cut.
                let whole = |job: &model::Job| f64::from(job.tasks) * job.busy_millis;
                assert!((whole(cut) - whole(same)).abs() < 1e-6, "{about}");
            } else {
                // How much of it needs a lock changes nothing about the work.
                let work = |arm: &model::Arm| {
                    let mut jobs = arm.jobs.clone();
                    for job in &mut jobs {
                        job.locked_share = 0.0;
                    }
                    jobs
                };
                assert_eq!(work(base), work(arm), "{about}");
            }
        } else {
            // Where the same work is done one after another in the same place, it
            // is compared with that.
            let is_base = |other: &model::Arm| {
                other.strategy == Strategy::Sequential
                    && (other.place, &other.workload) == (arm.place, &arm.workload)
            };
            assert!(
                arm.strategy == Strategy::Sequential || !plan.arms.iter().any(is_base),
                "{about} {}",
                arm.id
            );
        }
    }
    assert!(
        plan.capacity_for
            .iter()
            .all(|count| (2..=32).contains(count)),
        "{about}"
    );
    assert!(
        plan.capacity_for.is_sorted(),
        "{about} {:?}",
        plan.capacity_for
    );
    assert!(plan.capacity_for.is_empty() || rung > Rung::Page, "{about}");
}

#[test]
fn every_entry_has_a_plan_on_every_rung() {
    for lesson in registry::all() {
        for rung in RUNGS {
            for reported in [0, 1, 2, 3, 6, 8, 16, 128] {
                let kitchen = Kitchen {
                    rung,
                    reported,
                    ..TWO_KNIVES
                };
                for settings in corners(lesson) {
                    let plan = kitchen.plan(lesson, &settings);
                    check(&plan, rung, reported);
                    let shown = (lesson.shown_arm)(&plan).unwrap();
                    assert!(plan.arms.iter().any(|arm| arm.id == shown));
                    let capability = kitchen.capability();
                    let machine = Machine {
                        capability: &capability,
                        probes: &[],
                    };
                    // Too much work is not the browser's fault.
                    let notes = (lesson.notes)(&settings, &machine);
                    let is_own = |key: &str| {
                        key.ends_with(".flood") || key.ends_with(".long") || key.starts_with("lab.")
                    };
                    let has_notes = notes.iter().any(|note| !is_own(&note.key));
                    let is_page_only = plan.arms.iter().all(|arm| arm.place == Place::Page);
                    // A crowd leaves out what would take too long, and says so.
                    let is_crowd = lesson.id == "thousand-clients";
                    assert!(
                        rung != Rung::Shared || !has_notes || is_crowd,
                        "{}",
                        lesson.id
                    );
                    assert!(
                        rung != Rung::Page || has_notes || is_page_only,
                        "{}",
                        lesson.id
                    );
                }
            }
        }
    }
}

#[test]
fn by_default_nine_rounds_are_judged_within_the_time_of_a_lesson() {
    for lesson in registry::LESSONS.iter().chain([&registry::FIRST_PAGE]) {
        // Percentiles and mean waits need 2,000 requests: there, six rounds.
        let has_requests = matches!(lesson.id, "slow-customer" | "queue-cliff");
        for (reported, most) in [(2, 14_000.0), (8, 14_000.0), (16, 18_000.0)] {
            let most = if has_requests { 21_000.0 } else { most };
            let kitchen = Kitchen {
                reported,
                knives: f64::from(reported),
                team_knives: f64::from(reported),
                ..TWO_KNIVES
            };
            let evidence = kitchen.run(lesson, &Settings::default(), &crate::Words::default());
            let together: f64 = evidence.rounds.iter().map(|row| row.ms).sum();
            let rounds = kitchen.plan(lesson, &Settings::default()).rounds;
            assert!(
                together < most,
                "{} takes {together} ms with {reported} cores",
                lesson.id
            );
            assert!(
                rounds >= 6
                    && (reported > 8
                        || has_requests
                        || rounds == 9
                        || (rounds == 20 && lesson.id == "races")
                        || together / f64::from(rounds) > 1_600.0),
                "{} {rounds}",
                lesson.id
            );
        }
    }
}

#[test]
fn long_rounds_save_some_but_what_was_asked_for_is_done() {
    let lesson = registry::find("waiting").unwrap();
    let long = [("tasks", "40"), ("wait", "300")];
    assert_eq!(TWO_KNIVES.plan(lesson, &settings(&long)).rounds, 6);
    let asked = settings(&[long[0], long[1], ("rounds", "15")]);
    assert_eq!(TWO_KNIVES.plan(lesson, &asked).rounds, 15);
}

#[test]
fn two_chefs_meet_two_different_jobs_and_four_times_the_cores() {
    let lesson = registry::find("two-chefs").unwrap();
    let ids = |kitchen: &Kitchen, values: &[(&str, &str)]| {
        let plan = kitchen.plan(lesson, &settings(values));
        let ids: Vec<_> = plan.arms.iter().map(|arm| arm.id.clone()).collect();
        (ids.join(" "), plan.capacity_for)
    };
    assert_eq!(
        ids(&TWO_KNIVES, &[]),
        ("sequential pool-2 pool-4 pool-8".into(), vec![2, 4])
    );
    let messages = Kitchen {
        rung: Rung::Messages,
        ..TWO_KNIVES
    };
    assert_eq!(
        ids(&messages, &[]).0,
        "sequential messages-2 messages-4 messages-8"
    );
    assert_eq!(
        ids(&messages, &[("workers", "6")]),
        ("sequential messages-2 messages-6".into(), vec![2, 6])
    );
    let page = Kitchen {
        rung: Rung::Page,
        ..TWO_KNIVES
    };
    assert_eq!(ids(&page, &[]), ("sequential interleaved".into(), vec![]));
    let plan = TWO_KNIVES.plan(lesson, &Settings::default());
    let jobs: Vec<_> = plan.arms[1]
        .jobs
        .iter()
        .map(|job| (&*job.workload, job.tasks))
        .collect();
    assert_eq!(jobs, [("mandelbrot", 12), ("queens", 12)]);
}

#[test]
fn a_thousand_guests_meet_the_teams_that_are_done_in_time() {
    let lesson = registry::find("thousand-clients").unwrap();
    let ids = |rung, values: &[(&str, &str)]| {
        let plan = Kitchen { rung, ..TWO_KNIVES }.plan(lesson, &settings(values));
        let ids: Vec<_> = plan.arms.iter().map(|arm| arm.id.clone()).collect();
        ids.join(" ")
    };
    let shared = |values: &[(&str, &str)]| ids(Rung::Shared, values);
    let all = "blocking-1 blocking-2 blocking-4 blocking-8 blocking-32 loop";
    assert_eq!(shared(&[]), all);
    assert_eq!(
        shared(&[("workers", "16"), ("wait", "60")]),
        "blocking-2 blocking-4 blocking-8 blocking-16 blocking-32 loop"
    );
    assert_eq!(
        shared(&[("tasks", "1000"), ("workers", "16")]),
        "blocking-16 loop"
    );
    assert_eq!(shared(&[("tasks", "10000")]), "loop-few loop");
    for rung in [Rung::Messages, Rung::Page] {
        assert_eq!(ids(rung, &[]), "sequential loop");
        assert_eq!(ids(rung, &[("tasks", "1000")]), "loop-few loop");
    }
}

#[test]
fn the_lab_shares_out_its_tasks_and_always_has_something_to_compare_with() {
    let wanted = [
        ("workload", "waiting,primes"),
        ("tasks", "5"),
        ("strategies", "pool,messages"),
    ];
    let messages = Kitchen {
        rung: Rung::Messages,
        ..TWO_KNIVES
    };
    let plan = messages.plan(registry::LAB, &settings(&wanted));
    let ids: Vec<_> = plan.arms.iter().map(|arm| arm.id.as_str()).collect();
    assert_eq!(ids, ["sequential", "messages-2"]);
    let shares: Vec<_> = plan.arms[0].jobs.iter().map(|job| job.tasks).collect();
    assert_eq!(shares, [3, 2]);
}

#[test]
fn the_lab_varies_one_parameter_in_steps_that_double() {
    let ids = |values: &[(&str, &str)]| {
        let plan = TWO_KNIVES.plan(registry::LAB, &settings(values));
        let ids: Vec<_> = plan.arms.iter().map(|arm| arm.id.clone()).collect();
        (ids.join(" "), plan)
    };
    let workers = [
        ("sweep", "workers"),
        ("workers", "8"),
        ("strategies", "pool"),
    ];
    let (names, plan) = ids(&workers);
    assert_eq!(names, "sequential pool-1 pool-2 pool-4 pool-8");
    assert_eq!(plan.capacity_for, [2, 4, 8]);
    let (names, plan) = ids(&[
        ("sweep", "size"),
        ("size", "40"),
        ("strategies", "interleaved"),
    ]);
    assert!(
        names.starts_with("sequential-size-3 interleaved-size-3 sequential-size-5"),
        "{names}"
    );
    assert_eq!(plan.arms.len(), 10);
    let evidence = TWO_KNIVES.run(registry::LAB, &settings(&workers), &crate::Words::default());
    let sweep = registry::LAB
        .sweep(&evidence, &Settings::default())
        .unwrap();
    let points: Vec<f64> = sweep.lines[0].points.iter().map(|point| point.0).collect();
    assert_eq!(points, [1.0, 2.0, 4.0, 8.0]);
    assert_eq!(sweep.lines.len(), 1, "the base stands beside it");
}

#[test]
fn the_lab_ends_what_would_not_end() {
    let plan = |values: &[(&str, &str)]| TWO_KNIVES.plan(registry::LAB, &settings(values));
    let tasks = |plan: &Plan| plan.arms[0].jobs[0].tasks;
    // One after another serves 50 a second of 20 ms each, for 20 s.
    let flood = plan(&[("rate", "2000"), ("tasks", "10000")]);
    assert_eq!(tasks(&flood), 1000);
    let slow = plan(&[("rate", "3"), ("tasks", "10000")]);
    assert_eq!(tasks(&slow), 60);
    let rates: Vec<f64> = slow.arms[0].jobs.iter().map(|job| job.per_second).collect();
    assert_eq!(rates, [3.0]);
    let closed = plan(&[("tasks", "10000"), ("workload", "primes")]);
    assert_eq!(
        (tasks(&closed), closed.arms[0].jobs[0].per_second),
        (10_000, 0.0)
    );
}
