//! The things in the kitchen, each drawn from its own corner.

use crate::format::whole;
use crate::plot;
use crate::svg::{Anchor, Svg, TEXT_PX, text_px};

/// A board without progress.
const HOLLOW: &str = "rx=\"4\" fill=\"var(--card)\" stroke=\"var(--run)\" stroke-width=\"1.6\"";

pub(crate) fn number(task: u32) -> String {
    whole(u64::from(task) + 1)
}

/// Opens a group moved to (`x`, `y`) and drawn `scale` times as large, with
/// strokes of `colour` that keep their width.
fn open_scaled(svg: &mut Svg, x: f32, y: f32, scale: f32, colour: &str) {
    svg.raw("<g transform=\"translate(")
        .num(x)
        .raw(" ")
        .num(y)
        .raw(")");
    if scale > 1.0 {
        svg.raw(" scale(").decimal(scale, 3).raw(")");
    }
    svg.raw("\" fill=\"none\" stroke=\"")
        .raw(colour)
        .raw("\" stroke-linejoin=\"round\" stroke-linecap=\"round\" stroke-width=\"");
    svg.decimal(1.6 / scale, 2).raw("\">");
}

/// Opens a group moved to (`x`, `y`) with strokes of `colour`.
fn open(svg: &mut Svg, x: f32, y: f32, colour: &str) {
    open_scaled(svg, x, y, 1.0, colour);
}

fn close(svg: &mut Svg) {
    svg.raw("</g>");
}

/// A chef 30 wide and 66 high, times `scale`, whose worktop is at the bottom.
/// One that is `busy` looks down at the board, another straight ahead.
pub(crate) fn chef(
    svg: &mut Svg,
    x: f32,
    y: f32,
    scale: f32,
    number: u32,
    colour: &str,
    busy: bool,
) {
    open_scaled(svg, x, y, scale, colour);
    // Body first, so that head and scarf lie over it.
    svg.raw("<path fill=\"var(--card)\" d=\"M2 66c0-18 3.5-27 13-27s13 9 13 27\"/>");
    svg.raw("<circle fill=\"var(--card)\" cx=\"15\" cy=\"30\" r=\"7.5\"/>");
    let eyes = if busy { 31.5 } else { 29.5 };
    svg.raw("<path d=\"M12.5 ")
        .num(eyes)
        .raw("v.2M17.7 ")
        .num(eyes)
        .raw("v.2M13 34q2 1.4 4 0\"/>");
    svg.raw("<path d=\"M10 39.5l5 4 5-4\"/>");
    svg.raw("<path fill=\"var(--card)\" d=\"M7 24v-7c-5-1.5-5-9 1-9.5C9.5 2 20.5 2 22 7.5c6 .5 6 8 1 9.5v7z\"/>");
    svg.raw("<path d=\"M7 20h16\"/></g>");
    let middle = (x + 15.0 * scale, y + 55.5 * scale + 4.5);
    if scale > 1.0 {
        svg.text(
            middle.0,
            middle.1,
            Anchor::Middle,
            "var(--ink)",
            &whole(u64::from(number)),
        );
    } else {
        svg.small_text(
            middle.0,
            middle.1,
            Anchor::Middle,
            "var(--ink)",
            &whole(u64::from(number)),
        );
    }
}

/// The arm of a chef at (`x`, `y`) and the knife it holds over a board at the right.
pub(crate) fn arm_and_knife(svg: &mut Svg, x: f32, y: f32, scale: f32) {
    open_scaled(svg, x, y, scale, "var(--ink)");
    svg.raw("<path d=\"M25.5 50c4 4 8 2.5 12.5-2\"/>");
    // Handle, then blade with its belly towards the board.
    svg.raw("<path stroke-width=\"3.2\" d=\"M38.5 47.5l6-3.5\"/>");
    svg.raw("<path fill=\"var(--card)\" d=\"M45.5 41l18-7c.5 5.5-5.5 10-16 11.5z\"/></g>");
}

/// The board at the right of a chef, `width` long: solid while it is chopped
/// on, hollow where it makes no progress.
pub(crate) fn board(svg: &mut Svg, at: (f32, f32), scale: f32, task: u32, width: f32, solid: bool) {
    let (left, top, height) = (at.0 + 36.0 * scale, at.1 + 49.0 * scale, 17.0 * scale);
    let words = if solid { "var(--paper)" } else { "var(--ink)" };
    if solid {
        svg.rect(left, top, width, height, "rx=\"4\" fill=\"var(--run)\"");
    } else {
        svg.rect(left + 0.8, top + 0.8, width - 1.6, height - 1.6, HOLLOW);
    }
    svg.text(
        left + width / 2.0,
        top + height / 2.0 + 4.7,
        Anchor::Middle,
        words,
        &number(task),
    );
}

/// A board that nobody is let off: `width` long, cross-hatched.
pub(crate) fn long_board(
    svg: &mut Svg,
    id: &str,
    at: (f32, f32),
    scale: f32,
    task: u32,
    width: f32,
) {
    let (left, top, height) = (at.0 + 36.0 * scale, at.1 + 49.0 * scale, 17.0 * scale);
    plot::crosshatched(svg, id, (left, top), (width, height));
    let words = number(task);
    let wide = text_px(&words, TEXT_PX) + 10.0;
    let middle = (left + width / 2.0, top + height / 2.0);
    svg.rect(
        middle.0 - wide / 2.0,
        middle.1 - 7.5,
        wide,
        15.0,
        "rx=\"3\" fill=\"var(--card)\"",
    );
    svg.text(
        middle.0,
        middle.1 + 4.7,
        Anchor::Middle,
        "var(--ink)",
        &words,
    );
}

/// The salt shaker that a chef at (`x`, `y`) does not have: dashed.
pub(crate) fn salt(svg: &mut Svg, x: f32, y: f32, scale: f32) {
    open_scaled(svg, x, y, scale, "var(--ink)");
    svg.raw("<path stroke-dasharray=\"2.500 2\" d=\"M84 46l2-13h9l2 13zM86 33a4.500 5 0 0 1 9 0\"/></g>");
}

/// What a chef at (`x`, `y`) carries in both hands: a box of vertical lines.
pub(crate) fn load(svg: &mut Svg, id: &str, x: f32, y: f32, scale: f32, task: u32) {
    let (left, top, width, height) = (
        x + 40.0 * scale,
        y + 42.0 * scale,
        38.0 * scale,
        20.0 * scale,
    );
    svg.raw("<rect").at("x", left).at("y", top);
    svg.at("width", width).at("height", height);
    svg.raw(" rx=\"2\" stroke=\"var(--ink)\" stroke-width=\"1.2\" fill=\"url(#")
        .words(id)
        .raw("-v)\"/>");
    let words = number(task);
    let wide = text_px(&words, TEXT_PX) + 8.0;
    let (middle, base) = (left + width / 2.0, top + height / 2.0);
    svg.rect(
        middle - wide / 2.0,
        base - 7.5,
        wide,
        15.0,
        "rx=\"3\" fill=\"var(--card)\"",
    );
    svg.text(middle, base + 4.7, Anchor::Middle, "var(--ink)", &words);
    open_scaled(svg, x, y, scale, "var(--ink)");
    svg.raw("<path d=\"M25.500 46c5 4 9 2 14.500-.5M26.500 54c5 5 9 4 14 2\"/></g>");
}

/// The pot at the right of a chef at (`x`, `y`) who holds it with both hands
/// and can do nothing else.
pub(crate) fn watched_pot(svg: &mut Svg, id: &str, x: f32, y: f32, scale: f32, task: u32) {
    let (left, foot) = (x + 46.0 * scale, y + 66.0 * scale - 3.0);
    // Beside a small chef there are words where the steam would be.
    if scale > 1.0 {
        steam(svg, left, foot - 34.0);
    }
    still_pot(svg, id, left, foot - 34.0, task);
    svg.raw("<path fill=\"none\" stroke=\"var(--soft)\" stroke-width=\"1.6\" stroke-linecap=\"round\" d=\"M");
    svg.num(left + 7.0).raw(" ").num(foot + 1.0).raw("h22\"/>");
    open_scaled(svg, x, y, scale, "var(--ink)");
    svg.raw("<path d=\"M25.500 46c6 4 12 1 20.500-1.500M26.500 53c7 4 13 1 20-3\"/></g>");
}

/// A guest 28 wide and 36 high, standing on `y` + 36, with a number.
pub(crate) fn guest(svg: &mut Svg, x: f32, y: f32, task: u32) {
    open(svg, x, y, "var(--ink)");
    svg.raw("<circle fill=\"var(--card)\" cx=\"14\" cy=\"6.500\" r=\"5.500\"/>");
    svg.raw("<path fill=\"var(--card)\" d=\"M1.500 36v-9c0-8 4.500-12.500 12.500-12.500s12.500 4.500 12.500 12.500v9\"/></g>");
    svg.small_text(
        x + 14.0,
        y + 31.0,
        Anchor::Middle,
        "var(--ink)",
        &number(task),
    );
}

/// The counter with its bell, 40 wide, standing on `y` + 36.
pub(crate) fn counter(svg: &mut Svg, x: f32, y: f32) {
    open(svg, x, y, "var(--soft)");
    svg.raw("<path fill=\"var(--card)\" d=\"M3 36V19h30v17\"/><path d=\"M0 19h36\"/>");
    svg.raw(
        "<path fill=\"var(--card)\" d=\"M11 19a7 7 0 0 1 14 0zM18 12v-2.500M16.500 9.500h3\"/></g>",
    );
}

/// A small board set aside, 26 wide and 17 high: hollow.
pub(crate) fn board_aside(svg: &mut Svg, x: f32, y: f32, task: u32) {
    svg.rect(x + 0.8, y + 0.8, 24.4, 15.4, HOLLOW);
    svg.small_text(
        x + 13.0,
        y + 12.8,
        Anchor::Middle,
        "var(--ink)",
        &number(task),
    );
}

/// A pot 36 wide and 34 high, its foot on `y` + 34: hatched, with its number.
pub(crate) fn pot(svg: &mut Svg, id: &str, x: f32, y: f32, task: u32) {
    steam(svg, x, y);
    still_pot(svg, id, x, y, task);
}

fn steam(svg: &mut Svg, x: f32, y: f32) {
    open(svg, x, y, "var(--soft)");
    svg.raw("<path stroke-width=\"1.2\" d=\"M13 7q-2.5-2.5 0-4.500M19 7q2.5-2.5 0-4.5\"/></g>");
}

fn still_pot(svg: &mut Svg, id: &str, x: f32, y: f32, task: u32) {
    open(svg, x, y, "var(--wait)");
    svg.raw("<path fill=\"var(--card)\" d=\"M5 14v14q0 6 6 6h14q6 0 6-6V14z\"/>");
    svg.raw("<path fill=\"url(#")
        .words(id)
        .raw("-h)\" d=\"M5 14v14q0 6 6 6h14q6 0 6-6V14z\"/>");
    svg.raw("<path d=\"M5 19H1.500M31 19h3.500M3 14h30M18 14v-3\"/>");
    close(svg);
    svg.circle(x + 18.0, y + 24.2, 7.6, "fill=\"var(--card)\"");
    svg.small_text(
        x + 18.0,
        y + 28.5,
        Anchor::Middle,
        "var(--ink)",
        &number(task),
    );
}

/// A burner 36 wide with nothing on it, on `y` + 34.
pub(crate) fn burner(svg: &mut Svg, x: f32, y: f32) {
    svg.raw("<path fill=\"none\" stroke=\"var(--soft)\" stroke-width=\"1.6\" stroke-linecap=\"round\" d=\"M").num(x + 9.0);
    svg.raw(" ").num(y + 33.0).raw("h18\"/>");
}

/// A finished dish 34 wide and 28 high under its cover, on `y` + 28.
pub(crate) fn dish(svg: &mut Svg, x: f32, y: f32, task: u32) {
    open(svg, x, y, "var(--ink)");
    svg.raw("<path fill=\"var(--card)\" d=\"M4 24a13 13 0 0 1 26 0z\"/><circle cx=\"17\" cy=\"8.5\" r=\"2\"/><path d=\"M1.5 27h31\"/>");
    close(svg);
    svg.small_text(
        x + 17.0,
        y + 22.3,
        Anchor::Middle,
        "var(--ink)",
        &number(task),
    );
}

/// A ticket 22 wide hanging from a rail at `y`.
pub(crate) fn ticket(svg: &mut Svg, x: f32, y: f32, task: u32, state: super::moment::Ticket) {
    use super::moment::Ticket;
    let (paper, words) = match state {
        Ticket::NotCome => return,
        Ticket::ToDo => (
            "rx=\"2\" fill=\"var(--card)\" stroke=\"var(--ink)\" stroke-width=\"1.6\"",
            "var(--ink)",
        ),
        Ticket::UnderWay => (
            "rx=\"2\" fill=\"none\" stroke=\"var(--soft)\" stroke-width=\"1.2\" stroke-dasharray=\"3 3\"",
            "var(--soft)",
        ),
        Ticket::Done => ("rx=\"2\" fill=\"none\" stroke=\"none\"", "var(--soft)"),
    };
    svg.rect(x, y + 4.0, 22.0, 27.0, paper);
    svg.small_text(x + 11.0, y + 18.5, Anchor::Middle, words, &number(task));
    if state == Ticket::Done {
        open(svg, x, y, "var(--soft)");
        svg.raw("<path d=\"M7 25l3 3 5.5-6\"/></g>");
    }
    if state == Ticket::ToDo {
        svg.raw("<path stroke=\"var(--ink)\" stroke-width=\"1.6\" d=\"M")
            .num(x + 11.0)
            .raw(" ")
            .num(y - 3.0)
            .raw("v7\"/>");
    }
}
