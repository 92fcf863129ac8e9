//! Below and beside the hands of a chef: pots that wait, and nothing left to do.

use super::LaneRow;
use crate::bars::{self, Row};
use crate::format::whole;
use crate::phrase::phrase;
use crate::rows::Sheet;
use crate::svg::{SMALL_TEXT_PX, text_px};
use model::Nanos;

/// Pots that wait, with how many they are.
pub(super) fn waits(sheet: &mut Sheet, row: &LaneRow, place: Row, who: &str, lead: &[String]) {
    let px = sheet.axis.px_per_nano();
    let state = (sheet.say)("chart.state.waiting", &[]);
    let mut next = 0;
    while let Some(&(start, mut end, mut most)) = row.waits.get(next) {
        let mut pieces = 1;
        next += 1;
        while let Some(&(from, to, depth)) = row.waits.get(next) {
            let grown = (to.min(end.saturating_add(to - from)) - start) as f64 * px;
            if from != end
                || (grown >= f64::from(bars::MERGE_BELOW_PX)
                    && ((to - from) as f64 * px) >= f64::from(bars::MERGE_BELOW_PX))
            {
                break;
            }
            (end, most, pieces) = (to, most.max(depth), pieces + 1);
            next += 1;
        }
        let x = sheet.axis.x(start);
        let width = sheet.axis.x(end) - x;
        bars::waiting(&mut sheet.svg, sheet.id, x, width, place);
        let what = phrase(sheet.say).count("chart.waiting", most);
        let fits = text_px(&what, SMALL_TEXT_PX) + 12.0 <= width;
        let short = whole(u64::from(most));
        sheet.chip(if fits { &what } else { &short }, x, width, place);
        sheet.list(who, lead, &what, &state, (start, end), pieces);
        sheet.marks_last_box(x, width, place);
    }
}

/// A shorter tail is no more than the last one's turn to look up.
const LEAST_TAIL_SHARE: f64 = 0.02;

/// Nothing left to do while others still work: a dotted line.
pub(super) fn tail(
    sheet: &mut Sheet,
    row: &LaneRow,
    end: Nanos,
    place: Row,
    who: &str,
    lead: &[String],
) {
    let hands = row.hands.last().map_or(0, |segment| segment.end);
    let last = row.waits.last().map_or(0, |wait| wait.1).max(hands);
    if end.saturating_sub(last) as f64 <= end as f64 * LEAST_TAIL_SHARE {
        return;
    }
    let (from, to) = (sheet.axis.x(last), sheet.axis.x(end));
    let middle = place.y + place.height / 2.0;
    sheet.svg.line(
        from + 4.0,
        middle,
        to,
        middle,
        "stroke=\"var(--soft)\" stroke-width=\"1.6\" stroke-dasharray=\"1 5\" stroke-linecap=\"round\" data-role=\"idle\"",
    );
    let state = (sheet.say)("chart.state.idle", &[]);
    let what = (sheet.say)("chart.dish.none", &[]);
    sheet.list(who, lead, &what, &state, (last, end), 1);
    sheet.marks_last_box(from, to - from, place);
}

/// Lost to the others: a cross, and nothing more.
pub(crate) fn lost(
    sheet: &mut Sheet,
    at: Nanos,
    end: Nanos,
    place: Row,
    who: &str,
    lead: &[String],
) {
    let x = sheet.axis.x(at);
    let middle = place.y + place.height / 2.0;
    let arm = (place.height / 2.0).min(7.0);
    sheet
        .svg
        .raw("<path fill=\"none\" stroke=\"var(--paper)\" stroke-width=\"5\" d=\"");
    for halo in [true, false] {
        sheet.svg.raw("M").num(x - arm).raw(" ").num(middle - arm);
        sheet.svg.raw("L").num(x + arm).raw(" ").num(middle + arm);
        sheet.svg.raw("M").num(x + arm).raw(" ").num(middle - arm);
        sheet.svg.raw("L").num(x - arm).raw(" ").num(middle + arm);
        let next = "\"/><path fill=\"none\" stroke=\"var(--block)\" stroke-width=\"2.4\" d=\"";
        sheet.svg.raw(if halo { next } else { "\"/>" });
    }
    let state = (sheet.say)("chart.state.gone", &[]);
    let what = (sheet.say)("chart.dish.none", &[]);
    sheet.list(who, lead, &what, &state, (at, end.max(at)), 1);
    sheet.marks_last_box(x - arm, 2.0 * arm, place);
}
