//! The stages of a run one after another, such as upload and readback.

use crate::bars::{self, Row};
use crate::chart::{capitalised, listed, within};
use crate::curve::has_interval;
use crate::format::{self, whole};
use crate::phrase::phrase;
use crate::plot;
use crate::scale::{Scale, ticks};
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, text_px};
use crate::{Chart, Mark, Say, Table, View};
use model::Stats;

/// One run and its stages, from the first to the last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StagedRun {
    /// The run.
    pub label: String,
    /// Its stages in the order of time.
    pub stages: Vec<Stage>,
}

/// One stage of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// What is done in it.
    pub kind: StageKind,
    /// What it is called.
    pub label: String,
    /// Its length in milliseconds over the rounds.
    pub stats: Stats,
}

/// What is done in a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageKind {
    /// Asking and making ready; who asked can only wait.
    Setup,
    /// Data on its way.
    Moving,
    /// Computing.
    Computing,
}

const BAR_PX: f32 = 18.0;
const LINE_PX: f32 = 17.0;
/// Side of the sample before the words of a stage.
const SAMPLE_PX: f32 = 11.0;
/// A stage is never drawn narrower than this.
const LEAST_PX: f32 = 1.5;

/// One bar a run on one scale, from 0: asking and making ready hatched, data on its
/// way in vertical lines, computing solid. Below each bar its stages in words, from
/// left to right. In a low chart only as many of the last runs are drawn as have
/// room.
#[must_use]
pub fn stages(runs: &[StagedRun], view: &View, say: Say) -> Chart {
    let all: Vec<StagedRun> = runs.iter().map(known).collect();
    let all: Vec<&StagedRun> = all.iter().filter(|run| !run.stages.is_empty()).collect();
    let mut drawn = all.clone();
    if view.is_low && !view.is_narrow() {
        let mut room = View::LOW_ROWS_PX;
        let fits = drawn.iter().rev().take_while(|run| {
            room -= height(run, view, say);
            room >= 0.0
        });
        let fits = fits.count().max(1);
        drawn.drain(..drawn.len().saturating_sub(fits));
    }
    let most = drawn.iter().map(|run| total(run)).fold(0.0, f64::max);
    let across = Scale {
        domain: (0.0, if most > 0.0 { most } else { 1.0 }),
        range: (1.0, view.width_px - 12.0),
    };
    let mut svg = Svg::new();
    bars::hatching(&mut svg, &view.id);
    bars::lining(&mut svg, &view.id);
    let (mut y, mut marks) = (0.0, Vec::new());
    for run in &drawn {
        let words = format::millis(total(run));
        y += plot::heading(
            &mut svg,
            y,
            view.width_px,
            &capitalised(run.label.clone()),
            &words,
        );
        let mut at = 0.0;
        for stage in &run.stages {
            let (from, to) = (across.px(at), across.px(at + stage.stats.median));
            let width = (to - from).max(LEAST_PX);
            draw(&mut svg, &view.id, stage.kind, (from, y), (width, BAR_PX));
            marks.push(Mark {
                label: told(run, stage, say),
                x: from,
                y,
                width,
                height: BAR_PX,
                task: None,
            });
            at += stage.stats.median;
        }
        y += BAR_PX + 5.0;
        y += key(&mut svg, view, y, run, say) + 12.0;
    }
    y = axis(&mut svg, &across, (y, view.width_px));
    let finding = finding(&all, say);
    Chart {
        id: view.id.clone(),
        kind: "stages",
        title: say("chart.stages.title", &[]),
        table: table(&all, finding.clone(), say),
        finding,
        width: view.width_px,
        height: y,
        body: svg.finish(),
        marks,
    }
}

/// Without what is no length.
fn known(run: &StagedRun) -> StagedRun {
    let mut run = run.clone();
    run.stages
        .retain(|stage| stage.stats.median.is_finite() && stage.stats.median >= 0.0);
    run
}

/// The sum of the medians, in milliseconds.
fn total(run: &StagedRun) -> f64 {
    run.stages.iter().map(|stage| stage.stats.median).sum()
}

/// How high a run is with its words.
fn height(run: &StagedRun, view: &View, say: Say) -> f32 {
    let mut nowhere = Svg::new();
    let words = format::millis(total(run));
    let label = capitalised(run.label.clone());
    let head = plot::heading(&mut nowhere, 0.0, view.width_px, &label, &words);
    head + BAR_PX + 17.0 + key(&mut nowhere, view, 0.0, run, say)
}

/// Round times below the last bar, with a short stroke each. Returns where it ends.
fn axis(svg: &mut Svg, across: &Scale, place: (f32, f32)) -> f32 {
    let (top, width) = place;
    let (left, right) = across.range;
    svg.line(left, top, right, top, "stroke=\"var(--soft)\"");
    let mut labels = plot::Labels::new(top + 17.0, width);
    for tick in ticks(across.domain.1, (width / 90.0) as u32 + 1) {
        let x = across.px(tick);
        if labels.put(svg, x, &plot::time(tick)) {
            svg.line(x, top, x, top + 4.0, "stroke=\"var(--soft)\"");
        }
    }
    top + 24.0
}

fn draw(svg: &mut Svg, id: &str, kind: StageKind, at: (f32, f32), size: (f32, f32)) {
    let row = Row {
        y: at.1,
        height: size.1,
        outlined: false,
    };
    match kind {
        StageKind::Setup => bars::waiting(svg, id, at.0, size.0, row),
        StageKind::Moving => bars::moving(svg, id, at.0, size.0, row),
        StageKind::Computing => {
            svg.rect(at.0, at.1, size.0, size.1, "fill=\"var(--run)\"");
        }
    }
}

/// The stages of a run in words, each behind a sample of its bar. Returns the height
/// taken.
fn key(svg: &mut Svg, view: &View, top: f32, run: &StagedRun, say: Say) -> f32 {
    let lead = SAMPLE_PX + 5.0;
    let (mut x, mut y) = (0.0, top);
    for stage in &run.stages {
        let words = phrase(say)
            .text("what", &stage.label)
            .millis("ms", stage.stats.median)
            .get("chart.stages.key");
        let wide = lead + text_px(&words, SMALL_TEXT_PX);
        if x > 0.0 && x + wide > view.width_px {
            (x, y) = (0.0, y + LINE_PX);
        }
        draw(
            svg,
            &view.id,
            stage.kind,
            (x, y + 2.0),
            (SAMPLE_PX, SAMPLE_PX),
        );
        let left = within(view.width_px - x - lead, 40.0, view.width_px);
        for (line, text) in plot::wrapped(&words, SMALL_TEXT_PX, left)
            .iter()
            .enumerate()
        {
            y += if line > 0 { LINE_PX } else { 0.0 };
            svg.small_text(x + lead, y + 12.0, Anchor::Start, "var(--ink)", text);
        }
        x += wide + 16.0;
    }
    y - top + LINE_PX
}

/// One stage in words.
fn told(run: &StagedRun, stage: &Stage, say: Say) -> String {
    let key = if has_interval(&stage.stats) {
        "chart.stages.mark"
    } else {
        "chart.stages.mark.short"
    };
    let all = total(run);
    let share = if all > 0.0 {
        stage.stats.median / all
    } else {
        0.0
    };
    phrase(say)
        .text("way", &run.label)
        .text("what", &stage.label)
        .millis("ms", stage.stats.median)
        .millis("lo", stage.stats.lo)
        .millis("hi", stage.stats.hi)
        .percent("share", share)
        .get(key)
}

/// How long each run took, and for how much of it something was computed.
fn finding(runs: &[&StagedRun], say: Say) -> String {
    let mut words = String::new();
    for run in runs {
        let all = total(run);
        let computing = run.stages.iter();
        let computing = computing.filter(|stage| stage.kind == StageKind::Computing);
        let computed: f64 = computing.map(|stage| stage.stats.median).sum();
        let mut longest: Option<&Stage> = None;
        for stage in &run.stages {
            if longest.is_none_or(|known| stage.stats.median > known.stats.median) {
                longest = Some(stage);
            }
        }
        let key = if run.stages.len() == 1 {
            "chart.stages.one"
        } else {
            "chart.stages.finding"
        };
        let sentence = phrase(say)
            .text("way", &run.label)
            .millis("ms", all)
            .percent("share", if all > 0.0 { computed / all } else { 0.0 })
            .text("what", longest.map_or("", |stage| &stage.label))
            .millis("most", longest.map_or(0.0, |stage| stage.stats.median))
            .get(key);
        listed(&mut words, " ", &capitalised(sentence));
    }
    if words.is_empty() {
        return say("chart.empty", &[]);
    }
    words
}

fn table(runs: &[&StagedRun], caption: String, say: Say) -> Table {
    let mut table = Table::with_head(caption, "way stage rounds median low high", say);
    for run in runs {
        for stage in &run.stages {
            let (mut low, mut high) = (String::new(), String::new());
            if has_interval(&stage.stats) {
                low = format::fixed(stage.stats.lo, 3);
                high = format::fixed(stage.stats.hi, 3);
            }
            table.add(vec![
                run.label.clone(),
                stage.label.clone(),
                whole(u64::from(stage.stats.n)),
                format::fixed(stage.stats.median, 3),
                low,
                high,
            ]);
        }
        let all = format::fixed(total(run), 3);
        let sum = say("chart.lost.sum", &[]);
        table.add(vec![run.label.clone(), sum, String::new(), all]);
    }
    table
}
