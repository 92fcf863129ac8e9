//! How the loss of a training falls over time, and how much is told rightly.

mod told;

use crate::chart::within;
use crate::curve::block;
use crate::format;
use crate::labels::{Area, Placer, apart_first};
use crate::phrase::phrase;
use crate::plot::{self, MOST_LINES};
use crate::scale::{Scale, ticks};
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, text_px};
use crate::{Chart, Mark, Say, View};
use model::{Learned, Nanos, millis_from_nanos};

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LossChart {
    /// One line a training.
    pub lines: Vec<LossLine>,
    /// The accuracy to be reached, 0..=1.
    pub wanted: Option<f64>,
}

/// One training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LossLine {
    /// The run.
    pub label: String,
    /// In the order of time; may still grow.
    pub points: Vec<Learned>,
}

/// More points than this of a line look the same.
const MOST_POINTS: usize = 400;
/// Points of a line that the keyboard stops at.
const MOST_STOPS: usize = 12;
/// Half the side of the box of a mark.
const MARK_PX: f32 = 6.0;

/// Two panels above one another on one time axis: the loss from 0 up, and, where it
/// was tried, the share told rightly, from nothing to all, with the wanted share as
/// a dotted line and a dot where it was reached. Lines differ in their dashes.
#[must_use]
pub fn loss(input: &LossChart, view: &View, say: Say) -> Chart {
    let lines: Vec<Curve> = input.lines.iter().take(MOST_LINES).map(Curve::of).collect();
    let sheet = Sheet::of(&lines, view);
    let mut svg = Svg::new();
    sheet.axes(&mut svg, say);
    let mut placer = Placer::new(Area {
        x: sheet.left,
        y: sheet.loss.range.1,
        width: sheet.right - sheet.left,
        height: sheet.loss.range.0 - sheet.loss.range.1,
    });
    let (mut drawn, mut marks) = (Vec::new(), Vec::new());
    for (idx, line) in lines.iter().enumerate() {
        let at = |point: &(Nanos, f64)| (sheet.x(point.0), sheet.loss.px(point.1));
        let points: Vec<(f32, f32)> = line.losses.iter().map(at).collect();
        path(&mut svg, &points, idx);
        for pair in points.windows(2) {
            if let [from, to] = pair {
                block(&mut placer, *from, *to);
            }
        }
        drawn.push(points);
        if let Some(right) = &sheet.right_share {
            let at = |point: &(Nanos, f64)| (sheet.x(point.0), right.px(point.1));
            let points: Vec<(f32, f32)> = line.rights.iter().map(at).collect();
            path(&mut svg, &points, idx);
        }
        for point in line.stops() {
            marks.push(Mark {
                label: told::point(line.label, point, say),
                x: sheet.x(point.at_nanos) - MARK_PX,
                y: sheet.loss.px(point.loss) - MARK_PX,
                width: 2.0 * MARK_PX,
                height: 2.0 * MARK_PX,
                task: None,
            });
        }
    }
    sheet.wanted(&mut svg, &mut marks, input, &lines, say);
    let (mut labels, mut entries) = (Vec::new(), Vec::new());
    for (idx, line) in lines.iter().enumerate() {
        let points = drawn.get(idx).map_or(&[][..], Vec::as_slice);
        let others = drawn.iter().enumerate().filter(|(other, _)| *other != idx);
        let others: Vec<&[(f32, f32)]> = others.map(|(_, points)| points.as_slice()).collect();
        if !points.is_empty() {
            labels.push((line.label, apart_first(points, &others, 16)));
            entries.push((plot::Sample::Line(idx), String::from(line.label)));
        }
    }
    let mut height = sheet.bottom + 40.0;
    if !placer.all(&mut svg, &labels) {
        height += plot::key(&mut svg, &view.id, height, view.width_px, &entries);
    }
    let finding = told::finding(&lines, input.wanted, say);
    Chart {
        id: view.id.clone(),
        kind: "loss",
        title: say("chart.loss.title", &[]),
        table: told::table(&lines, finding.clone(), say),
        finding,
        width: view.width_px,
        height,
        body: svg.finish(),
        marks,
    }
}

/// The points of a line that are numbers.
struct Curve<'a> {
    label: &'a str,
    points: Vec<&'a Learned>,
    losses: Vec<(Nanos, f64)>,
    rights: Vec<(Nanos, f64)>,
}

impl<'a> Curve<'a> {
    fn of(line: &'a LossLine) -> Self {
        let mut points: Vec<&Learned> = Vec::new();
        let mut rights = Vec::new();
        for point in line.points.iter().filter(|point| point.loss.is_finite()) {
            points.push(point);
            if let Some(right) = point.accuracy.filter(|right| right.is_finite()) {
                rights.push((point.at_nanos, right));
            }
        }
        let losses: Vec<(Nanos, f64)> = points
            .iter()
            .map(|point| (point.at_nanos, point.loss.max(0.0)))
            .collect();
        Self {
            label: &line.label,
            points,
            losses: thinned(&losses, MOST_POINTS),
            rights: thinned(&rights, MOST_POINTS),
        }
    }

    /// Where the keyboard stops: where something was tried, if that is not often.
    fn stops(&self) -> Vec<&'a Learned> {
        let mut tried = self.points.clone();
        tried.retain(|point| point.accuracy.is_some());
        if tried.len() < 2 {
            tried.clone_from(&self.points);
        }
        thinned(&tried, MOST_STOPS)
    }

    /// When so much was told rightly for the first time.
    fn reached(&self, wanted: f64) -> Option<Nanos> {
        let first = self
            .points
            .iter()
            .find(|point| point.accuracy.is_some_and(|right| right >= wanted));
        first.map(|point| point.at_nanos)
    }
}

/// At most `most` of them, evenly, with the first and the last.
fn thinned<T: Copy>(all: &[T], most: usize) -> Vec<T> {
    if all.len() <= most {
        return all.to_vec();
    }
    let mut few = Vec::with_capacity(most);
    for idx in 0..most {
        few.extend(all.get(idx * (all.len() - 1) / (most - 1)));
    }
    few
}

fn path(svg: &mut Svg, points: &[(f32, f32)], idx: usize) {
    if points.is_empty() {
        return;
    }
    svg.raw("<path ").raw(&plot::stroke(idx)).raw(" d=\"");
    for (at, (x, y)) in points.iter().enumerate() {
        svg.raw(if at == 0 { "M" } else { "L" });
        svg.num(*x).raw(" ").num(*y);
    }
    // A single point is seen as well.
    if points.len() == 1 {
        svg.raw("h1");
    }
    svg.raw("\"/>");
}

/// Where everything is.
struct Sheet {
    left: f32,
    right: f32,
    width: f32,
    end_ms: f64,
    loss: Scale,
    /// Only where it was tried how much is told rightly.
    right_share: Option<Scale>,
    bottom: f32,
}

impl Sheet {
    fn of(lines: &[Curve], view: &View) -> Self {
        let (mut end, mut most, mut is_tried) = (0, 0.0_f64, false);
        for line in lines {
            is_tried |= !line.rights.is_empty();
            for (at, loss) in &line.losses {
                end = end.max(*at);
                most = most.max(*loss);
            }
        }
        let most = if most > 0.0 { most * 1.08 } else { 1.0 };
        let mut widest = text_px(&format::percent(1.0), SMALL_TEXT_PX);
        for tick in ticks(most, 5) {
            widest = widest.max(text_px(&plot::figure(tick), SMALL_TEXT_PX));
        }
        let (top, plot_px) = (24.0, view.plot_px());
        let loss_px = if is_tried { plot_px * 0.56 } else { plot_px };
        let middle = top + loss_px;
        let right_share = is_tried.then_some(Scale {
            domain: (0.0, 1.0),
            range: (middle + 34.0 + plot_px * 0.44, middle + 34.0),
        });
        Self {
            left: widest + 9.0,
            right: view.width_px - 14.0,
            width: view.width_px,
            end_ms: millis_from_nanos(end).max(0.001),
            loss: Scale {
                domain: (0.0, most),
                range: (middle, top),
            },
            bottom: right_share.map_or(middle, |share| share.range.0),
            right_share,
        }
    }

    fn x(&self, at: Nanos) -> f32 {
        let scale = Scale {
            domain: (0.0, self.end_ms),
            range: (self.left, self.right),
        };
        within(scale.px(millis_from_nanos(at)), self.left, self.right)
    }

    fn axes(&self, svg: &mut Svg, say: Say) {
        let few = ((self.loss.range.0 - self.loss.range.1) / 26.0) as u32;
        let loss = ticks(self.loss.domain.1, few.clamp(2, 5));
        self.panel(
            svg,
            &self.loss,
            &loss,
            &plot::figure,
            &say("chart.loss.up", &[]),
        );
        if let Some(share) = &self.right_share {
            let quarters = if share.range.0 - share.range.1 > 90.0 {
                &[0.0, 0.25, 0.5, 0.75, 1.0][..]
            } else {
                &[0.0, 0.5, 1.0]
            };
            let words = say("chart.loss.right.up", &[]);
            self.panel(svg, share, quarters, &format::percent, &words);
        }
        let mut labels = plot::Labels::new(self.bottom + 17.0, self.width);
        let many = ((self.right - self.left) / 80.0) as u32;
        for tick in ticks(self.end_ms, many.max(2)) {
            let x = self.x(model::nanos_from_millis(tick));
            if labels.put(svg, x, &plot::time(tick)) {
                let end = self.bottom + 4.0;
                svg.line(x, self.bottom, x, end, "stroke=\"var(--soft)\"");
            }
        }
        let words = say("chart.loss.across", &[]);
        let base = self.bottom + 34.0;
        svg.small_text(self.right, base, Anchor::End, "var(--soft)", &words);
    }

    /// Lines across with their numbers, and what they are above them.
    fn panel(
        &self,
        svg: &mut Svg,
        up: &Scale,
        marks: &[f64],
        number: &dyn Fn(f64) -> String,
        words: &str,
    ) {
        for mark in marks {
            let y = up.px(*mark);
            let colour = if *mark > 0.0 {
                "stroke=\"var(--line)\""
            } else {
                "stroke=\"var(--soft)\""
            };
            svg.line(self.left, y, self.right, y, colour);
            let (x, base) = (self.left - 7.0, y + 4.3);
            svg.small_text(x, base, Anchor::End, "var(--soft)", &number(*mark));
        }
        let base = up.range.1 - 12.0;
        svg.small_text(0.0, base, Anchor::Start, "var(--soft)", words);
    }

    /// The wanted share, and a dot with a mark where a line reached it.
    fn wanted(
        &self,
        svg: &mut Svg,
        marks: &mut Vec<Mark>,
        input: &LossChart,
        lines: &[Curve],
        say: Say,
    ) {
        let (Some(wanted), Some(share)) = (input.wanted, &self.right_share) else {
            return;
        };
        let y = share.px(within(wanted as f32, 0.0, 1.0).into());
        let dashes = "stroke=\"var(--ink)\" stroke-width=\"1.4\" stroke-dasharray=\"1 4\" stroke-linecap=\"round\"";
        svg.line(self.left, y, self.right, y, dashes);
        let words = phrase(say)
            .percent("share", wanted)
            .get("chart.loss.wanted");
        // Below the line: above it the lines come to their end.
        svg.haloed(self.right, y + 16.0, Anchor::End, "var(--ink)", &words);
        for (idx, line) in lines.iter().enumerate() {
            let Some(at) = line.reached(wanted) else {
                continue;
            };
            let x = self.x(at);
            plot::shape(svg, x, y, idx);
            marks.push(Mark {
                label: phrase(say)
                    .text("way", line.label)
                    .percent("share", wanted)
                    .nanos("ms", at)
                    .get("chart.loss.mark.reached"),
                x: x - MARK_PX,
                y: y - MARK_PX,
                width: 2.0 * MARK_PX,
                height: 2.0 * MARK_PX,
                task: None,
            });
        }
    }
}
