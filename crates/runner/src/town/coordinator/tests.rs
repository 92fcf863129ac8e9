use super::*;

/// A random number generator of the tests: splitmix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

const MILLI: Nanos = NANOS_PER_MILLI;

/// A node of the tests: works on one task after another, until it falls silent.
#[derive(Clone, Default)]
struct Worker {
    line: VecDeque<(u32, Nanos)>,
    /// It was ended by the depot: nothing more can come.
    is_ended: bool,
    /// It no longer does anything, and nobody was told.
    is_silent: bool,
    /// When it is done with the first of its line.
    ready: Nanos,
    slow: u64,
}

/// A world of workers and a clock.
struct World {
    coordinator: Coordinator,
    workers: Vec<Worker>,
    now: Nanos,
    dice: Dice,
    /// Times each task's answer counted.
    counted: Vec<u32>,
    given: Vec<(usize, u32)>,
}

impl World {
    fn new(splits: u32, reducers: u32, nodes: u32, town: Town, seed: u64) -> Self {
        let mut workers = vec![
            Worker {
                slow: 1,
                ..Worker::default()
            };
            nodes as usize
        ];
        workers[0].slow = town.straggler as u64;
        Self {
            coordinator: Coordinator::new(splits, reducers, nodes, town),
            workers,
            now: 0,
            dice: Dice(seed),
            counted: vec![0; (splits + reducers) as usize],
            given: Vec::new(),
        }
    }

    fn act(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Give { node, task } => {
                    self.given.push((node, task));
                    let worker = &mut self.workers[node];
                    assert!(!worker.is_ended || worker.is_silent, "given to a lost node");
                    assert_eq!(self.counted[task as usize], 0, "given when finished");
                    let took = (5 + self.dice.below(10)) * MILLI * worker.slow;
                    if worker.line.is_empty() {
                        worker.ready = self.now + took;
                    }
                    worker.line.push_back((task, took));
                    assert!(worker.line.len() <= AT_ONCE as usize);
                }
                Action::Drop { node, task } => {
                    let line = &mut self.workers[node].line;
                    // What it is at cannot be called off; what is behind can.
                    if let Some(at) = line.iter().skip(1).position(|one| one.0 == task) {
                        line.remove(at + 1);
                        let is_gone = self.workers[node].is_silent;
                        if !is_gone {
                            let more = self.coordinator.dropped(node, task, self.now);
                            self.act(more);
                        }
                    }
                }
                Action::Kill(node) => self.workers[node].is_silent = true,
                Action::End(node) => {
                    self.workers[node].is_ended = true;
                    self.workers[node].is_silent = false;
                    self.workers[node].line.clear();
                }
            }
        }
    }

    /// Runs until the end; `hurt` may silence workers at each tick.
    fn run(&mut self, mut hurt: impl FnMut(&mut Dice, &mut [Worker])) -> Phase {
        let actions = self.coordinator.start(self.now, &[]);
        self.act(actions);
        for _ in 0..100_000 {
            let phase = self.coordinator.phase();
            if matches!(phase, Phase::Done | Phase::Lost) {
                return phase;
            }
            self.now += u64::from(TICK_MILLIS) * MILLI;
            hurt(&mut self.dice, &mut self.workers);
            for node in 0..self.workers.len() {
                self.answers(node);
            }
            let actions = self.coordinator.tick(self.now);
            self.act(actions);
        }
        panic!("it does not end: {:?}", self.coordinator);
    }

    /// What a worker says up to now.
    fn answers(&mut self, node: usize) {
        loop {
            let worker = &mut self.workers[node];
            if worker.is_ended || worker.is_silent {
                return;
            }
            self.coordinator.heard(node);
            if worker.line.is_empty() || worker.ready > self.now {
                return;
            }
            let (task, _) = worker.line.pop_front().unwrap();
            if let Some((_, took)) = worker.line.front() {
                worker.ready += took;
            }
            let (counts, actions) = self.coordinator.finished(node, task, self.now);
            self.counted[task as usize] += u32::from(counts);
            self.act(actions);
        }
    }

    fn check_all_done_once(&self) {
        assert!(self.counted.iter().all(|times| *times == 1));
    }
}

fn killing(node: u32, after: f64) -> Town {
    Town {
        kill: Some(node),
        kill_after: after,
        ..Town::default()
    }
}

fn plain(_: &mut Dice, _: &mut [Worker]) {}

#[test]
fn every_task_is_finished_once() {
    for nodes in [1, 2, 4, 8] {
        for splits in [1, 2, 7, 64] {
            for moves in Moves::ALL {
                let town = Town {
                    moves,
                    ..Town::default()
                };
                let mut world = World::new(splits, nodes, nodes, town, 1);
                assert_eq!(world.run(plain), Phase::Done);
                world.check_all_done_once();
                assert_eq!(world.given.len() as u32, splits + nodes);
                let counts = world.coordinator.counts();
                assert_eq!((counts.lost, counts.retried, counts.wasted), (0, 0, 0));
            }
        }
    }
}

#[test]
fn parcels_go_one_by_one_and_need_no_reducer() {
    let coordinator = Coordinator::new(3, 0, 1, Town::default());
    let mut coordinator = coordinator.one_by_one();
    for task in 0..3 {
        let give = vec![Action::Give { node: 0, task }];
        if task == 0 {
            assert_eq!(coordinator.start(0, &[]), give);
        }
        let (counts, next) = coordinator.finished(0, task, 1);
        assert!(counts);
        assert_eq!(next.len(), usize::from(task < 2));
    }
    assert_eq!(coordinator.phase(), Phase::Done);
}

#[test]
fn a_killed_node_costs_what_it_had_not_finished() {
    for nodes in [2, 4, 8] {
        for percent in [0, 10, 50, 90, 100] {
            let town = killing(nodes - 1, f64::from(percent) / 100.0);
            let mut world = World::new(40, nodes, nodes, town, 3);
            assert_eq!(world.run(plain), Phase::Done);
            world.check_all_done_once();
            let counts = world.coordinator.counts();
            assert_eq!(counts.lost, 1);
            assert_eq!(counts.retried, counts.unfinished);
            assert!((1..=AT_ONCE).contains(&counts.retried), "{counts:?}");
            assert_eq!(world.given.len() as u32, 40 + nodes + counts.retried);
        }
    }
}

#[test]
fn nodes_may_fall_silent_at_any_moment() {
    for nodes in [1_u32, 2, 4, 8] {
        for seed in 0..60 {
            let town = Town {
                moves: Moves::ALL[seed as usize % 4],
                spare: seed % 3 == 0,
                straggler: if seed % 2 == 0 { 1.0 } else { 6.0 },
                ..Town::default()
            };
            let mut world = World::new(30, nodes, nodes, town, seed);
            let phase = world.run(|dice, workers| {
                let worker = dice.below(workers.len() as u64) as usize;
                if dice.below(12) == 0 && !workers[worker].is_ended {
                    workers[worker].is_silent = true;
                }
            });
            let counts = world.coordinator.counts();
            if phase == Phase::Lost {
                assert_eq!(counts.lost, nodes);
            } else {
                world.check_all_done_once();
                assert!(counts.lost < nodes);
                assert_eq!(counts.retried, counts.unfinished);
            }
        }
    }
}

#[test]
fn the_only_node_lost_ends_the_run() {
    let mut world = World::new(10, 1, 1, killing(0, 0.5), 1);
    assert_eq!(world.run(plain), Phase::Lost);
    let mut coordinator = Coordinator::new(4, 2, 2, Town::default());
    coordinator.start(0, &[]);
    coordinator.failed(0, 1);
    assert_eq!(coordinator.phase(), Phase::Map);
    coordinator.failed(1, 2);
    assert_eq!(coordinator.phase(), Phase::Lost);
    assert_eq!(coordinator.failed(1, 3), []);
}

#[test]
fn a_node_may_be_lost_before_the_start() {
    let mut coordinator = Coordinator::new(2, 1, 2, Town::default());
    let actions = coordinator.start(0, &[0]);
    assert_eq!(actions, [Action::End(0), Action::Give { node: 1, task: 0 }]);
    let counts = coordinator.counts();
    assert_eq!((counts.lost, counts.unfinished), (1, 0));
    assert_eq!(coordinator.start(0, &[1]), [Action::End(1)]);
    assert_eq!(coordinator.phase(), Phase::Lost);
}

#[test]
fn answers_of_a_lost_node_do_not_count() {
    let mut coordinator = Coordinator::new(4, 2, 2, Town::default());
    coordinator.start(0, &[]);
    coordinator.failed(0, 1);
    assert_eq!(coordinator.finished(0, 0, 2), (false, Vec::new()));
    assert!(coordinator.is_wanted(0));
}

#[test]
fn a_depot_that_is_held_up_takes_nobody_for_lost() {
    let mut coordinator = Coordinator::new(4, 1, 1, Town::default());
    coordinator.start(0, &[]);
    for second in 1..100 {
        // One tick, however late; then what has come meanwhile.
        coordinator.tick(second * 1_000 * MILLI);
        coordinator.heard(0);
    }
    assert_eq!(coordinator.counts().lost, 0);
}

#[test]
fn a_spare_shortens_the_wait_for_a_straggler() {
    let straggling = |spare| {
        let town = Town {
            straggler: 20.0,
            spare,
            ..Town::default()
        };
        let mut world = World::new(24, 2, 2, town, 5);
        assert_eq!(world.run(plain), Phase::Done);
        world.check_all_done_once();
        (world.now, world.coordinator.counts())
    };
    let (without, none) = straggling(false);
    let (with, some) = straggling(true);
    assert_eq!((none.spares, none.wasted), (0, 0));
    assert!(some.spares > 0);
    assert!(with < without, "{with} {without}");
}

#[test]
fn a_large_task_may_take_longer_without_a_word() {
    let mut coordinator = Coordinator::new(1, 1, 2, Town::default());
    coordinator.start(0, &[]);
    coordinator.sent(0, 0, 64_000_000);
    let mut now = 0;
    let mut quiet = |coordinator: &mut Coordinator, millis: u64| {
        for _ in 0..millis / 10 {
            now += 10 * MILLI;
            coordinator.tick(now);
        }
        coordinator.counts().lost
    };
    assert_eq!(quiet(&mut coordinator, 3_690), 0);
    assert_eq!(quiet(&mut coordinator, 20), 1);
}

#[test]
fn work_goes_to_where_the_data_is() {
    let town = Town {
        moves: Moves::Local,
        ..Town::default()
    };
    let mut world = World::new(32, 2, 2, town, 9);
    assert_eq!(world.run(plain), Phase::Done);
    let moved = world.coordinator.counts().moved;
    assert!(moved <= 2, "{moved} of 32 were fetched from elsewhere");
    let away = |(node, task): &&(usize, u32)| *task < 32 && *task as usize % 2 != *node;
    assert_eq!(world.given.iter().filter(away).count(), moved as usize);
}
