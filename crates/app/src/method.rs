//! How it was measured: threads, cores, clock, capacity, checks, numbers.

use crate::cx::Cx;
use crate::el::{all, el, nothing, text};
use crate::figure::{labels, table};
use crate::outcome::Outcome;
use charts::Table;
use lessons::Level;
use lessons::words::millis;
use model::{Check, Stats, Verdict, VoidReason};
use yew::Html;

/// The claims and whether they hold on this run.
pub fn verdicts(cx: &Cx, outcome: &Outcome) -> Html {
    let checks = &outcome.evidence.checks;
    if checks.is_empty() {
        return nothing();
    }
    let mut list = el("ul").class("verdicts").set("data-testid", "verdicts");
    for check in checks {
        let (id, key) = match check.verdict {
            Verdict::Pass => ("pass", "verdict.pass"),
            Verdict::Fail => ("fail", "verdict.fail"),
            Verdict::Inconclusive => ("inconclusive", "verdict.inconclusive"),
        };
        let mut words = el("span").text(&claim(cx, outcome, check));
        if cx.lab.settings().level() != Level::Beginner {
            let (value, lo, hi) = (two(check.value), two(check.lo), two(check.hi));
            let figures = [
                ("value", value.as_str()),
                ("lo", &lo),
                ("hi", &hi),
                ("limit", &check.limit),
            ];
            words = words.text(" ").put(
                el("span")
                    .class("soft")
                    .text(&cx.say_with("verdict.figures", &figures)),
            );
        }
        if !check.why.is_empty() {
            words = words
                .text(" ")
                .put(el("span").class("soft").text(&check.why));
        }
        list = list.put(
            el("li")
                .set("data-verdict", id)
                .put(el("b").say(cx, key))
                .put(words),
        );
    }
    list.done()
}

/// How many claims hold, in one line.
pub fn verdict(cx: &Cx, outcome: &Outcome) -> Html {
    let checks = &outcome.evidence.checks;
    let count = |verdict| {
        checks
            .iter()
            .filter(|check| check.verdict == verdict)
            .count()
    };
    let (fail, open) = (count(Verdict::Fail), count(Verdict::Inconclusive));
    let (id, key, n) = match (fail, open) {
        (0, 0) => ("pass", "verdict.all", checks.len()),
        (0, open) => ("inconclusive", "verdict.open", open),
        (fail, _) => ("fail", "verdict.some", fail),
    };
    let (n, of) = (n.to_string(), checks.len().to_string());
    let mut words = cx.say_with(key, &[("n", &n), ("of", &of)]);
    let hidden = outcome
        .evidence
        .rounds
        .iter()
        .filter(|row| row.reason == Some(VoidReason::Hidden))
        .count();
    if hidden > 0 {
        let n = hidden.to_string();
        words = [&*words, " ", &cx.say_with("verdict.hidden", &[("n", &n)])].concat();
    }
    el("p")
        .class("verdict")
        .set("data-testid", "verdict")
        .set("data-verdict", id)
        .text(&words)
        .done()
}

/// The claim in words, else its formula.
fn claim(cx: &Cx, outcome: &Outcome, check: &Check) -> String {
    let (kind, about) = check.id.split_once('.').unwrap_or((&check.id, ""));
    let key = ["check.", kind].concat();
    if !cx.words().has(&key) {
        return check.expr.clone();
    }
    let arm = labels(outcome, cx.words())
        .into_iter()
        .find(|label| label.arm == about);
    let arm = arm.map_or_else(|| about.to_owned(), |label| label.label);
    cx.say_with(&key, &[("arm", &arm)])
}

/// The panel behind "How was this measured?".
pub fn method(cx: &Cx, outcome: &Outcome) -> Html {
    let evidence = &outcome.evidence;
    let capability = &evidence.env.capability;
    let step = millis(capability.clock_step_nanos as f64 / 1000.0);
    let cores = capability.reported_cores.to_string();
    let rung = u8::from(capability.rung).to_string();
    let rounds = outcome.rounds().to_string();
    let facts = [
        ("method.mode", cx.say(&["badge.mode.", &rung].concat())),
        (
            "method.cores",
            cx.say_with("method.cores.value", &[("n", &cores)]),
        ),
        ("method.capacity", capacity(cx, outcome)),
        (
            "method.clock",
            cx.say_with("method.clock.value", &[("us", &step)]),
        ),
        (
            "method.rounds",
            cx.say_with("method.rounds.value", &[("n", &rounds)]),
        ),
        ("method.seed", evidence.seed.to_string()),
        ("method.started", evidence.env.started.clone()),
        ("method.build", evidence.env.build.clone()),
        ("method.browser", capability.user_agent.clone()),
    ];
    let mut list = el("dl").class("facts");
    for (key, value) in facts {
        if !value.is_empty() {
            list = list.put(el("dt").say(cx, key)).put(el("dd").text(&value));
        }
    }
    let mut notes = el("ul").class("quiet");
    for note in &evidence.notes {
        notes = notes.put(el("li").text(note));
    }
    all(vec![
        list.done(),
        el("p")
            .class("quiet")
            .add(text(&cx.say("method.how")))
            .done(),
        verdicts(cx, outcome),
        if evidence.notes.is_empty() {
            nothing()
        } else {
            notes.done()
        },
        numbers(cx, outcome),
    ])
}

fn capacity(cx: &Cx, outcome: &Outcome) -> String {
    let mut parts = Vec::new();
    for (workers, stats) in &outcome.evidence.capacity.by_workers {
        let (n, value) = (workers.to_string(), two(stats.median));
        parts.push(cx.say_with("method.capacity.value", &[("n", &n), ("value", &value)]));
    }
    if parts.is_empty() {
        cx.say("method.capacity.none")
    } else {
        parts.join(" · ")
    }
}

/// Columns of the table of numbers.
const COLUMNS: [&str; 8] = [
    "table.arm",
    "table.median",
    "table.lo",
    "table.hi",
    "table.n",
    "table.sooner",
    "table.c",
    "table.p",
];

/// Every arm with its median, interval and the two numbers that judge it.
pub fn numbers(cx: &Cx, outcome: &Outcome) -> Html {
    let evidence = &outcome.evidence;
    let mut rows = Vec::new();
    for label in labels(outcome, cx.words()) {
        let mut row = vec![label.label];
        match evidence.stats.get(&label.arm) {
            Some(Stats {
                n, median, lo, hi, ..
            }) => {
                row.extend([*median, *lo, *hi].map(millis));
                row.push(n.to_string());
            }
            None => row.resize(5, String::new()),
        }
        let metrics = evidence.metrics.get(&label.arm);
        for name in ["speedup", "c", "p"] {
            let stats = metrics.and_then(|metrics| metrics.get(name));
            row.push(stats.map_or_else(String::new, |stats| two(stats.median)));
        }
        rows.push(row);
    }
    let head = COLUMNS.iter().map(|key| cx.say(key)).collect();
    table(&Table {
        caption: cx.say("table.caption"),
        head,
        rows,
    })
}

/// A figure with two decimals, where one would hide the difference.
fn two(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value >= 99.95 {
        return lessons::words::whole(value);
    }
    let hundredths = (value.max(0.0) * 100.0).round() as u64;
    let rest = (hundredths % 100).to_string();
    let lead = if rest.len() < 2 { "0" } else { "" };
    [&(hundredths / 100).to_string(), ".", lead, &rest].concat()
}

#[cfg(test)]
mod tests {
    use super::two;

    #[test]
    fn two_decimals_keep_their_zero() {
        assert_eq!(
            [two(1.0), two(1.97), two(0.049), two(483.4)],
            ["1.00", "1.97", "0.05", "483"]
        );
        assert_eq!(two(f64::NAN), "–");
    }
}
