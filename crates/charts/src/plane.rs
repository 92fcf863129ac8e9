//! The plane of tasks in progress and work done at once.

use crate::arms::{Picked, pick};
use crate::bars;
use crate::chart::{listed, within};
use crate::format::fixed;
use crate::labels::{Area, Placer};
use crate::phrase::phrase;
use crate::scale::Scale;
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, TEXT_PX, text_px};
use crate::{ArmLabel, Chart, Mark, Say, Table, View};
use analysis::plane::{CONCURRENT_FROM, PARALLEL_FROM};
use model::{Evidence, Stats};

const DOT_PX: f32 = 6.5;

/// Every arm as a dot: across, the mean number of tasks in progress (C); up,
/// how much work was done at once (P), with the measured capacity as a line.
/// `arms` as in [`crate::makespan`]. Borders of the quadrants: C = 1.5, P = 1.3.
#[must_use]
pub fn plane(evidence: &Evidence, arms: &[ArmLabel], view: &View, say: Say) -> Chart {
    let dots = dots(evidence, arms, say);
    let capacity = capacity(evidence);
    let (mut end_c, mut end_p) = (3.2_f64, capacity.unwrap_or(0.0).max(1.75));
    for dot in &dots {
        end_c = end_c.max(dot.c.median);
        end_p = end_p.max(dot.p.median);
    }
    let (end_c, end_p) = (end_c * 1.4, end_p * 1.32);
    let (left, right) = (40.0, view.width_px - 6.0);
    let (top, bottom) = (6.0, 6.0 + within(view.width_px * 0.56, 220.0, 360.0));
    let across = Scale {
        domain: (least(&dots, end_c.log2(), right - left), end_c.log2()),
        range: (left, right),
    };
    let up = Scale {
        // Below 0 there is room for the names of the lower quadrants.
        domain: (-0.16 * end_p, end_p),
        range: (bottom, top),
    };
    let at = |dot: &Dot| {
        (
            across.px(dot.c.median.max(0.85).log2()),
            up.px(dot.p.median),
        )
    };
    let mut svg = Svg::new();
    bars::hatching(&mut svg, &view.id);
    let mut placer = Placer::new(Area {
        x: left,
        y: top,
        width: right - left,
        height: bottom - top,
    });
    axes(&mut svg, &across, &up, (end_c, end_p), say);
    quadrants(
        &mut svg,
        &mut placer,
        (across.px(CONCURRENT_FROM.log2()), up.px(PARALLEL_FROM)),
        say,
    );
    if let Some(capacity) = capacity {
        let y = up.px(capacity);
        svg.line(
            left,
            y,
            right,
            y,
            "stroke=\"var(--ink)\" stroke-dasharray=\"5 3\"",
        );
        let words = knives(capacity, say);
        let width = text_px(&words, TEXT_PX);
        let area = Area {
            x: right - width - 6.0,
            y: y - 19.0,
            width,
            height: 16.0,
        };
        svg.text(right - 6.0, y - 6.0, Anchor::End, "var(--ink)", &words);
        placer.block(area);
        placer.block(Area {
            x: left,
            y: y - 1.0,
            width: right - left,
            height: 2.0,
        });
    }
    for dot in &dots {
        let (x, y) = at(dot);
        placer.block(Area {
            x: x - DOT_PX,
            y: y - DOT_PX,
            width: 2.0 * DOT_PX,
            height: 2.0 * DOT_PX,
        });
    }
    let mut marks = Vec::new();
    for dot in &dots {
        let (x, y) = at(dot);
        dot.draw(&mut svg, &view.id, x, y, &up);
        placer.label(&mut svg, &dot.arm.label, x, y, DOT_PX);
        marks.push(Mark {
            label: dot.sentence(say),
            x: x - DOT_PX,
            y: y - DOT_PX,
            width: 2.0 * DOT_PX,
            height: 2.0 * DOT_PX,
            task: None,
        });
    }
    let finding = finding(&dots, say);
    Chart {
        id: view.id.clone(),
        kind: "plane",
        title: say("chart.plane.title", &[]),
        table: table(&dots, capacity, finding.clone(), say),
        finding,
        width: view.width_px,
        height: bottom + 40.0,
        body: svg.finish(),
        marks,
    }
}

/// Where the axis begins, as a power of two: far enough to the left that the names of
/// what is not concurrent have room on their side of the border.
fn least(dots: &[Dot], end: f64, width: f32) -> f64 {
    const MOST_SHARE: f64 = 0.46;
    let mut widest = 0.0_f32;
    for dot in dots.iter().filter(|dot| dot.c.median < CONCURRENT_FROM) {
        widest = widest.max(text_px(&dot.arm.label, TEXT_PX) + 10.0);
    }
    let share = f64::from(widest / width).min(MOST_SHARE);
    let border = CONCURRENT_FROM.log2();
    0.8_f64.log2().min((border - share * end) / (1.0 - share))
}

/// One arm.
struct Dot<'a> {
    arm: Picked<'a>,
    c: &'a Stats,
    p: &'a Stats,
}

fn dots<'a>(evidence: &'a Evidence, arms: &[ArmLabel], say: Say) -> Vec<Dot<'a>> {
    let mut dots = Vec::new();
    for arm in pick(evidence, arms, say) {
        let Some(metrics) = arm.metrics else { continue };
        // The base has no base of its own; on it, time on a core is the work.
        let p = match metrics.get("p") {
            None if arm.sequential => metrics.get("p_ticks"),
            known => known,
        };
        if let (Some(c), Some(p)) = (metrics.get("c"), p) {
            dots.push(Dot { arm, c, p });
        }
    }
    dots
}

impl Dot<'_> {
    fn draw(&self, svg: &mut Svg, id: &str, x: f32, y: f32, up: &Scale) {
        let (lo, hi) = (up.px(self.p.lo), up.px(self.p.hi));
        if self.p.n >= 6 && (lo - hi).abs() > 2.0 * DOT_PX {
            svg.line(x, lo, x, hi, "stroke=\"var(--ink)\" stroke-width=\"1.4\"");
        }
        if self.arm.mostly_waits {
            svg.raw("<circle").at("cx", x).at("cy", y).at("r", DOT_PX);
            svg.raw(" stroke=\"var(--wait)\" stroke-width=\"1.6\" fill=\"url(#")
                .words(id)
                .raw("-h)\"/>");
        } else {
            svg.circle(x, y, DOT_PX, "fill=\"var(--run)\" stroke=\"var(--paper)\"");
        }
    }

    fn quadrant(&self) -> usize {
        usize::from(self.c.median >= CONCURRENT_FROM)
            + 2 * usize::from(self.p.median >= PARALLEL_FROM)
    }

    fn sentence(&self, say: Say) -> String {
        let (c, p) = (fixed(self.c.median, 1), fixed(self.p.median, 2));
        phrase(say)
            .text("way", &self.arm.label)
            .text("c", &c)
            .text("p", &p)
            .get("chart.plane.mark")
    }
}

/// The highest median of the probes, in workers' worth of work.
fn capacity(evidence: &Evidence) -> Option<f64> {
    let mut most = 0.0_f64;
    for stats in evidence.capacity.by_workers.values() {
        most = most.max(stats.median);
    }
    (most > 0.0).then_some(most)
}

fn knives(capacity: f64, say: Say) -> String {
    let near = (capacity - capacity.round()).abs() < 0.1;
    let number = fixed(capacity, u32::from(!near));
    let key = if number == "1" {
        "chart.knives.one"
    } else {
        "chart.knives"
    };
    phrase(say).text("n", &number).get(key)
}

fn axes(svg: &mut Svg, across: &Scale, up: &Scale, ends: (f64, f64), say: Say) {
    let ((left, right), (bottom, top)) = (across.range, up.range);
    let mut mark = 1.0_f64;
    while mark <= ends.0 {
        let x = across.px(mark.log2());
        svg.line(x, bottom, x, bottom + 4.0, "stroke=\"var(--soft)\"");
        svg.small_text(
            x,
            bottom + 17.0,
            Anchor::Middle,
            "var(--soft)",
            &fixed(mark, 0),
        );
        mark *= 2.0;
    }
    let step = (ends.1 / 6.0).ceil().max(1.0);
    let mut mark = 0.0;
    while mark <= ends.1 {
        let y = up.px(mark);
        svg.line(left - 4.0, y, left, y, "stroke=\"var(--soft)\"");
        svg.small_text(
            left - 7.0,
            y + 4.3,
            Anchor::End,
            "var(--soft)",
            &fixed(mark, 0),
        );
        mark += step;
    }
    svg.rect(
        left,
        top,
        right - left,
        bottom - top,
        "fill=\"none\" stroke=\"var(--soft)\"",
    );
    svg.small_text(
        (left + right) / 2.0,
        bottom + 34.0,
        Anchor::Middle,
        "var(--ink)",
        &say("chart.plane.across", &[]),
    );
    svg.raw("<g transform=\"translate(12 ")
        .num((top + bottom) / 2.0)
        .raw(") rotate(-90)\">");
    svg.small_text(
        0.0,
        0.0,
        Anchor::Middle,
        "var(--ink)",
        &say("chart.plane.up", &[]),
    );
    svg.raw("</g>");
}

/// Borders and names of the four quadrants.
fn quadrants(svg: &mut Svg, placer: &mut Placer, at: (f32, f32), say: Say) {
    let Area {
        x: left,
        y: top,
        width,
        height,
    } = placer.bounds;
    let (right, bottom) = (left + width, top + height);
    svg.line(
        at.0,
        top,
        at.0,
        bottom,
        "stroke=\"var(--soft)\" stroke-width=\"0.8\"",
    );
    svg.line(
        left,
        at.1,
        right,
        at.1,
        "stroke=\"var(--soft)\" stroke-width=\"0.8\"",
    );
    // A name across a border would be in two boxes at once.
    placer.block(Area {
        x: left,
        y: at.1 - 1.0,
        width,
        height: 2.0,
    });
    placer.block(Area {
        x: at.0 - 1.0,
        y: top,
        width: 2.0,
        height,
    });
    for (idx, (key, _)) in QUADRANTS.iter().enumerate() {
        let x = if idx % 2 == 0 { left } else { at.0 } + 7.0;
        let y = if idx < 2 { bottom - 8.0 } else { top + 17.0 };
        let name = say(key, &[]);
        let width = text_px(&name, SMALL_TEXT_PX);
        // The left column can be narrower than its name in some languages.
        let lines = if x < at.0 && width > at.0 - left - 10.0 {
            name.split_once(' ')
        } else {
            None
        };
        let (first, second) = lines.unwrap_or((&name, ""));
        let first_y = if second.is_empty() || y < at.1 {
            y
        } else {
            y - 14.0
        };
        svg.small_text(x, first_y, Anchor::Start, "var(--soft)", first);
        if !second.is_empty() {
            svg.small_text(x, first_y + 14.0, Anchor::Start, "var(--soft)", second);
        }
        let wide = text_px(first, SMALL_TEXT_PX).max(text_px(second, SMALL_TEXT_PX));
        let tall = if second.is_empty() { 15.0 } else { 29.0 };
        placer.block(Area {
            x,
            y: first_y - 11.0,
            width: wide,
            height: tall,
        });
    }
}

/// Names of the quadrants and sentences about what is in them, by [`Dot::quadrant`].
const QUADRANTS: [(&str, &str); 4] = [
    ("chart.plane.neither", "chart.plane.are.neither"),
    ("chart.plane.concurrent", "chart.plane.are.concurrent"),
    ("chart.plane.parallel", "chart.plane.are.parallel"),
    ("chart.plane.both", "chart.plane.are.both"),
];

fn finding(dots: &[Dot], say: Say) -> String {
    if dots.is_empty() {
        return say("chart.empty", &[]);
    }
    let mut sentence = String::new();
    for (quadrant, (_, key)) in QUADRANTS.iter().enumerate().rev() {
        let mut ways = String::new();
        for dot in dots {
            if dot.quadrant() == quadrant {
                listed(&mut ways, ", ", &dot.arm.label);
            }
        }
        if !ways.is_empty() {
            listed(
                &mut sentence,
                " ",
                &phrase(say).text("ways", &ways).get(key),
            );
        }
    }
    sentence
}

fn table(dots: &[Dot], capacity: Option<f64>, caption: String, say: Say) -> Table {
    let mut table = Table::with_head(caption, "way c p low high quadrant", say);
    for dot in dots {
        let mut row = vec![dot.arm.label.clone()];
        for value in [dot.c.median, dot.p.median, dot.p.lo, dot.p.hi] {
            row.push(fixed(value, 2));
        }
        if let Some((name, _)) = QUADRANTS.get(dot.quadrant()) {
            row.push(say(name, &[]));
        }
        table.rows.push(row);
    }
    if let Some(capacity) = capacity {
        let label = say("chart.col.capacity", &[]);
        table.add(vec![label, String::new(), fixed(capacity, 2)]);
    }
    table
}
