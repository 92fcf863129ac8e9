//! What is to be run: jobs cut into tasks, under several arms, in rounds.

use crate::flow::Draw;
use crate::{Edge, Guard, Law, Manner, PARCEL, Strategy, nanos_from_millis};
use serde::{Deserialize, Serialize};

/// A batch of similar tasks of one workload.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Id in the registry of `workloads`, such as `primes`.
    pub workload: String,
    /// Into how many tasks it is cut, at least 1.
    pub tasks: u32,
    /// Wanted computing per task in milliseconds of one core of this machine;
    /// 0 for pure waiting. Calibration turns it into `size` once per run.
    pub busy_millis: f64,
    /// Work per task, in the workload's own unit (its registry entry names the
    /// unit). 0 means: not calibrated yet, or nothing to compute.
    pub size: u32,
    /// Milliseconds each task waits outside the processor; 0 for none. The
    /// mean where [`Job::law`] is not constant.
    pub wait_millis: f64,
    /// How the waits are spread.
    #[serde(default)]
    pub law: Law,
    /// Requests a second, at random times that do not heed how far the work
    /// has got (Poisson); 0: all are there at the start.
    #[serde(default)]
    pub per_second: f64,
    /// Share of each unit of work that only one worker may do at a time, 0..=1
    /// (workload `shaker`).
    #[serde(default)]
    pub locked_share: f64,
    /// Turns of an empty loop between reading a shared counter and writing it
    /// back (workload `tally`).
    #[serde(default)]
    pub gap: u32,
    /// Id of the picture a reader gave, which does not travel with the plan; 0
    /// for a generated one (workload `image-filter`).
    #[serde(default)]
    pub input: u32,
}

/// One task of a job: everything a worker needs to start it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TaskSpec {
    /// Number of the task in its arm, from 0; the ticket's place on the rail.
    pub id: u32,
    /// Workload id.
    pub workload: String,
    /// Which part of the job this is, `0..parts`.
    pub part: u32,
    /// How many tasks the job was cut into.
    pub parts: u32,
    /// As in [`Job::size`].
    pub size: u32,
    /// As in [`Job::wait_millis`].
    pub wait_millis: f64,
    /// Seed of the whole run.
    pub seed: u64,
    /// When it comes, in nanoseconds since the start of the run; latency is
    /// counted from here, however late it is noticed.
    pub arrive_nanos: u64,
    /// As in [`Job::locked_share`].
    #[serde(default)]
    pub locked_share: f64,
    /// As in [`Job::gap`].
    #[serde(default)]
    pub gap: u32,
    /// As in [`Manner::guard`], of the arm it belongs to.
    #[serde(default)]
    pub guard: Guard,
    /// Whether it is computed with 128-bit SIMD, where its workload can.
    #[serde(default)]
    pub simd: bool,
    /// As in [`Job::input`].
    #[serde(default)]
    pub input: u32,
}

/// Where the coordinating thread of an arm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// The page's own event loop.
    Page,
    /// A host worker; the page stays free.
    Worker,
}

/// One way of running one list of jobs; arms are what a chart compares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    /// Unique in the plan, such as `pool-4`.
    pub id: String,
    /// How the tasks are run.
    pub strategy: Strategy,
    /// Told apart from other arms of the same strategy; empty for the plain one.
    pub variant: String,
    /// Workers besides the coordinator; 1 where the strategy uses none.
    pub workers: u32,
    /// Where the coordinating thread is.
    pub place: Place,
    /// Label of the work done: arms with the same label do the same work and
    /// must give the same checksum.
    pub workload: String,
    /// The work. The tasks of several jobs are dealt out in turn.
    pub jobs: Vec<Job>,
    /// Yield after this many steps where the arm interleaves (a step is about
    /// 40 us of work); at least 1.
    pub slice_steps: u32,
    /// Anything else about how the tasks are treated.
    pub manner: Manner,
    /// Which tasks (by [`TaskSpec::id`]) need the results of others; without circles.
    /// Empty where all may begin at once.
    #[serde(default)]
    pub edges: Vec<Edge>,
    /// Id of the `sequential` arm in the same place that this one is compared with.
    pub base: Option<String>,
}

impl Arm {
    /// The tasks of the arm in this round: jobs are dealt out in turn (a, b,
    /// a, b, ...), so that different jobs are in progress together. Requests
    /// that come over time are in the order they come; when, and how long each
    /// waits, is drawn anew for each round, and the result of a task does not
    /// depend on it.
    #[must_use]
    pub fn tasks(&self, seed: u64, round: u32) -> Vec<TaskSpec> {
        let longest = self.jobs.iter().map(|job| job.tasks).max().unwrap_or(0);
        let mut draws: Vec<(Draw, f64)> = (0..self.jobs.len() as u64)
            .map(|job| (Draw::new(seed, (u64::from(round) << 8) + job + 1), 0.0))
            .collect();
        let mut specs = Vec::new();
        for part in 0..longest {
            for (job, (draw, come_millis)) in self.jobs.iter().zip(&mut draws) {
                if part >= job.tasks {
                    continue;
                }
                if job.per_second > 0.0 {
                    *come_millis += draw.exponential(1e3 / job.per_second);
                }
                specs.push(TaskSpec {
                    id: specs.len() as u32,
                    workload: job.workload.clone(),
                    part,
                    parts: job.tasks,
                    size: job.size,
                    wait_millis: match job.law {
                        Law::Constant => job.wait_millis,
                        Law::Exponential => draw.exponential(job.wait_millis),
                    },
                    seed,
                    arrive_nanos: nanos_from_millis(*come_millis),
                    locked_share: job.locked_share,
                    gap: job.gap,
                    guard: self.manner.guard,
                    simd: self.uses_simd(),
                    input: job.input,
                });
            }
        }
        if self.is_open() {
            specs.sort_by_key(|spec| spec.arrive_nanos);
            for (id, spec) in (0..).zip(&mut specs) {
                spec.id = id;
            }
        }
        let first = specs.len() as u32;
        let split = specs.last().cloned().unwrap_or_default();
        specs.extend((0..self.reducers()).map(|reducer| TaskSpec {
            id: first + reducer,
            part: first + reducer,
            ..split.clone()
        }));
        specs
    }

    /// Reducers of a job that nodes map and reduce; they are its last tasks. 0 for
    /// any other work.
    #[must_use]
    pub fn reducers(&self) -> u32 {
        let is_parcel = |job: &Job| job.workload == PARCEL;
        match self.manner.town {
            Some(town) if !self.jobs.iter().any(is_parcel) => match town.reducers {
                0 => self.workers.max(1),
                reducers => reducers,
            },
            _ => 0,
        }
    }

    /// Whether its kernels compute with 128-bit SIMD where they can.
    #[must_use]
    pub fn uses_simd(&self) -> bool {
        self.strategy == Strategy::Simd || self.manner.simd
    }

    /// Whether its requests come over time, whether or not they are kept up with.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.jobs.iter().any(|job| job.per_second > 0.0)
    }
}

/// Planned length of each task of these jobs, in milliseconds by task id: its
/// computing and its wait. For tasks that are all there at the start; those that
/// come over time are numbered in the order they come.
#[must_use]
pub fn planned_millis(jobs: &[Job]) -> Vec<f64> {
    let longest = jobs.iter().map(|job| job.tasks).max().unwrap_or(0);
    let dealt = (0..longest).flat_map(|part| jobs.iter().filter(move |job| part < job.tasks));
    dealt.map(|job| job.busy_millis + job.wait_millis).collect()
}

/// A whole measured run: the arms, and how often each is timed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Lesson id, `four-numbers` or `lab`.
    pub lesson: String,
    /// Fixes the order of arms inside rounds and the input of workloads.
    pub seed: u64,
    /// Timed rounds; every arm runs once in each. At least 6 where judged.
    pub rounds: u32,
    /// What is compared.
    pub arms: Vec<Arm>,
    /// Worker counts whose capacity is probed before and after the rounds.
    pub capacity_for: Vec<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_jobs_are_dealt_out_in_turn() {
        let job = |workload: &str, tasks| Job {
            workload: workload.into(),
            tasks,
            busy_millis: 1.0,
            size: 1,
            ..Job::default()
        };
        let arm = Arm {
            id: "a".into(),
            strategy: Strategy::Sequential,
            variant: String::new(),
            workers: 1,
            place: Place::Worker,
            workload: "mixed".into(),
            jobs: vec![job("mandelbrot", 3), job("queens", 1)],
            slice_steps: 1,
            manner: Manner::default(),
            edges: Vec::new(),
            base: None,
        };
        let order: Vec<_> = arm
            .tasks(7, 0)
            .into_iter()
            .map(|task| (task.id, task.workload, task.part))
            .collect();
        let lengths = planned_millis(&[job("a", 1), job("b", 2)]);
        assert_eq!(lengths, [1.0, 1.0, 1.0]);
        let planned = planned_millis(&arm.jobs);
        assert_eq!(planned.len(), order.len());
        assert_eq!(
            order,
            [
                (0, "mandelbrot".to_string(), 0),
                (1, "queens".to_string(), 0),
                (2, "mandelbrot".to_string(), 1),
                (3, "mandelbrot".to_string(), 2),
            ]
        );
    }

    #[test]
    fn reducers_are_the_last_tasks() {
        let mut arm = Arm {
            id: "a".into(),
            strategy: Strategy::Messages,
            variant: String::new(),
            workers: 4,
            place: Place::Worker,
            workload: "words".into(),
            jobs: vec![Job {
                workload: "word-count".into(),
                tasks: 3,
                size: 64,
                ..Job::default()
            }],
            slice_steps: 1,
            manner: Manner::default(),
            edges: Vec::new(),
            base: None,
        };
        assert_eq!((arm.reducers(), arm.tasks(1, 0).len()), (0, 3));
        let mut town = crate::Town::default();
        arm.manner.town = Some(town);
        let ids: Vec<_> = arm.tasks(1, 0).iter().map(|task| task.id).collect();
        assert_eq!(ids, (0..7).collect::<Vec<_>>());
        town.reducers = 1;
        arm.manner.town = Some(town);
        assert_eq!(arm.tasks(1, 0).len(), 4);
        arm.jobs[0].workload = PARCEL.into();
        assert_eq!((arm.reducers(), arm.tasks(1, 0).len()), (0, 3));
    }

    #[test]
    fn requests_come_in_order_and_differently_in_each_round() {
        let job = |workload: &str, tasks, per_second| Job {
            workload: workload.into(),
            tasks,
            busy_millis: 1.0,
            wait_millis: 4.0,
            law: Law::Exponential,
            per_second,
            ..Job::default()
        };
        let arm = Arm {
            id: "a".into(),
            strategy: Strategy::Interleaved,
            variant: String::new(),
            workers: 1,
            place: Place::Worker,
            workload: "mixed".into(),
            jobs: vec![job("requests", 900, 300.0), job("primes", 9, 3.0)],
            slice_steps: 1,
            manner: Manner::default(),
            edges: Vec::new(),
            base: None,
        };
        let (first, again, other) = (arm.tasks(7, 0), arm.tasks(7, 0), arm.tasks(7, 1));
        assert_eq!(first, again);
        assert_ne!(first, other);
        assert!(first.is_sorted_by_key(|task| (task.arrive_nanos, task.id)));
        assert!(first.iter().map(|task| task.id).eq(0..909));
        let light: Vec<_> = first.iter().filter(|t| t.workload == "requests").collect();
        let last = light.last().unwrap().arrive_nanos as f64 / 1e9;
        assert!((900.0 / last - 300.0).abs() < 30.0, "{last} s");
        let mean = light.iter().map(|task| task.wait_millis).sum::<f64>() / 900.0;
        assert!((mean - 4.0).abs() < 0.5, "{mean} ms");
    }
}
