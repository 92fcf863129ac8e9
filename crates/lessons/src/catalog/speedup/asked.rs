//! What is asked, and drawn, before the run.

use super::menu::{Menu, arms};
use super::{claims, is_team, told};
use crate::curve::Curve;
use crate::question::{Choice, Measure, Question, without_twins};
use crate::words::{Phrase, whole};
use crate::{Machine, Settings};
use analysis::laws::{amdahl_capped, amdahl_limit};
use model::Arm;

pub fn questions(settings: &Settings, machine: &Machine<'_>) -> Vec<Question> {
    let menu = Menu::of(settings);
    let (arms, _) = arms(settings, machine);
    let teams: Vec<&Arm> = arms
        .iter()
        .filter(|arm| is_team(arm.strategy, arm.workers))
        .collect();
    let (Some(first), Some(last)) = (teams.first(), teams.last()) else {
        return Vec::new();
    };
    if menu.grows {
        return Vec::new();
    }
    vec![shape(&menu, last, machine)]
        .into_iter()
        .chain(limit(&menu, first, machine))
        .collect()
}

/// Which way the curve goes, told by its end.
fn shape(menu: &Menu, last: &Arm, machine: &Machine<'_>) -> Question {
    let most = f64::from(last.workers);
    let choice = |id, value: Option<f64>, misconception| Choice {
        id,
        phrase: Phrase::new(["speedup.question.shape.", id].concat()),
        value,
        value_millis: None,
        misconception,
    };
    let capacity = machine.capacity_guess(last.workers);
    let bends = amdahl_capped(menu.serial, most, capacity);
    // What cannot be told from the bend is not offered beside it.
    let right = if bends > 0.78 * most {
        "straight"
    } else if bends < 1.28 {
        "flat"
    } else {
        "bends"
    };
    let choices = vec![
        choice("straight", Some(most), Some("M7")),
        choice("bends", Some(bends), None),
        choice("falls", Some(0.5), None),
        choice("flat", Some(1.0), None),
    ];
    Question {
        id: "shape",
        phrase: Phrase::new("speedup.question.shape").with("most", last.workers.to_string()),
        choices: without_twins(choices, right),
        measure: Measure::Metric(last.id.clone(), "speedup"),
    }
}

/// Where it would end with endlessly many chefs: the run tells how large the
/// part for one really was.
fn limit(menu: &Menu, first: &Arm, machine: &Machine<'_>) -> Option<Question> {
    let end = amdahl_limit(menu.serial)?;
    let choice = |id, times: Option<f64>, misconception| Choice {
        id,
        phrase: Phrase::new(["speedup.question.limit.", id].concat())
            .with("times", times.map(told::times).unwrap_or_default()),
        value: times.map(|times| 1.0 / times),
        value_millis: None,
        misconception,
    };
    let choices = vec![
        choice("knives", Some(f64::from(machine.knives().max(2))), None),
        choice("end", Some(end), None),
        choice("rest", Some(100.0 * (1.0 - menu.serial)), None),
        choice("none", None, Some("M7")),
    ];
    Some(Question {
        id: "limit",
        phrase: Phrase::new("speedup.question.limit").with("serial", whole(100.0 * menu.serial)),
        choices: without_twins(choices, "end"),
        measure: Measure::Metric(first.id.clone(), claims::ALONE_SHARE),
    })
}

/// What can be drawn before the run.
pub fn curve(settings: &Settings, machine: &Machine<'_>) -> Option<Curve> {
    let menu = Menu::of(settings);
    let (arms, _) = arms(settings, machine);
    let teams = arms
        .into_iter()
        .filter(|arm| is_team(arm.strategy, arm.workers));
    let teams: Vec<_> = teams.map(|arm| (arm.workers, arm.id)).collect();
    let key = if menu.grows {
        "speedup.draw.grow"
    } else {
        "speedup.draw"
    };
    (!teams.is_empty()).then(|| Curve {
        phrase: Phrase::new(key),
        teams,
    })
}
