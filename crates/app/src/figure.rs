//! A chart on the page: drawing, keyboard, table, file.

use crate::cx::Cx;
use crate::drawings;
use crate::el::{Do, button, el, nothing, raw, scroll};
use crate::hands;
use crate::inputs;
use crate::marks;
use crate::outcome::Outcome;
use crate::store::Action;
use charts::{ArmLabel, Chart, RefLine, Table, View};
use lessons::{ChartKind, Embed, Lesson, Words};
use model::{Picture, Trace};
use std::cell::RefCell;
use std::rc::Rc;
use yew::Html;
use yew::virtual_dom::ListenerKind;

/// What is drawn.
#[derive(Clone)]
pub enum Source {
    /// One row per chef.
    Lanes(Rc<Trace>),
    /// One row per task.
    Tasks(Rc<Trace>),
    /// One row per task on a small card; the scale ends at this many
    /// milliseconds.
    Card(Rc<Trace>, Option<f64>),
    /// Time to the last dish of every arm.
    Makespan(Rc<Outcome>),
    /// In progress and at once.
    Plane(Rc<Outcome>),
    /// What share of the guests was served within a time.
    Cdf(Rc<Outcome>),
    /// Frames of the page.
    Frames(Rc<Outcome>),
    /// How many guests were there.
    Queue(Rc<Outcome>),
    /// Who painted which strip of the picture, by chef or not; the rows it has in
    /// its own proportions, if others than were painted.
    Picture(Rc<Trace>, bool, Option<u32>),
    /// What the lesson makes of its figures.
    Told(ChartKind, Rc<Outcome>),
    /// What each part of a lesson's work costs, before it is run.
    Costs(&'static Lesson),
    /// One row per chef, and the messages between them.
    Arrows(Rc<Trace>),
}

impl Source {
    /// Equal for the same kind of drawing of the same thing.
    fn identity(&self) -> (u8, usize) {
        let of = |trace: &Rc<Trace>| Rc::as_ptr(trace) as usize;
        let run = |outcome: &Rc<Outcome>| Rc::as_ptr(outcome) as usize;
        match self {
            Self::Lanes(trace) => (0, of(trace)),
            Self::Tasks(trace) => (1, of(trace)),
            Self::Card(trace, _) => (2, of(trace)),
            Self::Makespan(outcome) => (3, run(outcome)),
            Self::Plane(outcome) => (4, run(outcome)),
            Self::Cdf(outcome) => (5, run(outcome)),
            Self::Frames(outcome) => (6, run(outcome)),
            Self::Queue(outcome) => (7, run(outcome)),
            Self::Picture(trace, by_chef, _) => (8 + u8::from(*by_chef), of(trace)),
            Self::Told(kind, outcome) => (10 + *kind as u8, run(outcome)),
            Self::Costs(lesson) => (40, lesson.id.as_ptr() as usize),
            Self::Arrows(trace) => (41, of(trace)),
        }
    }

    fn draw(&self, words: &Words, view: &View) -> Chart {
        let say = |key: &str, args: &[(&str, &str)]| words.say(key, args);
        match self {
            Self::Lanes(trace) => charts::lanes(trace, view, &say),
            Self::Tasks(trace) => charts::tasks(trace, view, &say),
            Self::Card(trace, end) => {
                let end = end.map(|millis| RefLine {
                    millis,
                    label: words.say("home.reference", &[]),
                });
                charts::tasks_compact(trace, end.as_ref(), view, &say)
            }
            Self::Makespan(outcome) => charts::makespan(
                &outcome.evidence,
                &labels(outcome, words),
                &references(outcome, words),
                view,
                &say,
            ),
            Self::Plane(outcome) => {
                charts::plane(&outcome.evidence, &labels(outcome, words), view, &say)
            }
            Self::Cdf(outcome) => charts::cdf(&inputs::latencies(outcome, words), view, &say),
            Self::Frames(outcome) => charts::frames(&inputs::frames(outcome, words), view, &say),
            Self::Queue(outcome) => charts::queue(&inputs::queues(outcome, words), view, &say),
            Self::Picture(trace, by_chef, rows) => {
                let none = Picture::default();
                let picture = trace.picture.as_ref().unwrap_or(&none);
                charts::tiles(picture, trace, *by_chef, *rows, view, &say)
            }
            Self::Told(kind, outcome) => drawings::draw(outcome, *kind, words, view, &say),
            Self::Costs(lesson) => charts::costs(&inputs::costs(lesson, words), view, &say),
            Self::Arrows(trace) => charts::arrows(trace, view, &say),
        }
    }
}

/// What a drawing depends on besides its source, which is kept so that its
/// identity stays taken.
struct Drawn {
    source: Source,
    id: String,
    width: f32,
    prediction: Option<f64>,
    is_low: bool,
    words: usize,
    chart: Rc<Chart>,
}

/// Id of the chart that moves while a run is under way.
pub const LIVE: &str = "fig-live";

/// Charts that were drawn before: most changes of the page change none of them.
#[derive(Default)]
pub struct Charts(RefCell<Vec<Drawn>>);

/// Drawings that are kept.
const MOST_DRAWN: usize = 16;
/// Drawings that are kept in one place of the page: the one before comes back
/// when a run is stopped, and should be there at once.
const MOST_IN_PLACE: usize = 2;

impl Charts {
    fn get(
        &self,
        cx: &Cx,
        source: Source,
        id: &str,
        width: f32,
        prediction: Option<f64>,
    ) -> Rc<Chart> {
        let words = Rc::as_ptr(&cx.lab.words) as usize;
        let is_low = cx.lab.settings().embed() == Embed::On;
        let mut drawn = self.0.borrow_mut();
        let known = drawn.iter().find(|other| {
            other.source.identity() == source.identity()
                && other.id == id
                && (other.width, other.prediction, other.words) == (width, prediction, words)
                && other.is_low == is_low
        });
        if let Some(known) = known {
            return Rc::clone(&known.chart);
        }
        let view = View::new(id, width).predicting(prediction).low(is_low);
        let chart = Rc::new(source.draw(cx.words(), &view));
        let in_place = drawn.iter().filter(|other| other.id == id).count();
        // What moves is drawn anew all the time; the one before it is of no use.
        let most = if id == LIVE { 1 } else { MOST_IN_PLACE };
        let oldest = if in_place >= most {
            // Of those kept in one place the newer ones come and go during a run.
            drawn.iter().rposition(|other| other.id == id)
        } else {
            (drawn.len() >= MOST_DRAWN).then_some(0)
        };
        if let Some(at) = oldest {
            drawn.remove(at);
        }
        drawn.push(Drawn {
            source,
            id: id.to_owned(),
            width,
            prediction,
            is_low,
            words,
            chart: Rc::clone(&chart),
        });
        chart
    }
}

/// How a drawing of this id is shown on the page, without a prediction.
pub fn view(cx: &Cx, id: &str) -> View {
    let is_low = cx.lab.settings().embed() == Embed::On;
    View::new(id, cx.lab.widths.0).low(is_low)
}

/// What the arms of a run are called.
#[must_use]
pub fn labels(outcome: &Outcome, words: &Words) -> Vec<ArmLabel> {
    let mut labels = charts::arm_labels(&outcome.evidence, &|key, args| words.say(key, args));
    for label in &mut labels {
        // A lesson may have words of its own; what differs by a number alone has
        // it at the end: `slices-8`.
        let (id, n) = match label.arm.rsplit_once('-') {
            Some((id, n)) if n.bytes().all(|byte| byte.is_ascii_digit()) => (id, n),
            _ => (label.arm.as_str(), ""),
        };
        let key = outcome.lesson.key(&["arm.", id].concat());
        if words.has(&key) {
            let text = lessons::words::plain(&words.say(&key, &[("n", n)]));
            // Charts have no type for code.
            label.label = text.replace('`', "");
        }
    }
    labels
}

fn references(outcome: &Outcome, words: &Words) -> Vec<RefLine> {
    let mut lines = Vec::new();
    for line in (outcome.lesson.references)(&outcome.evidence, &outcome.settings) {
        lines.push(RefLine {
            millis: line.millis,
            label: line.label.say(words),
        });
    }
    lines
}

/// The dishes of one card.
pub fn card(cx: &Cx, trace: &Rc<Trace>, end: Option<f64>, id: &str) -> Html {
    let chart = cx.charts.get(
        cx,
        Source::Card(Rc::clone(trace), end),
        id,
        cx.lab.widths.1,
        None,
    );
    el("div")
        .class("plot")
        .set("data-testid", "chart-tasks")
        .add(raw(chart.svg()))
        .done()
}

/// A chart: one tab stop, arrows move between its marks, Escape leaves them.
pub fn figure(cx: &Cx, source: Source, id: &str, prediction: Option<f64>) -> Html {
    figure_with(cx, source, id, prediction, None)
}

/// The same with something over the drawing.
pub fn figure_with(
    cx: &Cx,
    source: Source,
    id: &str,
    prediction: Option<f64>,
    over: Option<&dyn Fn(&Chart) -> Html>,
) -> Html {
    let chart = cx.charts.get(cx, source, id, cx.lab.widths.0, prediction);
    let table_id = ["table:", id].concat();
    let is_table = cx.is_open(&table_id);
    let count = chart.marks.len().to_string();
    let how = cx.say_with("chart.keys", &[("title", &chart.title), ("n", &count)]);
    let tools = el("span")
        .class("tools")
        .put(
            button("small")
                .says("aria-pressed", is_table)
                .say(cx, "chart.table")
                .send(cx, Action::Toggled(table_id)),
        )
        .text(" ")
        .put(
            button("small")
                .say(cx, "chart.save")
                .click(cx, Do::SaveChart(Rc::clone(&chart))),
        );
    let head = el("span")
        .class("head")
        .put(el("b").text(&chart.title))
        .put(tools);
    let caption = el("figcaption")
        .put(head)
        .put(el("span").text(&chart.finding));
    // What moves has other marks a moment later.
    let follows = id != LIVE && chart.has_tasks();
    let mut art = el("div")
        .class("art")
        .set("tabindex", "0")
        .set("role", "group")
        .at("aria-label", &how)
        .on(
            ListenerKind::onkeydown,
            cx,
            Do::Marks(id.to_owned(), Rc::clone(&chart)),
        )
        .on(ListenerKind::onblur, cx, Do::Send(Action::Focused(None)));
    if follows {
        for kind in [ListenerKind::onpointermove, ListenerKind::onpointerleave] {
            art = art.on(kind, cx, Do::Hover(id.to_owned(), Rc::clone(&chart)));
        }
    }
    if let Some(over) = over {
        let width = lessons::words::tenth(f64::from(chart.width));
        art = art.at("style", &["max-width:", &width, "px"].concat());
        art = art.add(raw(chart.svg())).add(over(&chart));
    } else {
        art = art.add(raw(chart.svg()));
    }
    let art = art.add(marks::rings(cx, id, &chart));
    let figure = el("figure")
        .class("chart")
        .key(id)
        .test(&["chart-", chart.kind])
        .put(caption)
        .put(art);
    figure
        .add(if is_table {
            table(&chart.table)
        } else {
            nothing()
        })
        .done()
}

/// Offers a chart as a file.
pub fn save(cx: &Cx, chart: &Chart) {
    let name = ["two-chefs-", chart.kind, ".svg"].concat();
    hands::save(
        &name,
        "image/svg+xml",
        &chart.standalone(&cx.say("chart.footer")),
    );
}

/// The numbers of a chart as a table.
pub fn table(table: &Table) -> Html {
    let mut head = el("tr");
    for cell in &table.head {
        head = head.put(el("th").set("scope", "col").text(cell));
    }
    let mut body = el("tbody");
    for cells in &table.rows {
        let mut row = el("tr");
        for (at, cell) in cells.iter().enumerate() {
            row = row.put(
                if at == 0 {
                    el("th").set("scope", "row")
                } else {
                    el("td")
                }
                .text(cell),
            );
        }
        body = body.put(row);
    }
    let caption = el("caption").text(&table.caption);
    let whole = el("table")
        .class("numbers")
        .put(caption)
        .put(el("thead").put(head))
        .put(body);
    scroll(&table.caption).put(whole).done()
}
