//! How many times sooner, against the number of workers.

mod axes;
mod told;

use crate::curve::{below, block, has_interval, interval};
use crate::labels::{Area, Placer, alone_first, apart_first};
use crate::plot::{self, DOT_PX};
use crate::svg::Svg;
use crate::{Chart, Mark, Say, View};
use axes::{Plot, Strip};
use model::Stats;

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpeedupChart {
    /// Measured points in rising order of workers; those of a run under way may
    /// be few.
    pub points: Vec<SpeedupPoint>,
    /// Lines to compare with.
    pub lines: Vec<SpeedupLine>,
    /// Measured capacity of this machine, in workers: beyond it the chart is
    /// shaded, since a point there shows the machine's limit.
    pub capacity: Option<f64>,
}

/// One number of workers.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeedupPoint {
    /// Workers.
    pub workers: u32,
    /// Times sooner than the base, over the rounds.
    pub speedup: Stats,
    /// The same of every valid round.
    pub rounds: Vec<f64>,
    /// Makespan over the rounds, in milliseconds.
    pub ms: Stats,
    /// Serial share that this point alone would mean, 0 to 1 (below 0 where it
    /// is sooner than ideal): Karp and Flatt, CACM 33(5), 1990.
    pub serial_share: Option<Stats>,
}

/// What a line stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// As many times sooner as there are workers: thin and dashed.
    Ideal,
    /// What the settings ask for, by a law: dashed.
    Set,
    /// A law fitted to the measured points: solid, with its band.
    Fitted,
    /// What the reader expected: dotted, as every prediction.
    Guess,
}

/// A line to compare with.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeedupLine {
    /// Its look.
    pub kind: LineKind,
    /// Its label.
    pub label: String,
    /// Workers (need not be whole) and speedup, from left to right.
    pub points: Vec<(f64, f64)>,
    /// Lower and upper edge of its band at the same places; may be empty.
    pub band: Vec<(f64, f64)>,
}

impl LineKind {
    const fn stroke(self) -> &'static str {
        match self {
            Self::Ideal => {
                "fill=\"none\" stroke=\"var(--soft)\" stroke-width=\"1.3\" stroke-dasharray=\"5 4\""
            }
            Self::Set => {
                "fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"2\" stroke-dasharray=\"9 3 2 3\""
            }
            Self::Fitted => "fill=\"none\" stroke=\"var(--run)\" stroke-width=\"2.2\"",
            Self::Guess => {
                "fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"2.4\" stroke-dasharray=\"1 5\" stroke-linecap=\"round\""
            }
        }
    }

    /// A short piece of the line, for the key.
    fn sample(self) -> plot::Paint {
        match self {
            Self::Ideal => |svg, _, x, y| piece(svg, Self::Ideal, x, y),
            Self::Set => |svg, _, x, y| piece(svg, Self::Set, x, y),
            Self::Fitted => |svg, _, x, y| piece(svg, Self::Fitted, x, y),
            Self::Guess => |svg, _, x, y| piece(svg, Self::Guess, x, y),
        }
    }
}

fn piece(svg: &mut Svg, kind: LineKind, x: f32, y: f32) {
    svg.line(x - 8.0, y, x + 8.0, y, kind.stroke());
}

/// Up, the times sooner, from 0; across, the workers, from 0 and with the same
/// pixels for one as up where there is room, so that the ideal rises at 45
/// degrees. Each round is a ring, the median a disc with its interval (from six
/// rounds on); beyond the measured capacity the chart is shaded. Below, where
/// it is known, the serial share that each point alone would mean.
#[must_use]
pub fn speedup(input: &SpeedupChart, view: &View, say: Say) -> Chart {
    let plot = Plot::of(input, view);
    let mut svg = Svg::new();
    plot.shade(&mut svg, say);
    plot.axes(&mut svg, say);
    let mut placer = Placer::new(plot.area());
    let mut drawn = Vec::new();
    for line in &input.lines {
        plot.band(&mut svg, line);
    }
    for line in &input.lines {
        drawn.push(curve(&mut svg, &mut placer, &plot, line));
    }
    let (mut marks, mut dots) = (Vec::new(), Vec::new());
    for point in input.points.iter().filter(|point| is_known(point)) {
        let (x, y) = (
            plot.x(f64::from(point.workers)),
            plot.y(point.speedup.median),
        );
        dots.push((x, y));
        rings(&mut svg, &plot, x, &point.rounds);
        let (mut top, mut bottom) = (y - DOT_PX, y + DOT_PX);
        if has_interval(&point.speedup) {
            let (lo, hi) = (plot.y(point.speedup.lo), plot.y(point.speedup.hi));
            interval(&mut svg, x, lo, hi);
            (top, bottom) = (top.min(hi), bottom.max(lo));
        }
        plot::shape(&mut svg, x, y, 0);
        placer.block(Area {
            x: x - 8.0,
            y: top,
            width: 16.0,
            height: bottom - top,
        });
        marks.push(Mark {
            label: told::mark(point, say),
            x: x - 8.0,
            y: top,
            width: 16.0,
            height: bottom - top,
            task: None,
        });
    }
    // Last, so that no line crosses a word.
    let (mut labels, mut entries) = (Vec::new(), Vec::new());
    for (idx, (line, path)) in input.lines.iter().zip(&drawn).enumerate() {
        let mut others: Vec<&[(f32, f32)]> = drawn.iter().map(Vec::as_slice).collect();
        others.swap_remove(idx);
        let sample = plot::Sample::Shape(line.kind.sample());
        if !path.is_empty() {
            labels.push((line.label.as_str(), apart_first(path, &others, 16)));
            entries.push((sample, line.label.clone()));
        }
    }
    let measured = say("chart.speedup.measured", &[]);
    if !dots.is_empty() {
        dots.reverse();
        let others: Vec<&[(f32, f32)]> = drawn.iter().map(Vec::as_slice).collect();
        labels.push((&measured, alone_first(&dots, &others)));
        entries.push((plot::Sample::Dots(0), measured.clone()));
    }
    let mut height = plot.bottom() + 40.0;
    if !placer.all(&mut svg, &labels) {
        height += plot::key(&mut svg, &view.id, height, view.width_px, &entries);
    }
    if let Some(strip) = Strip::of(input, view, height) {
        height = strip.draw(&mut svg, &plot, input, say);
    }
    let finding = told::finding(input, say);
    Chart {
        id: view.id.clone(),
        kind: "speedup",
        title: say("chart.speedup.title", &[]),
        table: told::table(input, finding.clone(), say),
        finding,
        width: view.width_px,
        height,
        body: svg.finish(),
        marks,
    }
}

fn is_known(point: &SpeedupPoint) -> bool {
    point.workers > 0 && is_number(&point.speedup)
}

fn is_number(stats: &Stats) -> bool {
    stats.n > 0 && stats.median.is_finite()
}

/// Draws a line and keeps words off it. Returns its points.
fn curve(svg: &mut Svg, placer: &mut Placer, plot: &Plot, line: &SpeedupLine) -> Vec<(f32, f32)> {
    let mut path = Vec::new();
    for (at, value) in below(&line.points, plot.most()) {
        path.push((plot.x(at), plot.y(value)));
    }
    if path.is_empty() {
        return path;
    }
    let is_guess = line.kind == LineKind::Guess;
    if is_guess {
        svg.raw("<g data-role=\"prediction\">");
    }
    svg.raw("<path ").raw(line.kind.stroke()).raw(" d=\"");
    let mut last: Option<(f32, f32)> = None;
    for (x, y) in path.iter().copied() {
        svg.raw(if last.is_none() { "M" } else { "L" });
        svg.num(x).raw(" ").num(y);
        if let Some(from) = last {
            block(placer, from, (x, y));
        }
        last = Some((x, y));
    }
    svg.raw("\"/>");
    if is_guess {
        svg.raw("</g>");
    }
    path
}

/// Every round, side by side so that equal ones can be told apart.
fn rings(svg: &mut Svg, plot: &Plot, x: f32, rounds: &[f64]) {
    for (idx, value) in rounds.iter().enumerate() {
        if value.is_finite() && *value >= 0.0 && *value <= plot.most() {
            let aside = (idx % 5) as f32 * 2.6 - 5.2;
            let y = plot.y(*value);
            svg.circle(
                x + aside,
                y,
                2.2,
                "fill=\"var(--paper)\" stroke=\"var(--run)\"",
            );
        }
    }
}
