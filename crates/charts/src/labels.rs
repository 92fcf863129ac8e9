//! Labels beside dots, placed so that they cover nothing.

use crate::chart::within;
use crate::order::ordered;
use crate::svg::{Anchor, Svg, TEXT_PX, text_px};

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl Area {
    /// How many square pixels two rectangles share.
    pub fn overlap(&self, other: &Self) -> f32 {
        let across = (self.x + self.width).min(other.x + other.width) - self.x.max(other.x);
        let down = (self.y + self.height).min(other.y + other.height) - self.y.max(other.y);
        across.max(0.0) * down.max(0.0)
    }
}

/// Places labels one after another, the nearest free spot first.
pub(crate) struct Placer {
    pub bounds: Area,
    taken: Vec<Area>,
}

const HEIGHT_PX: f32 = 16.0;
/// Rings of candidate spots around a dot.
const RINGS: u8 = 12;
/// Farther out, a label of a line is no longer read with it.
const NEAR_RING: u8 = 2;
/// A point nearer than this to another line may be taken for one of its own.
const APART_PX: f32 = 14.0;
/// Half the width of a line or a dot on it.
const LINE_RADIUS_PX: f32 = 4.0;

/// Where a label can be.
pub(crate) struct Spot {
    area: Area,
    point: (f32, f32),
    ring: u8,
    cost: f32,
}

/// Where the line from a point to its label ends.
fn edge(point: (f32, f32), area: Area) -> (f32, f32) {
    let (x, y) = point;
    let bottom = area.y + area.height;
    let across = x.min(area.x + area.width).max(area.x);
    let down = match (area.y..=bottom).contains(&y) {
        true => y,
        false if area.y > y => area.y,
        false => bottom,
    };
    (across, down)
}

/// Candidates around a point, the best first.
fn spots(point: (f32, f32), ring: u8, width: f32, radius: f32) -> [(f32, f32); 8] {
    let (x, y) = point;
    let away = radius + 5.0 + f32::from(ring) * 13.0;
    let side = radius + 5.0 + f32::from(ring) * 7.0;
    let middle = y - HEIGHT_PX / 2.0;
    [
        (x + side, middle),
        (x - side - width, middle),
        (x - width / 2.0, y + away - 2.0),
        (x - width / 2.0, y - away - HEIGHT_PX + 2.0),
        (x + side, y + away - HEIGHT_PX / 2.0),
        (x + side, y - away - HEIGHT_PX / 2.0),
        (x - side - width, y + away - HEIGHT_PX / 2.0),
        (x - side - width, y - away - HEIGHT_PX / 2.0),
    ]
}

impl Placer {
    pub fn new(bounds: Area) -> Self {
        Self {
            bounds,
            taken: Vec::new(),
        }
    }

    /// Nothing may be placed here.
    pub fn block(&mut self, area: Area) {
        self.taken.push(area);
    }

    /// Draws `text` near the dot at (`x`, `y`), with a thin line to it where
    /// it had to move away.
    pub fn label(&mut self, svg: &mut Svg, text: &str, x: f32, y: f32, radius: f32) {
        if let Some(spot) = self.find(text, &[(x, y)], radius) {
            self.draw(svg, text, &spot);
        }
    }

    /// Where `text` covers least: near the first of the points where it covers
    /// nothing, as near as it can be. `None` without points.
    pub fn find(&self, text: &str, points: &[(f32, f32)], radius: f32) -> Option<Spot> {
        let width = text_px(text, TEXT_PX);
        let mut best: Option<Spot> = None;
        let rings = if points.len() > 1 {
            NEAR_RING + 1
        } else {
            RINGS
        };
        for point in points {
            for ring in 0..rings {
                for (left, top) in spots(*point, ring, width, radius) {
                    let area = self.inside(Area {
                        x: left,
                        y: top,
                        width,
                        height: HEIGHT_PX,
                    });
                    let mut cost = 0.0;
                    for taken in &self.taken {
                        cost += area.overlap(taken);
                    }
                    let spot = Spot {
                        area,
                        point: *point,
                        ring,
                        cost: cost + self.crossed(*point, ring, area, radius),
                    };
                    if spot.cost <= 0.0 {
                        return Some(spot);
                    }
                    if best.as_ref().is_none_or(|known| spot.cost < known.cost) {
                        best = Some(spot);
                    }
                }
            }
        }
        best
    }

    /// What the line from a label to its point costs where it crosses something.
    fn crossed(&self, point: (f32, f32), ring: u8, area: Area, radius: f32) -> f32 {
        const STEP_PX: f32 = 3.0;
        if ring == 0 {
            return 0.0;
        }
        let end = edge(point, area);
        let (across, down) = (end.0 - point.0, end.1 - point.1);
        let length = across.hypot(down);
        let mut cost = 0.0;
        // What the point itself is on does not count.
        let mut at = radius + 6.0;
        while at < length - STEP_PX {
            let dot = Area {
                x: point.0 + across * at / length - 1.0,
                y: point.1 + down * at / length - 1.0,
                width: 2.0,
                height: 2.0,
            };
            for taken in &self.taken {
                cost += dot.overlap(taken);
            }
            at += STEP_PX;
        }
        cost
    }

    /// Draws a label where there was room for it.
    pub fn draw(&mut self, svg: &mut Svg, text: &str, spot: &Spot) {
        let area = spot.area;
        if spot.ring > 0 {
            let (x, y) = spot.point;
            let end = edge(spot.point, area);
            svg.line(x, y, end.0, end.1, "stroke=\"var(--soft)\"");
        }
        svg.haloed(area.x, area.y + 12.4, Anchor::Start, "var(--ink)", text);
        self.taken.push(area);
    }

    /// Draws each label near one of its points if all of them are near and
    /// cover nothing; whether it did.
    pub fn all(&mut self, svg: &mut Svg, labels: &[(&str, Vec<(f32, f32)>)]) -> bool {
        let mut spots = Vec::new();
        let known = self.taken.len();
        for (text, points) in labels {
            let spot = self.find(text, points, LINE_RADIUS_PX);
            let spot = spot.filter(|spot| spot.ring <= NEAR_RING && spot.cost <= 0.0);
            let Some(spot) = spot else {
                self.taken.truncate(known);
                return false;
            };
            self.taken.push(spot.area);
            spots.push(spot);
        }
        for ((text, _), spot) in labels.iter().zip(&spots) {
            self.draw(svg, text, spot);
        }
        true
    }

    fn inside(&self, area: Area) -> Area {
        let bounds = self.bounds;
        let most_x = bounds.x + bounds.width - area.width - 2.0;
        let most_y = bounds.y + bounds.height - area.height - 1.0;
        Area {
            x: area.x.min(most_x).max(bounds.x + 2.0),
            y: area.y.min(most_y).max(bounds.y + 1.0),
            ..area
        }
    }
}

/// Points on `line`, at most about `most`, those farthest from the other lines
/// first: where its label cannot be taken for the label of another.
pub(crate) fn apart_first(
    line: &[(f32, f32)],
    others: &[&[(f32, f32)]],
    most: usize,
) -> Vec<(f32, f32)> {
    const STEP_PX: f32 = 30.0;
    let mut fine = Vec::new();
    for pair in line.windows(2) {
        if let [from, to] = pair {
            let steps = ((to.0 - from.0).hypot(to.1 - from.1) / STEP_PX) as u32;
            for step in 0..=steps {
                let share = step as f32 / (steps + 1) as f32;
                fine.push((
                    from.0 + (to.0 - from.0) * share,
                    from.1 + (to.1 - from.1) * share,
                ));
            }
        }
    }
    fine.extend(line.last());
    let every = fine.len().div_ceil(most.max(1)).max(1);
    let few: Vec<(f32, f32)> = fine.into_iter().step_by(every).collect();
    alone_first(&few, others)
}

/// The points, those farthest from the other lines first; those that another
/// line goes through only where there are no others.
pub(crate) fn alone_first(points: &[(f32, f32)], others: &[&[(f32, f32)]]) -> Vec<(f32, f32)> {
    let mut ranked = Vec::new();
    for point in points.iter().copied() {
        let mut nearest = 1e4_f32;
        for pair in others.iter().flat_map(|other| other.windows(2)) {
            if let [from, to] = pair {
                nearest = nearest.min(distance(point, *from, *to));
            }
        }
        ranked.push((1e4 - nearest, point));
    }
    let is_apart = |ranked: &(f32, (f32, f32))| ranked.0 <= 1e4 - APART_PX;
    if ranked.iter().any(is_apart) {
        ranked.retain(is_apart);
    }
    let ranked = ordered(&ranked, |point| point.0.max(0.0) as u64);
    ranked.into_iter().map(|point| point.1).collect()
}

/// From a point to the nearest point of a straight line between two others.
fn distance(point: (f32, f32), from: (f32, f32), to: (f32, f32)) -> f32 {
    let (across, down) = (to.0 - from.0, to.1 - from.1);
    let length = (across * across + down * down).max(1e-6);
    let along = ((point.0 - from.0) * across + (point.1 - from.1) * down) / length;
    let along = within(along, 0.0, 1.0);
    (point.0 - from.0 - across * along).hypot(point.1 - from.1 - down * along)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_labelled_where_it_is_alone() {
        let flat = [(0.0, 100.0), (300.0, 100.0)];
        let steep = [(0.0, 0.0), (300.0, 95.0)];
        let first = apart_first(&steep, &[&flat], 8)[0];
        assert!(first.0 < 60.0 && first.1 < 20.0, "{first:?}");
        assert!(apart_first(&steep, &[&flat], 8).len() <= 8);
        assert_eq!(apart_first(&[(1.0, 2.0)], &[], 8), [(1.0, 2.0)]);
        assert!(apart_first(&[], &[&flat], 8).is_empty());
        assert!((distance((5.0, 7.0), (0.0, 0.0), (10.0, 0.0)) - 7.0).abs() < 1e-3);
    }

    #[test]
    fn labels_of_lines_are_all_near_or_not_drawn_at_all() {
        let mut placer = Placer::new(Area {
            x: 0.0,
            y: 0.0,
            width: 200.0,
            height: 40.0,
        });
        let mut svg = Svg::new();
        let here = |text: &'static str| (text, vec![(100.0, 20.0)]);
        assert!(placer.all(&mut svg, &[here("one"), here("two")]));
        let crowd: Vec<_> = (0..12).map(|_| here("far too many of them")).collect();
        assert!(!placer.all(&mut svg, &crowd));
        assert_eq!(svg.finish().matches("<text").count(), 2);
    }

    #[test]
    fn crowded_labels_do_not_touch() {
        let mut placer = Placer::new(Area {
            x: 0.0,
            y: 0.0,
            width: 330.0,
            height: 190.0,
        });
        let mut svg = Svg::new();
        for idx in 0..6 {
            placer.label(&mut svg, "four chefs", 200.0 + idx as f32, 60.0, 6.5);
        }
        for (idx, one) in placer.taken.iter().enumerate() {
            assert!(one.x >= 0.0 && one.x + one.width <= 330.0);
            assert!(one.y >= 0.0 && one.y + one.height <= 190.0);
            for other in &placer.taken[idx + 1..] {
                assert!(one.overlap(other) < 0.5, "{one:?} {other:?}");
            }
        }
    }
}
