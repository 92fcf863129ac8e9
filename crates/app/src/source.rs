//! The code of a run beside it, with the line that waits marked while it waits.

use crate::controls::{Pick, radios};
use crate::cx::Cx;
use crate::el::{El, all, button, el, nothing, scroll, text};
use crate::figure::labels;
use crate::hands;
use crate::outcome::Outcome;
use crate::replay::rest;
use crate::store::{Action, Live};
use lessons::Lesson;
use lessons::words::millis;
use model::{Deed, LaneKind, Nanos, Trace, millis_from_nanos};
use runner::source::{Line, Mark, lines};
use std::collections::BTreeMap;
use web::Phase;
use yew::Html;

/// Where a run is, for its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Some dishes have not begun.
    Beginning,
    /// All have begun.
    Going,
    /// All is done.
    Over,
}

fn place(trace: &Trace, at: Nanos) -> Place {
    if at >= trace.makespan_nanos {
        return Place::Over;
    }
    let mut tasks = trace.tasks.iter();
    if tasks.any(|task| task.started_nanos > at) {
        Place::Beginning
    } else {
        Place::Going
    }
}

/// The line on which a function is: of several marked ones it stays on the first
/// until every dish has begun.
fn line_at(lines: &[Line], place: Place) -> Option<usize> {
    let mut marked = (0..lines.len()).filter(|at| lines.get(*at).is_some_and(|l| l.mark.is_some()));
    match place {
        Place::Beginning => marked.next(),
        Place::Going => marked.next_back(),
        Place::Over => None,
    }
}

/// How many tasks are suspended, in the queue, being polled, and done at an
/// instant.
fn counts(trace: &Trace, at: Nanos) -> [usize; 4] {
    let mut last: BTreeMap<u32, Deed> = BTreeMap::new();
    let until = trace
        .events
        .partition_point(|event| event.at_nanos <= at.min(trace.makespan_nanos));
    for event in trace.events.iter().take(until) {
        last.insert(event.task, event.deed);
    }
    [Deed::Pending, Deed::Woken, Deed::Polled, Deed::Done]
        .map(|deed| last.values().filter(|last| **last == deed).count())
}

/// The arm whose code is shown while a run of this view is in its first round,
/// in which every arm is told.
fn running(live: Option<&Live>) -> Option<&str> {
    match &live?.phase {
        Phase::Round { round: 0, arm, .. } => Some(arm),
        _ => None,
    }
}

/// The code of the arm that runs now, else of the one whose trace is drawn;
/// nothing where the lesson shows none. `has_arms`: whether an arm is picked here.
pub fn beside(cx: &Cx, lesson: &Lesson, outcome: Option<&Outcome>, has_arms: bool) -> Html {
    let live = running(cx.lab.live_here()).filter(|arm| (lesson.source)(arm).is_some());
    let trace = outcome.and_then(|outcome| cx.lab.trace(outcome));
    let shown = live.or(trace.map(|trace| trace.arm.as_str()));
    let Some((arm, name)) = shown.and_then(|arm| Some((arm, (lesson.source)(arm)?))) else {
        return nothing();
    };
    let lines: Vec<Line> = lines(name).collect();
    let is_of_time = |line: &Line| line.mark.is_some_and(Mark::is_of_time);
    let (at_line, below) = match (live, trace) {
        (None, _) if !lines.iter().any(is_of_time) => {
            let turns = el("p").class("quiet").say(cx, "source.turns").done();
            (None, turns)
        }
        (None, Some(trace)) => {
            let at = cx.lab.replay.at.unwrap_or_else(|| rest(trace));
            let below = moment(cx, trace, at.min(trace.makespan_nanos));
            (line_at(&lines, place(trace, at)), below)
        }
        _ => {
            let now = el("p").class("quiet").say(cx, "source.live").done();
            (line_at(&lines, Place::Going), now)
        }
    };
    let mut caption = el("figcaption").put(el("b").say(cx, "source.title"));
    let called = outcome.and_then(|outcome| {
        let mut labels = labels(outcome, cx.words()).into_iter();
        labels.find(|label| label.arm == arm)
    });
    if let Some(label) = called {
        caption = caption.put(el("span").text(&label.label));
    }
    let picks = outcome.filter(|_| has_arms && live.is_none());
    el("figure")
        .class("source")
        .set("data-testid", "source")
        .at("data-arm", arm)
        .put(caption)
        .add(picks.map_or_else(nothing, |outcome| arms(cx, lesson, outcome, arm)))
        .put(code(cx, &lines, at_line))
        .add(below)
        .done()
}

/// The arms that have code, to pick from.
fn arms(cx: &Cx, lesson: &Lesson, outcome: &Outcome, shown: &str) -> Html {
    let mut picks = Vec::new();
    for label in labels(outcome, cx.words()) {
        if (lesson.source)(&label.arm).is_some() && outcome.trace(&label.arm).is_some() {
            picks.push(Pick {
                test_id: ["source-", &label.arm].concat(),
                label: text(&label.label),
                is_on: label.arm == shown,
                action: Action::ArmPicked(label.arm),
            });
        }
    }
    let legend = el("span").class("quiet").say(cx, "source.arm").done();
    radios(cx, "source-arm", legend, "pills", false, picks)
}

/// The lines; the one where time passes says so in words too.
fn code(cx: &Cx, lines: &[Line], at_line: Option<usize>) -> El {
    let mut code = el("code");
    for (at, line) in lines.iter().enumerate() {
        let is_here = |mark: &Mark| !mark.is_of_time() || at_line == Some(at);
        let here = line.mark.filter(is_here);
        code = match here {
            Some(mark) => code.put(
                current(mark)
                    .class("on")
                    .set("data-testid", "source-line")
                    .text(line.text)
                    .put(el("b").text(&cx.say(key_of(mark)))),
            ),
            None => code.put(el("span").text(line.text)),
        };
        code = code.text("\n");
    }
    scroll(&cx.say("source.title")).put(el("pre").put(code))
}

/// The line; where time passes, it is the one at which the run is.
fn current(mark: Mark) -> El {
    let line = el("span");
    if mark.is_of_time() {
        line.set("aria-current", "step")
    } else {
        line
    }
}

const fn key_of(mark: Mark) -> &'static str {
    match mark {
        Mark::Starts => "source.starts",
        Mark::Waits => "source.waits",
        Mark::Computes => "source.computes",
        Mark::Reads => "source.reads",
        Mark::Writes => "source.writes",
        Mark::AtOnce => "source.at-once",
        Mark::Locks => "source.locks",
    }
}

/// What the event loop makes of the dishes at this moment, and a button that
/// lets time pass.
fn moment(cx: &Cx, trace: &Trace, at: Nanos) -> Html {
    let [pending, woken, polled, done] = counts(trace, at).map(|count| count.to_string());
    // Elsewhere another executor has the dish, and the code shown only waits.
    let is_here = trace.lanes.iter().any(|lane| lane.kind == LaneKind::Page);
    let now = cx.say_with(
        if is_here {
            "source.now"
        } else {
            "source.elsewhere"
        },
        &[
            ("now", &millis(millis_from_nanos(at))),
            ("of", &millis(millis_from_nanos(trace.makespan_nanos))),
            ("pending", &pending),
            ("woken", &woken),
            ("polled", &polled),
            ("done", &done),
        ],
    );
    let mut row = el("p").class("row tight");
    if !hands::is_still() {
        let moves = cx.lab.replay.is_moving;
        let from = if at >= trace.makespan_nanos { 0 } else { at };
        let key = if moves { "replay.pause" } else { "replay.play" };
        let play = button("small").set("data-testid", "source-play");
        let play = play.say(cx, key);
        row = row.put(play.send(cx, Action::Replaying(!moves, from)));
    }
    all(vec![row.put(el("span").class("quiet").text(&now)).done()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use lessons::registry;
    use model::{TaskEvent, TaskRecord};

    fn event(task: u32, at_nanos: Nanos, deed: Deed) -> TaskEvent {
        TaskEvent {
            task,
            at_nanos,
            deed,
        }
    }

    fn two_waits() -> Trace {
        let task = |id, started_nanos| TaskRecord {
            id,
            workload: "waiting".into(),
            lane_idx: 0,
            spawned_nanos: 0,
            started_nanos,
            finished_nanos: started_nanos + 50,
            busy_nanos: 0,
            polls: 2,
            wakes: 2,
            checksum: 1,
        };
        Trace {
            makespan_nanos: 100,
            tasks: vec![task(0, 0), task(1, 50)],
            events: vec![
                event(0, 0, Deed::Woken),
                event(0, 1, Deed::Polled),
                event(0, 2, Deed::Pending),
                event(0, 49, Deed::Woken),
                event(0, 49, Deed::Polled),
                event(0, 50, Deed::Done),
                event(1, 50, Deed::Woken),
                event(1, 50, Deed::Polled),
                event(1, 51, Deed::Pending),
            ],
            ..Trace::default()
        }
    }

    #[test]
    fn the_marked_line_follows_the_run() {
        let trace = two_waits();
        let at = |name: &str, at| {
            let lines: Vec<Line> = lines(name).collect();
            line_at(&lines, place(&trace, at)).map(|at| lines[at].text.trim())
        };
        assert_eq!(at("await_in_a_loop", 10), Some("chef.cook(dish).await;"));
        assert_eq!(at("await_in_a_loop", 70), Some("chef.cook(dish).await;"));
        assert_eq!(at("await_in_a_loop", 100), None);
        let limited = [at("join_with_a_limit", 10), at("join_with_a_limit", 70)];
        assert_eq!(limited[0], Some("under_way.next().await;"));
        assert!(limited[1].unwrap().starts_with("while under_way"));
        assert!(at("start_all_then_join", 10).unwrap().contains("push"));
        assert_eq!(at("start_all_then_join", 60), Some("dish.await;"));
    }

    #[test]
    fn tasks_are_counted_as_the_executor_left_them() {
        let trace = two_waits();
        assert_eq!(counts(&trace, 1), [0, 0, 1, 0]);
        assert_eq!(counts(&trace, 20), [1, 0, 0, 0]);
        assert_eq!(counts(&trace, 60), [1, 0, 0, 1]);
    }

    #[test]
    fn every_name_that_a_lesson_gives_has_a_text() {
        let mut named = 0;
        let arms = [
            "loop",
            "join",
            "limit",
            "inside",
            "worker",
            "loose",
            "atomic",
            "mutex",
            "tickets",
            "interleaved",
        ];
        for arm in arms {
            for lesson in registry::all() {
                if let Some(name) = (lesson.source)(arm) {
                    assert!(runner::source::text(name).is_some(), "{name}");
                    named += 1;
                }
            }
        }
        assert_eq!(named, runner::source::NAMES.len());
    }
}
