//! The curve that is drawn before a run.

use super::*;
use lessons::{ChartKind, Drawing, LineKind};

fn drawn(lab: &Lab) -> &[(u32, f64)] {
    &lab.room.drawn
}

#[test]
fn points_are_kept_in_order_and_inside_the_grid() {
    let lab = open("#/lesson/speedup");
    assert!(lab.curve().is_some_and(|curve| curve.teams.len() == 3));
    let lab = lab
        .after(Action::Drawn(4, 99.0))
        .after(Action::Drawn(2, 1.73))
        .after(Action::Drawn(3, -4.0))
        .after(Action::Drawn(2, 1.84));
    assert_eq!(drawn(&lab), [(2, 1.8), (3, 0.0), (4, 5.0)]);
    assert!(drawn(&lab.after(Action::Undrawn)).is_empty());
}

#[test]
fn it_may_be_left_out_and_is_asked_nowhere_else() {
    let lab = answered(open("#/lesson/speedup")).after(Action::Sure(Sureness::Guess));
    assert_eq!(lab.run_block(), None);
    for other in [
        "#/lesson/two-chefs",
        "#/lab",
        "#/",
        "#/lesson/speedup?predict=off",
    ] {
        assert!(open(other).curve().is_none(), "{other}");
        assert!(
            drawn(&open(other).after(Action::Drawn(2, 1.0))).is_empty(),
            "{other}"
        );
    }
}

#[test]
fn a_run_keeps_what_was_drawn_and_its_chart_shows_it() {
    let lab = open("#/lesson/speedup?predict=optional").after(Action::Drawn(2, 1.9));
    let lab = lab.after(Action::Started("speedup"));
    // Too late to change one's mind.
    let lab = lab.after(Action::Drawn(2, 1.1)).after(Action::Undrawn);
    assert_eq!(drawn(&lab), [(2, 1.9)]);
    let lab = done(lab);
    assert!(lab.curve().is_some(), "as it stood when the run began");
    let mut outcome = (*lab.room.outcome().cloned().expect("done")).clone();
    assert_eq!(outcome.drawn, [(2, 1.9)]);
    // The empty traces of these tests give no points; a record with some does.
    let stats = analysis::stats::summarise(&[1.7; 9]).expect("values");
    for arm in ["pool-1", "pool-2"] {
        let figures = outcome.evidence.metrics.entry(arm.into()).or_default();
        figures.insert("speedup".into(), stats);
        outcome.evidence.stats.insert(arm.into(), stats);
    }
    let guesses = |outcome: &Outcome| match outcome.drawing(ChartKind::Speedup) {
        Some(Drawing::Speedup(speedup)) => {
            let lines = speedup.lines.into_iter();
            lines.filter(|line| line.kind == LineKind::Guess).count()
        }
        _ => panic!("no chart"),
    };
    assert_eq!(guesses(&outcome), 1);
    outcome.drawn.clear();
    assert_eq!(guesses(&outcome), 0);
    let again = lab.after(Action::PredictAgain);
    assert!(drawn(&again).is_empty() && again.room.curve.is_none());
}
