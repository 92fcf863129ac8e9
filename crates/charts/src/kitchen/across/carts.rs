//! Couriers between the depot and the kitchens.

use super::{STREET_PX, Scene};
use crate::bars;
use crate::chart::within;
use crate::format::whole;
use crate::kitchen::shapes;
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, text_px};
use crate::town;
use model::{Courier, Nanos};

impl<'a> Scene<'a> {
    /// Who is on the way at this instant.
    pub(super) fn under_way(&self) -> Vec<&'a Courier> {
        let mut all: Vec<&Courier> = self.trace.couriers.iter().collect();
        let at = self.now.at;
        all.retain(|courier| courier.sent_nanos <= at && at < courier.came_nanos);
        all
    }

    /// A cart for each house and direction, which says how many it stands for.
    pub(super) fn couriers(&self, svg: &mut Svg) {
        let most = self.trace.couriers.iter().map(|courier| courier.bytes);
        let most = most.max().unwrap_or(0).max(1);
        let under_way = self.under_way();
        let mut taken = Vec::new();
        for house in &self.houses {
            for is_out in [true, false] {
                let lane = house.chef.lane_idx;
                let mine = under_way.iter().copied().filter(|courier| {
                    let end = if is_out {
                        courier.to_lane_idx
                    } else {
                        courier.from_lane_idx
                    };
                    end == lane
                });
                let mine: Vec<&Courier> = mine.collect();
                // The one who left last is the last to be there.
                let Some(one) = mine.last() else { continue };
                let text = if mine.len() == 1 {
                    shapes::number(one.task)
                } else {
                    ["×", &whole(mine.len() as u64)].concat()
                };
                let bytes: u64 = mine
                    .iter()
                    .map(|one| one.bytes)
                    .fold(0, u64::saturating_add);
                let size = within((bytes as f64 / most as f64) as f32, 0.0, 1.0);
                let wide = 22.0 + 12.0 * size;
                let done = within(share(one, self.now.at), 0.0, 1.0);
                let done = if is_out { done } else { 1.0 - done };
                if let Some(at) = self.free(&taken, house.door, (done, wide, is_out)) {
                    taken.push((at.0, at.1, wide));
                    cart(svg, &self.view.id, at, wide, &text);
                }
            }
        }
    }

    /// Where a cart is that has come so far: on its own side of its road, a little
    /// before or behind its place where another is there.
    fn free(
        &self,
        taken: &[(f32, f32, f32)],
        door: (f32, f32),
        cart: (f32, f32, bool),
    ) -> Option<(f32, f32)> {
        let (done, wide, is_out) = cart;
        let aside = if is_out { -9.0 } else { 9.0 };
        for step in 0..=40_i16 {
            let shift = f32::from((step + 1) / 2) * if step % 2 == 0 { 0.03 } else { -0.03 };
            // Neither in the gate nor in the door.
            let along = within(0.12 + 0.8 * done + shift, 0.06, 0.94);
            let x = self.gate.0 + (door.0 - self.gate.0) * along;
            let y = self.gate.1 + (door.1 - self.gate.1) * along;
            let at = if self.view.is_narrow() {
                // Between the houses.
                let room = STREET_PX / 2.0 - 2.0 - wide / 2.0;
                let middle = self.gate.0;
                (within(x + aside, middle - room, middle + room), y)
            } else {
                let room = STREET_PX / 2.0 - 15.0;
                let middle = self.gate.1;
                (x, within(y + aside, middle - room, middle + room))
            };
            let is_free = taken.iter().all(|other| {
                (other.0 - at.0).abs() >= (other.2 + wide) / 2.0 + 1.0
                    || (other.1 - at.1).abs() >= 20.0
            });
            if is_free {
                return Some(at);
            }
        }
        None
    }
}

/// How far a courier is, 0..=1.
fn share(courier: &Courier, at: Nanos) -> f32 {
    let way = town::way(courier).max(1) as f64;
    (at.saturating_sub(courier.sent_nanos) as f64 / way) as f32
}

/// A cart with its load around `at`.
fn cart(svg: &mut Svg, id: &str, at: (f32, f32), width: f32, text: &str) {
    let (left, top) = (at.0 - width / 2.0, at.1 - 9.0);
    let row = bars::Row {
        y: top,
        height: 15.0,
        outlined: false,
    };
    bars::moving(svg, id, left, width, row);
    for wheel in [left + 5.0, left + width - 5.0] {
        let look = "fill=\"var(--card)\" stroke=\"var(--ink)\" stroke-width=\"1.4\"";
        svg.circle(wheel, top + 16.0, 3.0, look);
    }
    let wide = text_px(text, SMALL_TEXT_PX) + 4.0;
    svg.rect(
        at.0 - wide / 2.0,
        top + 1.0,
        wide,
        12.5,
        "rx=\"2\" fill=\"var(--card)\"",
    );
    svg.small_text(at.0, top + 11.5, Anchor::Middle, "var(--ink)", text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_courier_is_between_both_ends() {
        let courier = Courier {
            from_lane_idx: 0,
            to_lane_idx: 1,
            task: 0,
            bytes: 1,
            sent_nanos: 100,
            came_nanos: 300,
            added_nanos: 0,
        };
        assert_eq!(share(&courier, 100), 0.0);
        assert_eq!(share(&courier, 200), 0.5);
        assert_eq!(share(&courier, 50), 0.0);
    }
}
