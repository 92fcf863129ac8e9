//! The measuring protocol with a kitchen that only writes down what it is asked.

use model::{Arm, Job, Manner, Place, Plan, Strategy, Trace};
use runner::{
    probe::Calibration,
    protocol::{Kitchen, Outcome, Stage, Timed, measure},
};
use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

/// What the kitchen was asked for.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    Staff,
    Calibrate(String),
    Probe(Vec<u32>),
    /// A timed run.
    Run {
        arm: String,
        round: u32,
    },
    /// A run to get warm.
    Warm {
        arm: String,
        most_tasks: u32,
    },
    Told(String),
}

#[derive(Default)]
struct Fake {
    asked: Vec<Asked>,
    stages: Vec<Stage>,
    /// Readings of the probes in turn; then 2.0 for ever.
    ratios: Vec<f64>,
    /// Makespans of runs in turn; then 1 s for ever.
    makespans: Vec<u64>,
    warm: Vec<String>,
    /// Refuses this, and everything after it.
    refuses: Option<Asked>,
}

impl Fake {
    fn ask(&mut self, asked: Asked) -> Result<(), Asked> {
        self.asked.push(asked.clone());
        match &self.refuses {
            Some(refused) if *refused == asked => Err(asked),
            _ => Ok(()),
        }
    }

    fn count(&self, is: impl Fn(&Asked) -> bool) -> usize {
        self.asked.iter().filter(|asked| is(asked)).count()
    }

    /// Arms of each round in the order run.
    fn orders(&self) -> Vec<Vec<String>> {
        let mut orders: Vec<Vec<String>> = Vec::new();
        for asked in &self.asked {
            if let Asked::Run { arm, round } = asked {
                orders.resize(orders.len().max(*round as usize + 1), Vec::new());
                orders[*round as usize].push(arm.clone());
            }
        }
        orders
    }
}

impl Kitchen for Fake {
    type Error = Asked;

    async fn staff(&mut self, _: &Plan) -> Result<(), Asked> {
        self.ask(Asked::Staff)
    }

    async fn calibrate(&mut self, arm: &Arm, _: u64) -> Result<Vec<Calibration>, Asked> {
        self.ask(Asked::Calibrate(arm.workload.clone()))?;
        let one = |job: &Job| match job.workload.as_str() {
            "waiting" => Calibration::WAITING,
            _ => Calibration {
                size: 100 + self.asked.len() as u32,
                step_nanos: 40_000,
                cold_step_nanos: 90_000,
            },
        };
        Ok(arm.jobs.iter().map(one).collect())
    }

    fn is_warm(&self, arm: &Arm) -> bool {
        self.warm.contains(&arm.id)
    }

    fn set_warm(&mut self, arm: &Arm) {
        self.warm.push(arm.id.clone());
    }

    async fn probe(&mut self, counts: &[u32]) -> Result<Vec<f64>, Asked> {
        self.ask(Asked::Probe(counts.to_vec()))?;
        let ratio = if self.ratios.is_empty() {
            2.0
        } else {
            self.ratios.remove(0)
        };
        Ok(vec![ratio; counts.len()])
    }

    async fn run(
        &mut self,
        arm: &Arm,
        _: u64,
        round: u32,
        _: u64,
        live: bool,
    ) -> Result<Timed, Asked> {
        let id = arm.id.clone();
        assert!(runner::order::Recipe::of(arm).is_ok(), "{id}: {live}");
        self.ask(if live {
            Asked::Run { arm: id, round }
        } else {
            let most_tasks = arm.jobs.iter().map(|job| job.tasks).max().unwrap_or(0);
            Asked::Warm {
                arm: id,
                most_tasks,
            }
        })?;
        let makespan_nanos = if self.makespans.is_empty() {
            1_000_000_000
        } else {
            self.makespans.remove(0)
        };
        Ok(Timed {
            order: 0,
            hidden: false,
            trace: Trace {
                arm: arm.id.clone(),
                round,
                makespan_nanos,
                ..Trace::default()
            },
        })
    }

    async fn breathe(&mut self) {}

    fn stage(&mut self, stage: Stage) {
        self.stages.push(stage);
    }

    fn timed(&mut self, timed: &Timed) {
        self.asked.push(Asked::Told(timed.trace.arm.clone()));
    }
}

fn arm(id: &str, workload: &str, workers: u32) -> Arm {
    Arm {
        id: id.into(),
        strategy: Strategy::Pool,
        variant: String::new(),
        workers,
        place: Place::Worker,
        workload: workload.into(),
        jobs: vec![Job {
            workload: workload.into(),
            tasks: 64,
            busy_millis: if workload == "waiting" { 0.0 } else { 5.0 },
            size: 0,
            wait_millis: 0.0,
            ..Job::default()
        }],
        slice_steps: 1,
        manner: Manner::default(),
        edges: Vec::new(),
        base: None,
    }
}

fn plan(seed: u64, rounds: u32) -> Plan {
    Plan {
        lesson: "lab".into(),
        seed,
        rounds,
        arms: vec![
            arm("a", "primes", 1),
            arm("b", "primes", 2),
            arm("c", "queens", 3),
        ],
        capacity_for: vec![2, 4],
    }
}

/// The fake kitchen never waits, so one poll is enough.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the protocol waits for something that is not the kitchen"),
    }
}

fn measured(kitchen: &mut Fake, plan: Plan) -> Outcome {
    now(measure(kitchen, plan, 0, |_| false)).unwrap()
}

/// A kitchen that needs no warming.
fn warm() -> Fake {
    Fake {
        warm: ["a", "b", "c"].map(String::from).to_vec(),
        ..Fake::default()
    }
}

#[test]
fn every_round_runs_every_arm_once_and_the_order_varies() {
    let mut kitchen = warm();
    let outcome = measured(&mut kitchen, plan(1, 9));
    let orders = kitchen.orders();
    assert_eq!(orders.len(), 9);
    for order in &orders {
        let mut sorted = order.clone();
        sorted.sort();
        assert_eq!(sorted, ["a", "b", "c"]);
    }
    let mut different = orders.clone();
    different.sort();
    different.dedup();
    assert!(different.len() >= 3, "{orders:?}");
    // No arm is always the first.
    let firsts: Vec<&String> = orders.iter().map(|order| &order[0]).collect();
    assert!(
        ["a", "b", "c"]
            .iter()
            .all(|id| firsts.iter().any(|first| first == id))
    );
    let positions: Vec<u32> = outcome.runs.iter().map(|run| run.order).collect();
    assert_eq!(positions, [0, 1, 2].repeat(9));
}

#[test]
fn the_seed_fixes_the_order() {
    let orders = |seed| {
        let mut kitchen = warm();
        measured(&mut kitchen, plan(seed, 9));
        kitchen.orders()
    };
    assert_eq!(orders(5), orders(5));
    assert_ne!(orders(5), orders(6));
}

#[test]
fn capacity_is_probed_before_and_after_the_rounds() {
    let mut kitchen = warm();
    let outcome = measured(&mut kitchen, plan(1, 6));
    let is_probe = |asked: &Asked| matches!(asked, Asked::Probe(_));
    let is_run = |asked: &Asked| matches!(asked, Asked::Run { .. });
    let first_run = kitchen.asked.iter().position(is_run).unwrap();
    let last_run = kitchen.asked.iter().rposition(is_run).unwrap();
    let (before, rest) = kitchen.asked.split_at(first_run);
    let after = &rest[last_run - first_run..];
    assert_eq!(before.iter().filter(|asked| is_probe(asked)).count(), 3);
    assert_eq!(after.iter().filter(|asked| is_probe(asked)).count(), 3);
    assert_eq!(kitchen.count(is_probe), 6, "none between the rounds");
    assert!(kitchen.asked.contains(&Asked::Probe(vec![2, 4])));
    let of = |workers, after| {
        let probes = outcome.probes.iter();
        probes
            .filter(|probe| probe.workers == workers && probe.after == after)
            .count()
    };
    assert_eq!(
        [of(2, false), of(4, false), of(2, true), of(4, true)],
        [3; 4]
    );
}

#[test]
fn unsteady_probes_before_the_rounds_are_warm_up() {
    let mut kitchen = warm();
    // Rises as browsers do in the first second of a page's life.
    kitchen.ratios = vec![1.0, 1.1, 1.5, 1.9, 1.92, 1.95];
    let outcome = measured(&mut kitchen, plan(1, 6));
    let before: Vec<f64> = outcome
        .probes
        .iter()
        .filter(|probe| probe.workers == 2 && !probe.after)
        .map(|probe| probe.ratio)
        .collect();
    assert_eq!(before, [1.9, 1.92, 1.95]);

    let mut restless = warm();
    restless.ratios = [1.0, 2.0].repeat(20);
    measured(&mut restless, plan(1, 6));
    let probes = restless.count(|asked| matches!(asked, Asked::Probe(_)));
    assert_eq!(probes, 10 + 3, "there is a limit");
}

#[test]
fn a_plan_without_capacity_probes_nothing() {
    let mut kitchen = warm();
    let mut plan = plan(1, 6);
    plan.capacity_for.clear();
    assert_eq!(measured(&mut kitchen, plan).probes, []);
}

#[test]
fn extra_rounds_follow_only_while_a_check_is_undecided() {
    let rounds_with = |decided_at: usize| {
        let mut kitchen = warm();
        let undecided = |outcome: &Outcome| outcome.runs.len() < 3 * decided_at;
        let outcome = now(measure(&mut kitchen, plan(1, 6), 4, undecided)).unwrap();
        assert_eq!(outcome.runs.len(), 3 * outcome.plan.rounds as usize);
        assert_eq!(kitchen.orders().len(), outcome.plan.rounds as usize);
        outcome.plan.rounds
    };
    assert_eq!(rounds_with(0), 6, "decided from the start");
    assert_eq!(rounds_with(8), 8, "decided after two more");
    assert_eq!(rounds_with(usize::MAX / 3), 10, "never decided: the limit");
}

#[test]
fn arms_that_do_the_same_work_get_the_same_size_once() {
    let mut kitchen = warm();
    let mut wanted = plan(1, 6);
    wanted.arms[2].jobs[0].size = 77;
    let outcome = measured(&mut kitchen, wanted);
    let calibrated = |label: &str| kitchen.count(|asked| *asked == Asked::Calibrate(label.into()));
    assert_eq!((calibrated("primes"), calibrated("queens")), (1, 1));
    let sizes: Vec<u32> = outcome
        .plan
        .arms
        .iter()
        .map(|arm| arm.jobs[0].size)
        .collect();
    assert!(sizes[0] > 0 && sizes[0] == sizes[1], "{sizes:?}");
    assert_eq!(sizes[2], 77, "a size that was given stays");
    assert_eq!(outcome.calibrations["primes"].cold_step_nanos, 90_000);
}

#[test]
fn cold_arms_are_run_short_and_untimed_until_two_runs_agree() {
    let mut kitchen = Fake {
        // a: agrees at the third run; b: never, four runs; c: at the second.
        makespans: vec![300, 200, 201, 900, 700, 500, 300, 100, 100],
        ..Fake::default()
    };
    let outcome = measured(&mut kitchen, plan(1, 6));
    let warmed =
        |id: &str| kitchen.count(|asked| matches!(asked, Asked::Warm { arm, .. } if arm == id));
    assert_eq!([warmed("a"), warmed("b"), warmed("c")], [3, 4, 2]);
    // Two tasks a worker, not all 64.
    assert!(kitchen.asked.contains(&Asked::Warm {
        arm: "c".into(),
        most_tasks: 6
    }));
    assert_eq!(kitchen.warm, ["a", "b", "c"]);
    assert_eq!(outcome.runs.len(), 18, "warm-up is not among the runs");

    let again = kitchen.count(|asked| matches!(asked, Asked::Warm { .. }));
    measured(&mut kitchen, plan(2, 6));
    let now = kitchen.count(|asked| matches!(asked, Asked::Warm { .. }));
    assert_eq!(now, again, "warm stays warm");
}

#[test]
fn kernels_get_warm_without_tasks_that_need_those_left_out() {
    let mut kitchen = Fake::default();
    let mut wanted = plan(1, 6);
    for arm in &mut wanted.arms {
        arm.edges = vec![model::Edge {
            before: 60,
            after: 61,
        }];
    }
    let outcome = measured(&mut kitchen, wanted);
    assert!(kitchen.count(|asked| matches!(asked, Asked::Warm { .. })) > 0);
    assert!(outcome.plan.arms.iter().all(|arm| arm.edges.len() == 1));
}

#[test]
fn waiting_needs_no_warming() {
    let mut kitchen = Fake::default();
    let mut wanted = plan(1, 6);
    wanted.arms = vec![arm("w", "waiting", 1)];
    let outcome = measured(&mut kitchen, wanted);
    assert_eq!(
        kitchen.count(|asked| matches!(asked, Asked::Warm { .. })),
        0
    );
    assert_eq!(outcome.runs.len(), 6);
}

#[test]
fn errors_pass_through_wherever_they_come_from() {
    let last = Asked::Run {
        arm: warm_orders().concat().pop().unwrap(),
        round: 5,
    };
    for refused in [
        Asked::Staff,
        Asked::Calibrate("queens".into()),
        Asked::Probe(vec![2, 4]),
        last.clone(),
    ] {
        let mut kitchen = warm();
        kitchen.refuses = Some(refused.clone());
        let error = now(measure(&mut kitchen, plan(1, 6), 0, |_| false)).unwrap_err();
        assert_eq!(error, refused);
        assert_eq!(
            kitchen.asked.last(),
            Some(&refused),
            "nothing more is asked"
        );
    }
    // What was measured before it failed has been told.
    let mut kitchen = warm();
    kitchen.refuses = Some(last);
    assert!(now(measure(&mut kitchen, plan(1, 6), 0, |_| false)).is_err());
    assert_eq!(kitchen.count(|asked| matches!(asked, Asked::Told(_))), 17);
}

fn warm_orders() -> Vec<Vec<String>> {
    let mut kitchen = warm();
    measured(&mut kitchen, plan(1, 6));
    kitchen.orders()
}

#[test]
fn the_reader_hears_of_every_stage_in_order() {
    let mut kitchen = warm();
    measured(&mut kitchen, plan(1, 2));
    let [
        Stage::Starting,
        Stage::Warming,
        Stage::Probing { after: false },
        rounds @ ..,
        Stage::Probing { after: true },
    ] = kitchen.stages.as_slice()
    else {
        panic!("{:?}", kitchen.stages);
    };
    let told: Vec<u32> = rounds
        .iter()
        .filter_map(|stage| match stage {
            Stage::Round { round, .. } => Some(*round),
            _ => None,
        })
        .collect();
    assert_eq!(told, [0, 0, 0, 1, 1, 1]);
}
