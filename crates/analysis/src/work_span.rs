//! Work, span and the bounds they set on tasks that need each other's results.
//!
//! With work T1 (all lengths together) and span Tinf (the longest chain of tasks
//! of which each needs the one before, the critical path), no schedule on p
//! workers is shorter than max(T1 / p, Tinf), and one that lets no worker idle
//! while a task is ready takes at most (T1 - Tinf) / p + Tinf (Graham, Bell System
//! Technical Journal 45, 1966; Brent, Journal of the ACM 21, 1974). T1 / Tinf is the
//! parallelism: more workers than that cannot all be kept busy.

use crate::fault::{find, is_too_early};
use model::{ArmInfo, Edge, Trace, millis_from_nanos};
use std::collections::BTreeMap;

/// Figures of arms whose tasks need each other, by the name they have in
/// [`model::Metrics`]: `work_ms` and `span_ms`, from the time each task was on a
/// core in that run, and `edges_broken`, how many tasks began before one that they
/// need had finished.
pub const FIGURES: [&str; 3] = ["work_ms", "span_ms", "edges_broken"];

/// Work and span of some tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkSpan {
    /// T1: all lengths together.
    pub work: f64,
    /// Tinf: length of the longest chain.
    pub span: f64,
    /// The tasks of the longest chain in the order they are done; of several that
    /// are as long, the one whose last tasks have the smallest ids.
    pub chain: Vec<u32>,
}

impl WorkSpan {
    /// Of the tasks `0..lengths.len()` with these lengths, in any unit, none below
    /// 0. `None` if there is no task, an edge names one that does not exist, or
    /// tasks need each other in a circle.
    #[must_use]
    pub fn of(lengths: &[f64], edges: &[Edge]) -> Option<Self> {
        let order = sorted(lengths.len(), edges)?;
        // When each could end at the earliest, and after which one.
        let mut ends = vec![0.0_f64; lengths.len()];
        let mut after: Vec<Option<u32>> = vec![None; lengths.len()];
        for task in order {
            let mut starts = 0.0;
            let mut last: Option<u32> = None;
            for edge in edges.iter().filter(|edge| edge.after == task) {
                let end = ends.get(edge.before as usize).copied()?;
                let is_first = last.is_none_or(|last| edge.before < last);
                if end > starts || (end >= starts && is_first) {
                    (starts, last) = (end, Some(edge.before));
                }
            }
            *ends.get_mut(task as usize)? = starts + lengths.get(task as usize)?;
            *after.get_mut(task as usize)? = last;
        }
        let span = ends.iter().copied().fold(0.0, f64::max);
        let end = (0..).zip(&ends).find(|(_, end)| **end >= span)?;
        let mut chain = vec![end.0];
        while let Some(Some(before)) = chain.last().map(|task| after.get(*task as usize)?.as_ref())
        {
            chain.push(*before);
        }
        chain.reverse();
        Some(Self {
            work: lengths.iter().sum(),
            span,
            chain,
        })
    }

    /// T1 / Tinf; 1 where nothing takes any time.
    #[must_use]
    pub fn parallelism(&self) -> f64 {
        if self.span > 0.0 {
            self.work / self.span
        } else {
            1.0
        }
    }

    /// No schedule on so many workers (1 or more, need not be whole) is shorter:
    /// max(T1 / p, Tinf).
    #[must_use]
    pub fn least(&self, workers: f64) -> f64 {
        (self.work / workers.max(1.0)).max(self.span)
    }

    /// A greedy schedule on so many workers is no longer: (T1 - Tinf) / p + Tinf.
    #[must_use]
    pub fn most(&self, workers: f64) -> f64 {
        (self.work - self.span) / workers.max(1.0) + self.span
    }
}

/// The tasks in an order in which each comes after what it needs.
fn sorted(n_tasks: usize, edges: &[Edge]) -> Option<Vec<u32>> {
    let mut needs = vec![0_u32; n_tasks];
    for edge in edges {
        needs.get(edge.before as usize)?;
        *needs.get_mut(edge.after as usize)? += 1;
    }
    let first = (0..).zip(&needs).filter(|(_, needs)| **needs == 0);
    let mut order: Vec<u32> = first.map(|(task, _)| task).collect();
    let mut at = 0;
    while let Some(&task) = order.get(at) {
        at += 1;
        for edge in edges.iter().filter(|edge| edge.before == task) {
            let needs = needs.get_mut(edge.after as usize)?;
            *needs -= 1;
            if *needs == 0 {
                order.push(edge.after);
            }
        }
    }
    (n_tasks > 0 && order.len() == n_tasks).then_some(order)
}

/// The figures of one run, see [`FIGURES`]; none where no task needs another, or
/// one is missing.
pub(crate) fn figures(edges: &[Edge], trace: &Trace) -> BTreeMap<String, f64> {
    let lengths: Option<Vec<f64>> = (0..trace.tasks.len() as u32)
        .map(|id| find(trace, id).map(|task| millis_from_nanos(task.busy_nanos)))
        .collect();
    let found = lengths
        .filter(|_| !edges.is_empty())
        .and_then(|lengths| WorkSpan::of(&lengths, edges));
    let Some(found) = found else {
        return BTreeMap::new();
    };
    let broken = edges.iter().filter(|edge| is_too_early(trace, edge));
    let broken = broken.count() as f64;
    let values = [found.work, found.span, broken];
    let named = FIGURES.into_iter().map(String::from);
    named.zip(values).collect()
}

/// Planned lengths in milliseconds, as work and span; `None` as in [`WorkSpan::of`].
#[must_use]
pub fn planned(arm: &ArmInfo) -> Option<WorkSpan> {
    WorkSpan::of(&model::planned_millis(&arm.jobs), &arm.edges)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(pairs: &[(u32, u32)]) -> Vec<Edge> {
        let edge = |&(before, after): &(u32, u32)| Edge { before, after };
        pairs.iter().map(edge).collect()
    }

    #[test]
    fn of_two_sums_and_a_product() {
        // (b + c) * (d + e): the sums take 3 and 4, the product 2.
        let found = WorkSpan::of(&[3.0, 4.0, 2.0], &edges(&[(0, 2), (1, 2)])).unwrap();
        assert_eq!((found.work, found.span), (9.0, 6.0));
        assert_eq!(found.chain, [1, 2]);
        assert_eq!(found.parallelism(), 1.5);
        let bounds = |p| (found.least(p), found.most(p));
        assert_eq!(bounds(1.0), (9.0, 9.0));
        assert_eq!(bounds(2.0), (6.0, 7.5));
        assert_eq!(bounds(1e9).0, 6.0);
    }

    #[test]
    fn a_chain_and_no_edge_at_all_are_the_two_ends() {
        let lengths = [2.0, 5.0, 1.0];
        let chain = WorkSpan::of(&lengths, &edges(&[(2, 1), (1, 0)])).unwrap();
        assert_eq!((chain.span, chain.parallelism()), (8.0, 1.0));
        assert_eq!(chain.chain, [2, 1, 0]);
        let free = WorkSpan::of(&lengths, &[]).unwrap();
        assert_eq!((free.span, free.chain), (5.0, vec![1]));
        assert_eq!(free.work, 8.0);
    }

    #[test]
    fn what_is_no_recipe_has_no_span() {
        assert_eq!(WorkSpan::of(&[], &[]), None);
        assert_eq!(WorkSpan::of(&[1.0], &edges(&[(0, 0)])), None);
        assert_eq!(WorkSpan::of(&[1.0, 1.0], &edges(&[(0, 1), (1, 0)])), None);
        assert_eq!(WorkSpan::of(&[1.0], &edges(&[(0, 1)])), None);
        assert_eq!(WorkSpan::of(&[1.0], &edges(&[(7, 0)])), None);
        let idle = WorkSpan::of(&[0.0, 0.0], &edges(&[(0, 1)])).unwrap();
        assert_eq!((idle.parallelism(), idle.least(4.0)), (1.0, 0.0));
        assert_eq!(idle.chain, [0], "both end at once");
    }
}
