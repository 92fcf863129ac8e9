//! Labels beside dots, placed so that they cover nothing.

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
        let width = text_px(text, TEXT_PX);
        let mut best: Option<(f32, Area, u8)> = None;
        'rings: for ring in 0..RINGS {
            let away = radius + 5.0 + f32::from(ring) * 13.0;
            let side = radius + 5.0 + f32::from(ring) * 7.0;
            let middle = y - HEIGHT_PX / 2.0;
            let spots = [
                (x + side, middle),
                (x - side - width, middle),
                (x - width / 2.0, y + away - 2.0),
                (x - width / 2.0, y - away - HEIGHT_PX + 2.0),
                (x + side, y + away - HEIGHT_PX / 2.0),
                (x + side, y - away - HEIGHT_PX / 2.0),
                (x - side - width, y + away - HEIGHT_PX / 2.0),
                (x - side - width, y - away - HEIGHT_PX / 2.0),
            ];
            for (left, top) in spots {
                let area = self.inside(Area {
                    x: left,
                    y: top,
                    width,
                    height: HEIGHT_PX,
                });
                let cost: f32 = self.taken.iter().map(|taken| area.overlap(taken)).sum();
                if best.is_none_or(|(least, ..)| cost < least) {
                    best = Some((cost, area, ring));
                }
                if cost <= 0.0 {
                    break 'rings;
                }
            }
        }
        let Some((_, area, ring)) = best else { return };
        if ring > 0 {
            let to = x.min(area.x + area.width).max(area.x);
            let edge = if area.y > y {
                area.y
            } else {
                area.y + area.height
            };
            let edge = if (area.y..=area.y + area.height).contains(&y) {
                y
            } else {
                edge
            };
            svg.line(x, y, to, edge, "stroke=\"var(--soft)\"");
        }
        svg.haloed(area.x, area.y + 12.4, Anchor::Start, "var(--ink)", text);
        self.taken.push(area);
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

#[cfg(test)]
mod tests {
    use super::*;

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
