//! Doors to what the first page does not need until something is timed:
//! running, judging, drawing, and the views of lessons and lab.
//!
//! The site's build moves everything that can only be reached through these
//! functions into a second file, which is fetched when somebody wants it (see
//! [`Rest`](crate::store::Rest)). Nothing here may be called unless
//! [`Lab::rest`](crate::store::Lab::rest) says that it is here; a call before
//! that traps. Never inlined: the build knows a door by its name.

use crate::cx::Cx;
use crate::el::El;
use crate::frame::Told;
use crate::outcome::Outcome;
use crate::runs::Runs;
use crate::store::Lab;
use charts::Chart;
use lessons::{Curve, Question};
use model::{Nanos, Plan, Trace};
use std::rc::Rc;
use yew::Html;

/// The view of a lesson.
#[inline(never)]
pub fn lesson(cx: &Cx) -> Html {
    crate::lesson_view::lesson_view(cx)
}

/// The view of the lab.
#[inline(never)]
pub fn lab(cx: &Cx) -> Html {
    crate::lab_view::lab_view(cx)
}

/// The view of the composer.
#[inline(never)]
pub fn compose(cx: &Cx) -> Html {
    crate::compose_view::compose_view(cx)
}

/// A card of the first page that was timed.
#[inline(never)]
pub fn card(
    cx: &Cx,
    arm: &str,
    who: &str,
    question: Option<&Question>,
    outcome: &Rc<Outcome>,
) -> Option<El> {
    crate::home_result::card(cx, arm, who, question, outcome)
}

/// What stands below the cards once they are turned.
#[inline(never)]
pub fn below_cards(cx: &Cx, outcome: &Outcome) -> Html {
    crate::home_result::below_cards(cx, outcome)
}

/// How far the run of this view has got.
#[inline(never)]
pub fn progress(cx: &Cx) -> Html {
    crate::progress::progress(cx)
}

/// Starts the run of the view.
#[inline(never)]
pub fn start(runs: &Runs, lab: &Lab) {
    runs.start(lab);
}

/// Gets ready for what the view will run.
#[inline(never)]
pub fn warm(runs: &Runs, plan: Plan) {
    runs.warm(plan);
}

/// What the view would run.
#[inline(never)]
pub fn plan(lab: &Lab) -> Option<Plan> {
    lab.machine()
        .map(|machine| (lab.lesson().plan)(lab.settings(), &machine))
}

/// What can be drawn before a run of the view.
#[inline(never)]
pub fn curve(lab: &Lab) -> Option<Curve> {
    let machine = lab.machine()?;
    lessons::curve(lab.lesson(), lab.settings(), &machine)
}

/// A pointer draws a curve.
#[inline(never)]
pub fn point(cx: &Cx, curve: &Curve, event: &web_sys::Event) {
    crate::draw::point(cx, curve, event);
}

/// How far one picture of a moving replay advances.
#[inline(never)]
pub fn frame_nanos(trace: &Trace) -> Nanos {
    crate::replay::frame_nanos(trace)
}

/// Puts what the tasks painted on the canvas of the page.
#[inline(never)]
pub fn paint(cx: &Cx, trace: &Trace) {
    crate::stage::paint(cx, trace);
}

/// Moves between the marks of a chart.
#[inline(never)]
pub fn press(cx: &Cx, id: &str, chart: &Chart, event: &web_sys::Event) {
    crate::marks::press(cx, id, chart, event);
}

/// Follows the pointer over the marks of a chart.
#[inline(never)]
pub fn hover(cx: &Cx, id: &str, chart: &Chart, event: &web_sys::Event) {
    crate::marks::hover(cx, id, chart, event);
}

/// Offers a chart as a file.
#[inline(never)]
pub fn save_chart(cx: &Cx, chart: &Chart) {
    crate::figure::save(cx, chart);
}

/// Offers the run that is looked at as a file.
#[inline(never)]
pub fn save(cx: &Cx, id: &str) {
    crate::lab_view::save(cx, id);
}

/// A picture was chosen, dropped, is held over the page, or is no longer wanted.
#[inline(never)]
pub fn photo(cx: &Cx, event: &web_sys::Event) {
    crate::photo::take(cx, event);
}

/// The view of a tab that works for others.
#[inline(never)]
pub fn join(cx: &Cx) -> Html {
    crate::town::join_view(cx)
}

/// Begins or ends working for other tabs, and listening for those that work for
/// this one, as the view wants.
#[inline(never)]
pub fn neighbours(cx: &Cx, plan: Option<&Plan>) {
    crate::town::follow(cx, plan);
}

/// A text was chosen, dropped, is held over the page, or is no longer wanted.
#[inline(never)]
pub fn own_text(cx: &Cx, event: &web_sys::Event) {
    crate::town::take(cx, event);
}

/// A digit is drawn by pointer or key, or wiped away.
#[inline(never)]
pub fn digit(cx: &Cx, event: &web_sys::Event) {
    crate::digit::act(cx, event);
}

/// Copies a text, else the address, and tells whether it could.
#[inline(never)]
pub fn copy(cx: &Cx, text: Option<&str>) {
    crate::lab_view::copy(cx, text);
}

/// The record of a run as JSON.
#[inline(never)]
pub fn evidence(outcome: &Outcome) -> String {
    outcome.json()
}

/// Tells the page around what came of runs.
#[inline(never)]
pub fn tell(told: &mut Told, lab: &Lab) {
    told.follow_runs(lab);
}

/// All traces of a run as Chrome trace events.
#[inline(never)]
pub fn trace(outcome: &Outcome) -> String {
    outcome.chrome_trace()
}
