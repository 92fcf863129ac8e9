//! The lab: any work, any ways of running it side by side.

use crate::controls::{Pick, number, option, radios, run_button, slider, stop_button};
use crate::cx::Cx;
use crate::el::{Do, all, button, el, nothing, text};
use crate::figure::{LIVE, Source, figure};
use crate::hands;
use crate::header::fault;
use crate::inputs;
use crate::lesson_result::{behind, earlier, finding};
use crate::lesson_view::{notes, others};
use crate::method::verdict;
use crate::outcome::Outcome;
use crate::photo;
use crate::progress::progress;
use crate::stage::{Stage, stage};
use crate::store::Action;
use crate::totals::found;
use crate::town;
use lessons::address::{Kind, SCHEMA};
use lessons::{
    ChartKind, Lesson, Phrase, Work, can_learn, can_use_gpu, can_use_simd, can_vary, has_control,
};
use model::{ArmInfo, Capability, Gpu, Job, Moves, Plan, Rung, Strategy};
use std::rc::Rc;
use yew::Html;

/// The view of the lab.
pub fn lab_view(cx: &Cx) -> Html {
    let lesson = cx.lab.lesson();
    let settings = cx.lab.settings();
    let title = el("h1").set("tabindex", "-1").say(cx, "lab.title");
    let mut side = el("section")
        .class("side")
        .put(title)
        .put(el("p").class("soft").say(cx, "lab.lede"))
        .add(fault(cx));
    let (mut is_pictured, mut is_given) = (false, false);
    if !settings.is_hidden("controls") {
        let plan = cx
            .lab
            .machine()
            .map(|machine| (lesson.plan)(settings, &machine));
        side = side.add(boxes(cx, "workload", &workloads(), plan.as_ref()));
        is_pictured = plan
            .as_ref()
            .is_some_and(|plan| photo::is_wanted(&plan.arms));
        if is_pictured {
            side = side.add(photo::field(cx));
        }
        is_given = plan
            .as_ref()
            .is_some_and(|plan| town::is_wanted(&plan.arms));
        if is_given {
            side = side.add(town::panel(cx));
        }
        side = side.add(boxes(
            cx,
            "strategies",
            &Strategy::ALL.map(Strategy::id),
            plan.as_ref(),
        ));
        let work = plan.as_ref().map_or(Work::Tasks, Work::of);
        if work == Work::Nodes {
            let ids = Moves::ALL.map(Moves::id);
            side = side.add(boxes(cx, "moves", &ids, plan.as_ref()));
        }
        for spec in lesson.sliders {
            if spec.key != "seed" && has_control(spec.key, work) {
                side = side.add(slider(cx, lesson, spec));
            }
        }
        for key in [
            "learner", "updates", "yield", "blades", "deal", "handover", "combine", "spare",
            "sweep",
        ] {
            let is_idle = key == "handover" && !plan.as_ref().is_some_and(has_gpu);
            if has_control(key, work) && !is_idle {
                side = side.add(choices(cx, key, work));
            }
        }
        side = side.add(number(cx, "seed", &settings.seed().to_string()));
    }
    let label = if cx.lab.room.kept.is_empty() {
        "run"
    } else {
        "run.again"
    };
    let acts = el("div")
        .class("acts")
        .add(takes(cx, lesson))
        .add(run_button(cx, label))
        .add(stop_button(cx));
    let side = side
        .add(notes(cx, lesson, |note| !is_about_time(note)))
        .put(acts)
        .add(progress(cx))
        .add(town::splits(cx))
        .add(earlier(cx));
    let stage = el("section")
        .class("stage")
        .at("aria-label", &cx.say("stage"))
        .add(results(cx));
    let main = el("main").set("id", "main").set("data-testid", "lab");
    let main = if is_pictured {
        photo::droppable(main, cx)
    } else if is_given {
        town::droppable(main, cx)
    } else {
        main
    };
    main.put(el("div").class("desk").put(side).put(stage))
        .done()
}

/// Whether the graphics processor takes part in a plan.
fn has_gpu(plan: &Plan) -> bool {
    plan.arms.iter().any(|arm| arm.strategy == Strategy::Gpu)
}

fn is_about_time(note: &Phrase) -> bool {
    note.key.starts_with("lab.note.long")
}

/// How long a long run will take, beside the button that begins it, which stays in
/// sight however long the controls are.
fn takes(cx: &Cx, lesson: &Lesson) -> Html {
    if cx.lab.live_here().is_some() {
        return nothing();
    }
    notes(cx, lesson, is_about_time)
}

fn results(cx: &Cx) -> Html {
    let mut nodes = Vec::new();
    let live = cx.lab.live_here();
    if let Some(trace) = live.and_then(|live| live.trace.as_ref()) {
        let lanes = figure(cx, Source::Lanes(Rc::clone(trace)), LIVE, None);
        nodes.push(el("div").set("data-testid", "live").add(lanes).done());
    }
    if let (Some(wreck), None) = (&cx.lab.room.wreck, live) {
        // What was under way when a dish no longer gave way.
        let lanes = figure(cx, Source::Lanes(Rc::clone(wreck)), "fig-wreck", None);
        nodes.push(el("div").set("data-testid", "wreck").add(lanes).done());
        let tasks = figure(cx, Source::Tasks(Rc::clone(wreck)), "fig-wreck-tasks", None);
        nodes.push(tasks);
    }
    match (cx.lab.outcome(), live) {
        (None, None) if cx.lab.room.wreck.is_some() => {}
        (None, None) => nodes.push(
            el("div")
                .class("empty")
                .put(el("p").say(cx, "lab.empty"))
                .done(),
        ),
        (None, Some(_)) => {}
        (Some(outcome), Some(_)) => {
            let wanted = Stage {
                charts: &[ChartKind::Makespan],
                on_demand: &[],
                has_kitchen: false,
                has_offers: true,
                has_arms: false,
            };
            nodes.push(stage(cx, outcome, &wanted));
        }
        (Some(outcome), None) => {
            let charts = shown(outcome);
            let wanted = Stage {
                charts,
                on_demand: &others(outcome, charts),
                has_kitchen: false,
                has_offers: true,
                has_arms: true,
            };
            nodes.push(finding(cx, outcome));
            nodes.push(stage(cx, outcome, &wanted));
            nodes.push(found(cx, outcome));
            nodes.push(verdict(cx, outcome));
            nodes.push(downloads(cx));
            nodes.push(behind(cx, outcome));
        }
    }
    all(nodes)
}

/// What a run is about: what was varied in it, how long guests stayed, or when
/// all was done.
fn shown(outcome: &Outcome) -> &'static [ChartKind] {
    let has = |is: fn(&ArmInfo) -> bool| outcome.evidence.arms.iter().any(is);
    if has(|arm| arm.manner.town.is_some()) {
        if inputs::has(outcome, ChartKind::Sweep) {
            return &[ChartKind::Sweep, ChartKind::Makespan, ChartKind::Arrows];
        }
        return &[ChartKind::Makespan, ChartKind::Arrows];
    }
    if has(|arm| arm.manner.training.is_some()) && !inputs::has(outcome, ChartKind::Speedup) {
        return &[ChartKind::Loss, ChartKind::Makespan, ChartKind::Lanes];
    }
    if has(|arm| arm.strategy == Strategy::Gpu) && !inputs::has(outcome, ChartKind::Sweep) {
        return &[ChartKind::Makespan, ChartKind::Stages, ChartKind::Lanes];
    }
    if inputs::has(outcome, ChartKind::Speedup) && inputs::has(outcome, ChartKind::Waterfall) {
        &[ChartKind::Speedup, ChartKind::Waterfall, ChartKind::Lanes]
    } else if inputs::has(outcome, ChartKind::Speedup) {
        &[ChartKind::Speedup, ChartKind::Makespan, ChartKind::Lanes]
    } else if inputs::has(outcome, ChartKind::Sweep) {
        &[ChartKind::Sweep, ChartKind::Makespan, ChartKind::Lanes]
    } else if outcome.evidence.arms.iter().any(inputs::is_open) {
        &[ChartKind::Cdf, ChartKind::Queue, ChartKind::Lanes]
    } else {
        &[ChartKind::Makespan, ChartKind::Lanes, ChartKind::Plane]
    }
}

/// One of the words of a key.
fn choices(cx: &Cx, key: &'static str, work: Work) -> Html {
    let Some(spec) = SCHEMA.iter().find(|spec| spec.name == key) else {
        return nothing();
    };
    let default = spec.default;
    let ids: &[&str] = match spec.kind {
        Kind::Choice(ids) => ids,
        Kind::Switch if default == "on" => &["on", "off"],
        Kind::Switch => &["off", "on"],
        _ => return nothing(),
    };
    let settings = cx.lab.settings();
    let chosen = settings.get(key).unwrap_or(default);
    let is_locked = settings.is_locked(key) || cx.lab.live_here().is_some();
    let legend = ["lab.", key].concat();
    let mut picks = Vec::new();
    for id in ids {
        if key == "sweep" && !can_vary(id, work) {
            continue;
        }
        picks.push(Pick {
            test_id: [key, "-", id].concat(),
            label: text(&cx.say(&[&*legend, ".", id].concat())),
            is_on: *id == chosen,
            action: Action::Set(key, (*id).to_owned()),
        });
    }
    radios(cx, key, text(&cx.say(&legend)), "pills", is_locked, picks)
}

fn workloads() -> Vec<&'static str> {
    let kind = SCHEMA
        .iter()
        .find(|key| key.name == "workload")
        .map(|key| key.kind);
    if let Some(Kind::List(words)) = kind {
        words.to_vec()
    } else {
        Vec::new()
    }
}

/// Whether an entry of a list takes part in the plan.
fn is_in(plan: &Plan, key: &str, id: &str) -> bool {
    plan.arms.iter().any(|arm| match key {
        "workload" => arm.jobs.iter().any(|job| job.workload == id),
        // The one that they are compared with has its text in any case.
        "moves" => arm
            .manner
            .town
            .is_some_and(|town| town.moves.id() == id && !arm.id.starts_with("alone")),
        _ => arm.strategy.id() == id,
    })
}

/// Whether this browser can run an entry.
fn is_able(cx: &Cx, key: &str, id: &str) -> bool {
    let strategy = Strategy::from_id(id).filter(|_| key == "strategies");
    if key == "moves" {
        let rung = cx.lab.capability.as_deref().map(|found| found.rung);
        return id != Moves::Share.id() || rung.is_none_or(|rung| rung == Rung::Shared);
    }
    match (
        cx.lab
            .capability
            .as_deref()
            .map(|capability| capability.rung),
        strategy,
    ) {
        // What never gives way must not be on the page.
        (_, Some(Strategy::Gpu)) if !has_adapter(cx) => false,
        (Some(Rung::Page), None) => id != "endless",
        (Some(Rung::Page), Some(strategy)) => !strategy.uses_workers(),
        (Some(Rung::Messages), Some(strategy)) => !strategy.needs_shared_memory(),
        _ => true,
    }
}

/// Whether the browser has a graphics processor, as far as it was asked.
fn has_adapter(cx: &Cx) -> bool {
    let found = cx.lab.capability.as_deref();
    let is_missing = |found: &Capability| matches!(found.gpu, Some(Gpu::Missing(_)));
    found.is_none_or(|found| found.rung > Rung::Page && !is_missing(found))
}

/// Whether the work chosen can be run in this way: nodes that share nothing get
/// messages, not everybody can learn, and several numbers at once need a kernel
/// written for it.
fn has_kernel(plan: Option<&Plan>, id: &str) -> bool {
    let (Some(plan), Some(way)) = (plan, Strategy::from_id(id)) else {
        return true;
    };
    let any = |can: fn(&[Job]) -> bool| plan.arms.iter().any(|arm| can(&arm.jobs));
    match (Work::of(plan), way) {
        (Work::Nodes, way) => way == Strategy::Messages,
        (Work::Learning, way) => can_learn(way),
        (Work::Tasks, Strategy::Simd) => any(can_use_simd),
        (Work::Tasks, Strategy::Gpu) => any(can_use_gpu),
        (Work::Tasks, _) => true,
    }
}

fn boxes(cx: &Cx, key: &'static str, ids: &[&'static str], plan: Option<&Plan>) -> Html {
    let is_on = |id: &str| plan.is_some_and(|plan| is_in(plan, key, id));
    let on: Vec<&str> = ids.iter().copied().filter(|id| is_on(id)).collect();
    let is_locked = cx.lab.settings().is_locked(key) || cx.lab.live_here().is_some();
    let word = if key == "strategies" { "strategy" } else { key };
    let mut group = el("div").class("pills");
    for id in ids {
        let pick = Pick {
            test_id: [key, "-", id].concat(),
            label: text(&cx.say(&[word, ".", id].concat())),
            is_on: is_on(id),
            action: Action::Set(key, toggled(&on, id)),
        };
        group = group.put(option(
            cx,
            "checkbox",
            key,
            is_locked || !is_able(cx, key, id) || !has_kernel(plan, id),
            pick,
        ));
    }
    el("fieldset")
        .put(el("legend").say(cx, &["lab.", key].concat()))
        .put(group)
        .done()
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
pub fn downloads(cx: &Cx) -> Html {
    let mut row = el("p")
        .class("row tools")
        .put(el("span").class("quiet").say(cx, "save"));
    let has_guests = |outcome: &Rc<Outcome>| inputs::has(outcome, ChartKind::Cdf);
    let requests = cx.lab.outcome().is_some_and(has_guests);
    let files = ["csv", "trace", "evidence"].into_iter();
    for id in files.chain(requests.then_some("requests")) {
        let press = button("small")
            .test(&["save-", id])
            .say(cx, &["save.", id].concat());
        row = row.put(press.click(cx, Do::Save(id)));
    }
    row.add(copy_link(cx)).done()
}

/// Offers the run that is looked at as a file.
pub fn save(cx: &Cx, id: &str) {
    let Some(outcome) = cx.lab.outcome() else {
        return;
    };
    let (name, media, content): (_, _, fn(&Outcome) -> String) = match id {
        "csv" => ("two-chefs.csv", "text/csv", |outcome| {
            charts::export::csv(&outcome.evidence)
        }),
        "requests" => ("two-chefs-requests.csv", "text/csv", |outcome| {
            let mut traces = Vec::new();
            for arm in &outcome.evidence.arms {
                traces.extend(inputs::counted(outcome, &arm.id));
            }
            charts::export::requests_csv(outcome.lesson.id, &traces)
        }),
        "trace" => (
            "two-chefs-trace.json",
            "application/json",
            Outcome::chrome_trace,
        ),
        _ => ("two-chefs-evidence.json", "application/json", Outcome::json),
    };
    hands::save(name, media, &content(outcome));
}

/// Puts the address of this view on the clipboard.
pub fn copy_link(cx: &Cx) -> Html {
    let copy = button("link")
        .set("data-testid", "copy-link")
        .say(cx, "copy")
        .click(cx, Do::Copy)
        .done();
    let Some(told) = &cx.lab.copied else {
        return copy;
    };
    let told = el("span")
        .class("quiet")
        .set("data-testid", "copied")
        .text(&told.say(cx.words()));
    all(vec![copy, told.done()])
}

/// Copies a text, else the address, and tells whether it could.
pub fn copy(cx: &Cx, text: Option<&str>) {
    let cx = cx.clone();
    let text = text.map(str::to_owned);
    wasm_bindgen_futures::spawn_local(async move {
        let here = || web_sys::window().and_then(|window| window.location().href().ok());
        let address = text.or_else(here).unwrap_or_default();
        let copied = wasm_bindgen_futures::JsFuture::from(hands::copy(&address)).await;
        let key = if copied.is_ok() {
            "copy.done"
        } else {
            "copy.failed"
        };
        cx.send(Action::Copied(Phrase::new(key).with("link", address)));
    });
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
