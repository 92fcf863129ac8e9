//! Kitchens across town: a depot, houses along a street, couriers on their way.

mod carts;

use super::KitchenScene;
use super::layout::{self, InWords};
use super::moment::{AtWork, Cast, Doing, Now, Ticket};
use super::shapes;
use crate::bars;
use crate::chart::{listed, within};
use crate::phrase::phrase;
use crate::plot;
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, text_px};
use crate::town;
use crate::{Chef, Say, View};
use model::{LaneKind, Trace};

/// More kitchens than this are only counted.
const MOST_KITCHENS: usize = 8;
const HOUSE_PX: f32 = 106.0;
const STREET_PX: f32 = 64.0;
const DEPOT_PX: f32 = 104.0;
const TOP_PX: f32 = 26.0;
const NOTE_PX: f32 = 17.0;
/// From one house to the next.
const GAP_PX: f32 = 10.0;
const MOST_BOXES: usize = 12;

pub(super) fn draw(trace: &Trace, cast: &Cast, now: &Now, view: &View, say: Say) -> KitchenScene {
    let scene = Scene::of(trace, cast, now, view, say);
    let aria = scene.sentence();
    let mut svg = Svg::new();
    let title = say("kitchen.town.title", &[]);
    svg.open_document(&view.id, scene.width, scene.height, &title, &aria);
    bars::hatching(&mut svg, &view.id);
    bars::lining(&mut svg, &view.id);
    plot::crosshatching(&mut svg, &view.id);
    layout::clock(&mut svg, scene.width, cast, now, view, say);
    scene.roads(&mut svg);
    scene.depot(&mut svg);
    for house in &scene.houses {
        scene.house(&mut svg, house);
    }
    scene.couriers(&mut svg);
    scene.notes(&mut svg);
    svg.raw("</svg>");
    KitchenScene {
        svg: svg.finish(),
        aria,
        width: scene.width,
        height: scene.height,
    }
}

/// A kitchen and where it stands.
struct House<'a> {
    chef: &'a Chef,
    work: &'a AtWork,
    at: (f32, f32),
    /// Where its road ends.
    door: (f32, f32),
    is_gone: bool,
}

/// Everything in its place.
struct Scene<'a> {
    trace: &'a Trace,
    cast: &'a Cast,
    now: &'a Now,
    view: &'a View,
    say: Say<'a>,
    width: f32,
    height: f32,
    house_px: f32,
    /// Left, top, width and height of the depot, and where its roads begin.
    depot: (f32, f32, f32, f32),
    gate: (f32, f32),
    houses: Vec<House<'a>>,
    left_out: usize,
    notes: Vec<String>,
    notes_y: f32,
}

impl<'a> Scene<'a> {
    fn of(trace: &'a Trace, cast: &'a Cast, now: &'a Now, view: &'a View, say: Say<'a>) -> Self {
        let kitchens = cast.chefs.iter().zip(&now.chefs);
        let kitchens: Vec<_> = kitchens.filter(|(chef, _)| chef.number > 0).collect();
        let shown = kitchens.len().min(MOST_KITCHENS);
        let width = view.width_px;
        let narrow = view.is_narrow();
        let (sides, along) = match (narrow, shown) {
            (false, 0..=2) => (1, shown.max(1)),
            _ => (2, shown.div_ceil(2).max(1)),
        };
        let (house_px, depot, gate, bottom);
        if narrow {
            house_px = (width - STREET_PX) / 2.0;
            depot = (0.0, TOP_PX, width, 62.0);
            gate = (width / 2.0, TOP_PX + 62.0);
            bottom = gate.1 + 14.0 + along as f32 * (HOUSE_PX + GAP_PX);
        } else {
            let left = width - DEPOT_PX - 34.0;
            house_px = within(left / along as f32 - GAP_PX, 60.0, 190.0);
            let high = HOUSE_PX * sides as f32 + STREET_PX;
            depot = (0.0, TOP_PX, DEPOT_PX, high);
            let street = TOP_PX + HOUSE_PX + STREET_PX / 2.0;
            gate = (DEPOT_PX, street);
            bottom = TOP_PX + high + GAP_PX;
        }
        let gone = town::gone(trace);
        let mut houses = Vec::new();
        for (idx, (chef, work)) in kitchens.iter().take(shown).enumerate() {
            let (row, side) = (idx / sides, idx % sides);
            let (at, door) = if narrow {
                let x = if side == 0 { 0.0 } else { width - house_px };
                let y = gate.1 + 14.0 + row as f32 * (HOUSE_PX + GAP_PX);
                let edge = if side == 0 { house_px } else { x };
                ((x, y), (edge, y + HOUSE_PX / 2.0))
            } else {
                let x = DEPOT_PX + 34.0 + row as f32 * (house_px + GAP_PX);
                let y = if side == 0 {
                    TOP_PX
                } else {
                    TOP_PX + HOUSE_PX + STREET_PX
                };
                let edge = if side == 0 { y + HOUSE_PX } else { y };
                ((x, y), (x + house_px / 2.0, edge))
            };
            let lost = gone.get(chef.lane_idx as usize).copied().flatten();
            houses.push(House {
                chef,
                work,
                at,
                door,
                is_gone: lost.is_some_and(|lost| lost <= now.at),
            });
        }
        let left_out = kitchens.len() - shown;
        let notes = notes(trace, left_out, width, say);
        Self {
            trace,
            cast,
            now,
            view,
            say,
            width,
            height: bottom + 8.0 + NOTE_PX * notes.len() as f32,
            house_px,
            depot,
            gate,
            houses,
            left_out,
            notes,
            notes_y: bottom + 6.0,
        }
    }

    /// One from the depot to each door.
    fn roads(&self, svg: &mut Svg) {
        for house in &self.houses {
            let (from, to) = (self.gate, house.door);
            let look = "stroke=\"var(--line)\" stroke-width=\"5\" stroke-linecap=\"round\"";
            svg.line(from.0, from.1, to.0, to.1, look);
        }
    }

    /// What is still to be sent, and what has come back.
    fn depot(&self, svg: &mut Svg) {
        let (x, y, width, height) = self.depot;
        let look = "rx=\"3\" fill=\"var(--card)\" stroke=\"var(--ink)\" stroke-width=\"1.6\"";
        svg.rect(x + 0.8, y + 0.8, width - 1.6, height - 1.6, look);
        let say = self.say;
        let left = self.to_send();
        let words = [
            say("chart.town.depot", &[]),
            phrase(say)
                .number("n", left as u32)
                .get("kitchen.town.tosend"),
            phrase(say)
                .number("n", self.now.done.len() as u32)
                .number("all", self.cast.tasks)
                .get("kitchen.pass"),
        ];
        if self.view.is_narrow() {
            svg.text(10.0, y + 20.0, Anchor::Start, "var(--ink)", &words[0]);
            let end = width - 10.0;
            svg.text(end, y + 20.0, Anchor::End, "var(--soft)", &words[2]);
            svg.text(10.0, y + 44.0, Anchor::Start, "var(--soft)", &words[1]);
            let from = 10.0 + text_px(&words[1], crate::svg::TEXT_PX) + 10.0;
            self.boxes(svg, left, (from, y + 33.0), width - from - 8.0);
            return;
        }
        for (idx, line) in words.iter().enumerate() {
            let colour = if idx == 0 {
                "var(--ink)"
            } else {
                "var(--soft)"
            };
            let base = y + 20.0 + 17.0 * idx as f32;
            svg.small_text(x + 9.0, base, Anchor::Start, colour, line);
        }
        self.boxes(svg, left, (x + 10.0, y + 66.0), width - 18.0);
    }

    /// Boxes in rows, as many as there are to be sent.
    fn boxes(&self, svg: &mut Svg, count: usize, at: (f32, f32), room: f32) {
        const PITCH_PX: f32 = 21.0;
        let in_row = ((room / PITCH_PX) as usize).max(1);
        let rows = if self.view.is_narrow() { 1 } else { 3 };
        for idx in 0..count.min(MOST_BOXES).min(in_row * rows) {
            let x = at.0 + (idx % in_row) as f32 * PITCH_PX;
            let y = at.1 + (idx / in_row) as f32 * 18.0;
            let row = bars::Row {
                y,
                height: 14.0,
                outlined: false,
            };
            bars::moving(svg, &self.view.id, x, 17.0, row);
        }
    }

    /// Dishes that are still at the depot.
    fn to_send(&self) -> usize {
        let mut sent = vec![false; self.now.tickets.len()];
        for courier in &self.trace.couriers {
            if let Some(sent) = sent.get_mut(courier.task as usize) {
                *sent |= courier.sent_nanos <= self.now.at;
            }
        }
        let tickets = self.now.tickets.iter().zip(sent);
        tickets
            .filter(|(ticket, sent)| **ticket == Ticket::ToDo && !sent)
            .count()
    }

    fn house(&self, svg: &mut Svg, house: &House) {
        let (x, y) = house.at;
        let look = if house.is_gone {
            "rx=\"3\" fill=\"none\" stroke=\"var(--soft)\" stroke-width=\"1.4\" stroke-dasharray=\"4 4\""
        } else {
            "rx=\"3\" fill=\"var(--card)\" stroke=\"var(--ink)\" stroke-width=\"1.4\""
        };
        let (width, height) = (self.house_px - 1.4, HOUSE_PX - 1.4);
        svg.rect(x + 0.7, y + 0.7, width, height, look);
        let colour = if house.is_gone {
            "var(--soft)"
        } else {
            "var(--ink)"
        };
        let label = self.name(house.chef);
        let (left, room) = (x + 8.0, self.house_px - 14.0);
        svg.small_text(left, y + 16.0, Anchor::Start, "var(--soft)", &label);
        if house.is_gone {
            let words = (self.say)("kitchen.town.gone", &[]);
            let size = (within(self.house_px - 16.0, 20.0, 90.0), 40.0);
            plot::crosshatched(svg, &self.view.id, (left, y + 54.0), size);
            svg.small_text(left, y + 32.0, Anchor::Start, colour, &words);
            return;
        }
        let doing = layout::doing(house.work);
        let words = [doing.long, doing.short].map(|key| {
            phrase(self.say)
                .number("n", doing.task.saturating_add(1))
                .get(key)
        });
        let fits = words
            .iter()
            .find(|words| text_px(words, SMALL_TEXT_PX) <= room);
        if let Some(words) = fits {
            svg.small_text(left, y + 32.0, Anchor::Start, "var(--ink)", words);
        }
        self.chef(svg, house, (left, y + 34.0));
        layout::shelf(svg, left, y + 34.0 + 66.8, room);
    }

    fn chef(&self, svg: &mut Svg, house: &House, at: (f32, f32)) {
        let (id, doing) = (&self.view.id, &house.work.doing);
        let is_idle = matches!(doing, Doing::NoKnife(_) | Doing::Blocked(_) | Doing::Free);
        let colour = if is_idle { "var(--soft)" } else { "var(--ink)" };
        let busy = !is_idle && *doing != Doing::Between;
        shapes::chef(svg, at.0, at.1, 1.0, house.chef.number, colour, busy);
        let board_px = within(self.house_px - 14.0 - 38.0, 18.0, 46.0);
        match *doing {
            Doing::Chopping(task) | Doing::Stuck(task, _) => {
                shapes::board(svg, at, 1.0, task, board_px, true);
                shapes::arm_and_knife(svg, at.0, at.1, 1.0);
            }
            Doing::Watching(task) => shapes::watched_pot(svg, id, at.0, at.1, 1.0, task),
            Doing::Blocked(task) => shapes::long_board(svg, id, at, 1.0, task, board_px),
            Doing::Carrying(task) => shapes::load(svg, id, at.0, at.1, 1.0, task),
            Doing::NoKnife(task) => shapes::board(svg, at, 1.0, task, board_px, false),
            Doing::Between | Doing::Free => {}
        }
    }

    /// In few words, since a house is small.
    fn name(&self, chef: &Chef) -> String {
        let key = if chef.kind == LaneKind::Tab {
            "kitchen.town.tab"
        } else {
            "chart.town.kitchen"
        };
        phrase(self.say).number("n", chef.number).get(key)
    }

    fn notes(&self, svg: &mut Svg) {
        for (idx, line) in self.notes.iter().enumerate() {
            let base = self.notes_y + NOTE_PX * (idx + 1) as f32 - 4.0;
            svg.small_text(0.0, base, Anchor::Start, "var(--soft)", line);
        }
    }

    fn sentence(&self) -> String {
        let say = self.say;
        let mut all = String::new();
        let mut add = |words: String| listed(&mut all, "; ", &words);
        let left = self.to_send() as u32;
        if left > 0 {
            add(phrase(say).count("kitchen.aria.tosend", left));
        }
        for house in &self.houses {
            let chef = town::name(house.chef, say);
            if house.is_gone {
                add(phrase(say).text("chef", &chef).get("kitchen.aria.gone"));
                continue;
            }
            let InWords {
                aria, task, nanos, ..
            } = layout::doing(house.work);
            add(phrase(say)
                .text("chef", &chef)
                .number("n", task.saturating_add(1))
                .nanos("ms", nanos)
                .get(aria));
        }
        if self.left_out > 0 {
            add(phrase(say)
                .number("n", self.left_out as u32)
                .get("kitchen.town.more"));
        }
        let under_way = self.under_way().len() as u32;
        if under_way > 0 {
            add(phrase(say).count("kitchen.aria.couriers", under_way));
        }
        add(phrase(say)
            .number("n", self.now.done.len() as u32)
            .number("all", self.cast.tasks)
            .get("kitchen.aria.done"));
        phrase(say)
            .nanos("ms", self.now.at)
            .text("what", &all)
            .get("kitchen.aria")
    }
}

/// What is not as it looks, in lines that fit.
fn notes(trace: &Trace, left_out: usize, width: f32, say: Say) -> Vec<String> {
    let has_tabs = trace.lanes.iter().any(|lane| lane.kind == LaneKind::Tab);
    let mut words = say(
        if has_tabs {
            "kitchen.town.note.tabs"
        } else {
            "kitchen.town.note"
        },
        &[],
    );
    let added = trace.couriers.iter().map(|courier| courier.added_nanos);
    let most = added.max().unwrap_or(0);
    if most > 0 {
        let added = phrase(say).nanos("ms", most).get("kitchen.town.added");
        listed(&mut words, " ", &added);
    }
    if left_out > 0 {
        let more = phrase(say)
            .number("n", left_out as u32)
            .get("kitchen.town.more");
        listed(&mut words, " ", &crate::chart::capitalised(more));
        words.push('.');
    }
    plot::wrapped(&words, SMALL_TEXT_PX, width)
}
