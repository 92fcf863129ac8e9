//! Kitchens across town: who sends what to whom, as far as a trace tells.

use crate::chefs::Chef;
use crate::phrase::phrase;
use crate::{Say, chefs};
use model::{Courier, LaneKind, Nanos, Trace, nanos_from_millis};

/// Whether messages with data were written down: then the host is no chef, but the
/// depot that sends and collects.
pub(crate) fn is_town(trace: &Trace) -> bool {
    !trace.couriers.is_empty()
}

/// Whether a lane of this kind only sends and collects.
pub(crate) const fn is_depot(kind: LaneKind) -> bool {
    matches!(kind, LaneKind::Host | LaneKind::Page)
}

/// The depot, whether it did anything else or not, and the kitchens, in lane order.
pub(crate) fn cast(trace: &Trace) -> Vec<Chef> {
    let mut all = chefs(trace);
    let depot = trace.lanes.iter().position(|lane| is_depot(lane.kind));
    if let Some(lane_idx) = depot.filter(|_| is_town(trace)) {
        let lane_idx = lane_idx as u32;
        if all.iter().all(|chef| chef.lane_idx != lane_idx) {
            let kind = LaneKind::Host;
            let depot = Chef {
                number: 0,
                lane_idx,
                kind,
            };
            all.insert(0, depot);
        }
    }
    all
}

/// "the depot", "kitchen 2".
pub(crate) fn name(chef: &Chef, say: Say) -> String {
    let key = match chef.kind {
        _ if chef.number == 0 => "chart.town.depot",
        LaneKind::Tab => "chart.town.kitchen.tab",
        _ => "chart.town.kitchen",
    };
    phrase(say).number("n", chef.number).get(key)
}

/// When each lane was lost; `None` for those that were there to the end. A trace
/// says so in the figure `gone.<lane>`, in milliseconds since its start.
pub(crate) fn gone(trace: &Trace) -> Vec<Option<Nanos>> {
    let mut gone = vec![None; trace.lanes.len()];
    for (name, millis) in &trace.figures {
        let lane = name.strip_prefix("gone.").and_then(number);
        if let (Some(lane), true) = (lane, millis.is_finite() && *millis >= 0.0)
            && let Some(place) = gone.get_mut(lane as usize)
        {
            *place = Some(nanos_from_millis(*millis));
        }
    }
    gone
}

/// Decimal digits as a number; parsers of the standard library bring their errors
/// with them.
fn number(digits: &str) -> Option<u32> {
    let mut value = 0_u32;
    for digit in digits.bytes() {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value
            .checked_mul(10)?
            .checked_add(u32::from(digit - b'0'))?;
    }
    (!digits.is_empty()).then_some(value)
}

/// Who was lost, in a sentence each; `name` is what they are called there.
pub(crate) fn tell_gone(
    trace: &Trace,
    name: fn(&Chef, Say) -> String,
    say: Say,
    add: &mut dyn FnMut(String),
) {
    let gone = gone(trace);
    for chef in cast(trace) {
        if let Some(Some(at)) = gone.get(chef.lane_idx as usize) {
            let words = phrase(say)
                .text("chef", &name(&chef, say))
                .nanos("ms", *at)
                .get("chart.town.gone");
            add(crate::chart::capitalised(words));
        }
    }
}

/// How long a message was on its way.
pub(crate) fn way(courier: &Courier) -> Nanos {
    courier.came_nanos.saturating_sub(courier.sent_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_numbers_name_a_lane() {
        for (text, expected) in [
            ("0", Some(0)),
            ("12", Some(12)),
            ("", None),
            ("-1", None),
            ("1x", None),
            ("99999999999", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }
}
