//! Guests in line, chefs who are blocked, and what an executor did.

mod support;

use charts::View;
use charts::kitchen::scene;
use model::{Deed, LaneKind, Stall, State, TaskEvent};
use support::{MS, Sketch, english};

fn view() -> View {
    View::new("v", 780.0)
}

fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

#[test]
fn guests_stand_in_line_from_coming_to_being_begun() {
    // A guest comes every millisecond; three are begun every 21 ms.
    let trace = support::blocking();
    let at = |ms: u64| scene(&trace, ms * MS, &view(), &english);
    let early = at(2);
    assert!(plain(&early.svg).contains("guests: 0 in line, 3 being served, 0 served"));
    assert!(early.svg.contains("nobody in line"));
    let middle = at(70);
    assert!(
        plain(&middle.svg).contains("guests: 12 in line, 3 being served, 9 served"),
        "{}",
        middle.aria
    );
    assert!(middle.svg.contains(">+4<"), "eight are drawn");
    assert!(middle.aria.contains("12 guests stand in line"));
    assert!(middle.aria.contains("9 of 24 guests served"));
    // Waiting to be begun is not a board set aside.
    let mut lined = trace.clone();
    for task in &trace.tasks {
        lined.spans.push(model::Span {
            lane_idx: task.lane_idx,
            task: task.id,
            state: State::Ready,
            start_nanos: task.spawned_nanos,
            len_nanos: task.started_nanos - task.spawned_nanos,
        });
    }
    let lined = scene(&lined, 70 * MS, &view(), &english);
    assert!(!lined.svg.contains("set aside") && lined.aria == middle.aria);
    let end = at(10_000);
    assert!(end.aria.contains("24 of 24 guests served"), "{}", end.aria);
    assert_eq!((early.height, middle.height), (middle.height, end.height));
}

#[test]
fn more_tasks_than_tickets_are_guests() {
    let scene_of = |tasks| {
        let mut trace = support::crowd_of(tasks);
        for task in &mut trace.tasks {
            task.spawned_nanos = 0;
        }
        scene(&trace, MS / 10, &view(), &english).svg
    };
    assert!(scene_of(54).contains("tickets:"));
    assert!(scene_of(55).contains("in line"));
    // Who only computes is no guest, however many there are.
    let mut computing = support::crowd_of(200);
    computing.spans.retain(|span| span.state != State::Waiting);
    for task in &mut computing.tasks {
        task.spawned_nanos = 0;
    }
    let rail = scene(&computing, MS / 10, &view(), &english).svg;
    assert!(rail.contains("tickets:") && !rail.contains("in line"));
}

#[test]
fn who_stands_still_to_the_end_has_done_nothing() {
    let mut sketch = Sketch::new("crossed", LaneKind::Pool, 2);
    for chef in 0..2 {
        sketch.span(chef, chef, State::Running, 0, MS);
        sketch.span(chef, chef, State::Blocked, MS, 20 * MS);
    }
    let mut trace = sketch.done();
    trace.figures.insert("stuck".into(), 1.0);
    let end = scene(&trace, 20 * MS, &view(), &english);
    assert_eq!(end.svg.matches("waits for a shaker").count(), 2);
    assert!(end.aria.contains("0 of 2 dishes done"), "{}", end.aria);
    let lanes = charts::lanes(&trace, &view(), &english).finding;
    assert!(lanes.ends_with("with no dish done."), "{lanes}");
    // Eighty boards that are only chopped are no guests.
    let boards = scene(&support::many(4000), MS, &view(), &english).svg;
    assert!(boards.contains("tickets:"));
}

#[test]
fn a_blocked_chef_is_not_one_whose_hands_are_free() {
    let blocked = scene(&support::blocking(), 70 * MS, &view(), &english);
    assert_eq!(blocked.svg.matches("must watch pot").count(), 3);
    assert!(!blocked.svg.contains("hands free"));
    assert!(
        !blocked.svg.contains("pots waiting"),
        "there is no stove that needs nobody"
    );
    assert!(blocked.aria.contains("chef 2 stands and watches pot 11"));
    // One chef who juggles the same pots has free hands.
    let free = scene(&support::pots(), 30 * MS, &view(), &english);
    assert!(free.svg.contains("hands free") && free.svg.contains("8 pots waiting"));
    assert!(!free.svg.contains("watch"));
}

#[test]
fn a_poll_that_does_not_end_is_a_long_board() {
    let trace = support::awaiting();
    let stuck = scene(&trace, 200 * MS, &view(), &english);
    assert!(stuck.svg.contains("does not look up") && stuck.svg.contains("url(#v-x)"));
    assert!(
        plain(&stuck.aria).contains("chef 1 has been at dish 3 for 190 ms without looking up"),
        "{}",
        stuck.aria
    );
    let after = scene(&trace, 473 * MS, &view(), &english);
    assert!(after.svg.contains("chopping 1") && !after.svg.contains("v-x"));
}

#[test]
fn a_poll_that_did_not_give_way_is_named_on_both_charts() {
    let trace = support::awaiting();
    for draw in [charts::lanes, charts::tasks] {
        let chart = draw(&trace, &view(), &english);
        assert_eq!(chart.body.matches("url(#v-x)").count(), 1, "{}", chart.kind);
        assert!(plain(&chart.body).contains("did not give way: 460 ms"));
        assert!(
            plain(&chart.finding)
                .ends_with("Dish 3 did not give way for 460 ms: nobody else got a turn."),
            "{}",
            chart.finding
        );
        let state = chart
            .table
            .rows
            .iter()
            .filter(|row| row.iter().any(|cell| cell == "at it without giving way"));
        let rows: Vec<_> = state.collect();
        assert_eq!(rows.len(), 1);
        assert!(rows[0].contains(&"460.00".to_string()) && rows[0].contains(&"dish 3".to_string()));
        let mark = chart
            .marks
            .iter()
            .find(|mark| mark.label.contains("without giving way"));
        assert!(mark.is_some_and(|mark| mark.width > 400.0), "{mark:?}");
    }
    let mut calm = trace.clone();
    calm.stalls.clear();
    assert!(!charts::lanes(&calm, &view(), &english).body.contains("v-x"));
    let mut more = trace;
    more.stalls.push(Stall {
        task: 0,
        start_nanos: 470 * MS,
        len_nanos: 5 * MS,
    });
    assert!(
        plain(&charts::lanes(&more, &view(), &english).finding)
            .ends_with("2 times a dish did not give way; dish 3 was the longest, 460 ms."),
    );
}

#[test]
fn what_the_executor_did_is_drawn_listed_and_explained() {
    let trace = support::awaiting();
    let chart = charts::tasks(&trace, &view(), &english);
    for words in ["polled: the chef", "pending: it has", "woken: its bell"] {
        assert!(chart.body.contains(words), "{words}");
    }
    let count = |word: &str| {
        chart
            .table
            .rows
            .iter()
            .filter(|row| row.iter().any(|cell| cell == word))
            .count()
    };
    assert_eq!(
        [count("polled"), count("pending"), count("woken")],
        [5, 2, 2]
    );
    let heard: Vec<_> = chart
        .marks
        .iter()
        .filter(|mark| mark.label.starts_with("dish 1 "))
        .map(|mark| plain(&mark.label))
        .collect();
    assert_eq!(
        heard,
        [
            "dish 1 polled, at 0 ms",
            "dish 1 polled, at 470 ms",
            "dish 1 pending, at 3.0 ms",
            "dish 1 woken, at 60 ms"
        ]
    );
    let mut without = trace;
    without.events.clear();
    assert!(
        !charts::tasks(&without, &view(), &english)
            .body
            .contains("polled")
    );
}

#[test]
fn many_deeds_are_few_glyphs_and_no_row_is_lost() {
    let mut sketch = Sketch::new("one", LaneKind::Host, 1);
    sketch.span(0, 0, State::Running, 0, 100 * MS);
    let mut trace = sketch.done();
    for turn in 0..50_000 {
        trace.events.push(TaskEvent {
            task: 0,
            at_nanos: turn * 2_000,
            deed: if turn % 2 == 0 {
                Deed::Polled
            } else {
                Deed::Woken
            },
        });
    }
    let chart = charts::tasks(&trace, &view(), &english);
    assert!(chart.body.len() < 80_000, "{}", chart.body.len());
    let pieces: u32 = chart
        .table
        .rows
        .iter()
        .filter(|row| row.iter().any(|cell| cell == "polled" || cell == "woken"))
        .filter_map(|row| row.last()?.parse::<u32>().ok())
        .sum();
    assert_eq!(pieces, 50_000);
}
