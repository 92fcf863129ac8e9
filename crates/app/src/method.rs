//! How it was measured: threads, cores, clock, capacity, checks, numbers.

use crate::cx::Cx;
use crate::figure::{labels, table};
use crate::outcome::Outcome;
use charts::Table;
use lessons::Level;
use lessons::words::millis;
use model::{Stats, Verdict};
use yew::prelude::*;

/// The claims and whether they hold on this run.
#[must_use]
pub fn verdicts(cx: &Cx, outcome: &Outcome) -> Html {
    let checks = &outcome.evidence.checks;
    if checks.is_empty() {
        return Html::default();
    }
    let is_exact = cx.lab.settings().level() != Level::Beginner;
    html! {
        <ul class="verdicts" data-testid="verdict">
            { for checks.iter().map(|check| {
                let id = match check.verdict {
                    Verdict::Pass => "pass",
                    Verdict::Fail => "fail",
                    Verdict::Inconclusive => "inconclusive",
                };
                let name = claim(cx, outcome, &check.id).unwrap_or_else(|| check.expr.clone());
                let (value, lo, hi) = (two(check.value), two(check.lo), two(check.hi));
                let figures = [("value", value.as_str()), ("lo", &lo), ("hi", &hi), ("limit", &check.limit)];
                html! {
                    <li data-verdict={id}>
                        <b>{cx.say(&["verdict.", id].concat())}</b>
                        <span>
                            {name}
                            if is_exact { <span class="soft">{" "}{cx.say_with("verdict.figures", &figures)}</span> }
                            if !check.why.is_empty() { <span class="soft">{" "}{&check.why}</span> }
                        </span>
                    </li>
                }
            }) }
        </ul>
    }
}

/// The claim in words; `None` if there are none for it.
fn claim(cx: &Cx, outcome: &Outcome, id: &str) -> Option<String> {
    let (kind, about) = id.split_once('.').unwrap_or((id, ""));
    let key = ["check.", kind].concat();
    let arm = labels(outcome, cx.words())
        .into_iter()
        .find(|label| label.arm == about);
    let arm = arm.map_or_else(|| about.to_owned(), |label| label.label);
    cx.words()
        .has(&key)
        .then(|| cx.say_with(&key, &[("arm", &arm)]))
}

/// The panel behind "How was this measured?".
#[must_use]
pub fn method(cx: &Cx, outcome: &Outcome) -> Html {
    let evidence = &outcome.evidence;
    let capability = &evidence.env.capability;
    let step = capability.clock_step_nanos as f64 / 1000.0;
    let cores = capability.reported_cores.to_string();
    let rung = u8::from(capability.rung).to_string();
    let facts = [
        ("method.mode", cx.say(&["badge.mode.", &rung].concat())),
        (
            "method.cores",
            cx.say_with("method.cores.value", &[("n", &cores)]),
        ),
        ("method.capacity", capacity(cx, outcome)),
        (
            "method.clock",
            cx.say_with("method.clock.value", &[("us", &millis(step))]),
        ),
        (
            "method.rounds",
            cx.say_with(
                "method.rounds.value",
                &[("n", &outcome.rounds().to_string())],
            ),
        ),
        ("method.seed", evidence.seed.to_string()),
        ("method.started", evidence.env.started.clone()),
        ("method.build", evidence.env.build.clone()),
        ("method.browser", capability.user_agent.clone()),
    ];
    html! {
        <>
            <dl class="facts">
                { for facts.into_iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| html! {
                    <><dt>{cx.say(key)}</dt><dd>{value}</dd></>
                }) }
            </dl>
            <p class="quiet">{cx.rich(&cx.say("method.how"))}</p>
            {verdicts(cx, outcome)}
            if !evidence.notes.is_empty() {
                <ul class="quiet">{ for evidence.notes.iter().map(|note| html! { <li>{note}</li> }) }</ul>
            }
            {numbers(cx, outcome)}
        </>
    }
}

fn capacity(cx: &Cx, outcome: &Outcome) -> String {
    let parts = outcome
        .evidence
        .capacity
        .by_workers
        .iter()
        .map(|(workers, stats)| {
            let (n, value) = (workers.to_string(), two(stats.median));
            cx.say_with("method.capacity.value", &[("n", &n), ("value", &value)])
        });
    let parts: Vec<_> = parts.collect();
    if parts.is_empty() {
        cx.say("method.capacity.none")
    } else {
        parts.join(" · ")
    }
}

/// Every arm with its median, interval and the two numbers that judge it.
#[must_use]
pub fn numbers(cx: &Cx, outcome: &Outcome) -> Html {
    let evidence = &outcome.evidence;
    let row = |label: charts::ArmLabel| {
        let stats = evidence.stats.get(&label.arm);
        let figure = |name: &str| {
            evidence
                .metrics
                .get(&label.arm)
                .and_then(|metrics| metrics.get(name))
        };
        let ms =
            |pick: fn(&Stats) -> f64| stats.map_or_else(String::new, |stats| millis(pick(stats)));
        let mean = |name: &str| figure(name).map_or_else(String::new, |stats| two(stats.median));
        vec![
            label.label.clone(),
            ms(|stats| stats.median),
            ms(|stats| stats.lo),
            ms(|stats| stats.hi),
            stats.map_or_else(String::new, |stats| stats.n.to_string()),
            mean("speedup"),
            mean("c"),
            mean("p"),
        ]
    };
    let heads = ["arm", "median", "lo", "hi", "n", "sooner", "c", "p"];
    table(&Table {
        caption: cx.say("table.caption"),
        head: heads
            .iter()
            .map(|head| cx.say(&["table.", head].concat()))
            .collect(),
        rows: labels(outcome, cx.words()).into_iter().map(row).collect(),
    })
}

/// A figure with two decimals where one would hide the difference.
fn two(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value >= 99.95 {
        return lessons::words::whole(value);
    }
    let hundredths = (value.max(0.0) * 100.0).round() as u64;
    let rest = hundredths % 100;
    let lead = if rest < 10 { "0" } else { "" };
    [
        &(hundredths / 100).to_string(),
        ".",
        lead,
        &rest.to_string(),
    ]
    .concat()
}
