//! A chart on the page: drawing, keyboard, table, file.

use crate::cx::Cx;
use crate::hands;
use crate::outcome::Outcome;
use crate::store::Action;
use crate::use_width::use_width;
use charts::{ArmLabel, Chart, RefLine, Table, View};
use lessons::{Phrase, Words};
use model::Trace;
use std::rc::Rc;
use yew::prelude::*;

/// What is drawn.
#[derive(Clone)]
pub enum Source {
    /// One row per chef.
    Lanes(Rc<Trace>),
    /// One row per task.
    Tasks(Rc<Trace>),
    /// Time to the last dish of every arm.
    Makespan(Rc<Outcome>),
    /// In progress and at once.
    Plane(Rc<Outcome>),
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Lanes(a), Self::Lanes(b)) | (Self::Tasks(a), Self::Tasks(b)) => Rc::ptr_eq(a, b),
            (Self::Makespan(a), Self::Makespan(b)) | (Self::Plane(a), Self::Plane(b)) => {
                Rc::ptr_eq(a, b)
            }
            _ => false,
        }
    }
}

/// Properties of [`Figure`].
#[derive(Properties)]
pub struct Props {
    /// What is drawn.
    pub source: Source,
    /// Unique in the document.
    pub id: String,
    /// What the reader expected, in milliseconds.
    #[prop_or_default]
    pub prediction: Option<f64>,
    /// All texts.
    pub words: Rc<Words>,
    /// Where actions go.
    pub cx: Cx,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
            && self.id == other.id
            && self.prediction == other.prediction
            && Rc::ptr_eq(&self.words, &other.words)
    }
}

/// The chart of `source` at this width.
#[must_use]
pub fn chart(source: &Source, words: &Words, view: &View) -> Chart {
    let say = |key: &str, args: &[(&str, &str)]| words.say(key, args);
    match source {
        Source::Lanes(trace) => charts::lanes(trace, view, &say),
        Source::Tasks(trace) => charts::tasks(trace, view, &say),
        Source::Makespan(outcome) => charts::makespan(
            &outcome.evidence,
            &labels(outcome, words),
            &references(outcome, words),
            view,
            &say,
        ),
        Source::Plane(outcome) => {
            charts::plane(&outcome.evidence, &labels(outcome, words), view, &say)
        }
    }
}

/// What the arms of a run are called.
#[must_use]
pub fn labels(outcome: &Outcome, words: &Words) -> Vec<ArmLabel> {
    let say = |key: &str, args: &[(&str, &str)]| words.say(key, args);
    charts::arm_labels(&outcome.evidence, &say)
}

fn references(outcome: &Outcome, words: &Words) -> Vec<RefLine> {
    let lesson = lessons::registry::all().find(|lesson| lesson.id == outcome.evidence.lesson);
    let lines = lesson.map(|lesson| (lesson.references)(&outcome.evidence, &outcome.settings));
    let line = |line: lessons::Reference| RefLine {
        millis: line.millis,
        label: line.label.say(words),
    };
    lines.unwrap_or_default().into_iter().map(line).collect()
}

/// A chart: one tab stop, arrows move between its marks, Escape leaves them.
#[component]
pub fn Figure(props: &Props) -> Html {
    let node = use_node_ref();
    let width = use_width(&node);
    let focus = use_state(|| None::<usize>);
    let is_table = use_state(|| false);
    let chart = use_memo(
        (
            props.source.clone(),
            width,
            props.prediction,
            Rc::as_ptr(&props.words),
        ),
        |_| {
            let view = View::new(&props.id, width).predicting(props.prediction);
            chart(&props.source, &props.words, &view)
        },
    );
    let say = |key: &str| props.words.say(key, &[]);
    let onkeydown = {
        let (focus, chart, cx) = (focus.clone(), Rc::clone(&chart), props.cx.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(next) = moved(&event.key(), *focus, chart.marks.len()) else {
                return;
            };
            event.prevent_default();
            focus.set(next);
            if let Some(mark) = next.and_then(|at| chart.marks.get(at)) {
                cx.send(Action::Say(Phrase::new(mark.label.clone())));
            }
        })
    };
    let onblur = {
        let focus = focus.clone();
        Callback::from(move |_: FocusEvent| focus.set(None))
    };
    let toggle = {
        let is_table = is_table.clone();
        Callback::from(move |_: MouseEvent| is_table.set(!*is_table))
    };
    let save = {
        let (chart, footer) = (Rc::clone(&chart), say("chart.footer"));
        Callback::from(move |_: MouseEvent| {
            let name = ["two-chefs-", chart.kind, ".svg"].concat();
            hands::save(&name, "image/svg+xml", &chart.standalone(&footer));
        })
    };
    let how = props.words.say(
        "chart.keys",
        &[
            ("title", &chart.title),
            ("n", &chart.marks.len().to_string()),
        ],
    );
    html! {
        <figure class="chart" data-testid={["chart-", chart.kind].concat()}>
            <figcaption>
                <b>{&chart.title}</b>
                <span>{&chart.finding}</span>
                <span class="grow"></span>
                <span class="tools">
                    <button type="button" class="small" aria-pressed={is_table.to_string()} onclick={toggle}>{say("chart.table")}</button>
                    {" "}
                    <button type="button" class="small" onclick={save}>{say("chart.save")}</button>
                </span>
            </figcaption>
            <div class="art" ref={node} tabindex="0" role="group" aria-label={how} {onkeydown} {onblur}>
                {Html::from_html_unchecked(chart.svg().into())}
                {ring(&chart, *focus)}
            </div>
            if *is_table {
                {table(&chart.table)}
            }
        </figure>
    }
}

/// The mark after a key: `None` if the key means nothing here.
fn moved(key: &str, at: Option<usize>, marks: usize) -> Option<Option<usize>> {
    let last = marks.checked_sub(1)?;
    Some(match key {
        "ArrowRight" | "ArrowDown" => Some(at.map_or(0, |at| (at + 1).min(last))),
        "ArrowLeft" | "ArrowUp" => Some(at.map_or(last, |at| at.saturating_sub(1))),
        "Home" => Some(0),
        "End" => Some(last),
        "Escape" if at.is_some() => None,
        _ => return None,
    })
}

fn ring(chart: &Chart, focus: Option<usize>) -> Html {
    let Some(mark) = focus.and_then(|at| chart.marks.get(at)) else {
        return Html::default();
    };
    let across = |value: f32| percent(value, chart.width);
    let down = |value: f32| percent(value, chart.height);
    let place = [
        "left:",
        &across(mark.x - 3.0),
        ";top:",
        &down(mark.y - 3.0),
        ";width:",
        &across(mark.width + 6.0),
        ";height:",
        &down(mark.height + 6.0),
    ];
    let middle = (mark.x + mark.width / 2.0).clamp(chart.width * 0.2, chart.width * 0.8);
    let tip = [
        "left:",
        &across(middle),
        ";top:",
        &down(mark.y + mark.height + 6.0),
    ];
    html! {
        <>
            <div class="ring" style={place.concat()}></div>
            <div class="tip" aria-hidden="true" style={tip.concat()}>{&mark.label}</div>
        </>
    }
}

fn percent(value: f32, of: f32) -> String {
    let mut text = lessons::words::tenth(f64::from(value / of * 100.0));
    text.push('%');
    text
}

/// The numbers of a chart as a table.
#[must_use]
pub fn table(table: &Table) -> Html {
    html! {
        <div class="scroll" tabindex="0" role="region" aria-label={table.caption.clone()}>
            <table class="numbers">
                <caption>{&table.caption}</caption>
                <thead><tr>{ for table.head.iter().map(|cell| html! { <th scope="col">{cell}</th> }) }</tr></thead>
                <tbody>
                    { for table.rows.iter().map(|row| html! {
                        <tr>{ for row.iter().enumerate().map(|(at, cell)| {
                            if at == 0 { html! { <th scope="row">{cell}</th> } } else { html! { <td>{cell}</td> } }
                        }) }</tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn arrows_stay_inside_the_marks_and_escape_leaves_them() {
        assert_eq!(moved("ArrowRight", None, 3), Some(Some(0)));
        assert_eq!(moved("ArrowRight", Some(2), 3), Some(Some(2)));
        assert_eq!(moved("ArrowLeft", Some(0), 3), Some(Some(0)));
        assert_eq!(moved("End", None, 3), Some(Some(2)));
        assert_eq!(moved("Home", Some(2), 3), Some(Some(0)));
        assert_eq!(moved("Escape", Some(2), 3), Some(None));
        assert_eq!(moved("Escape", None, 3), None);
        assert_eq!(moved("Tab", Some(1), 3), None);
        assert_eq!(moved("End", None, 0), None);
    }
}
