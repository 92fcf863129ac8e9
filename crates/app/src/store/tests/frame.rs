//! Inside another page: locks that hold, and runs that page asks for.

use super::*;

#[test]
fn in_a_frame_no_later_address_unlocks_what_the_first_one_locked() {
    let first = "#/lesson/two-chefs?workers=4&lock=workers,tasks&hide=nav";
    let went = |lab: Lab, fragment: &str| {
        let (address, notices) = address::parse(fragment);
        lab.after(Action::Went(address, notices))
    };
    let framed = open(first).in_frame();
    for later in [
        "#/lesson/two-chefs",
        "#/lesson/two-chefs?workers=8&tasks=99&predict=off",
        "#/lesson/two-chefs?lock=seed&hide=&autorun=on",
        "#/?lock",
        "#/nowhere?workers=9",
    ] {
        let lab = went(framed.clone(), later);
        let settings = lab.settings();
        assert!(
            settings.is_locked("workers") && settings.is_locked("tasks"),
            "{later}"
        );
        assert_eq!(
            (settings.workers(), settings.tasks()),
            (Some(4), None),
            "{later}"
        );
        assert!(settings.is_hidden("nav"), "{later}");
        assert_eq!(settings.predict(), Predict::On, "{later}");
        // The way back leads to the same view, not to a freer one.
        let back = went(lab, first);
        assert_eq!(address::format(&back.address), first);
    }
    // A page of its own is the reader's.
    let free = went(open(first), "#/lesson/two-chefs");
    assert!(!free.settings().is_locked("workers"));
}

#[test]
fn a_locked_control_is_not_moved_by_its_slider_or_a_preset() {
    let lab = open("#/lesson/two-chefs?workers=4&lock=workers");
    let lab = lab.after(Action::Set("workers", "9".into()));
    let lab = lab.after(Action::Preset(&[("workers", "8"), ("tasks", "48")]));
    assert_eq!(
        (lab.settings().workers(), lab.settings().tasks()),
        (Some(4), Some(48))
    );
    // Colours are no control of a lesson.
    let lab = open("#/lab?lock=all&theme=light").after(Action::Set("theme", "dark".into()));
    assert_eq!(lab.settings().get("theme"), Some("dark"));
}

#[test]
fn a_run_that_the_page_around_asks_for_starts_where_a_press_of_run_would() {
    let asked = |lab: Lab| lab.after(Action::Asked(true));
    let lab = asked(open("#/lesson/waiting?predict=off"));
    assert!(lab.is_wanted && !lab.is_asked && lab.refused.1.is_none());

    let refused = asked(open("#/lesson/waiting"));
    assert!(!refused.is_wanted && refused.is_idle());
    assert_eq!(refused.refused, (1, Some(Block::Prediction)));
    let again = asked(refused);
    assert_eq!(
        again.refused,
        (2, Some(Block::Prediction)),
        "told each time"
    );

    let running = asked(open("#/lab").after(Action::Started("lab")));
    assert_eq!(running.refused, (1, Some(Block::Running)));
}

#[test]
fn what_the_page_around_asks_for_waits_until_it_can_be_judged() {
    let fresh = |fragment: &str| {
        let (address, notices) = address::parse(fragment);
        Lab::new(address, notices).after(Action::Asked(true))
    };
    let able = fresh("#/lesson/waiting").after(Action::Able(USUAL));
    assert!(able.is_asked && !able.is_wanted && !able.is_idle());
    let here = able.clone().after(Action::Rest(Rest::Here));
    assert_eq!(here.refused, (1, Some(Block::Prediction)));
    let lost = able.after(Action::Rest(Rest::Missing));
    assert_eq!(lost.refused, (1, Some(Block::Starting)));
    let again = lost.after(Action::Asked(true));
    assert_eq!(again.rest, Rest::Away, "and fetches it again");

    // The first page asks for no prediction, and fetches what it runs with.
    let home = fresh("#/").after(Action::Able(USUAL));
    assert!(home.is_wanted && home.wants_rest());
    let back = home.after(Action::Asked(false));
    assert!(!back.is_wanted && !back.is_asked);
}
