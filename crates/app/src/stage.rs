//! The drawings of a run.

use crate::cx::Cx;
use crate::figure::{Figure, Source, labels};
use crate::outcome::Outcome;
use crate::painting::Painting;
use crate::replay::Replay;
use crate::sketch;
use crate::store::Action;
use charts::View;
use lessons::{ChartKind, Words};
use model::Trace;
use std::rc::Rc;
use yew::prelude::*;

/// Properties of [`Stage`].
#[derive(Properties)]
pub struct Props {
    /// The run.
    pub outcome: Rc<Outcome>,
    /// What is drawn at once.
    pub charts: Vec<ChartKind>,
    /// What is drawn when asked for.
    pub on_demand: Vec<ChartKind>,
    /// Whether the kitchen is drawn at once, else when asked for.
    pub has_kitchen: bool,
    /// Whether the reader can pick the arm that is drawn.
    pub has_arms: bool,
    /// All texts.
    pub words: Rc<Words>,
    /// Where actions go.
    pub cx: Cx,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.outcome, &other.outcome)
            && Rc::ptr_eq(&self.words, &other.words)
            && (&self.charts, &self.on_demand) == (&other.charts, &other.on_demand)
            && (self.has_kitchen, self.has_arms) == (other.has_kitchen, other.has_arms)
            && self.cx.lab.settings() == other.cx.lab.settings()
    }
}

/// Charts of one run: some at once, the others behind buttons.
#[component]
pub fn Stage(props: &Props) -> Html {
    let cx = &props.cx;
    let outcome = &props.outcome;
    let picked = use_state(|| None::<String>);
    let open = use_state(Vec::<&'static str>::new);
    let arm = picked
        .as_ref()
        .filter(|arm| outcome.trace(arm).is_some())
        .unwrap_or(&outcome.shown_arm);
    let trace = outcome.trace(arm).or_else(|| outcome.traces.last());
    let settings = cx.lab.settings();
    let draw = |kind: ChartKind| {
        if settings.is_hidden(kind.id()) {
            return Html::default();
        }
        let source = match (kind, trace) {
            (ChartKind::Lanes, Some(trace)) => Source::Lanes(Rc::clone(trace)),
            (ChartKind::Tasks, Some(trace)) => Source::Tasks(Rc::clone(trace)),
            (ChartKind::Makespan, _) => Source::Makespan(Rc::clone(outcome)),
            (ChartKind::Plane, _) => Source::Plane(Rc::clone(outcome)),
            _ => return Html::default(),
        };
        let id = ["fig-", kind.id()].concat();
        html! { <Figure key={kind.id()} {source} {id} prediction={outcome.prediction_millis} words={Rc::clone(&props.words)} cx={cx.clone()} /> }
    };
    let kitchen = || match trace.filter(|_| !settings.is_hidden("kitchen")) {
        Some(trace) => kitchen(cx, trace),
        None => Html::default(),
    };
    let mut demands: Vec<&'static str> = props
        .on_demand
        .iter()
        .map(|kind| kind.id())
        .filter(|id| !settings.is_hidden(id))
        .collect();
    if !props.has_kitchen && !settings.is_hidden("kitchen") {
        demands.push("kitchen");
    }
    let shown = |id: &str| open.contains(&id);
    html! {
        <>
            if props.has_arms && outcome.traces.len() > 1 {
                {arms(cx, outcome, arm, &picked)}
            }
            { for props.charts.iter().map(|kind| draw(*kind)) }
            if props.has_kitchen { {kitchen()} }
            if let Some(trace) = trace.filter(|trace| trace.picture.is_some()) {
                <Painting trace={Rc::clone(trace)} label={name(cx, outcome, &trace.arm)} words={Rc::clone(&props.words)} />
            }
            if !demands.is_empty() {
                <p class="row tools">
                    <span class="quiet">{cx.say("show.also")}</span>
                    { for demands.iter().map(|id| more(cx, id, &open)) }
                </p>
            }
            { for props.on_demand.iter().filter(|kind| shown(kind.id())).map(|kind| draw(*kind)) }
            if !props.has_kitchen && shown("kitchen") { {kitchen()} }
        </>
    }
}

/// The kitchen replaying this trace.
#[must_use]
pub fn kitchen(cx: &Cx, trace: &Rc<Trace>) -> Html {
    let sender = cx.sender.clone();
    let on_moving = Callback::from(move |moves| sender.dispatch(Action::Replaying(moves)));
    html! { <Replay trace={Rc::clone(trace)} id="kitchen" words={Rc::clone(cx.words())} {on_moving} /> }
}

/// The kitchen of a plan before it was timed.
#[must_use]
pub fn drawing(cx: &Cx) -> Html {
    let plan = cx
        .lab
        .machine()
        .map(|machine| (cx.lab.lesson().plan)(cx.lab.settings(), &machine));
    let Some(trace) = plan.as_ref().and_then(sketch::sketch) else {
        return Html::default();
    };
    html! { <Drawing trace={Rc::new(trace)} words={Rc::clone(cx.words())} /> }
}

#[derive(Properties)]
struct DrawingProps {
    trace: Rc<Trace>,
    words: Rc<Words>,
}

impl PartialEq for DrawingProps {
    fn eq(&self, other: &Self) -> bool {
        self.trace == other.trace && Rc::ptr_eq(&self.words, &other.words)
    }
}

#[component]
fn Drawing(props: &DrawingProps) -> Html {
    let node = use_node_ref();
    let width = crate::use_width::use_width(&node);
    let say = |key: &str, args: &[(&str, &str)]| props.words.say(key, args);
    let scene = charts::kitchen::scene(
        &props.trace,
        sketch::AT_NANOS,
        &View::new("drawing", width - 34.0),
        &say,
    );
    html! {
        <figure class="kitchen">
            <figcaption><b>{say("replay.title", &[])}</b><span>{say("drawing.what", &[])}</span></figcaption>
            <div class="scene" ref={node}>{Html::from_html_unchecked(scene.svg.into())}</div>
        </figure>
    }
}

/// What an arm is called.
#[must_use]
pub fn name(cx: &Cx, outcome: &Outcome, arm: &str) -> String {
    let labels = labels(outcome, cx.words());
    labels
        .into_iter()
        .find(|label| label.arm == arm)
        .map_or_else(String::new, |label| label.label)
}

fn arms(cx: &Cx, outcome: &Outcome, arm: &str, picked: &UseStateHandle<Option<String>>) -> Html {
    html! {
        <fieldset>
            <legend class="quiet">{cx.say("show.arm")}</legend>
            <div class="pills">
                { for labels(outcome, cx.words()).into_iter().map(|label| {
                    let (picked, id) = (picked.clone(), label.arm.clone());
                    let onchange = Callback::from(move |_: Event| picked.set(Some(id.clone())));
                    html! {
                        <label class="opt">
                            <input type="radio" name="shown-arm" checked={label.arm == arm} {onchange} data-testid={["arm-", &label.arm].concat()} />
                            <span>{label.label}</span>
                        </label>
                    }
                }) }
            </div>
        </fieldset>
    }
}

fn more(cx: &Cx, id: &'static str, open: &UseStateHandle<Vec<&'static str>>) -> Html {
    let is_open = open.contains(&id);
    let open = open.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        let mut ids = (*open).clone();
        if is_open {
            ids.retain(|other| *other != id);
        } else {
            ids.push(id);
        }
        open.set(ids);
    });
    html! {
        <button type="button" class="small" aria-pressed={is_open.to_string()} data-testid={["show-", id].concat()} {onclick}>
            {cx.say(&["show.", id].concat())}
        </button>
    }
}
