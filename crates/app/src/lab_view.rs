//! The lab: any work, any ways of running it side by side.

use crate::controls::{number, run_button, slider, stop_button};
use crate::cx::Cx;
use crate::figure::{Figure, Source};
use crate::hands;
use crate::header::fault;
use crate::lesson_view::earlier;
use crate::method::{method, verdicts};
use crate::outcome::Outcome;
use crate::progress::progress;
use crate::stage::Stage;
use crate::store::Action;
use lessons::address::{Kind, SCHEMA};
use lessons::{ChartKind, Phrase, Words};
use model::{Plan, Rung, Strategy};
use std::rc::Rc;
use yew::prelude::*;

/// The view of the lab.
#[must_use]
pub fn lab_view(cx: &Cx) -> Html {
    let lesson = cx.lab.lesson();
    let settings = cx.lab.settings();
    let plan = cx
        .lab
        .machine()
        .map(|machine| (lesson.plan)(settings, &machine));
    let live = cx.lab.live_here();
    let notes = cx
        .lab
        .machine()
        .map(|machine| (lesson.notes)(settings, &machine))
        .unwrap_or_default();
    let outcome = cx.lab.outcome();
    html! {
        <main id="main" data-testid="lab">
            <div class="desk">
                <section class="side">
                    <h1 tabindex="-1">{cx.say("lab.title")}</h1>
                    <p class="soft">{cx.say("lab.lede")}</p>
                    {fault(cx)}
                    if !settings.is_hidden("controls") {
                        {boxes(cx, "workload", &workloads(), plan.as_ref())}
                        {boxes(cx, "strategies", &Strategy::ALL.map(Strategy::id), plan.as_ref())}
                        { for lesson.sliders.iter().filter(|spec| spec.key != "seed").map(|spec| slider(cx, lesson, spec)) }
                        {number(cx, "seed", settings.seed().to_string(), 0, "9007199254740991")}
                    }
                    { for notes.iter().map(|note| html! { <p class="quiet" data-testid="note">{cx.rich(&note.say(cx.words()))}</p> }) }
                    <div class="acts">
                        {run_button(cx, if cx.lab.room.kept.is_empty() { "run" } else { "run.again" })}
                        {stop_button(cx)}
                    </div>
                    {progress(cx)}
                    {earlier(cx)}
                </section>
                <section class="stage" aria-label={cx.say("stage")}>
                    if let Some(trace) = live.and_then(|live| live.trace.clone()) {
                        <div data-testid="live">
                            <Figure source={Source::Lanes(trace)} id="fig-live" words={Rc::clone(cx.words())} cx={cx.clone()} />
                        </div>
                    }
                    { match outcome {
                        Some(outcome) => results(cx, outcome, live.is_none()),
                        None if live.is_none() => html! { <div class="empty"><p>{cx.say("lab.empty")}</p></div> },
                        None => Html::default(),
                    } }
                </section>
            </div>
        </main>
    }
}

fn results(cx: &Cx, outcome: &Rc<Outcome>, is_whole: bool) -> Html {
    let charts = if is_whole {
        vec![ChartKind::Makespan, ChartKind::Lanes, ChartKind::Plane]
    } else {
        vec![ChartKind::Makespan]
    };
    let on_demand = if is_whole {
        vec![ChartKind::Tasks]
    } else {
        Vec::new()
    };
    html! {
        <>
            if is_whole && !cx.lab.settings().is_hidden("finding") {
                <p class="finding" data-testid="finding">{cx.rich(&outcome.finding.phrase.say(cx.words()))}</p>
            }
            <Stage outcome={Rc::clone(outcome)} {charts} {on_demand} has_kitchen={false} has_arms={is_whole}
                words={Rc::clone(cx.words())} cx={cx.clone()} />
            if is_whole {
                {verdicts(cx, outcome)}
                {downloads(cx, outcome)}
                <details data-testid="method"><summary>{cx.say("method")}</summary>{method(cx, outcome)}</details>
            }
        </>
    }
}

fn workloads() -> Vec<&'static str> {
    let kinds = SCHEMA
        .iter()
        .filter(|key| key.name == "workload")
        .map(|key| key.kind);
    kinds
        .filter_map(|kind| {
            if let Kind::List(words) = kind {
                Some(words)
            } else {
                None
            }
        })
        .flatten()
        .copied()
        .collect()
}

/// Whether an entry of a list takes part in the plan.
fn is_in(plan: &Plan, key: &str, id: &str) -> bool {
    plan.arms.iter().any(|arm| {
        if key == "workload" {
            arm.jobs.iter().any(|job| job.workload == id)
        } else {
            arm.strategy.id() == id
        }
    })
}

/// Whether this browser can run an entry.
fn is_able(cx: &Cx, key: &str, id: &str) -> bool {
    let strategy = Strategy::from_id(id).filter(|_| key == "strategies");
    match (
        cx.lab
            .capability
            .as_deref()
            .map(|capability| capability.rung),
        strategy,
    ) {
        (Some(Rung::Page), Some(strategy)) => !strategy.uses_workers(),
        (Some(Rung::Messages), Some(strategy)) => !strategy.needs_shared_memory(),
        _ => true,
    }
}

fn boxes(cx: &Cx, key: &'static str, ids: &[&'static str], plan: Option<&Plan>) -> Html {
    let is_on = |id: &str| plan.is_some_and(|plan| is_in(plan, key, id));
    let on: Vec<&str> = ids.iter().copied().filter(|id| is_on(id)).collect();
    let is_locked = cx.lab.settings().is_locked(key) || cx.lab.live_here().is_some();
    let word = if key == "workload" { key } else { "strategy" };
    html! {
        <fieldset>
            <legend>{cx.say(&["lab.", key].concat())}</legend>
            <div class="pills">
                { for ids.iter().map(|id| html! {
                    <label class="opt">
                        <input type="checkbox" checked={is_on(id)} disabled={is_locked || !is_able(cx, key, id)}
                            data-testid={[key, "-", id].concat()} onchange={cx.change(Action::Set(key, toggled(&on, id)))} />
                        <span>{cx.say(&[word, ".", id].concat())}</span>
                    </label>
                }) }
            </div>
        </fieldset>
    }
}

/// The list with one entry switched; the last one stays on.
fn toggled(on: &[&str], id: &str) -> String {
    let mut ids: Vec<&str> = on.iter().copied().filter(|other| *other != id).collect();
    if !on.contains(&id) || ids.is_empty() {
        ids.push(id);
    }
    ids.join(",")
}

/// Files for other tools.
#[must_use]
pub fn downloads(cx: &Cx, outcome: &Rc<Outcome>) -> Html {
    type Content = fn(&Outcome) -> String;
    let files: [(&str, &str, &str, Content); 3] = [
        ("csv", "two-chefs.csv", "text/csv", |outcome| {
            charts::export::csv(&outcome.evidence)
        }),
        (
            "trace",
            "two-chefs-trace.json",
            "application/json",
            |outcome| charts::export::chrome_trace(&outcome.all_traces()),
        ),
        (
            "evidence",
            "two-chefs-evidence.json",
            "application/json",
            |outcome| serde_json::to_string(&outcome.evidence).unwrap_or_default(),
        ),
    ];
    html! {
        <p class="row tools">
            <span class="quiet">{cx.say("save")}</span>
            { for files.into_iter().map(|(id, name, media, content)| {
                let outcome = Rc::clone(outcome);
                let onclick = Callback::from(move |_: MouseEvent| hands::save(name, media, &content(&outcome)));
                html! { <button type="button" class="small" data-testid={["save-", id].concat()} {onclick}>{cx.say(&["save.", id].concat())}</button> }
            }) }
            {copy_link(cx)}
        </p>
    }
}

/// Puts the address of this view on the clipboard.
#[must_use]
pub fn copy_link(cx: &Cx) -> Html {
    let sender = cx.sender.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        let sender = sender.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let address = web_sys::window()
                .and_then(|window| window.location().href().ok())
                .unwrap_or_default();
            let copied = wasm_bindgen_futures::JsFuture::from(hands::copy(&address)).await;
            let key = if copied.is_ok() {
                "copy.done"
            } else {
                "copy.failed"
            };
            sender.dispatch(Action::Copied(Phrase::new(key).with("link", address)));
        });
    });
    html! {
        <>
            <button type="button" class="link" data-testid="copy-link" {onclick}>{cx.say("copy")}</button>
            if let Some(told) = &cx.lab.copied {
                <span class="quiet" data-testid="copied">{said(told, cx.words())}</span>
            }
        </>
    }
}

fn said(phrase: &Phrase, words: &Words) -> String {
    phrase.say(words)
}

#[cfg(test)]
mod tests {
    use super::toggled;

    #[test]
    fn a_list_is_never_emptied() {
        assert_eq!(toggled(&["pool", "messages"], "pool"), "messages");
        assert_eq!(toggled(&["pool"], "messages"), "pool,messages");
        assert_eq!(toggled(&["pool"], "pool"), "pool");
    }
}
