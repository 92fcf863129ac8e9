//! What happens to the state, without a browser.

use super::*;
use crate::outcome::Order;
use crate::room::Poe;
use analysis::{Measured, TimedRun};
use lessons::address;
use model::Lane;

mod drawn;
mod frame;

fn open(fragment: &str) -> Lab {
    let (address, notices) = address::parse(fragment);
    let lab = Lab::new(address, notices).after(Action::Able(USUAL));
    lab.after(Action::Rest(Rest::Here))
}

/// Answers every question with its first choice.
fn answered(lab: Lab) -> Lab {
    let questions = lab.questions();
    questions.iter().fold(lab, |lab, question| {
        let first = question
            .choices
            .first()
            .map(|choice| choice.id)
            .unwrap_or_default();
        lab.after(Action::Answered(question.id, first))
    })
}

/// A result made of empty traces: enough for the state, which never looks inside.
fn outcome(lab: &Lab) -> Rc<Outcome> {
    let machine = lab.machine().expect("able");
    let plan = (lab.lesson().plan)(lab.settings(), &machine);
    let run = |arm: &model::Arm| TimedRun {
        order: 0,
        hidden: false,
        trace: Trace {
            arm: arm.id.clone(),
            lanes: Vec::<Lane>::new(),
            makespan_nanos: 5_000_000,
            ..Trace::default()
        },
    };
    let measured = Measured {
        runs: plan.arms.iter().map(run).collect(),
        plan,
        capability: USUAL,
        build: "b".into(),
        started: String::new(),
        probes: Vec::new(),
        warmth: Default::default(),
        notes: Vec::new(),
    };
    let order = Order {
        number: lab.started,
        lesson: lab.lesson(),
        settings: lab.settings().clone(),
        predictions: lab.room.predictions(&lab.questions()),
        drawn: lab.room.drawn.clone(),
        words: Rc::clone(&lab.words),
    };
    Rc::new(order.whole(measured))
}

fn done(lab: Lab) -> Lab {
    let outcome = outcome(&lab);
    lab.after(Action::Done(
        outcome,
        vec![CapacityProbe {
            workers: 2,
            ratio: 1.9,
            after: false,
        }],
    ))
}

#[test]
fn run_waits_for_every_answer_and_the_confidence() {
    let lab = open("#/lesson/computing");
    assert_eq!(lab.run_block(), Some(Block::Prediction));
    let lab = answered(lab);
    assert_eq!(
        (lab.run_block(), lab.room.poe),
        (Some(Block::Prediction), Poe::Idle)
    );
    let lab = lab.after(Action::Sure(Sureness::Fairly));
    assert_eq!((lab.run_block(), lab.room.poe), (None, Poe::Predicted));
}

#[test]
fn nothing_is_asked_where_the_teacher_says_so_nor_in_the_lab_nor_on_the_first_page() {
    for free in [
        "#/lesson/waiting?predict=optional",
        "#/lesson/waiting?predict=off",
        "#/lesson/waiting?autorun=on",
        "#/lab",
        "#/",
    ] {
        assert_eq!(open(free).run_block(), None, "{free}");
    }
    assert!(open("#/lesson/waiting?autorun=on").questions().is_empty());
}

#[test]
fn run_waits_until_the_browser_was_tried() {
    let (address, notices) = address::parse("#/lab");
    assert_eq!(
        Lab::new(address, notices).run_block(),
        Some(Block::Starting)
    );
}

#[test]
fn a_lesson_goes_through_all_its_states_in_order() {
    let mut lab = answered(open("#/lesson/waiting")).after(Action::Sure(Sureness::Guess));
    let mut seen = vec![Poe::Idle, lab.room.poe];
    lab = lab
        .after(Action::Turned(Step::Predict))
        .after(Action::Started("waiting"));
    assert_eq!(lab.room.step, Step::Run);
    seen.push(lab.room.poe);
    lab = lab.after(Action::Reached(Phase::Round {
        round: 2,
        of: 9,
        arm: "sequential".into(),
    }));
    seen.push(lab.room.poe);
    assert_eq!(
        (lab.said.key.as_str(), lab.run_block()),
        ("say.round", Some(Block::Running))
    );
    lab = done(lab);
    seen.push(lab.room.poe);
    lab = lab.after(Action::Explained("free"));
    seen.push(lab.room.poe);
    lab = lab.after(Action::Turned(Step::Play));
    seen.push(lab.room.poe);
    let running = Poe::Running { k: 3, n: 9 };
    assert_eq!(
        seen,
        [
            Poe::Idle,
            Poe::Predicted,
            Poe::Calibrating,
            running,
            Poe::Observed,
            Poe::Explained,
            Poe::Play
        ]
    );
}

#[test]
fn stop_keeps_what_was_measured_before() {
    let lab = done(open("#/lab").after(Action::Started("lab")));
    let stopped = lab.after(Action::Started("lab")).after(Action::Stopped);
    assert_eq!(
        (stopped.room.kept.len(), stopped.room.poe),
        (1, Poe::Observed)
    );
    assert!(stopped.live.is_none() && stopped.outcome().is_some());
    assert_eq!(stopped.run_block(), None);
}

#[test]
fn a_fault_is_told_once_and_costs_nothing() {
    let lab = done(open("#/lab").after(Action::Started("lab")));
    let failed = lab
        .after(Action::Started("lab"))
        .after(Action::Failed("lab", RunError::NoMemory));
    assert_eq!(failed.room.fault, Some(RunError::NoMemory));
    assert_eq!(
        (failed.room.kept.len(), failed.said.key.as_str()),
        (1, "error.no-memory")
    );
    assert_eq!(failed.after(Action::Started("lab")).room.fault, None);
}

#[test]
fn results_and_answers_of_a_lesson_survive_a_visit_elsewhere() {
    let lab = answered(open("#/lesson/waiting")).after(Action::Sure(Sureness::Sure));
    let lab = done(lab.after(Action::Started("waiting")));
    let (there, _) = address::parse("#/lab");
    let lab = lab.after(Action::Went(there, Vec::new()));
    assert!(lab.outcome().is_none());
    let (back, _) = address::parse("#/lesson/waiting");
    let lab = lab.after(Action::Went(back, Vec::new()));
    assert_eq!(
        (lab.room.kept.len(), lab.room.sureness),
        (1, Some(Sureness::Sure))
    );
    assert!(lab.last.is_some());
}

#[test]
fn a_run_that_ends_after_its_view_was_left_lands_in_its_own_room() {
    let lab = open("#/lab").after(Action::Started("lab"));
    let late = outcome(&lab);
    let (home, _) = address::parse("#/");
    let lab = lab.after(Action::Went(home, Vec::new()));
    assert!(lab.live_here().is_none() && lab.run_block() == Some(Block::Running));
    let lab = lab.after(Action::Done(late, Vec::new()));
    assert!(lab.outcome().is_none());
    assert!(
        lab.others
            .iter()
            .any(|room| room.id == "lab" && room.kept.len() == 1)
    );
}

#[test]
fn questions_keep_their_numbers_once_the_run_began() {
    let lab = answered(open("#/lesson/two-chefs")).after(Action::Sure(Sureness::Guess));
    let asked = lab.questions();
    let lab = done(lab.after(Action::Started("two-chefs")));
    let lab = lab.after(Action::Set("tasks", "40".into()));
    assert_eq!(*lab.questions(), *asked);
    let again = lab.after(Action::PredictAgain);
    assert_ne!(*again.questions(), *asked);
    assert_eq!(again.room.poe, Poe::Idle);
}

#[test]
fn a_prediction_is_marked_only_on_the_arm_it_is_about() {
    let lab = answered(open("#/lesson/two-chefs")).after(Action::Sure(Sureness::Guess));
    let outcome = outcome(&lab);
    let two = outcome.prediction("pool-2");
    assert!(two.is_some_and(|millis| millis > 0.0));
    assert!(
        outcome
            .prediction("pool-4")
            .is_some_and(|millis| Some(millis) != two)
    );
    assert_eq!(outcome.prediction("sequential"), None);
}

#[test]
fn only_so_many_runs_are_kept_and_the_newest_is_shown() {
    let mut lab = open("#/lab");
    for _ in 0..crate::room::MOST_KEPT + 3 {
        lab = done(lab.after(Action::Started("lab")));
    }
    assert_eq!(lab.room.kept.len(), crate::room::MOST_KEPT);
    assert_eq!(
        lab.outcome().map(|outcome| outcome.number),
        Some(lab.started)
    );
    let lab = lab.after(Action::Shown(0));
    assert!(
        lab.outcome()
            .is_some_and(|outcome| outcome.number < lab.started)
    );
    assert!(lab.after(Action::Cleared).outcome().is_none());
}

#[test]
fn texts_of_a_language_win_over_english_ones_whichever_comes_first() {
    let file = |text: &str| Some(Words::parse(text));
    let lab = open("#/?lang=de")
        .after(Action::Fetched("de/terms".into(), file("term.core = Kern")))
        .after(Action::Fetched(
            "en/terms".into(),
            file("term.core = core\nterm.knife = knife"),
        ));
    assert_eq!(
        (lab.say("term.core"), lab.say("term.knife")),
        ("Kern".into(), "knife".into())
    );
    let missing = lab.after(Action::Fetched("de/lab".into(), None));
    assert_eq!(missing.file("de/lab"), Some(TextFile::Missing));
    assert_eq!(missing.after(Action::FetchAgain).file("de/lab"), None);
}

#[test]
fn the_page_is_idle_only_when_nothing_is_under_way() {
    let lab = open("#/");
    assert!(lab.is_idle());
    assert!(
        !lab.clone()
            .after(Action::Fetching("en/terms".into()))
            .is_idle()
    );
    assert!(!lab.clone().after(Action::Started("four-numbers")).is_idle());
    assert!(!lab.clone().after(Action::Replaying(true, 0)).is_idle());
    let (address, notices) = address::parse("#/");
    assert!(!Lab::new(address, notices).is_idle());
}

/// Every text the page asks for by a whole key is in the English file.
#[test]
fn no_text_of_the_page_is_missing() {
    const SOURCES: [&str; 17] = [
        include_str!("../controls.rs"),
        include_str!("../figure.rs"),
        include_str!("../frame.rs"),
        include_str!("../header.rs"),
        include_str!("../home.rs"),
        include_str!("../compose_view.rs"),
        include_str!("../home_result.rs"),
        include_str!("../lab_view.rs"),
        include_str!("../lesson_result.rs"),
        include_str!("../lesson_view.rs"),
        include_str!("../lib.rs"),
        include_str!("../method.rs"),
        include_str!("../progress.rs"),
        include_str!("../replay.rs"),
        include_str!("../stage.rs"),
        include_str!("../store.rs"),
        include_str!("after.rs"),
    ];
    /// Shown before anything is fetched.
    const FIRST: [&str; 4] = [
        include_str!("../controls.rs"),
        include_str!("../home.rs"),
        include_str!("../lib.rs"),
        include_str!("../question.rs"),
    ];
    let later = [
        include_str!("../../../lessons/words/en/charts.txt"),
        include_str!("../../../lessons/words/en/results.txt"),
        include_str!("../../../lessons/words/en/compose.txt"),
    ];
    let built_in = Words::built_in();
    let words = later.into_iter().fold(built_in.clone(), |words, file| {
        Words::parse(file).over(words)
    });
    let mut asked = 0;
    let mut ask = |source: &str, words: &Words| {
        for call in ["say(\"", "say(cx, \"", "say_with(\"", "Phrase::new(\""] {
            for rest in source.split(call).skip(1) {
                let key = rest.split('"').next().unwrap_or_default();
                assert!(words.has(key), "{key}");
                asked += 1;
            }
        }
    };
    for source in SOURCES {
        ask(source, &words);
    }
    for source in FIRST {
        ask(source, &built_in);
    }
    assert!(asked > 60, "the search for keys found only {asked}");
    for lesson in registry::LESSONS {
        assert!(
            built_in.has(&["lesson.", lesson.id].concat()),
            "{}",
            lesson.id
        );
    }
}

#[test]
fn the_rest_of_the_program_is_wanted_by_touch_by_run_and_by_every_other_view() {
    let open = |fragment: &str| {
        let (address, notices) = address::parse(fragment);
        Lab::new(address, notices).after(Action::Able(USUAL))
    };
    let home = open("#/");
    assert!(!home.wants_rest() && home.is_idle());
    assert!(home.clone().after(Action::Awake).wants_rest());
    assert!(open("#/?autorun=on").wants_rest());
    assert!(open("#/lab").wants_rest() && open("#/lesson/waiting").wants_rest());

    // Until it is here a lesson is asked nothing, the first page its questions.
    assert!(open("#/lesson/waiting").machine().is_none());
    assert!(open("#/lesson/waiting").questions().is_empty());
    assert_eq!(home.questions().len(), 4);

    let pressed = home.after(Action::Wanted(true));
    assert!(pressed.wants_rest() && !pressed.is_idle());
    assert_eq!(pressed.run_block(), Some(Block::Starting));
    let lost = pressed.after(Action::Rest(Rest::Missing));
    assert!(lost.is_idle());
    assert_eq!(lost.run_block(), None, "Run may be pressed again");
    let again = lost.after(Action::Wanted(true));
    assert_eq!(again.rest, Rest::Away, "and fetches it again");
}
