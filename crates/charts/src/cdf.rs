//! What share of the guests was served within a time.

use crate::chart::{capitalised, listed};
use crate::format::{self, whole};
use crate::labels::{Area, Placer};
use crate::order::ordered;
use crate::phrase::phrase;
use crate::plot::{self, LogScale, MOST_LINES};
use crate::scale::Scale;
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, text_px};
use crate::{Chart, Mark, Say, Table, View};

/// How long the guests of one way of serving were there, one value each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CdfLine {
    /// What the way is called.
    pub label: String,
    /// From coming to being served, in milliseconds, in any order. What is not
    /// a number is left out, what is negative counts as 0.
    pub values_ms: Vec<f64>,
}

/// Shares that are marked, with the keys of their names and of their sentences.
const MARKED: [(f64, &str, &str); 3] = [
    (0.5, "chart.cdf.half", "chart.cdf.mark.half"),
    (0.9, "chart.cdf.ninety", "chart.cdf.mark.ninety"),
    (0.99, "chart.cdf.most", "chart.cdf.mark.most"),
];
/// Shorter times are drawn at the left edge.
const LEAST_MS: f64 = 0.01;
/// With fewer guests the slowest one of a hundred is just the slowest.
const ENOUGH_FOR_99: usize = 100;
const DOT_PX: f32 = 3.6;

/// The empirical distribution of each line: across, the time on a logarithmic
/// scale from a round decade on; up, the share of the guests served within it.
/// Percentiles are of the nearest rank: the smallest value that at least this
/// share of all does not exceed. At most 8 lines are drawn; the table has all.
#[must_use]
pub fn cdf(lines: &[CdfLine], view: &View, say: Say) -> Chart {
    let curves: Vec<Curve> = lines.iter().map(Curve::of).collect();
    let plot = Plot::of(&curves, view, say);
    let mut svg = Svg::new();
    plot.axes(&mut svg, say);
    let drawn: Vec<(usize, &Curve)> = (0..)
        .zip(&curves)
        .filter(|(_, curve)| !curve.sorted.is_empty())
        .take(MOST_LINES)
        .collect();
    let mut placer = Placer::new(Area {
        x: plot.across.left,
        y: plot.up.range.1,
        width: plot.across.right - plot.across.left,
        height: plot.up.range.0 - plot.up.range.1,
    });
    let mut marks = Vec::new();
    for (idx, curve) in &drawn {
        plot.line(&mut svg, curve, *idx);
        plot.block(&mut placer, curve);
        for (share, _, key) in MARKED {
            let millis = curve.at(share);
            let (x, y) = (plot.across.px(millis), plot.up.px(share));
            svg.circle(
                x,
                y,
                DOT_PX,
                "fill=\"var(--paper)\" stroke=\"var(--ink)\" stroke-width=\"1.4\"",
            );
            let words = phrase(say)
                .text("way", curve.label)
                .millis("ms", millis)
                .get(key);
            marks.push(Mark {
                label: words,
                x: x - 6.0,
                y: y - 6.0,
                width: 12.0,
                height: 12.0,
                task: None,
            });
        }
    }
    // Last, so that no line crosses a word.
    let mut labels = Vec::new();
    for (_, curve) in &drawn {
        labels.push((curve.label, plot.apart(curve, &drawn)));
    }
    let mut height = plot.up.range.0 + 40.0;
    if !placer.all(&mut svg, &labels) {
        let mut entries = Vec::new();
        for (idx, curve) in &drawn {
            entries.push((plot::Sample::Line(*idx), String::from(curve.label)));
        }
        height += plot::key(&mut svg, &view.id, height, view.width_px, &entries);
    }
    let finding = finding(&curves, say);
    Chart {
        id: view.id.clone(),
        kind: "cdf",
        title: say("chart.cdf.title", &[]),
        table: table(&curves, finding.clone(), say),
        finding,
        width: view.width_px,
        height,
        body: svg.finish(),
        marks,
    }
}

/// One line, its values in order.
struct Curve<'a> {
    label: &'a str,
    sorted: Vec<f64>,
}

impl<'a> Curve<'a> {
    fn of(line: &'a CdfLine) -> Self {
        Self {
            label: &line.label,
            sorted: plot::sorted(&line.values_ms),
        }
    }

    /// The percentile of the nearest rank; 0 without values.
    fn at(&self, share: f64) -> f64 {
        let rank = (share * self.sorted.len() as f64 - 1e-9).ceil() as usize;
        let value = self.sorted.get(rank.max(1) - 1);
        value.or(self.sorted.last()).copied().unwrap_or(0.0)
    }
}

/// Where everything is.
struct Plot {
    across: LogScale,
    up: Scale,
    width: f32,
}

impl Plot {
    fn of(curves: &[Curve], view: &View, say: Say) -> Self {
        let (mut least, mut most) = (f64::INFINITY, LEAST_MS);
        for curve in curves {
            if let (Some(first), Some(last)) = (curve.sorted.first(), curve.sorted.last()) {
                least = least.min(first.max(LEAST_MS));
                most = most.max(*last);
            }
        }
        if least > most {
            (least, most) = (1.0, 100.0);
        }
        let mut right = 0.0_f32;
        for (_, name, _) in MARKED {
            right = right.max(text_px(&say(name, &[]), SMALL_TEXT_PX));
        }
        let left = text_px("100\u{a0}%", SMALL_TEXT_PX) + 8.0;
        let top = 26.0;
        let bottom = top + view.plot_px();
        Self {
            across: LogScale::around(least, most, left, view.width_px - right - 8.0),
            up: Scale {
                domain: (0.0, 1.0),
                range: (bottom, top),
            },
            width: view.width_px,
        }
    }

    fn axes(&self, svg: &mut Svg, say: Say) {
        let (left, right) = (self.across.left, self.across.right);
        let (bottom, top) = self.up.range;
        for tenth in [0.0, 0.2, 0.4, 0.6, 0.8, 1.0] {
            let y = self.up.px(tenth);
            svg.line(left, y, right, y, "stroke=\"var(--line)\"");
            svg.small_text(
                left - 7.0,
                y + 4.3,
                Anchor::End,
                "var(--soft)",
                &format::percent(tenth),
            );
        }
        for (share, name, _) in MARKED {
            let y = self.up.px(share);
            svg.line(
                left,
                y,
                right,
                y,
                "stroke=\"var(--soft)\" stroke-dasharray=\"3 3\"",
            );
            svg.small_text(
                right + 6.0,
                y + 4.3,
                Anchor::Start,
                "var(--ink)",
                &say(name, &[]),
            );
        }
        let mut labels = plot::Labels::new(bottom + 17.0, self.width);
        let ticks = self.across.ticks();
        // Powers of ten first: what else there is has the room that is left.
        for pass in 0..2 {
            for (idx, tick) in ticks.iter().enumerate() {
                if (idx % 3 == 0) != (pass == 0) {
                    continue;
                }
                let x = self.across.px(*tick);
                let long = labels.put(svg, x, &plot::time(*tick));
                if idx % 3 == 0 {
                    svg.line(x, top, x, bottom + 4.0, "stroke=\"var(--line)\"");
                } else {
                    let end = bottom + if long { 4.0 } else { 2.5 };
                    svg.line(x, bottom, x, end, "stroke=\"var(--soft)\"");
                }
            }
        }
        svg.line(left, bottom, right, bottom, "stroke=\"var(--soft)\"");
        svg.small_text(
            0.0,
            12.0,
            Anchor::Start,
            "var(--soft)",
            &say("chart.cdf.up", &[]),
        );
        svg.small_text(
            right,
            bottom + 34.0,
            Anchor::End,
            "var(--soft)",
            &say("chart.cdf.across", &[]),
        );
    }

    /// A step at every value; of steps in one pixel only their sum.
    fn line(&self, svg: &mut Svg, curve: &Curve, idx: usize) {
        let count = curve.sorted.len() as f64;
        let column = |millis: &f64| (self.across.px(*millis) * 2.0).round() / 2.0;
        svg.raw("<path ").raw(&plot::stroke(idx));
        svg.raw(" stroke-linejoin=\"round\" d=\"");
        let mut open = None;
        for (rank, millis) in (1_u32..).zip(&curve.sorted) {
            let x = column(millis);
            let next = curve.sorted.get(rank as usize);
            if next.is_some_and(|next| column(next) <= x) {
                continue;
            }
            let y = self.up.px(f64::from(rank) / count);
            match open {
                None => drop(svg.raw("M").num(x).raw(" ").num(self.up.range.0)),
                Some(_) => drop(svg.raw("H").num(x)),
            }
            svg.raw("V").num(y);
            open = Some(x);
        }
        svg.raw("\"/>");
    }

    /// Nothing may be written on the line.
    fn block(&self, placer: &mut Placer, curve: &Curve) {
        const PIECES: u32 = 32;
        let (mut x, mut y) = (self.across.px(curve.at(0.0)), self.up.range.0);
        for piece in 1..=PIECES {
            let share = f64::from(piece) / f64::from(PIECES);
            let (to, above) = (self.across.px(curve.at(share)), self.up.px(share));
            placer.block(Area {
                x: x - 2.0,
                y: above - 2.0,
                width: to - x + 4.0,
                height: y - above + 4.0,
            });
            (x, y) = (to, above);
        }
    }

    /// Points of a curve, those farthest from all others first.
    fn apart(&self, curve: &Curve, all: &[(usize, &Curve)]) -> Vec<(f32, f32)> {
        let mut points = Vec::new();
        for share in [0.5, 0.4, 0.6, 0.3, 0.7, 0.8, 0.2, 0.1] {
            let x = self.across.px(curve.at(share));
            let mut nearest = 1e4_f32;
            for (_, other) in all {
                if !std::ptr::eq(*other, curve) {
                    nearest = nearest.min((self.across.px(other.at(share)) - x).abs());
                }
            }
            points.push((1e4 - nearest, (x, self.up.px(share))));
        }
        let points = ordered(&points, |point| point.0 as u64);
        points.into_iter().map(|point| point.1).collect()
    }
}

/// A sentence about each line; of many lines, about the best and the worst.
fn finding(curves: &[Curve], say: Say) -> String {
    let mut told: Vec<&Curve> = Vec::new();
    for curve in curves {
        if !curve.sorted.is_empty() {
            told.push(curve);
        }
    }
    if told.len() > 3 {
        let late = |one: &&&Curve, other: &&&Curve| one.at(0.99).total_cmp(&other.at(0.99));
        let ends = [told.iter().min_by(late), told.iter().max_by(late)];
        told = ends.into_iter().flatten().copied().collect();
    }
    let mut words = String::new();
    for curve in told {
        let key = match curve.sorted.len() {
            1 => "chart.cdf.one",
            few if few < ENOUGH_FOR_99 => "chart.cdf.few",
            _ => "chart.cdf.finding",
        };
        let sentence = phrase(say)
            .text("way", curve.label)
            .millis("half", curve.at(0.5))
            .millis("most", curve.at(0.99))
            .millis("all", curve.at(1.0))
            .get(key);
        listed(&mut words, " ", &capitalised(sentence));
    }
    if words.is_empty() {
        return say("chart.empty", &[]);
    }
    words
}

fn table(curves: &[Curve], caption: String, say: Say) -> Table {
    let mut table = Table::with_head(caption, "percentile", say);
    for curve in curves {
        table.head.push(String::from(curve.label));
    }
    let rows = [
        (0.5, "chart.cdf.row.half"),
        (0.9, "chart.cdf.row.ninety"),
        (0.99, "chart.cdf.row.most"),
        (1.0, "chart.cdf.row.all"),
    ];
    for (share, key) in rows {
        let mut row = vec![say(key, &[])];
        for curve in curves {
            row.push(if curve.sorted.is_empty() {
                String::new()
            } else {
                format::fixed(curve.at(share), 2)
            });
        }
        table.add(row);
    }
    let mut row = vec![say("chart.cdf.row.count", &[])];
    for curve in curves {
        row.push(whole(curve.sorted.len() as u64));
    }
    table.add(row);
    table
}
