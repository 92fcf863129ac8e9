//! Arithmetic on stretches of time.

use crate::order::ordered;
use model::{Nanos, Span};

/// From a first instant to the instant after the last, with the task it
/// belongs to, or `None` where several share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub start: Nanos,
    pub end: Nanos,
    pub task: Option<u32>,
}

/// Where at least one of the spans is, in order and without overlap.
pub(crate) fn union(spans: &[Span]) -> Vec<Stretch> {
    let all: Vec<Stretch> = spans.iter().map(stretch).collect();
    let sorted = ordered(&all, |stretch| stretch.start);
    let mut all: Vec<Stretch> = Vec::new();
    for next in sorted {
        match all.last_mut() {
            Some(last) if next.start < last.end => {
                last.end = last.end.max(next.end);
                if last.task != next.task {
                    last.task = None;
                }
            }
            _ => all.push(next),
        }
    }
    all
}

/// The parts of `from` that are outside `taken`; both in order and without
/// overlap among themselves.
pub(crate) fn outside(from: &[Stretch], taken: &[Stretch]) -> Vec<Stretch> {
    let mut left = Vec::new();
    let mut first = 0;
    for piece in from {
        let mut start = piece.start;
        while taken.get(first).is_some_and(|busy| busy.end <= piece.start) {
            first += 1;
        }
        for busy in taken.iter().skip(first) {
            if busy.start >= piece.end {
                break;
            }
            if busy.start > start {
                left.push(Stretch {
                    start,
                    end: busy.start,
                    ..*piece
                });
            }
            start = start.max(busy.end);
        }
        if start < piece.end {
            left.push(Stretch { start, ..*piece });
        }
    }
    left
}

/// Stretches of constant depth, with the number of spans there (at least 1).
pub(crate) fn depths(spans: &[Span]) -> Vec<(Nanos, Nanos, u32)> {
    let mut edges: Vec<(Nanos, bool)> = Vec::with_capacity(spans.len() * 2);
    for span in spans.iter().filter(|span| span.len_nanos > 0) {
        edges.push((span.start_nanos, true));
        edges.push((end_of(span), false));
    }
    // Of edges at one instant, ends come first.
    let edges = ordered(&edges, |edge| (edge.0 << 1) | u64::from(edge.1));
    let (mut depth, mut since, mut all) = (0_u32, 0, Vec::new());
    for (at, opens) in edges {
        if depth > 0 && at > since {
            all.push((since, at, depth));
        }
        since = at;
        depth = if opens {
            depth + 1
        } else {
            depth.saturating_sub(1)
        };
    }
    all
}

/// Instant after the span; a span from a damaged file does not overflow.
pub(crate) const fn end_of(span: &Span) -> Nanos {
    span.start_nanos.saturating_add(span.len_nanos)
}

fn stretch(span: &Span) -> Stretch {
    Stretch {
        start: span.start_nanos,
        end: end_of(span),
        task: Some(span.task),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::State;

    fn spans(list: &[(u32, Nanos, Nanos)]) -> Vec<Span> {
        let span = |&(task, start_nanos, len_nanos): &(u32, Nanos, Nanos)| Span {
            lane_idx: 0,
            task,
            state: State::Ready,
            start_nanos,
            len_nanos,
        };
        list.iter().map(span).collect()
    }

    fn plain(list: &[Stretch]) -> Vec<(Nanos, Nanos, Option<u32>)> {
        list.iter()
            .map(|one| (one.start, one.end, one.task))
            .collect()
    }

    #[test]
    fn ready_time_without_the_time_somebody_ran() {
        let ready = union(&spans(&[(2, 0, 10), (3, 5, 10), (4, 30, 5)]));
        assert_eq!(plain(&ready), [(0, 15, None), (30, 35, Some(4))]);
        let ran = union(&spans(&[(9, 3, 2), (9, 8, 30)]));
        let hollow = outside(&ready, &ran);
        assert_eq!(plain(&hollow), [(0, 3, None), (5, 8, None)]);
    }

    #[test]
    fn depth_counts_overlapping_waits() {
        let waits = spans(&[(0, 0, 10), (1, 2, 10), (2, 20, 1)]);
        assert_eq!(
            depths(&waits),
            [(0, 2, 1), (2, 10, 2), (10, 12, 1), (20, 21, 1)]
        );
    }
}
