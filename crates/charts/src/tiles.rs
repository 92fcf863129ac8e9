//! Around a painted picture: who painted which strip.

use crate::chart::{listed, within};
use crate::chefs::chefs_of_tasks;
use crate::format::{self, whole};
use crate::phrase::phrase;
use crate::picture::tint;
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, text_px};
use crate::{Chart, Mark, Say, Table, View};
use model::{Picture, Tile, Trace, millis_from_nanos};

/// Where the pixels of the picture belong, in viewBox units of [`tiles`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PixelArea {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// No picture is drawn higher, and in a low chart none higher than the second.
const MOST_PX: f32 = 384.0;
const MOST_LOW_PX: f32 = 190.0;
/// Room for the numbers of the chefs.
const HEAD_PX: f32 = 18.0;
const MOST_COLUMNS: u32 = 32;
/// With more chefs only the extremes are told.
const MOST_TOLD: usize = 4;

/// Strips from top to bottom and the chef of each.
struct Strips {
    /// Chef, task, first row, rows.
    all: Vec<(u32, u32, u32, u32)>,
    /// Largest number of a chef.
    chefs: u32,
    column: f32,
}

impl Strips {
    fn of(picture: &Picture, trace: &Trace) -> Self {
        let chefs = chefs_of_tasks(trace);
        let mut strips = Self {
            all: Vec::new(),
            chefs: 1,
            column: 0.0,
        };
        let mut tiles: Vec<&Tile> = picture.tiles.iter().collect();
        tiles = crate::order::ordered(&tiles, |tile| u64::from(tile.y));
        for tile in tiles {
            let chef = chefs.get(tile.task as usize).copied().unwrap_or(0);
            let rows = tile.shades.len() / picture.width.max(1) as usize;
            let rows = (rows as u32).min(picture.height.saturating_sub(tile.y));
            if rows > 0 {
                strips.chefs = strips.chefs.max(chef.min(MOST_COLUMNS));
                strips.all.push((chef, tile.task, tile.y, rows));
            }
        }
        strips.column = within(120.0 / strips.chefs as f32, 7.0, 17.0);
        strips
    }

    /// Where the pixels belong, `by_chef` beside a column for each chef.
    fn area(&self, picture: &Picture, by_chef: bool, rows: Option<u32>, view: &View) -> PixelArea {
        let (x, y) = if by_chef {
            ((self.column * self.chefs as f32 + 8.0).round(), HEAD_PX)
        } else {
            (0.0, 0.0)
        };
        let most = if view.is_low { MOST_LOW_PX } else { MOST_PX };
        let rows = rows.unwrap_or(picture.height).max(1);
        let aspect = picture.width.max(1) as f32 / rows as f32;
        let aspect = within(aspect, 0.1, 20.0);
        let width = (view.width_px - x).min((most - y) * aspect).floor();
        let width = width.max(40.0);
        PixelArea {
            x,
            y,
            width,
            height: width / aspect,
        }
    }
}

/// Where the pixels belong in [`tiles`] with the same arguments.
#[must_use]
pub fn pixel_area(
    picture: &Picture,
    trace: &Trace,
    by_chef: bool,
    rows: Option<u32>,
    view: &View,
) -> PixelArea {
    Strips::of(picture, trace).area(picture, by_chef, rows, view)
}

/// What stands around the pixels of a picture, which the caller puts into
/// [`pixel_area`]: a column for every chef, numbered, filled where the chef
/// painted (if `by_chef`); a mark for every strip with its task. Without the
/// pixels, as in a file, strips have the tint of their chef. It is as high as if it
/// had `rows` rows, where there are others than were painted.
#[must_use]
pub fn tiles(
    picture: &Picture,
    trace: &Trace,
    by_chef: bool,
    rows: Option<u32>,
    view: &View,
    say: Say,
) -> Chart {
    let strips = Strips::of(picture, trace);
    let area = strips.area(picture, by_chef, rows, view);
    let scale = area.height / picture.height.max(1) as f32;
    let mut svg = Svg::new();
    let mut marks = Vec::new();
    if by_chef {
        let widest = text_px(&whole(u64::from(strips.chefs)), SMALL_TEXT_PX) + 3.0;
        let every = (widest / strips.column).ceil() as u32;
        for chef in 1..=strips.chefs {
            let x = (chef - 1) as f32 * strips.column;
            if (chef - 1).is_multiple_of(every) {
                let middle = x + strips.column / 2.0;
                let number = whole(u64::from(chef));
                svg.small_text(middle, 12.0, Anchor::Middle, "var(--ink)", &number);
            }
            svg.rect(
                x + 0.5,
                area.y,
                strips.column - 1.0,
                area.height,
                "fill=\"var(--line)\" fill-opacity=\".5\"",
            );
        }
    }
    for (chef, task, first, rows) in &strips.all {
        let (y, height) = (area.y + *first as f32 * scale, *rows as f32 * scale);
        svg.raw("<rect").at("x", area.x).at("y", y);
        svg.at("width", area.width).at("height", height);
        svg.raw(" fill=\"rgb(");
        let tint = if by_chef { tint(*chef) } else { [160; 3] };
        for (idx, part) in tint.into_iter().enumerate() {
            svg.raw(if idx > 0 { "," } else { "" });
            svg.raw(&whole(u64::from(part)));
        }
        svg.raw(")\"/>");
        if by_chef && (1..=strips.chefs).contains(chef) {
            let x = (chef - 1) as f32 * strips.column;
            let inset = if height > 3.0 { 0.5 } else { 0.0 };
            svg.rect(
                x + 0.5,
                y + inset,
                strips.column - 1.0,
                height - 2.0 * inset,
                "fill=\"var(--run)\"",
            );
        }
        marks.push(Mark {
            label: told(trace, (*chef, *task), (*first, *rows), say),
            x: 0.0,
            y,
            width: area.x + area.width,
            height,
            task: Some(*task),
        });
    }
    let finding = finding(&strips, say);
    Chart {
        id: view.id.clone(),
        kind: "picture",
        title: say("chart.picture.title", &[]),
        table: table(&strips, trace, finding.clone(), say),
        finding,
        width: area.x + area.width,
        height: area.y + area.height,
        body: svg.finish(),
        marks,
    }
}

/// Time on a core of a task, in milliseconds.
fn busy_ms(trace: &Trace, task: u32) -> f64 {
    let record = trace.tasks.get(task as usize);
    let record = record.filter(|record| record.id == task);
    record
        .or_else(|| trace.tasks.iter().find(|record| record.id == task))
        .map_or(0.0, |record| millis_from_nanos(record.busy_nanos))
}

fn chef_words(chef: u32, say: Say) -> String {
    if chef == 0 {
        return say("chart.dag.somebody", &[]);
    }
    phrase(say).number("n", chef).get("chart.chef")
}

fn told(trace: &Trace, who: (u32, u32), rows: (u32, u32), say: Say) -> String {
    phrase(say)
        .text(
            "dish",
            &phrase(say)
                .number("n", who.1.saturating_add(1))
                .get("chart.dish"),
        )
        .number("from", rows.0 + 1)
        .number("to", rows.0 + rows.1)
        .text("chef", &chef_words(who.0, say))
        .millis("ms", busy_ms(trace, who.1))
        .get("chart.picture.mark")
}

/// How many strips each chef painted.
fn finding(strips: &Strips, say: Say) -> String {
    if strips.all.is_empty() {
        return say("chart.empty", &[]);
    }
    let mut counts = vec![0_u32; strips.chefs as usize];
    for (chef, ..) in &strips.all {
        let place = counts.get_mut((chef.saturating_sub(1)) as usize);
        if let (Some(count), true) = (place, *chef > 0) {
            *count += 1;
        }
    }
    let mut shares = String::new();
    if counts.len() <= MOST_TOLD {
        for (chef, count) in (1..).zip(&counts) {
            let share = phrase(say)
                .text("chef", &chef_words(chef, say))
                .number("n", *count)
                .get("chart.picture.share");
            listed(&mut shares, ", ", &share);
        }
    } else {
        shares = phrase(say)
            .number("least", counts.iter().min().copied().unwrap_or(0))
            .number("most", counts.iter().max().copied().unwrap_or(0))
            .get("chart.picture.shares");
    }
    phrase(say)
        .number("n", strips.all.len() as u32)
        .text("shares", &shares)
        .get("chart.picture.finding")
}

fn table(strips: &Strips, trace: &Trace, caption: String, say: Say) -> Table {
    let mut table = Table::with_head(caption, "dish rowfrom rowto chef busy", say);
    for (chef, task, first, rows) in &strips.all {
        table.add(vec![
            phrase(say)
                .number("n", task.saturating_add(1))
                .get("chart.dish"),
            whole(u64::from(first + 1)),
            whole(u64::from(first + rows)),
            chef_words(*chef, say),
            format::fixed(busy_ms(trace, *task), 2),
        ]);
    }
    table
}
