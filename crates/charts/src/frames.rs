//! Frames of the page while something ran: one column each.

use crate::axis::TimeAxis;
use crate::chart::{capitalised, listed, within};
use crate::format::{self, fixed, whole};
use crate::order::ordered;
use crate::phrase::phrase;
use crate::plot;
use crate::scale::Scale;
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, text_px};
use crate::{Chart, Mark, Say, Table, View};
use model::{NANOS_PER_MILLI, Nanos, Stretch, millis_from_nanos, nanos_from_millis};

/// What the page did during one way of running.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrameRow {
    /// What the way is called.
    pub label: String,
    /// From one drawn frame to the next.
    pub frames: Vec<Stretch>,
    /// Questions put to the page, each as long as the answer took.
    pub answers: Vec<Stretch>,
    /// What the browser itself called long tasks; `None` where it tells none.
    pub long_tasks: Option<Vec<Stretch>>,
    /// How long the run took, in milliseconds.
    pub total_ms: f64,
}

/// A longer frame is noticed: browsers call a task of more than 50 ms long.
const LONG_NANOS: Nanos = 50 * NANOS_PER_MILLI;
/// A screen that is drawn 60 times a second has this long for a frame.
const USUAL_MS: f64 = 1000.0 / 60.0;
/// Strips reach at least this high, so that the line at 50 ms is in all of them.
const LEAST_TOP_MS: f64 = 62.0;
/// Long frames of one row that the keyboard reaches; the table counts all.
const MOST_MARKS: usize = 24;
/// Height of the highest strip; others are as much lower as their frames are.
const STRIP_PX: f32 = 96.0;
const LEAST_STRIP_PX: f32 = 26.0;
/// Space between two dots of answers; of nearer ones the slowest is drawn.
const DOT_PITCH_PX: f32 = 6.0;

/// A strip for each row, all on one scale of time and one of height: each
/// frame is a column as wide and as high as it lasted. Lines at 16.7 ms and
/// 50 ms; longer frames are cross-hatched. Dots are answers that took longer
/// than a frame of 16.7 ms.
#[must_use]
pub fn frames(rows: &[FrameRow], view: &View, say: Say) -> Chart {
    let strips: Vec<Strip> = rows.iter().map(Strip::of).collect();
    let (mut end, mut high) = (1, LEAST_TOP_MS);
    for strip in &strips {
        end = end.max(strip.end());
        high = high.max(strip.highest_ms() * 1.04);
    }
    let left = text_px("16.7\u{a0}ms", SMALL_TEXT_PX) + 8.0;
    let axis = TimeAxis {
        left,
        right: view.width_px - 10.0,
        end_nanos: end.max(view.full_scale_nanos.unwrap_or(0)),
    };
    let mut svg = Svg::new();
    plot::crosshatching(&mut svg, &view.id);
    let mut marks = Vec::new();
    let mut y = 2.0;
    let strip_px = view.strip_px(rows.len(), STRIP_PX);
    for strip in &strips {
        y += plot::heading(
            &mut svg,
            y,
            view.width_px,
            &strip.row.label,
            &strip.words(say),
        );
        // The same pixels a millisecond in every strip.
        let own = strip.highest_ms().max(LEAST_TOP_MS) * 1.04 / high;
        let height = within(strip_px * own as f32, LEAST_STRIP_PX, strip_px);
        let up = Scale {
            domain: (0.0, high),
            range: (y + height, y + height - strip_px),
        };
        strip.draw(&mut svg, &view.id, &axis, &up);
        strip.mark(&mut marks, &axis, &up, say);
        y += height + 12.0;
    }
    let bottom = y - 12.0;
    if !strips.is_empty() {
        axis.grid(&mut svg, bottom, bottom);
    }
    let mut entries: Vec<(plot::Sample, String)> = vec![
        (
            plot::Sample::Shape(calm_sample),
            say("chart.frames.key.calm", &[]),
        ),
        (
            plot::Sample::Shape(long_sample),
            say("chart.frames.key.long", &[]),
        ),
    ];
    if strips.iter().any(|strip| strip.slowest_ms() > USUAL_MS) {
        entries.push((
            plot::Sample::Shape(dot_sample),
            say("chart.frames.key.answer", &[]),
        ));
    }
    let below = bottom + 28.0;
    let height = below + plot::key(&mut svg, &view.id, below, view.width_px, &entries);
    let finding = finding(&strips, say);
    Chart {
        id: view.id.clone(),
        kind: "frames",
        title: say("chart.frames.title", &[]),
        table: table(&strips, finding.clone(), say),
        finding,
        width: view.width_px,
        height,
        body: svg.finish(),
        marks,
    }
}

fn calm_sample(svg: &mut Svg, _: &str, x: f32, y: f32) {
    svg.rect(x - 2.0, y - 5.0, 4.0, 10.0, "fill=\"var(--run)\"");
}

fn long_sample(svg: &mut Svg, id: &str, x: f32, y: f32) {
    plot::crosshatched(svg, id, (x - 6.0, y - 6.0), (12.0, 12.0));
}

fn dot_sample(svg: &mut Svg, _: &str, x: f32, y: f32) {
    svg.circle(x, y, 2.6, DOT);
}

const DOT: &str = "fill=\"var(--paper)\" stroke=\"var(--ink)\" stroke-width=\"1.2\"";

/// One row with its frames in order.
struct Strip<'a> {
    row: &'a FrameRow,
    frames: Vec<Stretch>,
    worst: Option<Stretch>,
    long: usize,
}

impl<'a> Strip<'a> {
    fn of(row: &'a FrameRow) -> Self {
        let frames = ordered(&row.frames, |frame| frame.start_nanos);
        let mut worst: Option<Stretch> = None;
        for frame in &frames {
            if worst.is_none_or(|known| frame.len_nanos > known.len_nanos) {
                worst = Some(*frame);
            }
        }
        Self {
            long: frames.iter().filter(|frame| is_long(frame)).count(),
            row,
            frames,
            worst,
        }
    }

    fn end(&self) -> Nanos {
        let frames = self.frames.iter().map(end_of).max().unwrap_or(0);
        let asked = self.row.answers.iter().map(|answer| answer.start_nanos);
        let asked = asked.max().unwrap_or(0);
        frames.max(asked).max(nanos_from_millis(self.row.total_ms))
    }

    fn slowest_answer(&self) -> Option<Nanos> {
        self.row.answers.iter().map(|answer| answer.len_nanos).max()
    }

    fn slowest_ms(&self) -> f64 {
        millis_from_nanos(self.slowest_answer().unwrap_or(0))
    }

    fn highest_ms(&self) -> f64 {
        let worst = self.worst.map_or(0, |frame| frame.len_nanos);
        millis_from_nanos(worst).max(self.slowest_ms())
    }

    /// What stands at the end of the row.
    fn words(&self, say: Say) -> String {
        match self.worst {
            None => say("chart.frames.none", &[]),
            Some(worst) if self.long == 0 => phrase(say)
                .nanos("ms", worst.len_nanos)
                .get("chart.frames.row"),
            Some(worst) => phrase(say)
                .nanos("ms", worst.len_nanos)
                .count("chart.frames.row.long", self.long as u32),
        }
    }

    fn draw(&self, svg: &mut Svg, id: &str, axis: &TimeAxis, up: &Scale) {
        let bottom = up.range.0;
        for (millis, label) in [(USUAL_MS, "16.7\u{a0}ms"), (50.0, "50\u{a0}ms")] {
            let y = up.px(millis);
            svg.line(
                axis.left,
                y,
                axis.right,
                y,
                "stroke=\"var(--soft)\" stroke-dasharray=\"3 3\"",
            );
            // On a high scale the two labels would touch: the one that
            // matters stays.
            if millis > 20.0 || y - up.px(50.0) >= 14.0 {
                let base = (y + 4.3).min(bottom);
                svg.small_text(axis.left - 7.0, base, Anchor::End, "var(--soft)", label);
            }
        }
        self.calm(svg, axis, up);
        let mut free_from = f32::MIN;
        for frame in self.frames.iter().filter(|frame| is_long(frame)) {
            let (x, width) = column(axis, frame);
            // Columns that share a pixel are one.
            if x + width < free_from {
                continue;
            }
            free_from = x + width + 0.5;
            let y = up.px(millis_from_nanos(frame.len_nanos));
            plot::crosshatched(svg, id, (x, y), (width, bottom - y));
        }
        let mut last = f32::MIN;
        let mut slowest: Option<Nanos> = None;
        let mut answers = ordered(&self.row.answers, |answer| answer.start_nanos);
        // What is answered before the next frame needs no ink.
        answers.retain(|answer| millis_from_nanos(answer.len_nanos) > USUAL_MS);
        for (idx, answer) in answers.iter().enumerate() {
            let x = axis.x(answer.start_nanos);
            if slowest.is_none() {
                last = x;
            }
            slowest = slowest.max(Some(answer.len_nanos));
            let next = answers.get(idx + 1).map(|next| axis.x(next.start_nanos));
            if next.is_some_and(|next| next - last < DOT_PITCH_PX) {
                continue;
            }
            let y = up.px(millis_from_nanos(slowest.unwrap_or(0)));
            svg.circle(last, y, 2.6, DOT);
            slowest = None;
        }
        svg.line(
            axis.left,
            bottom,
            axis.right,
            bottom,
            "stroke=\"var(--soft)\"",
        );
    }

    /// All frames up to 50 ms as one shape; of those in one pixel the highest.
    fn calm(&self, svg: &mut Svg, axis: &TimeAxis, up: &Scale) {
        let bottom = up.range.0;
        let mut path = Svg::new();
        let mut open: Option<(f32, f32, f32)> = None;
        let mut close = |bar: Option<(f32, f32, f32)>| {
            if let Some((x, end, y)) = bar {
                let gap = if end - x > 3.0 { 0.6 } else { 0.0 };
                path.raw("M").num(x).raw(" ").num(bottom).raw("V").num(y);
                path.raw("H").num((end - gap).max(x + 0.6)).raw("V");
                path.num(bottom).raw("z");
            }
        };
        for frame in self.frames.iter().filter(|frame| !is_long(frame)) {
            let (x, width) = column(axis, frame);
            let y = up.px(millis_from_nanos(frame.len_nanos));
            open = match open {
                Some((from, end, high)) if x < from + 1.0 => {
                    Some((from, end.max(x + width), high.min(y)))
                }
                other => {
                    close(other);
                    Some((x, x + width, y))
                }
            };
        }
        close(open);
        svg.raw("<path fill=\"var(--run)\" d=\"")
            .raw(&path.finish())
            .raw("\"/>");
    }

    fn mark(&self, marks: &mut Vec<Mark>, axis: &TimeAxis, up: &Scale, say: Say) {
        let mut add = |frame: &Stretch, key: &str| {
            let (x, width) = column(axis, frame);
            let y = up.px(millis_from_nanos(frame.len_nanos));
            let label = phrase(say)
                .text("way", &self.row.label)
                .nanos("ms", frame.len_nanos)
                .nanos("at", frame.start_nanos)
                .get(key);
            marks.push(Mark {
                label,
                x,
                y,
                width,
                height: up.range.0 - y,
                task: None,
            });
        };
        if let Some(worst) = &self.worst {
            add(worst, "chart.frames.mark.worst");
        }
        let long = self.frames.iter().filter(|frame| is_long(frame));
        for frame in long.take(MOST_MARKS) {
            if Some(*frame) != self.worst {
                add(frame, "chart.frames.mark");
            }
        }
    }
}

/// Left edge and width of a column; no frame is less than a pixel wide.
fn column(axis: &TimeAxis, frame: &Stretch) -> (f32, f32) {
    let x = axis.x(frame.start_nanos);
    (x, (axis.x(end_of(frame)) - x).max(1.0))
}

fn is_long(frame: &Stretch) -> bool {
    frame.len_nanos > LONG_NANOS
}

/// Instant after the stretch; one from a damaged file does not overflow.
fn end_of(stretch: &Stretch) -> Nanos {
    stretch.start_nanos.saturating_add(stretch.len_nanos)
}

fn finding(strips: &[Strip], say: Say) -> String {
    let mut words = String::new();
    for strip in strips {
        let Some(worst) = strip.worst else { continue };
        let mut sentence = phrase(say);
        sentence
            .text("way", &strip.row.label)
            .nanos("ms", worst.len_nanos);
        let sentence = if strip.long == 0 {
            sentence.get("chart.frames.smooth")
        } else {
            sentence.count("chart.frames.stood", strip.long as u32)
        };
        listed(&mut words, " ", &capitalised(sentence));
    }
    if words.is_empty() {
        return say("chart.empty", &[]);
    }
    words
}

fn table(strips: &[Strip], caption: String, say: Say) -> Table {
    let mut table = Table::with_head(caption, "way ms frames worst over50 answer longtasks", say);
    let ms = |nanos: Nanos| fixed(millis_from_nanos(nanos), 1);
    for strip in strips {
        table.rows.push(vec![
            strip.row.label.clone(),
            fixed(strip.row.total_ms, 1),
            whole(strip.frames.len() as u64),
            strip
                .worst
                .map_or_else(String::new, |worst| ms(worst.len_nanos)),
            whole(strip.long as u64),
            strip.slowest_answer().map_or_else(String::new, ms),
            match &strip.row.long_tasks {
                None => say("chart.frames.untold", &[]),
                Some(tasks) => long_tasks(tasks, say),
            },
        ]);
    }
    table
}

/// How many the browser told of, and the longest.
fn long_tasks(tasks: &[Stretch], say: Say) -> String {
    let longest = tasks.iter().map(|task| task.len_nanos).max();
    match longest {
        None => whole(0),
        Some(longest) => phrase(say)
            .text("ms", &format::nanos(longest))
            .count("chart.frames.told", tasks.len() as u32),
    }
}
