//! What was added up from the file of orders.

use crate::cx::Cx;
use crate::el::{el, nothing};
use crate::figure::table;
use crate::outcome::Outcome;
use charts::Table;
use model::{Total, Verdict};
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
