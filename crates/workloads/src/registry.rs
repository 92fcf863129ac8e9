//! The list of workloads.

use crate::{
    Workload, crop, crossing, endless, image_filter, life, mandelbrot, matrix, merge_sort, n_body,
    nothing, password, primes, queens, requests, shaker, single, tally, training, trees, waiting,
};

/// Every workload whose tasks end, by id.
pub const ALL: &[&Workload] = &[
    &single::blur::WORKLOAD,
    &crop::WORKLOAD,
    &image_filter::WORKLOAD,
    &life::WORKLOAD,
    &mandelbrot::WORKLOAD,
    &single::mandelbrot::WORKLOAD,
    &matrix::WORKLOAD,
    &single::matrix::WORKLOAD,
    &merge_sort::WORKLOAD,
    &n_body::WORKLOAD,
    &single::n_body::WORKLOAD,
    &nothing::WORKLOAD,
    &password::WORKLOAD,
    &primes::WORKLOAD,
    &queens::WORKLOAD,
    &requests::WORKLOAD,
    &trees::WORKLOAD,
    &waiting::WORKLOAD,
];

/// Workloads whose tasks never give a thread back, for showing what comes of
/// that. Only a thread that can be ended may run them.
pub const ENDLESS: &[&Workload] = &[&endless::WORKLOAD];

/// Workloads whose tasks use something together. Alone, as here, each task has its
/// own; the runner makes the common one for a run.
pub const SHARED: &[&Workload] = &[
    &crossing::WORKLOAD,
    &shaker::WORKLOAD,
    &tally::WORKLOAD,
    &training::WORKLOAD,
];

/// The workload with this id, or `None`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Workload> {
    let mut all = ALL.iter().chain(ENDLESS).chain(SHARED).copied();
    all.find(|workload| workload.id == id)
}

/// Whether its tasks never give a thread back.
#[must_use]
pub fn is_endless(id: &str) -> bool {
    ENDLESS.iter().any(|workload| workload.id == id)
}
