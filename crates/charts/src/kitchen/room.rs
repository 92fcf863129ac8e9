//! Sizes and places in the kitchen, the same at every instant of a trace.

use super::moment::Cast;
use crate::View;

/// Chefs in one row of the kitchen.
pub(super) const CHEFS_IN_ROW: usize = 4;
/// More chefs than this are only counted.
pub(super) const MOST_CHEFS: usize = 8;
/// Pots or dishes drawn; more are counted.
pub(super) const SLOTS: usize = 8;
pub(super) const SLOTS_IN_ROW: usize = 4;
pub(super) const RAIL_Y: f32 = 30.0;
pub(super) const TICKET_PITCH_PX: f32 = 28.0;
pub(super) const TICKET_ROW_PX: f32 = 38.0;
/// Guests in line that are drawn; more are counted.
pub(super) const MOST_GUESTS: usize = 8;
/// Height of the line of guests with the floor they stand on.
pub(super) const GUESTS_PX: f32 = 46.0;
/// From one guest to the next.
pub(super) const GUEST_PITCH_PX: f32 = 36.0;
/// Width of the counter with its bell.
pub(super) const COUNTER_PX: f32 = 46.0;
/// Below this width of a chef's place, words stand above the chef.
pub(super) const ROOMY_PX: f32 = 108.0;

/// From this width of a chef's place on, chefs are drawn large.
pub(super) const LARGE_PX: f32 = 140.0;
pub(super) const STOVE_PX: f32 = 156.0;
pub(super) const PASS_PX: f32 = 156.0;
/// Height of the words above stove and pass, and of one row of things on them.
pub(super) const THINGS_TOP_PX: f32 = 20.0;
pub(super) const SLOT_PX: f32 = 42.0;

/// Sizes that hold for a whole trace.
pub(super) struct Room {
    pub width: f32,
    pub height: f32,
    pub tickets_in_row: usize,
    pub ticket_rows: usize,
    pub chefs_at: (f32, f32),
    pub place_px: f32,
    /// Size of chefs and boards; words and strokes keep theirs.
    pub scale: f32,
    pub row_px: f32,
    /// Dishes side by side on the pass.
    pub pass_in_row: usize,
    pub shown: usize,
    pub stove_at: (f32, f32),
    pub pass_at: (f32, f32),
}

impl Room {
    pub fn of(cast: &Cast, view: &View) -> Self {
        let width = view.width_px;
        let tickets_in_row = ((width - 6.0) / TICKET_PITCH_PX) as usize;
        let ticket_rows = if cast.has_guests {
            1
        } else {
            (cast.tasks as usize)
                .div_ceil(tickets_in_row.max(1))
                .clamp(1, 2)
        };
        let rail_px = if cast.has_guests {
            GUESTS_PX
        } else {
            TICKET_ROW_PX * ticket_rows as f32
        };
        let top = RAIL_Y + rail_px + 10.0;
        let shown = cast.chefs.len().min(MOST_CHEFS);
        let in_row = shown.clamp(1, CHEFS_IN_ROW);
        let rows = shown.max(1).div_ceil(CHEFS_IN_ROW) as f32;
        let alone = view.is_narrow() && !cast.has_pots;
        let pass_in_row = if alone { SLOTS } else { SLOTS_IN_ROW };
        let slot_rows = (cast.tasks as usize).clamp(1, SLOTS).div_ceil(pass_in_row) as f32;
        let things_px = THINGS_TOP_PX + slot_rows * SLOT_PX;
        let stove = if cast.has_pots { STOVE_PX + 26.0 } else { 0.0 };
        let region = if view.is_narrow() {
            width
        } else {
            width - PASS_PX - 22.0 - stove
        };
        let place_px = region / in_row as f32;
        let scale = if place_px >= LARGE_PX { 1.35 } else { 1.0 };
        let words = if place_px < ROOMY_PX { 18.0 } else { 0.0 };
        let shelf = if cast.has_aside { 27.0 } else { 0.0 };
        let row_px = words + 66.0 * scale + shelf + 14.0;
        // A single row of chefs stands on the level of the lower shelf.
        let lift = if view.is_narrow() || rows > 1.0 {
            0.0
        } else {
            (things_px - 4.0 - words - 66.0 * scale).max(0.0)
        };
        let chefs_end = top + lift + row_px * rows;
        let things_y = if view.is_narrow() {
            chefs_end + 6.0
        } else {
            top
        };
        Self {
            width,
            height: chefs_end.max(things_y + things_px) + 2.0,
            tickets_in_row,
            ticket_rows,
            chefs_at: (0.0, top + lift),
            place_px,
            scale,
            row_px,
            pass_in_row,
            shown,
            stove_at: (if view.is_narrow() { 1.0 } else { region + 14.0 }, things_y),
            pass_at: (if alone { 1.0 } else { width - PASS_PX }, things_y),
        }
    }
}
