//! Lines made of points, and the interval of a dot: what the charts of figures
//! with two axes share.

use crate::labels::{Area, Placer};
use crate::svg::Svg;
use model::Stats;

/// Fewer rounds than this have no interval worth drawing.
const LEAST_ROUNDS_FOR_INTERVAL: u32 = 6;

pub(crate) fn has_interval(stats: &Stats) -> bool {
    stats.n >= LEAST_ROUNDS_FOR_INTERVAL && stats.lo.is_finite() && stats.hi.is_finite()
}

/// The interval of a dot: a bar with two ends.
pub(crate) fn interval(svg: &mut Svg, x: f32, lo: f32, hi: f32) {
    svg.raw("<path fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"1.4\" d=\"M");
    svg.num(x - 3.5).raw(" ").num(lo).raw("h7m-3.5 0V").num(hi);
    svg.raw("m-3.5 0h7\"/>");
}

/// The value at `at`, between the points of a line; `None` outside them.
pub(crate) fn between(points: &[(f64, f64)], at: f64) -> Option<f64> {
    for pair in points.windows(2) {
        let [(from, low), (to, high)] = pair else {
            continue;
        };
        if (*from..=*to).contains(&at) && low.is_finite() && high.is_finite() {
            let share = if to > from {
                (at - from) / (to - from)
            } else {
                0.0
            };
            return Some(low + (high - low) * share);
        }
    }
    let only = points.first().filter(|_| points.len() == 1);
    only.filter(|point| point.0 == at && point.1.is_finite())
        .map(|point| point.1)
}

/// Nothing may be written on the line.
pub(crate) fn block(placer: &mut Placer, from: (f32, f32), to: (f32, f32)) {
    let pieces = ((to.0 - from.0).hypot(to.1 - from.1) / 4.0) as u32 + 1;
    for piece in 0..=pieces {
        let share = piece as f32 / pieces as f32;
        placer.block(Area {
            x: from.0 + (to.0 - from.0) * share - 2.0,
            y: from.1 + (to.1 - from.1) * share - 2.0,
            width: 4.0,
            height: 4.0,
        });
    }
}

/// The finite points of a line, up to where it goes over `ceiling`; what is
/// below 0 is on the axis.
pub(crate) fn below(points: &[(f64, f64)], ceiling: f64) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for (at, value) in points {
        if !at.is_finite() || !value.is_finite() {
            continue;
        }
        if *value <= ceiling {
            kept.push((*at, value.max(0.0)));
            continue;
        }
        if let Some((from, low)) = kept.last().copied() {
            kept.push((
                from + (at - from) * (ceiling - low) / (value - low),
                ceiling,
            ));
        }
        break;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_where_it_leaves_the_chart() {
        let steep = [(0.0, 0.0), (f64::NAN, 1.0), (4.0, 4.0), (5.0, 1.0)];
        assert_eq!(below(&steep, 2.0), [(0.0, 0.0), (2.0, 2.0)]);
        assert_eq!(below(&[(1.0, 9.0), (2.0, 1.0)], 2.0), []);
        assert_eq!(below(&[(1.0, -3.0)], 2.0), [(1.0, 0.0)]);
    }

    #[test]
    fn values_between_points_are_on_the_line() {
        let line = [(1.0, 1.0), (3.0, 2.0)];
        assert_eq!(between(&line, 2.0), Some(1.5));
        assert_eq!(between(&line, 4.0), None);
        assert_eq!(between(&[(2.0, 7.0)], 2.0), Some(7.0));
    }
}
