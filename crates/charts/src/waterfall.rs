//! From the ideal time of a run to the measured one.

mod told;

use crate::chart::{capitalised, within};
use crate::format;
use crate::phrase::phrase;
use crate::plot;
use crate::scale::{Scale, ticks};
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, text_px};
use crate::{Chart, Mark, Say, View, bars};

/// What one run lost against the ideal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LostRun {
    /// The run.
    pub label: String,
    /// The sequential time shared out evenly, in milliseconds.
    pub ideal_ms: f64,
    /// The measured time, in milliseconds.
    pub total_ms: f64,
    /// What lies between, in milliseconds; a part may be below 0. What is
    /// missing to `total_ms` is drawn as not accounted for.
    pub parts: Vec<(LostTo, f64)>,
}

/// Where time of a parallel run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostTo {
    /// A part that only one worker could do.
    Serial,
    /// Nobody had begun yet.
    Start,
    /// Copying and handing over data.
    Moving,
    /// Waiting for the last one to finish.
    Barrier,
    /// Ready, but without a core.
    OffCore,
    /// Standing still for a lock.
    Lock,
    /// On a core, but slower than alone.
    Slower,
    /// Between two tasks, and anything else.
    Rest,
}

impl LostTo {
    /// In kitchen words.
    fn words(self, say: Say) -> String {
        let key = match self {
            Self::Serial => "chart.lost.serial",
            Self::Start => "chart.lost.start",
            Self::Moving => "chart.lost.moving",
            Self::Barrier => "chart.lost.barrier",
            Self::OffCore => "chart.lost.offcore",
            Self::Lock => "chart.lost.lock",
            Self::Slower => "chart.lost.slower",
            Self::Rest => "chart.lost.rest",
        };
        say(key, &[])
    }
}

/// One bar.
struct Step {
    label: String,
    from_ms: f64,
    to_ms: f64,
    look: Look,
}

/// How a bar is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// The ideal and the measured time.
    Whole,
    Part(LostTo),
    /// Sooner than the ideal.
    Gain,
    Unknown,
}

/// A part smaller than this share of the measured time is not drawn.
const LEAST_SHARE: f64 = 0.005;
const PITCH_PX: f32 = 24.0;
/// Below this the words of neighbouring rows would touch.
const LEAST_PITCH_PX: f32 = 15.0;

/// One waterfall a run, all on one scale: from the ideal time down, part by
/// part, to the measured one. Parts of less than half a percent are only in the
/// table; in a low chart only the last run is drawn.
#[must_use]
pub fn waterfall(runs: &[LostRun], view: &View, say: Say) -> Chart {
    let mut known: Vec<&LostRun> = Vec::new();
    for run in runs {
        if run.ideal_ms.is_finite() && run.total_ms.is_finite() && run.total_ms > 0.0 {
            known.push(run);
        }
    }
    let is_low = view.is_low && !view.is_narrow();
    let first = if is_low {
        known.len().saturating_sub(1)
    } else {
        0
    };
    let drawn: Vec<(&LostRun, Vec<Step>)> = known
        .iter()
        .skip(first)
        .map(|run| (*run, steps(run, say)))
        .collect();
    let sheet = Sheet::of(&drawn, view);
    let mut svg = Svg::new();
    bars::hatching(&mut svg, &view.id);
    bars::lining(&mut svg, &view.id);
    plot::crosshatching(&mut svg, &view.id);
    let (mut y, mut marks) = (0.0, Vec::new());
    for one in &drawn {
        if drawn.len() > 1 || first > 0 {
            svg.text(
                0.0,
                y + 14.0,
                Anchor::Start,
                "var(--ink)",
                &capitalised(one.0.label.clone()),
            );
            y += 22.0;
        }
        y = sheet.run(&mut svg, &mut marks, one, y, view, say) + 12.0;
    }
    if drawn.is_empty() {
        y = sheet.axis(&mut svg, 4.0, 100.0);
    }
    let finding = told::finding(&known, say);
    Chart {
        id: view.id.clone(),
        kind: "waterfall",
        title: say("chart.waterfall.title", &[]),
        table: told::table(&known, finding.clone(), say),
        finding,
        width: view.width_px,
        height: y.max(101.0),
        body: svg.finish(),
        marks,
    }
}

/// Each part as it is drawn, between the ideal and the measured time.
fn steps(run: &LostRun, say: Say) -> Vec<Step> {
    let mut at = run.ideal_ms;
    let mut steps = vec![Step {
        label: say("chart.lost.ideal", &[]),
        from_ms: 0.0,
        to_ms: at,
        look: Look::Whole,
    }];
    let least = run.total_ms * LEAST_SHARE;
    for (part, ms) in &run.parts {
        if !ms.is_finite() {
            continue;
        }
        let from = at;
        at += ms;
        if ms.abs() >= least {
            steps.push(Step {
                label: part.words(say),
                from_ms: from,
                to_ms: at,
                look: if *ms < 0.0 {
                    Look::Gain
                } else {
                    Look::Part(*part)
                },
            });
        }
    }
    if (run.total_ms - at).abs() >= least {
        steps.push(Step {
            label: say("chart.lost.unknown", &[]),
            from_ms: at,
            to_ms: run.total_ms,
            look: Look::Unknown,
        });
    }
    steps.push(Step {
        label: say("chart.lost.total", &[]),
        from_ms: 0.0,
        to_ms: run.total_ms,
        look: Look::Whole,
    });
    steps
}

/// Where everything is.
struct Sheet {
    across: Scale,
    /// Height of a row, and of the words above its bar where they have no room beside it.
    pitch: f32,
    above: f32,
}

impl Sheet {
    fn of(drawn: &[(&LostRun, Vec<Step>)], view: &View) -> Self {
        let (mut label, mut value, mut most, mut rows) = (0.0_f32, 0.0_f32, 0.0_f64, 1);
        for (_, steps) in drawn {
            rows = rows.max(steps.len());
            for step in steps {
                label = label.max(text_px(&step.label, SMALL_TEXT_PX));
                value = value.max(text_px(&length(step), SMALL_TEXT_PX));
                most = most.max(step.from_ms.max(step.to_ms));
            }
        }
        let above = if view.is_narrow() { 16.0 } else { 0.0 };
        let left = if view.is_narrow() { 0.0 } else { label + 10.0 };
        Self {
            across: Scale {
                domain: (0.0, if most > 0.0 { most } else { 1.0 }),
                range: (left, (view.width_px - value - 12.0).max(left + 60.0)),
            },
            pitch: view.pitch_px(rows, PITCH_PX).max(LEAST_PITCH_PX) + above,
            above,
        }
    }

    fn x(&self, ms: f64) -> f32 {
        within(self.across.px(ms), self.across.range.0, self.across.range.1)
    }

    /// Vertical lines and times. Returns where they end.
    fn axis(&self, svg: &mut Svg, top: f32, bottom: f32) -> f32 {
        let (left, right) = self.across.range;
        let all = ticks(self.across.domain.1, ((right - left) / 80.0) as u32 + 1);
        let mut labels = plot::Labels::new(bottom + 16.0, right + 20.0);
        for tick in all {
            let x = self.x(tick);
            svg.line(x, top, x, bottom + 3.0, "stroke=\"var(--line)\"");
            labels.put(svg, x, &plot::time(tick));
        }
        bottom + 22.0
    }

    /// One run from `top` on. Returns where it ends.
    fn run(
        &self,
        svg: &mut Svg,
        marks: &mut Vec<Mark>,
        drawn: &(&LostRun, Vec<Step>),
        top: f32,
        view: &View,
        say: Say,
    ) -> f32 {
        let (run, steps) = drawn;
        let bottom = top + self.pitch * steps.len() as f32;
        let end = self.axis(svg, top, bottom);
        let height = self.pitch - self.above - 5.0;
        for (idx, step) in steps.iter().enumerate() {
            let y = top + self.pitch * idx as f32 + self.above + 2.0;
            let (from, to) = (self.x(step.from_ms), self.x(step.to_ms));
            let (x, width) = (from.min(to), (to - from).abs().max(1.5));
            draw(svg, &view.id, step.look, (x, y), (width, height));
            if idx + 1 < steps.len() {
                // Down to where the next one begins.
                svg.line(to, y + height, to, y + self.pitch, "stroke=\"var(--soft)\"");
            }
            let base = y + height / 2.0 + 4.3;
            let (label, at) = if self.above > 0.0 {
                (0.0, y - 4.0)
            } else {
                (0.0, base)
            };
            let colour = if step.look == Look::Whole {
                "var(--ink)"
            } else {
                "var(--soft)"
            };
            // On paper, since the line down from another row may cross it.
            svg.raw("<g paint-order=\"stroke\" stroke=\"var(--paper)\" stroke-width=\"4\" stroke-linejoin=\"round\">");
            svg.small_text(label, at, Anchor::Start, colour, &step.label)
                .raw("</g>");
            svg.small_text(
                x + width + 6.0,
                base,
                Anchor::Start,
                "var(--ink)",
                &length(step),
            );
            let label = phrase(say)
                .text("way", &run.label)
                .text("what", &step.label)
                .text("ms", &length(step))
                .percent("share", step.ms() / run.total_ms)
                .get("chart.waterfall.mark");
            marks.push(Mark {
                label,
                x,
                y,
                width,
                height,
                task: None,
            });
        }
        end
    }
}

impl Step {
    fn ms(&self) -> f64 {
        self.to_ms - self.from_ms
    }
}

/// How much a step is, with its sign where it is a part.
fn length(step: &Step) -> String {
    let mut words = String::new();
    if step.look != Look::Whole && step.ms() > 0.0 {
        words.push('+');
    }
    words.push_str(&format::millis(step.ms()));
    words
}

fn draw(svg: &mut Svg, id: &str, look: Look, at: (f32, f32), size: (f32, f32)) {
    let ((x, y), (width, height)) = (at, size);
    let row = bars::Row {
        y,
        height,
        outlined: false,
    };
    let plain = match look {
        Look::Part(LostTo::Barrier) => return bars::waiting(svg, id, x, width, row),
        Look::Part(LostTo::Lock) => return plot::crosshatched(svg, id, at, size),
        Look::Part(LostTo::Moving) => return bars::moving(svg, id, x, width, row),
        Look::Whole => "fill=\"var(--run)\"",
        // Somebody works, but not as the ideal has it.
        Look::Part(LostTo::Serial | LostTo::Slower) => {
            "fill=\"var(--run)\" fill-opacity=\".45\" stroke=\"var(--run)\""
        }
        Look::Part(LostTo::OffCore) => "fill=\"none\" stroke=\"var(--run)\" stroke-width=\"1.3\"",
        Look::Part(LostTo::Start | LostTo::Rest) => {
            "fill=\"var(--soft)\" fill-opacity=\".3\" stroke=\"var(--soft)\""
        }
        Look::Gain => "fill=\"var(--paper)\" stroke=\"var(--ink)\" stroke-width=\"1.3\"",
        Look::Unknown => {
            "fill=\"none\" stroke=\"var(--soft)\" stroke-width=\"1.3\" stroke-dasharray=\"2 2\""
        }
    };
    svg.rect(x + 0.5, y + 0.5, width - 1.0, height - 1.0, plain);
}
