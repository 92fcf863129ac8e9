//! The plane of tasks in progress (C) and work done at once (P).

/// From this mean number of tasks in progress on, a run is concurrent.
pub const CONCURRENT_FROM: f64 = 1.5;
/// From this much work at once on, a run is parallel.
pub const PARALLEL_FROM: f64 = 1.3;
