//! Figures and claims of runs whose requests come over time.

use crate::checks::Claims;
use analysis::stats::summarise;
use analysis::verdict::Limit;
use model::{Arm, ArmInfo, Evidence, Manner, RoundRow, Stats, TaskSpec};

/// Largest relative distance between what was counted in progress and what
/// Little's law says of it.
const LITTLE: f64 = 0.05;

/// Rounds of an arm that count.
pub fn rows<'a>(evidence: &'a Evidence, arm: &'a str) -> impl Iterator<Item = &'a RoundRow> {
    evidence
        .rounds
        .iter()
        .filter(move |row| row.valid && row.arm == arm)
}

/// What came in a round, and when: by plan, whatever became of it.
pub fn schedule(info: &ArmInfo, seed: u64, round: u32) -> Vec<TaskSpec> {
    let planned = Arm {
        id: String::new(),
        strategy: info.strategy,
        variant: String::new(),
        workers: info.workers,
        place: info.place,
        workload: String::new(),
        jobs: info.jobs.clone(),
        slice_steps: 1,
        manner: Manner::default(),
        edges: Vec::new(),
        base: None,
    };
    planned.tasks(seed, round)
}

/// A figure of one arm over that of another, each pair from one round.
pub fn ratio_of(evidence: &Evidence, name: &str, arm: &str, other: &str) -> Option<Stats> {
    let mut ratios = Vec::new();
    for own in rows(evidence, arm) {
        let pair = rows(evidence, other).find(|row| row.round == own.round);
        let of = |row: &RoundRow| row.figures.get(name).copied();
        if let (Some(own), Some(base)) = (of(own), pair.and_then(of))
            && base > 0.0
        {
            ratios.push(own / base);
        }
    }
    summarise(&ratios)
}

/// The requests of an arm, all its rounds together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pooled {
    /// How many there were.
    pub requests: f64,
    /// How many came in a millisecond.
    pub per_milli: f64,
    /// Mean time that serving one took.
    pub service_millis: f64,
    /// Mean time that serving one was to take, of those that only wait.
    pub planned_millis: f64,
    /// Mean time from coming to being served.
    pub wait_millis: f64,
}

impl Pooled {
    /// Share of the time of that many servers that was asked for.
    #[must_use]
    pub fn load(&self, servers: u32) -> f64 {
        self.per_milli * self.service_millis / f64::from(servers.max(1))
    }

    /// How much longer serving took than planned, as a share: waking up late.
    #[must_use]
    pub fn late(&self) -> f64 {
        self.service_millis / self.planned_millis - 1.0
    }
}

/// The requests of an arm over all rounds that count; `None` without any. Every
/// round has the same number of them, so means over rounds are means over requests.
pub fn pooled(evidence: &Evidence, arm: &str) -> Option<Pooled> {
    let info = evidence.arms.iter().find(|info| info.id == arm)?;
    let tasks = f64::from(info.jobs.first()?.tasks);
    let (mut n, mut gaps, mut service, mut planned, mut wait) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for row in rows(evidence, arm) {
        let of = |name: &str| row.figures.get(name).copied();
        let specs = schedule(info, evidence.seed, row.round);
        planned += specs.iter().map(|spec| spec.wait_millis).sum::<f64>() / tasks;
        gaps += 1e3 / of("rate_per_s").filter(|rate| *rate > 0.0)?;
        service += of("service_mean_ms")?;
        wait += of("wait_mean_ms")?;
        n += 1.0;
    }
    (n > 0.0 && gaps > 0.0).then(|| Pooled {
        requests: n * tasks,
        per_milli: n / gaps,
        service_millis: service / n,
        planned_millis: planned / n,
        wait_millis: wait / n,
    })
}

/// What is in progress equals what comes times how long it stays (Little 1961),
/// whatever the order and the distribution.
pub fn little(claims: &mut Claims<'_>, arm: &str) {
    let residual = crate::checks::metric_of(claims.evidence(), arm, "little_residual");
    let id = ["little.", arm].concat();
    let expr = ["|L - rate x latency| / L of ", arm].concat();
    claims.timed(&id, &expr, residual, Limit::AtMost(LITTLE), &[arm]);
}
