//! What taking turns costs, natively: G6, G7, and what ticks cost: G11.
//! One thread each, so these need no second core.

use super::native::Native;
use super::row::{Held, Row};
use crate::fail::Outcome;
use analysis::stats::{median, summarise};
use analysis::verdict::{Gate, Limit};
use serde_json::{Value, json};

const SWITCH: Held = Held {
    id: "G6",
    what: "switch at 100 futures: this executor / tokio LocalSet",
    goal: Some(Limit::AtMost(0.6)),
    limit: Some(Limit::AtMost(1.0)),
};
const INTERLEAVED: Held = Held {
    id: "G7",
    what: "interleaved / one after another, 100 tasks, units of 15 us",
    goal: Some(Limit::AtMost(1.02)),
    limit: Some(Limit::AtMost(1.05)),
};
const INTERLEAVED_SHORT: Held = Held {
    id: "G7s",
    what: "the same with units of 2 us",
    goal: Some(Limit::AtMost(1.05)),
    limit: None,
};
const TRACED: Held = Held {
    id: "G11",
    what: "traced / untraced, native, a tick every step of about 40 us",
    goal: Some(Limit::AtMost(1.012)),
    limit: None,
};

/// The four rows.
///
/// # Errors
/// When the native half says so.
pub fn rows(native: &mut Native, rounds: u32) -> Outcome<Vec<Row>> {
    let interleave = |unit: f64| json!({ "ask": "interleave", "unit_micros": unit, "tasks": 100, "rounds": rounds });
    let asks = [
        (
            SWITCH,
            "ns a yield",
            json!({ "ask": "switch", "futures": 100, "rounds": rounds }),
        ),
        (INTERLEAVED, "ms", interleave(15.0)),
        (INTERLEAVED_SHORT, "ms", interleave(2.0)),
        (TRACED, "ms", json!({ "ask": "trace", "rounds": rounds })),
    ];
    let row = |(held, unit, ask): (Held, &str, Value)| {
        let pairs = native.pairs(&ask)?.pairs;
        let side = |at: usize| -> f64 {
            let values: Vec<f64> = pairs.iter().map(|pair| pair[at]).collect();
            median(&values).unwrap_or(0.0)
        };
        let ratios: Vec<f64> = pairs.iter().map(|[ours, theirs]| ours / theirs).collect();
        let detail = format!("{:.1} / {:.1} {unit}", side(0), side(1));
        Ok(Row::new(
            held,
            detail,
            summarise(&ratios),
            &Gate { closed: None },
        ))
    };
    asks.into_iter().map(row).collect()
}
