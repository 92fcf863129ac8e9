//! A figure against a parameter, as measured and as theory says.

mod axes;

use crate::chart::{capitalised, listed};
use crate::curve::{between, has_interval};
use crate::format::{self, whole};
use crate::labels::{Area, Placer, alone_first, apart_first};
use crate::phrase::phrase;
use crate::plot::{self, DOT_PX, MOST_LINES};
use crate::svg::Svg;
use crate::{Chart, Mark, Say, Table, View};
use axes::Plot;
use model::Stats;

/// More names than this below a chart are not read with what they stand for.
const MOST_IN_KEY: usize = 2;

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepChart {
    /// What is varied, with its unit.
    pub across: String,
    /// What is measured, with its unit.
    pub up: String,
    /// Whether the parameter is drawn on a logarithmic scale; it must be above 0.
    pub is_log: bool,
    /// Measured points.
    pub lines: Vec<SweepDots>,
    /// What theory says: as many lines as `lines`, each for its own (without points
    /// where it says nothing), or one for all, or none.
    pub theory: Vec<SweepTheory>,
    /// Whether the figure is drawn on a logarithmic scale; where it is not above 0,
    /// it is drawn at the lower end.
    pub is_log_up: bool,
    /// Where two lines cross: the parameter, and what it is called there.
    pub crossing: Option<(f64, String)>,
}

/// Measured points of one line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepDots {
    /// What the line is called.
    pub label: String,
    /// The parameter, and the figure over the rounds.
    pub points: Vec<(f64, Stats)>,
}

/// A line of theory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepTheory {
    /// What the line is called.
    pub label: String,
    /// The parameter and the figure, from left to right.
    pub points: Vec<(f64, f64)>,
}

/// Dots with the interval of the median (from six rounds on), told apart by
/// shape and label and never connected; theory as lines. Up, from 0 or logarithmic.
/// A crossing is a dashed upright line with its words.
#[must_use]
pub fn sweep(input: &SweepChart, view: &View, say: Say) -> Chart {
    let plot = Plot::of(input, view);
    let mut svg = Svg::new();
    plot.axes(&mut svg, input);
    let mut placer = Placer::new(Area {
        x: plot.left,
        y: plot.up.top,
        width: plot.right - plot.left,
        height: plot.up.bottom - plot.up.top,
    });
    let crossing = input.crossing.as_ref().filter(|(at, _)| at.is_finite());
    if let Some((at, words)) = crossing {
        plot.crossing(&mut svg, &mut placer, *at, words);
    }
    let mut lines = Vec::new();
    for (idx, line) in input.theory.iter().take(MOST_LINES).enumerate() {
        // The first strokes differ in their dashes from all that is measured.
        let points = plot.theory(&mut svg, &mut placer, line, idx + 1);
        lines.push(points);
    }
    let (mut marks, mut measured) = (Vec::new(), Vec::new());
    for (idx, line) in input.lines.iter().take(MOST_LINES).enumerate() {
        let mut dots = Vec::new();
        for (at, stats) in known(&line.points) {
            let (x, y) = (plot.x(at), plot.up.px(stats.median));
            dots.push((x, y));
            plot.dot(&mut svg, (x, y), stats, idx);
            // The dot and its interval.
            let (mut top, mut bottom) = (y - DOT_PX, y + DOT_PX);
            if has_interval(stats) {
                top = top.min(plot.up.px(stats.hi));
                bottom = bottom.max(plot.up.px(stats.lo));
            }
            placer.block(Area {
                x: x - DOT_PX,
                y: top,
                width: 2.0 * DOT_PX,
                height: bottom - top,
            });
            marks.push(Mark {
                label: told(line, at, stats, input, say),
                x: x - DOT_PX - 1.0,
                y: y - DOT_PX - 1.0,
                width: 2.0 * DOT_PX + 2.0,
                height: 2.0 * DOT_PX + 2.0,
                task: None,
            });
        }
        dots.reverse();
        measured.push(dots);
    }
    if let Some((at, _)) = crossing {
        let x = plot.x(*at);
        marks.push(Mark {
            label: crossed(input, say),
            x: x - DOT_PX,
            y: plot.up.top,
            width: 2.0 * DOT_PX,
            height: plot.up.bottom - plot.up.top,
            task: None,
        });
    }
    // Last, so that no line crosses a word.
    let (mut labels, mut entries) = (Vec::new(), Vec::new());
    for (idx, dots) in measured.iter().enumerate() {
        let label = &input.lines.get(idx).map_or("", |line| &line.label);
        labels.push((*label, alone_first(dots, &others(&measured, idx))));
        entries.push((plot::Sample::Dots(idx), String::from(*label)));
    }
    labels.retain(|(_, points)| !points.is_empty());
    let (mut said, mut said_entries) = (Vec::new(), Vec::new());
    for (idx, line) in lines
        .iter()
        .enumerate()
        .filter(|(_, line)| !line.is_empty())
    {
        let label = &input.theory.get(idx).map_or("", |line| &line.label);
        said.push((*label, apart_first(line, &others(&lines, idx), 16)));
        said_entries.push((plot::Sample::Line(idx + 1), String::from(*label)));
    }
    let mut height = plot.up.bottom + 40.0;
    let mut key = |svg: &mut Svg, entries: &[(plot::Sample, String)]| {
        height += plot::key(svg, &view.id, height, view.width_px, entries);
    };
    let all = [labels.clone(), said].concat();
    if placer.all(&mut svg, &all) {
        // Everything has its name beside it.
    } else if input.lines.len() > 1
        && said_entries.len() <= MOST_IN_KEY
        && placer.all(&mut svg, &labels)
    {
        key(&mut svg, &said_entries);
    } else {
        // Each with its own line of theory: half as many entries.
        if input.lines.len() == input.theory.len() {
            entries.clear();
            for (idx, (line, theory)) in input.lines.iter().zip(&input.theory).enumerate() {
                if theory.points.is_empty() {
                    entries.push((plot::Sample::Dots(idx), line.label.clone()));
                    continue;
                }
                let words = phrase(say)
                    .text("way", &line.label)
                    .text("theory", &theory.label)
                    .get("chart.sweep.key");
                entries.push((plot::Sample::Both(idx, idx + 1), words));
            }
        } else {
            entries.extend(said_entries);
        }
        key(&mut svg, &entries);
    }
    let finding = finding(input, say);
    let title = if input.theory.is_empty() {
        "chart.sweep.title.plain"
    } else {
        "chart.sweep.title"
    };
    Chart {
        id: view.id.clone(),
        kind: "sweep",
        title: say(title, &[]),
        table: table(input, finding.clone(), say),
        finding,
        width: view.width_px,
        height,
        body: svg.finish(),
        marks,
    }
}

/// All lines but one.
fn others(lines: &[Vec<(f32, f32)>], idx: usize) -> Vec<&[(f32, f32)]> {
    let mut all: Vec<&[(f32, f32)]> = lines.iter().map(Vec::as_slice).collect();
    if idx < all.len() {
        all.remove(idx);
    }
    all
}

/// Points that are numbers.
fn known(points: &[(f64, Stats)]) -> impl Iterator<Item = (f64, &Stats)> {
    let all = points.iter().map(|(at, stats)| (*at, stats));
    all.filter(|(at, stats)| at.is_finite() && stats.median.is_finite())
}

impl SweepChart {
    /// The line of theory that stands for a measured one.
    fn theory_of(&self, idx: usize) -> Option<&SweepTheory> {
        if self.theory.len() == 1 {
            self.theory.first()
        } else if self.theory.len() == self.lines.len() {
            self.theory.get(idx)
        } else {
            None
        }
    }
}

/// One dot in words.
fn told(line: &SweepDots, at: f64, stats: &Stats, input: &SweepChart, say: Say) -> String {
    let key = if has_interval(stats) {
        "chart.sweep.mark"
    } else {
        "chart.sweep.mark.short"
    };
    phrase(say)
        .text("way", &line.label)
        .text("across", &input.across)
        .text("at", &plot::figure(at))
        .text("up", &input.up)
        .text("value", &plot::figure(stats.median))
        .text("lo", &plot::figure(stats.lo))
        .text("hi", &plot::figure(stats.hi))
        .get(key)
}

/// Where two lines cross, in words; nothing where they do not.
fn crossed(input: &SweepChart, say: Say) -> String {
    let Some((at, words)) = &input.crossing else {
        return String::new();
    };
    phrase(say)
        .text("what", words)
        .text("across", &input.across)
        .text("at", &plot::figure(*at))
        .get("chart.sweep.crossing")
}

/// Over which range of the parameter, and from the first to the last point of each
/// line, with its lowest where it dips between them and what theory says at the end.
fn finding(input: &SweepChart, say: Say) -> String {
    let mut lines: Vec<(usize, Vec<(f64, &Stats)>)> = Vec::new();
    for (idx, line) in input.lines.iter().enumerate() {
        let points: Vec<(f64, &Stats)> = known(&line.points).collect();
        if !points.is_empty() {
            lines.push((idx, points));
        }
    }
    let ends = |points: &[(f64, &Stats)]| {
        let end = |point: Option<&(f64, &Stats)>| point.map_or((0.0, 0.0), |p| (p.0, p.1.median));
        (end(points.first()), end(points.last()))
    };
    let Some((_, first)) = lines.first() else {
        return say("chart.empty", &[]);
    };
    let whole = ends(first);
    let mut sentence = phrase(say);
    sentence
        .text("up", &input.up)
        .text("across", &input.across)
        .text("from", &plot::figure(whole.0.0))
        .text("to", &plot::figure(whole.1.0));
    let key = if whole.0.0 == whole.1.0 {
        "chart.sweep.at"
    } else {
        "chart.sweep.range"
    };
    let mut words = capitalised(sentence.get(key));
    for (idx, points) in &lines {
        let (from, to) = ends(points);
        let said = input
            .theory_of(*idx)
            .and_then(|theory| between(&theory.points, to.0));
        let label = input.lines.get(*idx).map_or("", |line| &line.label);
        let mut sentence = phrase(say);
        sentence
            .text("way", label)
            .text("from", &plot::figure(from.0))
            .text("low", &plot::figure(from.1))
            .text("to", &plot::figure(to.0))
            .text("high", &plot::figure(to.1))
            .text("dip", &dip(points, from.1.min(to.1), say))
            .text("theory", &plot::figure(said.unwrap_or(0.0)));
        let is_whole = (from.0, to.0) == (whole.0.0, whole.1.0);
        let key = match (from.0 == to.0, said.is_some(), is_whole) {
            (true, false, _) => "chart.sweep.one",
            (true, true, _) => "chart.sweep.one.theory",
            (false, false, true) => "chart.sweep.finding",
            (false, true, true) => "chart.sweep.finding.theory",
            (false, false, false) => "chart.sweep.part",
            (false, true, false) => "chart.sweep.part.theory",
        };
        listed(&mut words, " ", &capitalised(sentence.get(key)));
    }
    if input.crossing.is_some() {
        listed(&mut words, " ", &crossed(input, say));
    }
    words
}

/// Where a line is clearly lower than at both of its ends, in words.
fn dip(points: &[(f64, &Stats)], lower_end: f64, say: Say) -> String {
    const CLEARLY: f64 = 0.93;
    let mut lowest: Option<(f64, f64)> = None;
    for (at, stats) in points {
        if lowest.is_none_or(|known| stats.median < known.1) {
            lowest = Some((*at, stats.median));
        }
    }
    let dips = lowest.filter(|lowest| lowest.1 < lower_end * CLEARLY);
    dips.map_or_else(String::new, |(at, least)| {
        phrase(say)
            .text("at", &plot::figure(at))
            .text("least", &plot::figure(least))
            .get("chart.sweep.dip")
    })
}

fn table(input: &SweepChart, caption: String, say: Say) -> Table {
    let mut table = Table::with_head(caption, "way at rounds middle low high", say);
    if let Some(title) = table.head.get_mut(1) {
        title.clone_from(&input.across);
    }
    if let Some(title) = table.head.get_mut(3) {
        title.clone_from(&input.up);
    }
    let said = input.theory.iter().filter(|line| !line.points.is_empty());
    for line in said.clone() {
        table.head.push(line.label.clone());
    }
    let number = |value: f64| {
        let mut text = String::new();
        format::push_decimal(&mut text, value, 3);
        text
    };
    for line in &input.lines {
        for (at, stats) in known(&line.points) {
            let (mut low, mut high) = (String::new(), String::new());
            if has_interval(stats) {
                (low, high) = (number(stats.lo), number(stats.hi));
            }
            let mut row = vec![
                line.label.clone(),
                number(at),
                whole(u64::from(stats.n)),
                number(stats.median),
                low,
                high,
            ];
            for theory in said.clone() {
                row.push(between(&theory.points, at).map_or_else(String::new, number));
            }
            table.add(row);
        }
    }
    if let Some((at, words)) = &input.crossing {
        table.add(vec![words.clone(), number(*at)]);
    }
    table
}
