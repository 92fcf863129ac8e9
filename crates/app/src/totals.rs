//! What was added up from the file of orders.

use crate::cx::Cx;
use crate::el::{el, nothing};
use crate::figure::table;
use crate::outcome::Outcome;
use charts::Table;
use lessons::words::{grouped, tenth, whole};
use model::{Total, Verdict};
use std::rc::Rc;
use yew::Html;

/// The sums as a table; nothing where no file was read.
pub fn totals(cx: &Cx, outcome: &Outcome) -> Html {
    let mut traces = outcome.traces.iter();
    let Some(trace) = traces.find(|trace| !trace.totals.is_empty()) else {
        return nothing();
    };
    let is_same = outcome
        .evidence
        .checks
        .iter()
        .any(|check| check.id == "same-work.orders" && check.verdict == Verdict::Pass);
    let caption = if is_same { "totals.same" } else { "totals" };
    let row = |total: &Total| {
        vec![
            total.name.clone(),
            total.rows.to_string(),
            // Prices end at cents: whole numbers are enough for a sum of thousands.
            (total.cents / 100).to_string(),
        ]
    };
    let numbers = Table {
        caption: cx.say(caption),
        head: ["totals.goods", "totals.rows", "totals.sum"]
            .iter()
            .map(|key| cx.say(key))
            .collect(),
        rows: trace.totals.iter().map(row).collect(),
    };
    el("div")
        .set("data-testid", "totals")
        .add(table(&numbers))
        .done()
}

/// What a job found, folded: of the way that is looked at, or else of the first that
/// found anything.
pub fn found(cx: &Cx, outcome: &Rc<Outcome>) -> Html {
    let looked_at = cx.lab.trace(outcome);
    let mut traces = looked_at.into_iter().chain(&outcome.traces);
    let Some(trace) = traces.find(|trace| !trace.found.is_empty()) else {
        return nothing();
    };
    let row = |(what, count): &(String, f64)| {
        let count = if count.fract() == 0.0 {
            grouped(&whole(*count))
        } else {
            tenth(*count)
        };
        vec![what.clone(), count]
    };
    let rows = Table {
        caption: cx.say("found.rows"),
        head: vec![cx.say("found.what"), cx.say("found.count")],
        rows: trace.found.iter().map(row).collect(),
    };
    el("details")
        .class("more")
        .set("data-testid", "found")
        .put(el("summary").say(cx, "found"))
        .add(table(&rows))
        .done()
}
