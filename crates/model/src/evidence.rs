//! The evidence record: the one product of a run. Charts, tables, exports,
//! messages and CI all read it; anyone can recompute every verdict from it.

use crate::{Capability, Edge, Job, Manner, Place, Strategy};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The whole interval is inside the limit.
    Pass,
    /// The whole interval is outside.
    Fail,
    /// Not decidable on this machine now; `why` says the reason.
    Inconclusive,
}

/// Why a round does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VoidReason {
    /// The page was hidden during it.
    Hidden,
    /// Nothing happened for more than a second.
    Gap,
    /// The checksum differs from that of the same work elsewhere.
    Checksum,
    /// A task is missing, doubled, or the trace contradicts itself.
    Trace,
    /// More parallelism than ticks allow: the run cannot be right.
    Impossible,
}

/// One way of running that was compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmInfo {
    /// Unique in the record.
    pub id: String,
    /// How the tasks were run.
    pub strategy: Strategy,
    /// Told apart from other arms of the strategy; may be empty.
    pub variant: String,
    /// Workers besides the coordinator.
    pub workers: u32,
    /// Label of the work; checksums agree within a label.
    pub workload: String,
    /// Where the coordinating thread was.
    pub place: Place,
    /// Number of tasks.
    pub tasks: u32,
    /// Sequential arm it is compared with.
    pub base: Option<String>,
    /// How it treated its tasks.
    #[serde(default)]
    pub manner: Manner,
    /// The work, sizes as calibrated: enough to run it again elsewhere.
    #[serde(default)]
    pub jobs: Vec<Job>,
    /// Which tasks need the results of others.
    #[serde(default)]
    pub edges: Vec<Edge>,
}

/// One timed run of one arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoundRow {
    /// Arm id.
    pub arm: String,
    /// Label of the work.
    pub workload: String,
    /// Round number from 0.
    pub round: u32,
    /// Position in the round's random order, from 0.
    pub order: u32,
    /// Makespan in milliseconds.
    pub ms: f64,
    /// Proof of work as 16 hexadecimal digits.
    pub checksum: Option<String>,
    /// Whether it counts.
    pub valid: bool,
    /// Why not, if it does not.
    pub reason: Option<VoidReason>,
    /// C: mean number of tasks in progress.
    pub c: f64,
    /// P: work of the base arm in this round / this makespan. `None` without base.
    pub p: Option<f64>,
    /// P read from ticks: on-core time / makespan.
    pub p_ticks: f64,
    /// Most tasks in progress at one instant.
    pub peak: u32,
    /// Share of lane time that was ready but not progressing, 0..=1.
    pub hollow: f64,
    /// Makespan of the base in the same round / this one. `None` without base.
    pub speedup: Option<f64>,
    /// Mean time at which a task finished, in milliseconds.
    pub mean_finish_ms: f64,
    /// Time at which the last task had started, in milliseconds.
    pub all_started_ms: f64,
    /// Figures that only some runs have, by the name they have in [`Metrics`].
    #[serde(default)]
    pub figures: BTreeMap<String, f64>,
}

/// Summary of one figure over the valid rounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stats {
    /// Valid rounds.
    pub n: u32,
    /// Median.
    pub median: f64,
    /// Lower end of the order-statistic interval of the median (about 95 %).
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
    /// 1.4826 x the median absolute deviation.
    pub mad: f64,
    /// Values outside Tukey's fences; shown, never deleted.
    pub outliers: u32,
}

/// Figures of one arm, each a [`Stats`] over rounds, keyed by name:
/// `c p p_ticks peak hollow speedup mean_finish_ms all_started_ms
/// time_ratio` (own / base makespan) `finish_ratio` (own / base mean finish).
///
/// Of arms whose page was watched also `worst_frame_ms long_frames` (longer than
/// 50 ms) `frame_share` (the longest frame over the makespan) `worst_answer_ms
/// worst_long_task_ms`. Of arms with requests
/// `latency_p50_ms latency_p90_ms latency_p99_ms latency_mean_ms wait_mean_ms
/// service_mean_ms rate_per_s` (all of the first job of the arm, latency from
/// the instant a request came) and `in_flight` (mean of the samples)
/// `little_residual` (its relative distance from rate x latency, all jobs), and
/// where memory was counted `bytes_per_task` (linear memory, tasks in progress
/// on one event loop) or `bytes_per_thread` (of the pool it was run on). Of arms
/// whose tasks need each other `work_ms span_ms edges_broken` (time on a core of
/// all tasks and of the longest chain, and how many began too early).
///
/// Of arms with several workers and a base, where all tasks compute, the account
/// of where the speedup went, in milliseconds of the run's time: `lost.ideal_ms`
/// (the base's work shared out evenly), `lost.<id>_ms` for `serial start moving
/// barrier off-core lock slower rest`, and `lost.sum_ratio`: all of these over the
/// makespan. `lost.serial_share`: time in which only one worker could do anything
/// over the work of the base.
pub type Metrics = BTreeMap<String, Stats>;

/// One probe: k bare workers at once against one of them alone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CapacityProbe {
    /// Workers at once.
    pub workers: u32,
    /// Throughput together / throughput alone.
    pub ratio: f64,
    /// Taken before (`false`) or after (`true`) the rounds.
    pub after: bool,
}

/// Measured parallel capacity, never the reported core count.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Capacity {
    /// Raw probes in the order taken.
    pub probes: Vec<CapacityProbe>,
    /// Median ratio per worker count, all probes.
    pub by_workers: BTreeMap<u32, Stats>,
    /// Largest relative difference between the medians before and after.
    pub drift: f64,
}

/// One claim, evaluated on this run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Unique in the record.
    pub id: String,
    /// The claim as a formula over fields of the record.
    pub expr: String,
    /// Point value.
    pub value: f64,
    /// Lower end of its interval.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
    /// Limit as text, such as `<= 1.15` or `0.95..1.15`.
    pub limit: String,
    /// The outcome.
    pub verdict: Verdict,
    /// Reason where inconclusive or failed; empty on a pass.
    pub why: String,
}

/// How fast a kernel was in its very first pass, and once the browser's
/// optimising compiler was done with it. Only warm runs are timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warmth {
    /// Length of a step in the first pass of this worker, in nanoseconds. Near
    /// the warm one where the kernel had run before.
    pub cold_step_nanos: u64,
    /// Length of a step when warm, in nanoseconds.
    pub warm_step_nanos: u64,
}

/// Where the run took place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// What the browser was found able to do.
    #[serde(flatten)]
    pub capability: Capability,
    /// Build id of page and engine.
    pub build: String,
    /// Date and time at the start, ISO 8601, or empty.
    pub started: String,
}

/// The record. `schema` is `two-chefs-evidence/1`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Name and version of this layout.
    pub schema: String,
    /// Lesson id, `four-numbers` or `lab`.
    pub lesson: String,
    /// Parameters by address key.
    pub params: BTreeMap<String, String>,
    /// Seed of order and input.
    pub seed: u64,
    /// Where it ran.
    pub env: Environment,
    /// What was compared.
    pub arms: Vec<ArmInfo>,
    /// Every timed run, in the order run.
    pub rounds: Vec<RoundRow>,
    /// Makespan in milliseconds, by arm.
    pub stats: BTreeMap<String, Stats>,
    /// Other figures, by arm.
    pub metrics: BTreeMap<String, Metrics>,
    /// Probes of bare workers.
    pub capacity: Capacity,
    /// Cold against warm, by workload id.
    #[serde(default)]
    pub warmth: BTreeMap<String, Warmth>,
    /// The claims.
    pub checks: Vec<Check>,
    /// The sentence shown to the reader.
    pub finding: String,
    /// Anything a reader should know: voided rounds, dropped spans, a missing rung.
    pub notes: Vec<String>,
}

impl Evidence {
    /// Value of [`Evidence::schema`] written by this version.
    pub const SCHEMA: &'static str = "two-chefs-evidence/1";
}
