//! Everything in the kitchen in its place, with its words.

use super::moment::{AtWork, Cast, Doing, Now, Ticket};
use super::room::{
    CHEFS_IN_ROW, MOST_CHEFS, RAIL_Y, ROOMY_PX, Room, SLOT_PX, SLOTS, SLOTS_IN_ROW, THINGS_TOP_PX,
    TICKET_PITCH_PX, TICKET_ROW_PX,
};
use super::shapes::{self, number};
use super::{KitchenScene, guests};
use crate::bars;
use crate::chart::listed;
use crate::format::whole;
use crate::phrase::{Phrase, phrase};
use crate::plot;
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, TEXT_PX, text_px};
use crate::{Chef, Say, View};
use model::Nanos;

pub(super) fn draw(cast: &Cast, now: &Now, view: &View, say: Say) -> KitchenScene {
    let room = Room::of(cast, view);
    let aria = sentence(cast, now, say);
    let mut svg = Svg::new();
    svg.open_document(
        &view.id,
        room.width,
        room.height,
        &say("kitchen.title", &[]),
        &aria,
    );
    bars::hatching(&mut svg, &view.id);
    let does = |is: fn(&Doing) -> bool| now.chefs.iter().any(|work| is(&work.doing));
    if does(|doing| matches!(doing, Doing::Stuck(..) | Doing::Blocked(_))) {
        plot::crosshatching(&mut svg, &view.id);
    }
    if does(|doing| matches!(doing, Doing::Carrying(_))) {
        bars::lining(&mut svg, &view.id);
    }
    clock(&mut svg, room.width, cast, now, view, say);
    if cast.has_guests {
        guests::draw(&mut svg, &room, now, say);
    } else {
        rail(&mut svg, &room, cast, now);
    }
    for (idx, (chef, work)) in cast
        .chefs
        .iter()
        .zip(&now.chefs)
        .take(room.shown)
        .enumerate()
    {
        let x = room.chefs_at.0 + (idx % CHEFS_IN_ROW) as f32 * room.place_px;
        let y = room.chefs_at.1 + (idx / CHEFS_IN_ROW) as f32 * room.row_px;
        place(&mut svg, &room, cast, (x, y), chef, work, (&view.id, say));
    }
    if cast.has_pots {
        let (x, y) = room.stove_at;
        let words = phrase(say).count("kitchen.stove", now.pots.len() as u32);
        svg.text(x, y + 13.0, Anchor::Start, "var(--ink)", &words);
        things(
            &mut svg,
            (x, y),
            SLOTS_IN_ROW,
            cast.tasks,
            &now.pots,
            Some(&view.id),
        );
    }
    let (x, y) = room.pass_at;
    let words = done(cast, now, say).get(if cast.has_guests {
        "kitchen.served"
    } else {
        "kitchen.pass"
    });
    svg.text(x, y + 13.0, Anchor::Start, "var(--ink)", &words);
    things(
        &mut svg,
        (x, y),
        room.pass_in_row,
        cast.tasks,
        &now.done,
        None,
    );
    svg.raw("</svg>");
    KitchenScene {
        svg: svg.finish(),
        aria,
        width: room.width,
        height: room.height,
    }
}

/// The time, and how many are to do, under way and done.
pub(super) fn clock(svg: &mut Svg, width: f32, cast: &Cast, now: &Now, view: &View, say: Say) {
    let time = |at: Nanos| {
        phrase(say)
            .nanos("ms", at)
            .nanos("end", cast.end)
            .get("kitchen.at")
    };
    svg.text(0.0, 13.0, Anchor::Start, "var(--ink)", &time(now.at));
    let key = match (cast.has_guests, view.is_narrow()) {
        (true, true) => "kitchen.guests.short",
        (true, false) => "kitchen.guests",
        (false, true) => "kitchen.tickets.short",
        (false, false) => "kitchen.tickets",
    };
    let count = |key: &str| {
        phrase(say)
            .text("todo", &now.how_many(Ticket::ToDo))
            .text("way", &now.how_many(Ticket::UnderWay))
            .text("done", &now.how_many(Ticket::Done))
            .get(key)
    };
    let mut words = count(key);
    let left = width - text_px(&time(cast.end), TEXT_PX) - 8.0;
    if !cast.has_guests && text_px(&words, TEXT_PX) > left {
        words = count("kitchen.tickets.least");
    }
    svg.text(width, 13.0, Anchor::End, "var(--soft)", &words);
}

/// The tickets on their rail.
fn rail(svg: &mut Svg, room: &Room, cast: &Cast, now: &Now) {
    let slots = room.tickets_in_row * room.ticket_rows;
    let all = cast.tasks as usize;
    let drawn = if all > slots {
        slots.saturating_sub(2)
    } else {
        all
    };
    for row in 0..room.ticket_rows {
        let y = RAIL_Y + TICKET_ROW_PX * row as f32 - 4.0;
        svg.line(
            0.0,
            y,
            room.width,
            y,
            "stroke=\"var(--soft)\" stroke-width=\"1.6\" stroke-linecap=\"round\"",
        );
    }
    for (idx, (task, state)) in (0_u32..).zip(&now.tickets).take(drawn).enumerate() {
        let x = 5.0 + (idx % room.tickets_in_row) as f32 * TICKET_PITCH_PX;
        let y = RAIL_Y + (idx / room.tickets_in_row) as f32 * TICKET_ROW_PX - 1.0;
        shapes::ticket(svg, x, y, task, *state);
    }
    if all > drawn {
        let y = RAIL_Y + (room.ticket_rows - 1) as f32 * TICKET_ROW_PX + 18.0;
        svg.text(
            room.width - 4.0,
            y,
            Anchor::End,
            "var(--soft)",
            &plus(all - drawn),
        );
    }
}

/// One chef with worktop, board, knife and words.
fn place(
    svg: &mut Svg,
    room: &Room,
    cast: &Cast,
    at: (f32, f32),
    chef: &Chef,
    work: &AtWork,
    words: (&str, Say),
) {
    let (id, say) = words;
    let (roomy, scale) = (room.place_px >= ROOMY_PX, room.scale);
    let (x, y) = (at.0 + 2.0, if roomy { at.1 } else { at.1 + 18.0 });
    let is_idle = matches!(
        work.doing,
        Doing::NoKnife(_) | Doing::Blocked(_) | Doing::Free
    );
    let colour = if !is_idle {
        "var(--ink)"
    } else {
        "var(--soft)"
    };
    let busy = matches!(
        work.doing,
        Doing::Chopping(_) | Doing::Stuck(..) | Doing::Watching(_) | Doing::Carrying(_)
    );
    shapes::chef(svg, x, y, scale, chef.number, colour, busy);
    // No longer than the worktop, where places are small.
    let board_px = (46.0 * scale).min((room.place_px - 10.0 - 36.0 * scale).max(18.0));
    match work.doing {
        Doing::Chopping(task) => {
            shapes::board(svg, (x, y), scale, task, board_px, true);
            shapes::arm_and_knife(svg, x, y, scale);
        }
        Doing::Stuck(task, _) => {
            let width = (room.place_px - 14.0 - 36.0 * scale).min(220.0);
            shapes::long_board(svg, id, (x, y), scale, task, width);
            shapes::arm_and_knife(svg, x, y, scale);
        }
        Doing::Watching(task) => shapes::watched_pot(svg, id, x, y, scale, task),
        Doing::Blocked(task) => {
            shapes::long_board(svg, id, (x, y), scale, task, board_px);
            // Beside a small chef there are words in its place.
            if scale > 1.0 {
                shapes::salt(svg, x, y, scale);
            }
        }
        Doing::Carrying(task) => shapes::load(svg, id, x, y, scale, task),
        Doing::NoKnife(task) => shapes::board(svg, (x, y), scale, task, board_px, false),
        Doing::Between | Doing::Free => {}
    }
    let edge = y + 66.0 * scale + 0.8;
    shelf(svg, at.0, edge, room.place_px - 8.0);
    let doing = doing(work);
    let say_it = |key: &str| phrase(say).number("n", doing.task + 1).get(key);
    let (long, left) = (say_it(doing.long), x + 36.0 * scale);
    let fits = roomy && left + text_px(&long, TEXT_PX) <= at.0 + room.place_px;
    let doing = if fits { long } else { say_it(doing.short) };
    if roomy {
        svg.text(
            left,
            y + 13.0 * scale,
            Anchor::Start,
            "var(--soft)",
            &chef.label(say),
        );
        svg.text(
            left,
            y + 13.0 * scale + 16.0,
            Anchor::Start,
            "var(--ink)",
            &doing,
        );
    } else {
        svg.small_text(at.0, y - 5.0, Anchor::Start, "var(--ink)", &doing);
    }
    if cast.has_aside {
        aside(svg, room, (at.0, edge + 5.0), work, say);
    }
}

/// The edge of something to stand on.
pub(super) fn shelf(svg: &mut Svg, x: f32, y: f32, width: f32) {
    svg.line(
        x,
        y,
        x + width,
        y,
        "stroke=\"var(--soft)\" stroke-width=\"1.6\" stroke-linecap=\"round\"",
    );
}

/// Boards set aside, on the shelf below the worktop.
fn aside(svg: &mut Svg, room: &Room, at: (f32, f32), work: &AtWork, say: Say) {
    const PITCH_PX: f32 = 29.0;
    let words = say("kitchen.aside", &[]);
    let lead = text_px(&words, SMALL_TEXT_PX) + 6.0;
    let wide = room.place_px - lead > 3.0 * PITCH_PX;
    let from = if wide { lead } else { 0.0 };
    if work.aside.is_empty() {
        return;
    }
    if wide {
        svg.small_text(at.0, at.1 + 13.0, Anchor::Start, "var(--soft)", &words);
    }
    let slots = ((room.place_px - from - 8.0) / PITCH_PX) as usize;
    let drawn = if work.aside.len() > slots {
        slots.saturating_sub(1)
    } else {
        work.aside.len()
    };
    for (idx, task) in work.aside.iter().take(drawn).enumerate() {
        shapes::board_aside(svg, at.0 + from + idx as f32 * PITCH_PX, at.1, *task);
    }
    if work.aside.len() > drawn {
        let x = at.0 + from + drawn as f32 * PITCH_PX;
        svg.small_text(
            x,
            at.1 + 13.0,
            Anchor::Start,
            "var(--soft)",
            &plus(work.aside.len() - drawn),
        );
    }
}

/// Pots on the stove or dishes on the pass, each in its place.
fn things(
    svg: &mut Svg,
    at: (f32, f32),
    in_row: usize,
    tasks: u32,
    present: &[u32],
    pots: Option<&str>,
) {
    const PITCH_PX: f32 = 39.0;
    let slots = (tasks as usize).min(SLOTS);
    let in_row = slots.clamp(1, in_row);
    let more = present.len().saturating_sub(slots);
    for slot in 0..slots {
        let x = at.0 + (slot % in_row) as f32 * PITCH_PX;
        let y = at.1 + THINGS_TOP_PX + (slot / in_row) as f32 * SLOT_PX;
        if slot % in_row == 0 {
            shelf(svg, x, y + 39.0, PITCH_PX * in_row as f32);
        }
        let seated = seated(tasks, present, slot, slots);
        match (seated, pots) {
            (Some(task), Some(id)) => shapes::pot(svg, id, x + 1.5, y + 4.0, task),
            (Some(task), None) => shapes::dish(svg, x + 2.5, y + 9.0, task),
            _ if more > 0 && slot + 1 == slots => {
                svg.text(
                    x + 19.0,
                    y + 31.0,
                    Anchor::Middle,
                    "var(--ink)",
                    &plus(more + 1),
                );
            }
            (None, Some(_)) => shapes::burner(svg, x + 1.5, y + 4.0),
            (None, None) => {}
        }
    }
}

/// Who is in a slot: every task has a slot of its own if there are enough;
/// otherwise they come in order, and the last slot is left for the rest.
fn seated(tasks: u32, present: &[u32], slot: usize, slots: usize) -> Option<u32> {
    if tasks as usize <= slots {
        return present.iter().copied().find(|task| *task as usize == slot);
    }
    let left_for_rest = present.len() > slots && slot + 1 == slots;
    present.get(slot).copied().filter(|_| !left_for_rest)
}

pub(super) fn plus(number: usize) -> String {
    let mut text = String::from("+");
    text.push_str(&whole(number as u64));
    text
}

fn done<'a>(cast: &Cast, now: &Now, say: Say<'a>) -> Phrase<'a> {
    let mut words = phrase(say);
    words
        .number("n", now.done.len() as u32)
        .number("all", cast.tasks);
    words
}

/// What a chef does in words: beside the chef, where there is little room, as
/// read out; the dish in hand, and for how long.
pub(super) struct InWords {
    pub long: &'static str,
    pub short: &'static str,
    pub aria: &'static str,
    pub task: u32,
    pub nanos: Nanos,
}

pub(super) fn doing(work: &AtWork) -> InWords {
    let (long, short, aria, task) = match work.doing {
        Doing::Chopping(task) => (
            "kitchen.chopping",
            "kitchen.chopping",
            "kitchen.aria.chopping",
            task,
        ),
        Doing::Stuck(task, _) => (
            "kitchen.stuck",
            "kitchen.stuck.short",
            "kitchen.aria.stuck",
            task,
        ),
        Doing::Watching(task) => (
            "kitchen.watching",
            "kitchen.watching.short",
            "kitchen.aria.watching",
            task,
        ),
        Doing::Blocked(task) => (
            "kitchen.blocked",
            "kitchen.blocked.short",
            "kitchen.aria.blocked",
            task,
        ),
        Doing::Carrying(task) => (
            "kitchen.carrying",
            "kitchen.carrying.short",
            "kitchen.aria.carrying",
            task,
        ),
        Doing::NoKnife(task) => (
            "kitchen.noknife",
            "kitchen.noknife",
            "kitchen.aria.noknife",
            task,
        ),
        Doing::Between => (
            "kitchen.between",
            "kitchen.between",
            "kitchen.aria.between",
            0,
        ),
        Doing::Free => ("kitchen.free", "kitchen.free", "kitchen.aria.free", 0),
    };
    let nanos = match work.doing {
        Doing::Stuck(_, nanos) => nanos,
        _ => 0,
    };
    InWords {
        long,
        short,
        aria,
        task,
        nanos,
    }
}

fn sentence(cast: &Cast, now: &Now, say: Say) -> String {
    let mut all = String::new();
    let mut add = |words: String| listed(&mut all, "; ", &words);
    if cast.has_guests {
        let waiting = now.waiting().len() as u32;
        if waiting > 0 {
            add(phrase(say).count("kitchen.aria.guests", waiting));
        }
    }
    let idle = now.chefs.len() > 1 && now.chefs.iter().all(|work| work.doing == Doing::Free);
    if idle {
        add(say("kitchen.aria.allfree", &[]));
    }
    for (idx, (chef, work)) in cast.chefs.iter().zip(&now.chefs).enumerate() {
        if idle || idx >= MOST_CHEFS {
            break;
        }
        let doing = doing(work);
        add(phrase(say)
            .text("chef", &chef.label(say))
            .number("n", doing.task + 1)
            .nanos("ms", doing.nanos)
            .get(doing.aria));
    }
    let left = cast.chefs.len().saturating_sub(MOST_CHEFS);
    if left > 0 && !idle {
        add(phrase(say)
            .number("n", left as u32)
            .get("kitchen.aria.more"));
    }
    if !now.pots.is_empty() {
        let mut dishes = String::new();
        for task in now.pots.iter().take(12) {
            listed(&mut dishes, ", ", &number(*task));
        }
        add(phrase(say).text("dishes", &dishes).get("kitchen.aria.pots"));
    }
    add(done(cast, now, say).get(if cast.has_guests {
        "kitchen.aria.served"
    } else {
        "kitchen.aria.done"
    }));
    phrase(say)
        .nanos("ms", now.at)
        .text("what", &all)
        .get("kitchen.aria")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_keeps_its_slot() {
        let seats = |tasks, present: &[u32]| -> Vec<_> {
            (0..8).map(|slot| seated(tasks, present, slot, 8)).collect()
        };
        assert_eq!(seats(4, &[1, 3])[..4], [None, Some(1), None, Some(3)]);
        let many: Vec<u32> = (0..12).collect();
        assert_eq!(seats(20, &many)[6..], [Some(6), None]);
        assert_eq!(seats(20, &many[..8])[6..], [Some(6), Some(7)]);
    }
}
