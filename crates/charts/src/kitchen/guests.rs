//! Guests in line at the counter.

use super::layout::{plus, shelf};
use super::moment::Now;
use super::room::{COUNTER_PX, GUEST_PITCH_PX, GUESTS_PX, MOST_GUESTS, RAIL_Y, Room};
use super::shapes;
use crate::Say;
use crate::svg::{Anchor, Svg};

/// Those who came first stand next to the counter.
pub(super) fn draw(svg: &mut Svg, room: &Room, now: &Now, say: Say) {
    let waiting = now.waiting();
    let floor = RAIL_Y + GUESTS_PX - 4.0;
    let y = floor - 36.8;
    shelf(svg, 0.0, floor, room.width);
    shapes::counter(svg, 1.0, y);
    // The last place is left for how many more there are.
    let places = ((room.width - COUNTER_PX - 50.0) / GUEST_PITCH_PX) as usize;
    let drawn = waiting.len().min(places.clamp(1, MOST_GUESTS));
    for (idx, task) in waiting.iter().take(drawn).enumerate() {
        shapes::guest(svg, COUNTER_PX + idx as f32 * GUEST_PITCH_PX, y, *task);
    }
    let x = COUNTER_PX + drawn as f32 * GUEST_PITCH_PX + 4.0;
    let base = floor - 8.0;
    if waiting.is_empty() {
        let words = say("kitchen.nobody", &[]);
        svg.text(x, base, Anchor::Start, "var(--soft)", &words);
    } else if waiting.len() > drawn {
        let more = plus(waiting.len() - drawn);
        svg.text(x, base, Anchor::Start, "var(--ink)", &more);
    }
}
