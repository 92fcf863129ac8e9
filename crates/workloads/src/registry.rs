//! The list of workloads.

use crate::{Workload, mandelbrot, primes, queens, requests, waiting};

/// Every workload, by id.
pub const ALL: &[&Workload] = &[
    &mandelbrot::WORKLOAD,
    &primes::WORKLOAD,
    &queens::WORKLOAD,
    &requests::WORKLOAD,
    &waiting::WORKLOAD,
];

/// The workload with this id, or `None`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Workload> {
    ALL.iter().copied().find(|workload| workload.id == id)
}
