//! Where boxes and arrows are.

use super::layers::{Item, Layers, Rows};
use super::{DagChart, DagNode, shown_ms};
use crate::View;
use crate::chart::within;
use crate::format::{self, whole};
use crate::plot;
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, text_px};

/// A box.
pub(super) struct Place {
    pub node: usize,
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// Everything in its place.
pub(super) struct Layout {
    pub places: Vec<Place>,
    pub height: f32,
    rows: Rows,
    /// Where arrows come in and go out, by item.
    ports: Vec<[(f32, f32); 2]>,
    is_down: bool,
}

/// Between the boxes of a layer.
const GAP_PX: f32 = 10.0;
/// Between two layers, for the arrows; less in a low chart.
const ARROW_PX: f32 = 30.0;
const SHORT_ARROW_PX: f32 = 16.0;
/// Around everything, for half of a bold outline.
const EDGE_PX: f32 = 2.0;
/// What an arrow takes that passes a layer.
const PASSING_PX: f32 = 14.0;
const LINE_PX: f32 = 14.0;
const MOST_BOX_PX: f32 = 150.0;

/// Size of every box, and the lines of each name.
struct Size {
    width: f32,
    height: f32,
}

impl Size {
    /// The narrowest box in which every word and time fits.
    fn least(input: &DagChart) -> f32 {
        let mut least = 64.0_f32;
        for node in &input.nodes {
            for word in node.name.split(' ') {
                least = least.max(text_px(word, SMALL_TEXT_PX) + 10.0);
            }
            least = least.max(text_px(&format::millis(shown_ms(node)), SMALL_TEXT_PX) + 38.0);
        }
        least.min(MOST_BOX_PX)
    }

    fn of(input: &DagChart, width: f32) -> Self {
        let mut lines = 1;
        for node in &input.nodes {
            lines = lines.max(name_lines(node, width).len());
        }
        Self {
            width,
            height: LINE_PX * (lines as f32 + 1.0) + 18.0,
        }
    }
}

fn name_lines(node: &DagNode, width: f32) -> Vec<String> {
    let mut lines = plot::wrapped(&node.name, SMALL_TEXT_PX, width - 8.0);
    lines.truncate(4);
    lines
}

impl Rows {
    /// Width of a box in the fullest layer of a room.
    fn narrowest(&self, room: f32) -> f32 {
        let mut width = room;
        for row in &self.rows {
            let is_node = |item: &&usize| matches!(self.items.get(**item), Some(Item::Node(_)));
            let nodes = row.iter().filter(is_node).count();
            let passing = (row.len() - nodes) as f32 * PASSING_PX;
            let nodes = nodes.max(1) as f32;
            width = width.min((room - passing - GAP_PX * (nodes - 1.0)) / nodes);
        }
        width
    }
}

impl Layout {
    pub fn of(input: &DagChart, layers: &Layers, view: &View, most: usize) -> Self {
        let shown: Vec<usize> = layers.order.iter().copied().take(most).collect();
        let least = Size::least(input);
        let is_low = view.is_low && !view.is_narrow();
        let (in_column, arrow) = if is_low {
            (3, SHORT_ARROW_PX)
        } else {
            (7, ARROW_PX)
        };
        let mut depths = layers.depths(in_column);
        let deepest = |depths: &[usize]| {
            shown
                .iter()
                .filter_map(|node| depths.get(*node))
                .max()
                .map_or(1, |depth| depth + 1)
        };
        let columns = deepest(&depths) as f32;
        let is_down = columns * (least + arrow) - arrow > view.width_px - 2.0 * EDGE_PX;
        let room = view.width_px - 2.0 * EDGE_PX;
        if is_down {
            // Room for an arrow or two beside a full layer.
            let in_row = (room + GAP_PX - 2.0 * PASSING_PX) / (least + GAP_PX);
            depths = layers.depths((in_row as usize).max(1));
        }
        let rows = Rows::of(layers, &depths, &shown);
        let width = if is_down {
            rows.narrowest(room)
        } else {
            (room - arrow * (columns - 1.0)) / columns
        };
        let size = Size::of(input, within(width, least, MOST_BOX_PX));
        let mut layout = Self {
            places: Vec::new(),
            height: 0.0,
            ports: vec![[(0.0, 0.0); 2]; rows.items.len()],
            rows,
            is_down,
        };
        layout.put(layers, &size, room, arrow);
        layout
    }

    /// Gives every item its place.
    fn put(&mut self, layers: &Layers, size: &Size, width: f32, arrow: f32) {
        let size_of_box = (size.width, size.height);
        let (own, other) = if self.is_down {
            (size.width, size.height)
        } else {
            (size.height, size.width)
        };
        // What a layer takes across, without the arrows that pass it if they
        // would not fit.
        let across = |row: &[usize], passing: f32| {
            let mut sum = -GAP_PX;
            for item in row {
                sum += match self.rows.items.get(*item) {
                    Some(Item::Node(_)) => own + GAP_PX,
                    _ => passing,
                };
            }
            sum.max(0.0)
        };
        let widest = self
            .rows
            .rows
            .iter()
            .map(|row| across(row, PASSING_PX))
            .fold(0.0, f32::max);
        let room = if self.is_down { width } else { widest };
        let gap = if self.is_down {
            arrow
        } else {
            let count = self.rows.rows.len() as f32;
            let free = width - other * count;
            within(free / (count - 1.0).max(1.0), arrow, 90.0)
        };
        let mut places = Vec::new();
        let before = self.rows.before(layers);
        // Middles of the items, once they have a place.
        let mut middles = vec![0.0; self.rows.items.len()];
        for (depth, row) in self.rows.rows.iter().enumerate() {
            let along = EDGE_PX + depth as f32 * (other + gap);
            let mut passing = PASSING_PX;
            while passing > 2.0 && across(row, passing) > room {
                passing -= 2.0;
            }
            let sizes: Vec<f32> = row
                .iter()
                .map(|item| match self.rows.items.get(*item) {
                    Some(Item::Node(_)) => own + GAP_PX,
                    _ => passing,
                })
                .collect();
            let centred = EDGE_PX + ((room - across(row, passing)) / 2.0).max(0.0);
            let mut at = centred;
            let mut wanted = Vec::with_capacity(row.len());
            for (item, size) in row.iter().zip(&sizes) {
                // Downwards there is room to go straight on from what was before.
                let above = before.get(*item).filter(|_| self.is_down);
                let above = above.and_then(|all| mean(all, &middles));
                let start = above.map_or(at, |middle| middle - (size - GAP_PX) / 2.0);
                wanted.push(start);
                at += size;
            }
            let starts = if self.is_down {
                apart(&wanted, &sizes, (EDGE_PX, EDGE_PX + room + GAP_PX))
            } else {
                wanted
            };
            for ((item, size), at) in row.iter().zip(&sizes).zip(starts) {
                let node = match self.rows.items.get(*item) {
                    Some(Item::Node(node)) => Some(*node),
                    _ => None,
                };
                let middle = at + (size - GAP_PX) / 2.0;
                if let Some(known) = middles.get_mut(*item) {
                    *known = middle;
                }
                if let Some(ports) = self.ports.get_mut(*item) {
                    *ports = if self.is_down {
                        [(middle, along), (middle, along + other)]
                    } else {
                        [(along, middle), (along + other, middle)]
                    };
                }
                if let Some(node) = node {
                    let (x, y) = if self.is_down {
                        (at, along)
                    } else {
                        (along, at)
                    };
                    places.push(Place {
                        node,
                        x,
                        y,
                        width: size_of_box.0,
                        height: size_of_box.1,
                    });
                }
            }
        }
        let count = self.rows.rows.len() as f32;
        self.height = if self.is_down {
            count * (other + gap) - gap + 2.0 * EDGE_PX
        } else {
            widest + 2.0 * EDGE_PX
        };
        self.places = places;
    }

    /// Every arrow, those of the longest chain on top.
    pub fn arrows(&self, svg: &mut Svg, layers: &Layers) {
        for is_bold in [false, true] {
            for (path, (before, after)) in self.rows.paths.iter().zip(layers.edges()) {
                if layers.is_link(*before, *after) == is_bold && path.len() > 1 {
                    self.arrow(svg, path, is_bold);
                }
            }
        }
    }

    fn arrow(&self, svg: &mut Svg, path: &[usize], is_bold: bool) {
        const HEAD_PX: f32 = 7.0;
        let look = if is_bold {
            "fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"2.6\""
        } else {
            "fill=\"none\" stroke=\"var(--soft)\" stroke-width=\"1.3\""
        };
        svg.raw("<path ").raw(look).raw(" d=\"");
        let mut last: Option<(f32, f32)> = None;
        let ports = path.iter().filter_map(|item| self.ports.get(*item));
        let count = path.len();
        for (idx, [into, out]) in ports.enumerate() {
            let mut end = *into;
            let along = if self.is_down { &mut end.1 } else { &mut end.0 };
            if idx + 1 == count {
                *along -= HEAD_PX - 1.0;
            }
            if let Some(from) = last {
                curve(svg, from, end, self.is_down);
                if idx + 1 < count {
                    // Straight past the boxes of a layer.
                    svg.raw("L").num(out.0).raw(" ").num(out.1);
                }
            } else {
                svg.raw("M").num(out.0).raw(" ").num(out.1);
            }
            last = Some(*out);
        }
        svg.raw("\"/>");
        let end = path.last().and_then(|item| self.ports.get(*item));
        if let Some([(x, y), _]) = end {
            let fill = if is_bold { "var(--ink)" } else { "var(--soft)" };
            svg.raw("<path fill=\"").raw(fill).raw("\" d=\"M");
            svg.num(*x).raw(" ").num(*y);
            svg.raw(if self.is_down {
                "l-4.500-8h9z\"/>"
            } else {
                "l-8-4.500v9z\"/>"
            });
        }
    }

    pub fn node(&self, svg: &mut Svg, place: &Place, node: &DagNode, is_bold: bool, longest: f64) {
        let Place {
            x,
            y,
            width,
            height,
            ..
        } = *place;
        let look = if is_bold {
            "rx=\"5\" fill=\"var(--card)\" stroke=\"var(--ink)\" stroke-width=\"2.6\""
        } else {
            "rx=\"5\" fill=\"var(--card)\" stroke=\"var(--soft)\" stroke-width=\"1.2\""
        };
        svg.rect(x, y, width, height, look);
        let mut base = y + 4.0;
        for line in name_lines(node, width) {
            base += LINE_PX;
            svg.small_text(x + 5.0, base, Anchor::Start, "var(--ink)", &line);
        }
        let ms = shown_ms(node);
        let base = y + height - 12.0;
        let colour = if node.done.is_some() {
            "var(--ink)"
        } else {
            "var(--soft)"
        };
        svg.small_text(x + 7.0, base, Anchor::Start, colour, &format::millis(ms));
        if let Some(done) = node.done.filter(|done| done.chef > 0) {
            chef(svg, x + width - 15.0, base - 4.5, done.chef);
        }
        if longest > 0.0 {
            let share = (ms / longest) as f32;
            let look = if node.done.is_some() {
                "fill=\"var(--run)\""
            } else {
                "fill=\"none\" stroke=\"var(--run)\""
            };
            svg.rect(x + 7.0, y + height - 7.0, (width - 14.0) * share, 3.0, look);
        }
    }
}

/// The mean of the middles of some items.
fn mean(items: &[usize], middles: &[f32]) -> Option<f32> {
    let mut sum = 0.0;
    for item in items {
        sum += middles.get(*item)?;
    }
    (!items.is_empty()).then(|| sum / items.len() as f32)
}

/// Starts as near to the wanted ones as items of these sizes, in this order and
/// between two ends, can be. Both the sequence that gives way to the right only and
/// the one that gives way to the left only keep them apart, and so does their mean.
fn apart(wanted: &[f32], sizes: &[f32], ends: (f32, f32)) -> Vec<f32> {
    let mut right = Vec::with_capacity(wanted.len());
    let mut least = ends.0;
    for (start, size) in wanted.iter().zip(sizes) {
        right.push(start.max(least));
        least = start.max(least) + size;
    }
    let mut most = ends.1;
    // What went past the end comes back.
    for (start, size) in right.iter_mut().zip(sizes).rev() {
        *start = start.min(most - size);
        most = *start;
    }
    let mut left = Vec::with_capacity(wanted.len());
    let mut most = ends.1;
    for (start, size) in wanted.iter().zip(sizes).rev() {
        left.push(start.min(most - size));
        most = start.min(most - size);
    }
    left.reverse();
    let mut least = ends.0;
    for (start, size) in left.iter_mut().zip(sizes) {
        *start = start.max(least);
        least = *start + size;
    }
    let pairs = right.iter().zip(&left);
    pairs.map(|(right, left)| (right + left) / 2.0).collect()
}

/// From one point to another, leaving and coming in along the layers' axis.
fn curve(svg: &mut Svg, from: (f32, f32), to: (f32, f32), is_down: bool) {
    let (first, second) = if is_down {
        let middle = (from.1 + to.1) / 2.0;
        ((from.0, middle), (to.0, middle))
    } else {
        let middle = (from.0 + to.0) / 2.0;
        ((middle, from.1), (middle, to.1))
    };
    svg.raw("C");
    for (idx, (x, y)) in [first, second, to].into_iter().enumerate() {
        svg.raw(if idx > 0 { " " } else { "" });
        svg.num(x).raw(" ").num(y);
    }
}

/// A chef's number in a ring, as on the apron.
pub(super) fn chef(svg: &mut Svg, x: f32, y: f32, number: u32) {
    svg.circle(
        x,
        y,
        8.0,
        "fill=\"var(--paper)\" stroke=\"var(--ink)\" stroke-width=\"1.2\"",
    );
    svg.small_text(
        x,
        y + 4.3,
        Anchor::Middle,
        "var(--ink)",
        &whole(u64::from(number)),
    );
}

/// A box of the longest chain, small.
pub(super) fn chain_sample(svg: &mut Svg, x: f32, y: f32) {
    svg.rect(
        x - 4.5,
        y - 5.0,
        12.0,
        10.0,
        "rx=\"2\" fill=\"var(--card)\" stroke=\"var(--ink)\" stroke-width=\"2.6\"",
    );
}
