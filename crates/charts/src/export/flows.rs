//! Messages between lanes and the progress of a training, as trace events.

use super::Json;
use crate::format::{push_decimal, whole};
use model::Trace;

/// Each message as a flow from its sender to its receiver. Flows hang on slices, so
/// both ends have one without length.
pub(super) fn couriers(json: &mut Json, pid: u64, trace: &Trace) {
    for (number, courier) in (0_u64..).zip(&trace.couriers) {
        let id = [&whole(pid), ".courier.", &whole(number)].concat();
        let task = whole(u64::from(courier.task) + 1);
        let from = (courier.from_lane_idx, courier.sent_nanos);
        let came = courier.came_nanos.max(courier.sent_nanos);
        for (phase, what, (lane, at)) in [
            ("s", "send ", from),
            ("f", "receive ", (courier.to_lane_idx, came)),
        ] {
            let tid = u64::from(lane) + 1;
            json.event("X", pid, tid)
                .name(&[what, &task].concat())
                .text("cat", "courier")
                .time("ts", at)
                .time("dur", 0)
                .arg_number("bytes", courier.bytes);
            let event = json
                .event(phase, pid, tid)
                .name("courier")
                .text("cat", "courier")
                .text("id", &id)
                .time("ts", at);
            if phase == "f" {
                event.text("bp", "e");
            }
            event.arg_number("added_us", courier.added_nanos / 1000);
        }
    }
}

/// Loss and accuracy of a training as counters.
pub(super) fn learning(json: &mut Json, pid: u64, trace: &Trace) {
    for point in &trace.learned {
        let accuracy = point.accuracy.map(|accuracy| ("accuracy", accuracy));
        for (name, value) in [Some(("loss", point.loss)), accuracy].into_iter().flatten() {
            if !value.is_finite() {
                continue;
            }
            let event = json
                .event("C", pid, 0)
                .name(name)
                .time("ts", point.at_nanos);
            event.out.push_str(",\"args\":{\"value\":");
            push_decimal(&mut event.out, value, 6);
            event.out.push_str("}}");
        }
    }
}
