//! The nouns of Two Chefs: plans, traces, capabilities and the evidence record.
//!
//! Plain serialisable values without behaviour beyond their invariants. Every
//! arrow of the house (see `crates/README.md`) carries one of them.

mod capability;
mod dataset;
mod evidence;
mod flow;
mod gpu;
mod plan;
mod sharing;
mod strategy;
mod time;
mod town;
mod trace;
mod training;

pub use capability::{Capability, Rung, RungReason, YieldKind};
pub use dataset::{DIGITS, DataSet, DigitsFile, ORDERS, Total};
pub use evidence::{
    ArmInfo, Capacity, CapacityProbe, Check, Environment, Evidence, Metrics, RoundRow, Stats,
    Verdict, VoidReason, Warmth,
};
pub use flow::{Give, Law, Manner};
pub use gpu::{Adapter, FAULT as GPU_FAULT, Gpu, GpuFault, GpuUse};
pub use plan::{Arm, Job, Place, Plan, TaskSpec, planned_millis};
pub use sharing::{Deal, Edge, Guard};
pub use strategy::Strategy;
pub use time::{NANOS_PER_MILLI, NANOS_PER_SEC, Nanos, millis_from_nanos, nanos_from_millis};
pub use town::{Moves, PARCEL, Town};
pub use trace::{
    Courier, Deed, Lane, LaneKind, MemoryUse, PageLife, Picture, STALL_NANOS, Sample, Span, Stall,
    State, Stretch, TaskEvent, TaskRecord, Tile, Trace,
};
pub use training::{Learned, Learner, SHARDS, TRAINING, Training, WANTED_ACCURACY};
