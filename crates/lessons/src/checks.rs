//! Claims, evaluated on a record, and what several lessons claim alike.

use crate::{Finding, FindingKind};
use analysis::capacity;
use analysis::stats::summarise;
use analysis::verdict::{Gate, Limit, judge, judge_exact, same_work};
use model::{ArmInfo, Check, Evidence, GPU_FAULT, RoundRow, Stats, Verdict, VoidReason};

/// Capacity of two workers below which one core is the best explanation.
pub const ONE_CORE: f64 = 1.3;
/// Slack of a timer, of waking up and of one late turn of the event loop.
pub const TIMER_SLACK_MILLIS: f64 = 30.0;

/// The claims about one record, in the order made.
pub struct Claims<'a> {
    evidence: &'a Evidence,
    checks: Vec<Check>,
}

impl<'a> Claims<'a> {
    /// Starts with what every run must keep: equal checksums within a label of
    /// work, and traces that do not contradict themselves.
    pub fn new(evidence: &'a Evidence) -> Self {
        let mut checks: Vec<Check> = Vec::new();
        for arm in evidence
            .arms
            .iter()
            .filter(|arm| !lacks_gpu(evidence, &arm.id) && !is_hasty(arm))
        {
            let id = ["same-work.", &arm.workload].concat();
            if !checks.iter().any(|check| check.id == id) {
                checks.push(same_work(&id, evidence, &arm.workload));
            }
        }
        checks.push(sane_traces(evidence));
        Self { evidence, checks }
    }

    /// A claim about times of these arms; needs a clock fine enough for them.
    pub fn timed(
        &mut self,
        id: &str,
        expr: &str,
        stats: Option<Stats>,
        limit: Limit,
        arms: &[&str],
    ) {
        let gates = [Gate::clock_of(self.evidence, arms)];
        self.checks
            .push(judge(id, expr, stats.as_ref(), limit, &gates));
    }

    /// A claim about work done at once by `workers`; needs two free cores and
    /// a steady capacity as well.
    pub fn parallel(
        &mut self,
        id: &str,
        expr: &str,
        stats: Option<Stats>,
        limit: Limit,
        arms: &[&str],
    ) {
        let capacity = &self.evidence.capacity;
        let gates = [
            Gate::capacity(capacity),
            Gate::drift(capacity, 2),
            Gate::clock_of(self.evidence, arms),
        ];
        self.checks
            .push(judge(id, expr, stats.as_ref(), limit, &gates));
    }

    /// A claim decided elsewhere.
    pub fn push(&mut self, check: Check) {
        self.checks.push(check);
    }

    /// The record the claims are about.
    pub fn evidence(&self) -> &'a Evidence {
        self.evidence
    }

    /// All of them.
    pub fn done(self) -> Vec<Check> {
        self.checks
    }

    /// Waits done one after another add up.
    pub fn waits_in_a_row(&mut self, arm: &str, sum_millis: f64) {
        let expr = ["ms(", arm, ") / all waits in a row"].concat();
        let id = ["row.", arm].concat();
        let share = scaled(self.evidence.stats.get(arm), sum_millis);
        self.timed(&id, &expr, share, Limit::AtLeast(0.95), &[arm]);
    }

    /// Waits in progress together take about as long as the longest of them,
    /// plus the stirring.
    pub fn waits_overlap(&mut self, arm: &str, longest_millis: f64, stirring_millis: f64) {
        let most = 1.15 * longest_millis + stirring_millis + TIMER_SLACK_MILLIS;
        let expr = ["ms(", arm, ")"].concat();
        let id = ["overlap.", arm].concat();
        let millis = self.evidence.stats.get(arm).copied();
        self.timed(&id, &expr, millis, Limit::AtMost(most), &[arm]);
    }

    /// Interleaving on one thread is not faster than one after another.
    pub fn no_faster(&mut self, arm: &str) {
        let name = |metric: &str| [metric, ".", arm].concat();
        let expr = |metric: &str| [metric, "(", arm, ")"].concat();
        let figure = |metric: &str| metric_of(self.evidence, arm, metric);
        let (ratio, p) = (figure("time_ratio"), figure("p"));
        let limit = Limit::Between(0.95, 1.15);
        self.timed(&name("time"), &expr("time_ratio"), ratio, limit, &[arm]);
        self.timed(&name("p"), &expr("p"), p, Limit::AtMost(1.10), &[arm]);
        let base = self.evidence.arms.iter().find(|info| info.id == arm);
        if let Some(base) = base.and_then(|info| info.base.as_deref()) {
            self.works(base);
        }
    }

    /// One after another keeps a core busy; were every arm asleep, all other
    /// claims about computing would hold too. The limit is low because on a busy
    /// machine the core is somebody else's most of the time.
    fn works(&mut self, base: &str) {
        let p = metric_of(self.evidence, base, "p");
        let (id, expr) = (["works.", base].concat(), ["p(", base, ")"].concat());
        self.timed(&id, &expr, p, Limit::AtLeast(0.3), &[base]);
    }

    /// Every task was in progress at some instant.
    pub fn all_in_progress(&mut self, arm: &str, tasks: f64) {
        let expr = ["peak(", arm, ")"].concat();
        let peak = metric_of(self.evidence, arm, "peak");
        let id = ["peak.", arm].concat();
        let limit = Limit::Between(tasks, tasks);
        self.checks
            .push(judge(&id, &expr, peak.as_ref(), limit, &[]));
    }

    /// As many tasks were in progress at some instant as were allowed, never more.
    pub fn under_way(&mut self, arm: &str, limit: f64) {
        let expr = ["peak(", arm, ")"].concat();
        let peak = metric_of(self.evidence, arm, "peak");
        let id = ["limit.", arm].concat();
        let limit = Limit::Between(limit, limit);
        self.checks
            .push(judge(&id, &expr, peak.as_ref(), limit, &[]));
    }

    /// A team reaches at least 0.8 of what bare workers reach.
    pub fn reaches_capacity(&mut self, arm: &str, workers: u32) {
        let count = workers.to_string();
        let expr = ["speedup(", arm, ") / capacity(", &*count, ")"].concat();
        let share = share_of_capacity(self.evidence, arm, "speedup", workers);
        let id = ["speedup.", arm].concat();
        self.parallel(&id, &expr, share, Limit::AtLeast(0.8), &[arm]);
    }

    /// With one core a team is no faster than one. If a second core came and
    /// went between the probes, nothing is claimed about the time between.
    pub fn one_knife(&mut self, arm: &str) {
        let expr = ["speedup(", arm, ") on one core"].concat();
        let speedup = metric_of(self.evidence, arm, "speedup");
        let id = ["one-knife.", arm].concat();
        let capacity = &self.evidence.capacity;
        let mut twos = capacity.probes.iter().filter(|probe| probe.workers == 2);
        let mut gates = vec![Gate::clock_of(self.evidence, &[arm])];
        if twos.any(|probe| probe.ratio >= ONE_CORE) {
            gates.push(Gate::drift(capacity, 2));
        }
        let limit = Limit::AtMost(1.10);
        self.checks
            .push(judge(&id, &expr, speedup.as_ref(), limit, &gates));
    }

    /// More than bare workers reach cannot be: such a speedup is a mistake.
    /// Claims nothing where that many were not probed.
    pub fn no_magic(&mut self, arm: &str, workers: u32) {
        if capacity::at(&self.evidence.capacity, workers).is_none() {
            return;
        }
        let count = workers.to_string();
        let expr = [
            "speedup(",
            arm,
            ") / capacity(",
            &*count,
            "), flagged above",
        ]
        .concat();
        let share = share_of_capacity(self.evidence, arm, "speedup", workers);
        let id = ["magic.", arm].concat();
        self.parallel(&id, &expr, share, Limit::AtMost(1.05), &[arm]);
    }
}

/// Makespan of `arm` over that of `other`, each pair from one round.
pub fn ratio(evidence: &Evidence, arm: &str, other: &str) -> Option<Stats> {
    of_pairs(evidence, arm, other, |ms, base| ms / base)
}

/// Makespan of `arm` minus that of `other` in milliseconds, each pair from one round.
pub fn later(evidence: &Evidence, arm: &str, other: &str) -> Option<Stats> {
    of_pairs(evidence, arm, other, |ms, base| ms - base)
}

fn of_pairs(evidence: &Evidence, arm: &str, other: &str, of: fn(f64, f64) -> f64) -> Option<Stats> {
    let valid = |id: &str, round: Option<u32>| {
        evidence
            .rounds
            .iter()
            .filter(move |row| row.valid && round.is_none_or(|round| row.round == round))
            .filter(|row| row.arm == id)
            .map(|row| (row.round, row.ms))
            .collect::<Vec<_>>()
    };
    let mut pairs = Vec::new();
    for (round, ms) in valid(arm, None) {
        for (_, base) in valid(other, Some(round)) {
            pairs.push(of(ms, base));
        }
    }
    summarise(&pairs)
}

/// A figure of an arm.
pub fn metric_of(evidence: &Evidence, arm: &str, name: &str) -> Option<Stats> {
    evidence.metrics.get(arm)?.get(name).copied()
}

/// Median of a figure of an arm; 0 if it was not measured.
pub fn middle(evidence: &Evidence, arm: &str, name: &str) -> f64 {
    metric_of(evidence, arm, name).map_or(0.0, |stats| stats.median)
}

/// Median makespan of an arm in milliseconds; 0 if it was not measured.
pub fn millis_of(evidence: &Evidence, arm: &str) -> f64 {
    evidence.stats.get(arm).map_or(0.0, |stats| stats.median)
}

/// Median capacity of that many workers; of the next fewer probed where they
/// were not; `None` without probes.
pub fn capacity_of(evidence: &Evidence, workers: u32) -> Option<f64> {
    let probed = evidence.capacity.by_workers.range(..=workers).next_back();
    let stats = capacity::at(&evidence.capacity, workers);
    stats
        .or(probed.map(|(_, stats)| *stats))
        .map(|stats| stats.median)
}

/// Whether the probes say that this machine gave one core.
pub fn is_one_core(evidence: &Evidence) -> bool {
    capacity_of(evidence, 2).is_some_and(|two| two < ONE_CORE)
}

/// Whether the probes say so, and the teams bore it out: on a busy machine a core
/// may come back after the probes.
pub fn is_told_of_one_core(evidence: &Evidence) -> bool {
    let mut checks = evidence.checks.iter();
    let is_borne_out =
        checks.any(|check| check.id.starts_with("one-knife.") && check.verdict == Verdict::Pass);
    is_one_core(evidence) && is_borne_out
}

/// A figure of an arm as a share of the median capacity.
pub fn share_of_capacity(
    evidence: &Evidence,
    arm: &str,
    name: &str,
    workers: u32,
) -> Option<Stats> {
    let capacity = capacity_of(evidence, workers)?;
    scaled(metric_of(evidence, arm, name).as_ref(), capacity)
}

/// A figure divided by a known positive number.
pub fn scaled(stats: Option<&Stats>, by: f64) -> Option<Stats> {
    let stats = stats.filter(|_| by > 0.0)?;
    Some(Stats {
        median: stats.median / by,
        lo: stats.lo / by,
        hi: stats.hi / by,
        mad: stats.mad / by,
        ..*stats
    })
}

/// How the checks of a record came out together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing failed and everything was decided.
    Held,
    /// Nothing failed, something could not be decided.
    Open,
    /// Something failed.
    Failed,
}

/// The outcome of the checks that are in the record already.
pub fn outcome(evidence: &Evidence) -> Outcome {
    let is = |verdict| evidence.checks.iter().any(|check| check.verdict == verdict);
    if is(Verdict::Fail) {
        Outcome::Failed
    } else if is(Verdict::Inconclusive) {
        Outcome::Open
    } else {
        Outcome::Held
    }
}

/// The sentence of this key, which holds no number, for a record that lacks a
/// way of running: too few of its rounds counted.
pub fn unmeasured(evidence: &Evidence, key: &str) -> Finding {
    let kind = if outcome(evidence) == Outcome::Failed {
        FindingKind::Disagrees
    } else {
        FindingKind::Undecided
    };
    Finding::new(kind, key)
}

/// Whether the graphics processor did nothing in any round of an arm: there is none,
/// or it cannot do this. That is said elsewhere, and proves nothing wrong.
pub fn lacks_gpu(evidence: &Evidence, arm: &str) -> bool {
    let mut rows = evidence.rounds.iter().filter(|row| row.arm == arm);
    let lacks = |row: &RoundRow| row.figures.contains_key(GPU_FAULT);
    rows.next().is_some_and(lacks) && rows.all(lacks)
}

/// Whether its workers do not wait for each other: every run takes other steps.
fn is_hasty(arm: &ArmInfo) -> bool {
    arm.manner
        .training
        .is_some_and(|training| training.is_async)
}

/// Ways of running of which more than half of the rounds are void because the
/// trace contradicts itself. Single rounds happen on a busy machine; they are
/// left out and named in the notes.
fn sane_traces(evidence: &Evidence) -> Check {
    let is_mad = |reason| matches!(reason, VoidReason::Trace | VoidReason::Impossible);
    let mad_arms = evidence.arms.iter().filter(|arm| {
        let rows = || evidence.rounds.iter().filter(|row| row.arm == arm.id);
        let is_there = |row: &&RoundRow| !row.figures.contains_key(GPU_FAULT);
        let mad = rows().filter(is_there);
        let mad = mad.filter(|row| row.reason.is_some_and(is_mad)).count();
        2 * mad > rows().count()
    });
    judge_exact(
        "sane-traces",
        "arms with most traces contradicting themselves",
        mad_arms.count() as f64,
        Limit::Equal,
        &[],
    )
}
