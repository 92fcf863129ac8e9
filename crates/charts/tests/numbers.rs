//! Tables, sentences and files carry the numbers that were measured.

mod support;

use charts::View;
use model::{LaneKind, State, VoidReason};
use support::{MS, Sketch, english};

fn view() -> View {
    View::new("v", 780.0)
}

#[test]
fn the_table_of_lanes_has_the_times_of_the_spans() {
    let trace = support::pool_of_two(8, 40);
    let table = charts::lanes(&trace, &view(), &english).table;
    assert_eq!(table.head.len(), 8);
    let rows: Vec<_> = table
        .rows
        .iter()
        .filter(|row| row[3] == "chopping")
        .collect();
    assert_eq!(rows.len(), 8);
    for span in &trace.spans {
        let ms = |nanos: u64| format!("{:.2}", nanos as f64 / MS as f64);
        let wanted = [
            format!("dish {}", span.task + 1),
            ms(span.start_nanos),
            ms(span.end_nanos()),
            ms(span.len_nanos),
        ];
        assert!(
            rows.iter().any(|row| [&row[2], &row[4], &row[5], &row[6]]
                == [&wanted[0], &wanted[1], &wanted[2], &wanted[3]]),
            "{wanted:?}"
        );
    }
}

#[test]
fn lanes_say_how_many_were_at_work_and_how_much_was_hollow() {
    let chart = charts::lanes(&support::four_chefs_two_knives(6), &view(), &english);
    assert!(
        chart
            .finding
            .starts_with("4 chefs, but only 2.0 at work at a time"),
        "{}",
        chart.finding
    );
    assert_eq!(chart.body.matches("50\u{a0}% knife").count(), 4);
    let chart = charts::lanes(&support::pots(), &view(), &english);
    assert!(
        chart
            .finding
            .starts_with("Up to 8 pots waited at the same time"),
        "{}",
        chart.finding
    );
    let chart = charts::lanes(&support::juggled(4, 80, 4), &view(), &english);
    assert!(
        chart.finding.contains("never two at the same instant"),
        "{}",
        chart.finding
    );
}

#[test]
fn tasks_count_the_changes_of_hands() {
    assert_eq!(charts::switches(&support::juggled(4, 80, 4)), 79);
    assert_eq!(charts::switches(&support::pool_of_two(8, 40)), 6);
    let chart = charts::tasks(&support::juggled(4, 80, 4), &view(), &english);
    assert!(chart.finding.contains("79 times"), "{}", chart.finding);
}

#[test]
fn a_run_still_going_on_says_so_far() {
    let mut sketch = Sketch::new("pool", LaneKind::Pool, 2);
    sketch.span(0, 0, State::Running, 0, 20 * MS);
    let trace = sketch.live();
    let lanes = charts::lanes(&trace, &view(), &english);
    assert!(
        lanes.finding.starts_with("So far 20\u{a0}ms"),
        "{}",
        lanes.finding
    );
    assert!(
        lanes.body.contains("chef 2"),
        "a chef without work yet has a lane"
    );
}

#[test]
fn a_host_that_only_hands_out_work_is_no_chef() {
    let mut trace = support::pool_of_two(4, 10);
    trace.lanes.insert(
        0,
        model::Lane {
            kind: LaneKind::Host,
            index: 0,
            clock_offset_nanos: 0,
        },
    );
    for span in &mut trace.spans {
        span.lane_idx += 1;
    }
    let chefs: Vec<_> = charts::chefs(&trace)
        .iter()
        .map(|chef| (chef.number, chef.lane_idx))
        .collect();
    assert_eq!(chefs, [(1, 1), (2, 2)]);
}

#[test]
fn bars_carry_median_dots_and_the_line_they_meet() {
    let evidence = support::waiting();
    let refs = [
        charts::RefLine {
            millis: 480.0,
            label: "sum".into(),
        },
        charts::RefLine {
            millis: 60.0,
            label: "longest wait".into(),
        },
    ];
    let chart = charts::makespan(&evidence, &[], &refs, &view(), &english);
    assert!(
        chart.finding.contains("61\u{a0}ms") && chart.finding.contains("7.9 times as long"),
        "{}",
        chart.finding
    );
    assert!(chart.finding.contains("longest wait"), "{}", chart.finding);
    assert_eq!(
        chart.body.matches("<circle").count(),
        18,
        "a dot for every round"
    );
    let row = chart
        .table
        .rows
        .iter()
        .find(|row| row[0] == "one chef, juggling")
        .unwrap();
    assert_eq!((row[1].as_str(), row[2].as_str()), ("9", "61.00"));
    assert_eq!(chart.table.rows.len(), 4, "two arms and two lines");
}

#[test]
fn rounds_that_do_not_count_are_not_dots_but_are_in_the_table() {
    let mut evidence = support::waiting();
    for row in evidence.rounds.iter_mut().filter(|row| row.round < 2) {
        (row.valid, row.reason) = (false, Some(VoidReason::Hidden));
    }
    let chart = charts::makespan(&evidence, &[], &[], &view(), &english);
    assert_eq!(chart.body.matches("<circle").count(), 14);
    assert!(chart.table.rows.iter().all(|row| row[5] == "2"));
    assert!(charts::export::csv(&evidence).contains(",false,hidden\n"));
}

#[test]
fn the_plane_names_the_quadrants() {
    let chart = charts::plane(&support::computing(), &[], &view(), &english);
    assert_eq!(
        chart.finding,
        "Concurrent and parallel: 2 chefs, 4 chefs. Concurrent only: one chef, juggling. Neither: one after another."
    );
    assert!(chart.body.contains("2 knives"));
    let capacity = chart.table.rows.last().unwrap();
    assert_eq!(capacity[2], "1.97");
    assert_eq!(chart.table.rows.len(), 5);
    let row = &chart.table.rows[2];
    assert_eq!(
        (row[1].as_str(), row[2].as_str(), row[5].as_str()),
        ("2.00", "1.93", "both")
    );
}

#[test]
fn words_of_others_are_escaped() {
    let arms = [charts::ArmLabel {
        arm: "pool-2".into(),
        label: "<script>\"&".into(),
    }];
    for chart in [
        charts::makespan(&support::computing(), &arms, &[], &view(), &english),
        charts::plane(&support::computing(), &arms, &view(), &english),
    ] {
        assert!(chart.svg().contains("&lt;script&gt;&quot;&amp;"));
        assert!(!chart.svg().contains("<script"));
        assert!(!chart.standalone("<b>").contains("<b>"));
    }
}

#[test]
fn the_kitchen_shows_each_moment() {
    let trace = support::four_chefs_two_knives(6);
    let at = |ms: u64| charts::kitchen::scene(&trace, ms * MS, &view(), &english);
    let middle = at(60);
    assert_eq!(middle.svg.matches(">no knife<").count(), 2);
    assert_eq!(middle.svg.matches(">chopping ").count(), 2);
    assert!(
        middle.aria.contains("has no knife") && middle.aria.contains("0 of 8 dishes done"),
        "{}",
        middle.aria
    );
    assert!(at(1_000_000).aria.contains("8 of 8 dishes done"));
    assert_eq!(at(0).height, at(160).height, "the picture does not jump");
    let pots = charts::kitchen::scene(&support::pots(), 30 * MS, &view(), &english);
    assert_eq!(pots.svg.matches("fill=\"url(#v-h)\"").count(), 8);
    assert!(
        pots.aria.contains("dishes 1, 2, 3, 4, 5, 6, 7, 8"),
        "{}",
        pots.aria
    );
    let aside = charts::kitchen::scene(&support::juggled(4, 80, 4), 121 * MS, &view(), &english);
    assert!(aside.svg.contains("set aside") && !aside.svg.contains("no knife"));
}

#[test]
fn a_knife_taken_from_a_juggler_is_told_from_a_change_of_boards() {
    let mut sketch = Sketch::new("hybrid", LaneKind::Message, 1);
    sketch.span(0, 1, State::Ready, 0, 40 * MS);
    sketch.span(0, 0, State::Running, 0, 10 * MS);
    sketch.span(0, 0, State::Ready, 10 * MS, 20 * MS);
    sketch.span(0, 0, State::Running, 20 * MS, 30 * MS);
    sketch.span(0, 0, State::Ready, 30 * MS, 50 * MS);
    sketch.span(0, 1, State::Running, 40 * MS, 50 * MS);
    let trace = sketch.done();
    let aria = |ms: u64| charts::kitchen::scene(&trace, ms * MS, &view(), &english).aria;
    assert!(
        aria(15).contains("ready for dish 1 but has no knife"),
        "{}",
        aria(15)
    );
    assert!(aria(35).contains("turns to the next board"), "{}", aria(35));
}

#[test]
fn steps_begin_and_end_with_the_run_and_stop_at_every_finish() {
    for trace in [
        support::pots(),
        support::four_chefs_two_knives(6),
        support::hybrid(),
        support::many(4000),
    ] {
        let moments = charts::kitchen::moments(&trace);
        assert!(moments.len() > 3 && moments.len() <= charts::kitchen::MOST_MOMENTS);
        assert_eq!(
            (moments.first(), moments.last()),
            (Some(&0), Some(&trace.makespan_nanos))
        );
        assert!(moments.windows(2).all(|pair| pair[0] < pair[1]));
    }
    let trace = support::four_chefs_two_knives(6);
    let moments = charts::kitchen::moments(&trace);
    for task in &trace.tasks {
        let near = trace.makespan_nanos / 100;
        assert!(
            moments
                .iter()
                .any(|at| at.abs_diff(task.finished_nanos) <= near),
            "{task:?}"
        );
    }
}

#[test]
fn a_replay_takes_some_seconds() {
    for (trace, expected) in [
        (support::pots(), 100),
        (support::four_chefs_two_knives(6), 20),
        (support::juggled(4, 80, 4), 20),
    ] {
        assert_eq!(charts::kitchen::pace(&trace), expected);
    }
    assert_eq!(
        charts::kitchen::speed_label(20, &english),
        "20 times slower"
    );
    assert_eq!(charts::kitchen::speed_label(1, &english), "at real speed");
}

#[test]
fn csv_has_a_row_for_every_round_and_quotes_what_it_must() {
    let mut evidence = support::computing();
    evidence.arms[0].variant = "=1+1,\"x\"".into();
    evidence.finding = "two\nlines".into();
    let csv = charts::export::csv(&evidence);
    let rows: Vec<&str> = csv.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(rows.len(), 1 + 36);
    assert!(csv.contains("# finding: two lines\n"));
    assert!(rows[1].contains("\"'=1+1,\"\"x\"\"\""), "{}", rows[1]);
    let columns = rows[0].split(',').count();
    assert!(
        rows[10..]
            .iter()
            .all(|row| row.split(',').count() == columns)
    );
}

#[test]
fn the_exported_trace_nests_and_pairs() {
    let mut trace = support::hybrid();
    trace.arm = "a\"b\\c".into();
    let json = charts::export::chrome_trace(&[trace.clone(), support::pots()]);
    let events: Vec<&str> = json.lines().collect();
    let of = |phase: &str| {
        events
            .iter()
            .filter(|line| line.contains(&format!("\"ph\":\"{phase}\"")))
            .count()
    };
    let running = |trace: &model::Trace| {
        trace
            .spans
            .iter()
            .filter(|span| span.state == State::Running)
            .count()
    };
    assert_eq!(of("X"), running(&trace) + running(&support::pots()));
    assert_eq!(of("b"), of("e"));
    assert!(json.contains("a\\\"b\\\\c, round 1"));
    assert!(
        json.contains("\"ts\":250,\"dur\":200}"),
        "times are in microseconds"
    );
    let balance =
        |open: char, close: char| json.matches(open).count() == json.matches(close).count();
    assert!(balance('{', '}') && balance('[', ']'));
    assert!(json.contains("\"name\":\"process_name\"") && json.contains("chef 2 (message worker)"));
}

#[test]
fn the_exported_trace_has_what_the_executor_did_and_the_frames() {
    let mut trace = support::awaiting();
    trace.page = Some(model::PageLife {
        frames: vec![support::stretch(0, 480), support::stretch(480, 16)],
        ..model::PageLife::default()
    });
    let json = charts::export::chrome_trace(std::slice::from_ref(&trace));
    assert_eq!(json.matches("\"ph\":\"i\"").count(), trace.events.len());
    assert_eq!(json.matches("\"name\":\"polled 1\"").count(), 2);
    assert_eq!(json.matches("\"cat\":\"did not give way\"").count(), 2);
    assert_eq!(json.matches("\"cat\":\"frame\"").count(), 4);
    assert_eq!(
        json.matches("\"ph\":\"b\"").count(),
        json.matches("\"ph\":\"e\"").count()
    );
}

#[test]
fn every_request_is_a_row() {
    let (one, other) = (support::blocking(), support::pots());
    let csv = charts::export::requests_csv("=a,b", &[&one, &other]);
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows.len(), 1 + one.tasks.len() + other.tasks.len());
    assert_eq!(rows[2], "\"'=a,b\",blocking-3,0,1,primes,1,1,22,21");
    assert!(
        rows.iter()
            .skip(1)
            .all(|row| row.ends_with(char::is_numeric))
    );
}

#[test]
fn two_ways_that_took_as_long_are_both_named() {
    let mut evidence = support::computing();
    evidence.arms.truncate(2);
    let chart = charts::makespan(&evidence, &[], &[], &view(), &english);
    let finding = &chart.finding;
    assert!(
        finding.contains("320") && finding.contains("322"),
        "{finding}"
    );
}
