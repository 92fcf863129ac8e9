//! Tests of the address.

use super::*;

fn read(fragment: &str) -> (Address, Vec<(String, Why)>) {
    let (address, notices) = parse(fragment);
    (
        address,
        notices
            .into_iter()
            .map(|notice| (notice.key, notice.why))
            .collect(),
    )
}

fn check(fragment: &str, canonical: &str, notices: &[(&str, Why)]) {
    let (address, told) = read(fragment);
    let told: Vec<_> = told.iter().map(|(key, why)| (key.as_str(), *why)).collect();
    assert_eq!(told, notices, "{fragment}");
    assert_eq!(format(&address), canonical, "{fragment}");
    assert_eq!(
        parse(canonical),
        (
            Address {
                view: shown(&address.view),
                ..address
            },
            Vec::new()
        )
    );
}

/// An unknown view is the first page when it is written down.
fn shown(view: &View) -> View {
    if matches!(view, View::Unknown(_)) {
        View::Home
    } else {
        view.clone()
    }
}

#[test]
fn views_are_found() {
    for fragment in ["", "#", "#/", "/", "#/?"] {
        check(fragment, "#/", &[]);
    }
    check("#/lesson/waiting", "#/lesson/waiting", &[]);
    check("#/lesson/waiting/", "#/lesson/waiting", &[]);
    check("#/lab", "#/lab", &[]);
    check("#/join/", "#/join", &[]);
    check("#/compose/join", "#/compose", &[]);
    check("#/compose?theme=dark", "#/compose?theme=dark", &[]);
    check("#/compose/lab?workers=3", "#/compose/lab?workers=3", &[]);
    check(
        "#/compose/lesson/waiting?tasks=6&lock=tasks",
        "#/compose/lesson/waiting?lock=tasks",
        &[],
    );
    check(
        "#/compose/lesson/x",
        "#/compose",
        &[("lesson", Why::UnknownView)],
    );
    check("#/compose/compose", "#/", &[("page", Why::UnknownView)]);
    check(
        "#/lesson/nothing?theme=dark",
        "#/?theme=dark",
        &[("lesson", Why::UnknownView)],
    );
    check("#/lesson/lab", "#/", &[("lesson", Why::UnknownView)]);
    check("#/wp-admin", "#/", &[("page", Why::UnknownView)]);
}

#[test]
fn only_what_differs_from_the_defaults_is_written_in_one_order() {
    check("#/lab?theme=auto&rounds=9&seed=1&tasks=12", "#/lab", &[]);
    check(
        "#/lab?lang=DE&workload=queens,mandelbrot&autorun&workers=4",
        "#/lab?workload=queens,mandelbrot&workers=4&lang=de&autorun=on",
        &[],
    );
    check(
        "#/lesson/waiting?tasks=6&wait=100&size=2.50",
        "#/lesson/waiting?size=2.5",
        &[],
    );
    check("#/lab?tasks=3&tasks=4", "#/lab?tasks=4", &[]);
}

#[test]
fn bad_values_leave_the_default_and_a_notice() {
    use Why::*;
    check("#/lab?colour=red", "#/lab", &[("colour", UnknownKey)]);
    check("#/lab?tasks=many", "#/lab", &[("tasks", BadValue)]);
    check("#/lab?tasks=", "#/lab", &[("tasks", BadValue)]);
    check("#/lab?tasks=1e9", "#/lab", &[("tasks", BadValue)]);
    check(
        "#/lab?tasks=NaN&size=inf",
        "#/lab",
        &[("tasks", BadValue), ("size", BadValue)],
    );
    check("#/lab?tasks=0", "#/lab?tasks=1", &[("tasks", Clamped)]);
    check("#/lab?tasks=-5", "#/lab?tasks=1", &[("tasks", Clamped)]);
    check(
        "#/lab?tasks=99999999999999999999999",
        "#/lab?tasks=16384",
        &[("tasks", Clamped)],
    );
    check(
        "#/lab?wait=-1&seed=-1",
        "#/lab?wait=0&seed=0",
        &[("wait", Clamped), ("seed", Clamped)],
    );
    check(
        "#/lab?strategies=pool,magic",
        "#/lab?strategies=pool",
        &[("strategies", SomeItems)],
    );
    check(
        "#/lab?strategies=magic",
        "#/lab",
        &[("strategies", BadValue)],
    );
    check("#/lab?strategies=pool,pool", "#/lab?strategies=pool", &[]);
    check("#/lab?lang=x/../y", "#/lab", &[("lang", BadValue)]);
    check("#/lab?theme=Dark", "#/lab", &[("theme", BadValue)]);
    check(
        "#/lab?=&&=5",
        "#/lab",
        &[("", UnknownKey), ("", UnknownKey)],
    );
    // A lesson's slider is narrower than the schema.
    check(
        "#/lesson/computing?tasks=100",
        "#/lesson/computing?tasks=8",
        &[("tasks", Clamped)],
    );
    check("#/lesson/waiting?size=0.04", "#/lesson/waiting?size=0", &[]);
}

#[test]
fn escapes_are_read_and_broken_ones_do_no_harm() {
    check(
        "#/lab?workload=queens%2Cprimes",
        "#/lab?workload=queens,primes",
        &[],
    );
    check("#/%6Cab?size=2%2e5", "#/lab?size=2.5", &[]);
    check("#/lab?%74asks=3", "#/lab?tasks=3", &[]);
    for broken in [
        "#/lab?tasks=%",
        "#/lab?tasks=%4",
        "#/lab?tasks=%zz",
        "#/lab?tasks=%ff%fe",
    ] {
        check(broken, "#/lab", &[("tasks", Why::BadValue)]);
    }
}

#[test]
fn anything_at_all_can_be_read() {
    let alphabet: Vec<char> = "#/?&=%,.-+ab0159üß\u{0}\u{202e}🍲<@{"
        .chars()
        .chain("tasks".chars())
        .collect();
    let mut state = 42_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for turn in 0..4000 {
        let prefix = [
            "",
            "#/lab?",
            "#/lesson/waiting?tasks=",
            "#/lab?workload=",
            "#/lab?size=",
        ][turn % 5];
        let mut fragment = prefix.to_owned();
        for _ in 0..next(40) {
            fragment.push(alphabet[next(alphabet.len())]);
        }
        let (address, notices) = parse(&fragment);
        assert!(notices.len() <= MOST_NOTICES);
        assert!(
            notices
                .iter()
                .all(|notice| notice.value.chars().count() <= 24)
        );
        let canonical = format(&address);
        let (again, none) = parse(&canonical);
        assert!(none.is_empty(), "{fragment:?} became {canonical:?}");
        assert_eq!(format(&again), canonical, "{fragment:?}");
        assert_eq!(
            again.settings, address.settings,
            "{fragment:?} became {canonical:?}"
        );
    }
}

#[test]
fn huge_fragments_are_cut_and_told() {
    let huge = "#/lab?tasks=3&".to_owned() + &"ü=1&".repeat(500_000);
    let (address, notices) = read(&huge);
    assert_eq!(format(&address), "#/lab?tasks=3");
    assert_eq!(notices.first(), Some(&("page".to_owned(), Why::TooLong)));
    assert!(notices.len() <= MOST_NOTICES);
}

#[test]
fn a_view_that_runs_by_itself_asks_nothing() {
    let (address, _) = parse("#/lesson/waiting?predict=on&autorun=1");
    assert_eq!(address.settings.predict(), crate::Predict::Off);
    let (address, _) = parse("#/lesson/waiting?autorun=off");
    assert_eq!(address.settings.predict(), crate::Predict::On);
}

#[test]
fn lists_lock_and_hide() {
    let (address, notices) = parse("#/lab?lock=tasks,wait&hide=table,header");
    assert!(notices.is_empty());
    assert!(address.settings.is_locked("wait") && !address.settings.is_locked("size"));
    assert!(address.settings.is_hidden("header") && !address.settings.is_hidden("kitchen"));
    let (all, _) = parse("#/lab?lock=all");
    assert!(all.settings.is_locked("size"));
}

#[test]
fn a_notice_cannot_smuggle_in_a_key() {
    let (_, notices) = parse("#/lab?@brand=@brand");
    let words = crate::Words::parse("notice.unknown-key = {key} {value}\nbrand = X");
    assert_eq!(
        notices[0].phrase().say(&words),
        "brand @brand".replace('@', "")
    );
}

#[test]
fn the_schema_names_every_workload_and_fits_every_slider() {
    let all = workloads::registry::ALL.iter();
    let mut known: Vec<_> = all
        .chain(workloads::registry::ENDLESS)
        .map(|workload| workload.id)
        .chain(workloads::mapped::ALL.iter().map(|job| job.id))
        // Shares something among its tasks, and can be asked for all the same.
        .chain([model::TRAINING])
        .collect();
    let mut named = schema::WORKLOADS.to_vec();
    known.sort_unstable();
    named.sort_unstable();
    assert_eq!(named, known);
    for slider in registry::all().flat_map(|lesson| lesson.sliders) {
        let key = find(slider.key).unwrap();
        for end in [slider.min, slider.max, slider.default] {
            assert!(
                key.kind.read(&schema::text(end)).is_ok(),
                "{} {end}",
                slider.key
            );
        }
    }
}

/// To write the file anew: `BLESS=1 cargo test -p lessons documentation`.
#[test]
fn the_documentation_is_up_to_date() {
    assert!(!markdown().contains("|  |"), "a key without a meaning");
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ADDRESS.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, markdown()).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        markdown()
    );
}
