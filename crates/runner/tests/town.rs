//! Jobs on nodes of a made-up town, on the real code of depot's book and nodes: the
//! answer is that of plain serial code, whatever happens to the nodes.

use futures_util::FutureExt;
use model::{Moves, NANOS_PER_MILLI, Nanos, Town};
use runner::{
    Clock, Timer,
    town::{
        Action, Coordinator, Counts, Phase, TICK_MILLIS,
        node::{Bench, Came, Unfinished, map, reduce},
        wire::Begin,
    },
};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::Future,
    pin::Pin,
    rc::Rc,
};
use workloads::mapped::{Answer, Mapped, Source};

/// A clock that runs as far as it is looked at, so that work takes time.
#[derive(Clone, Default)]
struct Ticking(Rc<Cell<Nanos>>);

impl Clock for Ticking {
    fn now_nanos(&self) -> Nanos {
        self.0.set(self.0.get() + 40_000);
        self.0.get()
    }
}

impl Timer for Ticking {
    fn wait(&self, millis: f64) -> Pin<Box<dyn Future<Output = ()>>> {
        self.0.set(self.0.get() + (millis * 1e6) as Nanos);
        Box::pin(std::future::ready(()))
    }
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

fn begin(job: &Mapped, reducers: u32, combine: bool, slow: f64) -> Begin {
    Begin {
        run: 1,
        job: job.id.into(),
        reducers,
        combine,
        moves: Moves::Transfer,
        slow,
        step_nanos: 40_000,
        gap_nanos: 1_040_000,
    }
}

/// What a node has in hand or is silent about.
#[derive(Default)]
struct Node {
    line: VecDeque<u32>,
    is_silent: bool,
}

struct World<'a> {
    job: &'a Mapped,
    splits: &'a [Vec<u8>],
    begin: Begin,
    nodes: Vec<Node>,
    blocks: Vec<Vec<Vec<u8>>>,
    parts: Vec<Answer>,
}

impl World<'_> {
    /// A node works off its next task; gives the task.
    fn work(&mut self, node: usize) -> Option<u32> {
        let node = self.nodes.get_mut(node).filter(|node| !node.is_silent)?;
        let task = node.line.pop_front()?;
        let clock = Ticking::default();
        let bench = Bench {
            clock: &clock,
            timer: &clock,
            beat: &|| (),
            is_off: &|_| false,
        };
        let at = task as usize;
        if let Some(split) = self.splits.get(at) {
            let came = Came {
                task,
                offset: self.splits[..at]
                    .iter()
                    .map(|split| split.len() as u64)
                    .sum(),
                heard_nanos: 0,
                came_nanos: 0,
            };
            let mut out = Vec::new();
            let fetch = || split.clone();
            map(&self.begin, came, &bench, fetch, |blocks| out = blocks)
                .now_or_never()
                .expect("nothing waits here")
                .expect("a known job");
            self.blocks[at] = out;
        } else {
            let reducer = at - self.splits.len();
            let mut blocks = self.blocks.iter().map(|blocks| blocks[reducer].clone());
            let came = Came {
                task,
                offset: 0,
                heard_nanos: 0,
                came_nanos: 0,
            };
            let done = reduce(&self.begin, came, &bench, || blocks.next());
            let part = done.expect("blocks of this job").part;
            self.parts.push(part.expect("an answer").into());
        }
        Some(task)
    }
}

/// Runs a job; `hurt` says which node falls silent before the next word.
fn run(
    job: &Mapped,
    splits: &[Vec<u8>],
    (nodes, combine): (u32, bool),
    town: Town,
    dice: &mut Dice,
    mut hurt: impl FnMut(&mut Dice, u32) -> Option<usize>,
) -> (Option<Answer>, Counts) {
    let n_splits = splits.len() as u32;
    let mut coordinator = Coordinator::new(n_splits, nodes, nodes, town);
    let mut world = World {
        job,
        splits,
        begin: begin(job, nodes, combine, 1.0),
        nodes: (0..nodes).map(|_| Node::default()).collect(),
        blocks: vec![Vec::new(); splits.len()],
        parts: Vec::new(),
    };
    let (mut now, mut words) = (0, 0);
    let mut actions = coordinator.start(now, &[]);
    loop {
        for action in actions.drain(..) {
            match action {
                Action::Give { node, task } => world.nodes[node].line.push_back(task),
                Action::Kill(node) => world.nodes[node].is_silent = true,
                Action::End(node) => world.nodes[node].line.clear(),
                Action::Drop { .. } => {}
            }
        }
        match coordinator.phase() {
            Phase::Done => {
                let whole = world.job.join(world.parts);
                return (Some(whole), coordinator.counts());
            }
            Phase::Lost => return (None, coordinator.counts()),
            Phase::Map | Phase::Reduce => {}
        }
        if let Some(node) = hurt(dice, words) {
            world.nodes[node].is_silent = true;
        }
        now += u64::from(TICK_MILLIS) * NANOS_PER_MILLI;
        let node = dice.below(u64::from(nodes)) as usize;
        actions = match world.work(node) {
            Some(task) => {
                words += 1;
                let (counts, actions) = coordinator.finished(node, task, now);
                assert!(counts, "nobody else was given it");
                actions
            }
            None => coordinator.tick(now),
        };
        for (at, node) in world.nodes.iter().enumerate() {
            if !node.is_silent {
                coordinator.heard(at);
            }
        }
    }
}

fn text(job: &Mapped, splits: u32, kibibytes: u32) -> Vec<Vec<u8>> {
    let source = |split| Source {
        seed: 11,
        split,
        kibibytes,
        skew: 0.0,
    };
    (0..splits)
        .map(|split| (job.generate)(&source(split)))
        .collect()
}

#[test]
fn the_answer_is_right_with_a_node_killed_at_any_moment_fifty_times_over() {
    for job in workloads::mapped::ALL {
        let splits = text(job, 12, 4);
        let expected = (job.reference)(&splits.concat());
        let mut dice = Dice(3);
        for nodes in [2, 4, 8] {
            for combine in [true, false] {
                for _ in 0..25 {
                    let victim = dice.below(u64::from(nodes)) as usize;
                    let moment = dice.below(u64::from(12 + nodes)) as u32;
                    let hurt = |_: &mut Dice, words| (words == moment).then_some(victim);
                    let town = Town::default();
                    let (answer, counts) =
                        run(job, &splits, (nodes, combine), town, &mut dice, hurt);
                    let answer = answer.expect("the others finish");
                    assert_eq!(answer.checksum, expected.checksum, "{}", job.id);
                    assert_eq!(answer.rows(), expected.clone().rows(), "{}", job.id);
                    assert_eq!(counts.retried, counts.unfinished);
                    assert!(counts.lost <= 1);
                }
            }
        }
    }
}

#[test]
fn the_run_ends_with_all_nodes_lost_or_with_the_right_answer() {
    for job in workloads::mapped::ALL {
        let splits = text(job, 9, 4);
        let expected = (job.reference)(&splits.concat());
        let (mut ended, mut lost) = (0, 0);
        for seed in 0..100 {
            let mut dice = Dice(seed);
            let nodes = [1, 2, 4, 8][seed as usize % 4];
            let hurt = |dice: &mut Dice, _| {
                let is_hit = dice.below(25) == 0;
                is_hit.then(|| dice.below(u64::from(nodes)) as usize)
            };
            let (answer, counts) = run(
                job,
                &splits,
                (nodes, true),
                Town::default(),
                &mut dice,
                hurt,
            );
            match answer {
                Some(answer) => {
                    assert_eq!(answer.checksum, expected.checksum, "{}", job.id);
                    ended += 1;
                }
                None => {
                    assert_eq!(counts.lost, nodes);
                    lost += 1;
                }
            }
        }
        assert!(ended > 10 && lost > 10, "{ended} ended, {lost} lost");
    }
}

#[test]
fn the_only_node_does_it_alone() {
    for job in workloads::mapped::ALL {
        let splits = text(job, 5, 4);
        let expected = (job.reference)(&splits.concat());
        for moves in Moves::ALL {
            let town = Town {
                moves,
                ..Town::default()
            };
            let never = |_: &mut Dice, _| None;
            let (answer, counts) = run(job, &splits, (1, true), town, &mut Dice(1), never);
            assert_eq!(answer.map(Answer::rows), Some(expected.clone().rows()));
            assert_eq!(counts, Counts::default());
        }
    }
}

#[test]
fn a_straggler_takes_as_many_times_as_long_and_can_be_called_off() {
    let job = workloads::mapped::find("word-count").expect("it is listed");
    let split = text(job, 1, 512).remove(0);
    let came = Came {
        task: 4,
        offset: 0,
        heard_nanos: 0,
        came_nanos: 0,
    };
    let beats = Cell::new(0);
    let took = |slow: f64, is_off: bool| {
        let clock = Ticking::default();
        let bench = Bench {
            clock: &clock,
            timer: &clock,
            beat: &|| beats.set(beats.get() + 1),
            is_off: &|_| is_off,
        };
        let begin = begin(job, 2, true, slow);
        let blocks = RefCell::new(Vec::new());
        let done = map(
            &begin,
            came,
            &bench,
            || split.clone(),
            |out| blocks.replace(out).clear(),
        )
        .now_or_never()
        .expect("nothing waits here");
        (done, clock.now_nanos(), blocks.into_inner())
    };
    let (plain, plain_nanos, plain_blocks) = took(1.0, false);
    let (slow, slow_nanos, slow_blocks) = took(50.0, false);
    assert_eq!(plain_blocks, slow_blocks);
    let times = slow_nanos as f64 / plain_nanos as f64;
    assert!((40.0..60.0).contains(&times), "{times}");
    let (plain, slow) = (plain.expect("done"), slow.expect("done"));
    assert_eq!(plain.task, 4);
    // It waits for the rest of its time; the time on a core stays as it is.
    assert!(slow.busy_nanos < plain.busy_nanos * 2);
    assert!(beats.get() > 0, "it says that it is there");
    assert_eq!(took(50.0, true).0, Err(Unfinished::Off));
}
