//! Charts of nodes, the graphics processor and training say what was measured.

mod support;

use charts::{LossChart, StagedRun, SweepChart, View};
use model::{Courier, Stats, Trace};
use support::{MS, beyond, english, stats};

fn view(width: f32) -> View {
    View::new("v", width)
}

/// Width of the mark of the arrow with these words.
fn arrow<'a>(chart: &'a charts::Chart, words: &str) -> &'a charts::Mark {
    let mut marks = chart.marks.iter();
    marks
        .find(|mark| mark.label.starts_with(words))
        .unwrap_or_else(|| panic!("no {words}: {:?}", chart.marks))
}

#[test]
fn an_arrow_goes_from_where_and_when_it_was_sent_to_where_and_when_it_came() {
    let mut trace = beyond::town(2, 2, 0);
    trace.couriers = vec![Courier {
        from_lane_idx: 0,
        to_lane_idx: 2,
        task: 1,
        bytes: 2_500_000,
        sent_nanos: 10 * MS,
        came_nanos: 30 * MS,
        added_nanos: 5 * MS,
    }];
    let chart = charts::arrows(&trace, &view(780.0), &english);
    let mark = arrow(&chart, "from the depot to kitchen 2");
    for part in [
        "dish 2",
        "2.5\u{a0}MB",
        "10\u{a0}ms",
        "20\u{a0}ms",
        "5.0\u{a0}ms of it",
    ] {
        assert!(mark.label.contains(part), "{}", mark.label);
    }
    assert_eq!(mark.task, Some(1));
    // From the lower edge of the first row to the upper edge of the third.
    let row = |words: &str| arrow(&chart, words);
    let (depot, kitchen) = (row("the depot, dish 1"), row("kitchen 2, other tab, dish"));
    assert!((mark.y - depot.y - depot.height).abs() < 0.1);
    assert!((mark.y + mark.height - kitchen.y).abs() < 0.1);
    let width = 20.0 / 1e-6 / trace.makespan_nanos as f32;
    let all = 780.0 - 14.0 - charts::svg::text_px("kitchen 2, other tab", 13.0) - 14.0;
    assert!((mark.width - width * all).abs() < 1.0, "{}", mark.width);
    assert_eq!(chart.table.rows.len(), 1);
    assert_eq!(
        chart.table.rows[0],
        [
            "the depot",
            "kitchen 2, other tab",
            "dish 2",
            "2500000",
            "10.00",
            "30.00",
            "20.00",
            "5.00"
        ]
    );
}

#[test]
fn arrows_are_as_wide_as_what_they_carry() {
    let mut trace = beyond::town(2, 2, 0);
    let courier = |task: u32, bytes| Courier {
        from_lane_idx: 0,
        to_lane_idx: 1,
        task,
        bytes,
        sent_nanos: u64::from(task) * 10 * MS,
        came_nanos: u64::from(task) * 10 * MS,
        added_nanos: 0,
    };
    trace.couriers = vec![courier(0, 4_000_000), courier(1, 2_000_000), courier(2, 9)];
    let chart = charts::arrows(&trace, &view(780.0), &english);
    // An upright arrow: its first corner is half its width beside its middle.
    let widths: Vec<f32> = chart
        .body
        .split("fill=\"var(--data)\" stroke=\"var(--ink)\" stroke-width=\".8\" d=\"M")
        .skip(1)
        .take(3)
        .map(|path| {
            let xs: Vec<f32> = path
                .split(['M', 'L'])
                .filter_map(|point| point.split(' ').next()?.parse().ok())
                .collect();
            (xs[0] - xs[xs.len() - 1]).abs()
        })
        .collect();
    assert!((widths[0] / widths[1] - 2.0).abs() < 0.1, "{widths:?}");
    assert!(widths[2] > 1.0 && widths[2] < 1.5, "{widths:?}");
    assert!(chart.body.contains("as wide as this: 4.0\u{a0}MB"));
}

#[test]
fn many_messages_become_few_arrows_that_lose_no_byte() {
    let mut trace = beyond::town(4, 40, 0);
    let end = trace.makespan_nanos;
    trace.couriers = (0..20_000_u32)
        .map(|task| Courier {
            from_lane_idx: if task % 2 == 0 { 0 } else { 1 + task % 4 },
            to_lane_idx: if task % 2 == 0 { 1 + task % 4 } else { 0 },
            task,
            bytes: 1_000,
            sent_nanos: u64::from(task) * (end / 20_000),
            came_nanos: u64::from(task) * (end / 20_000) + MS,
            added_nanos: 0,
        })
        .collect();
    let chart = charts::arrows(&trace, &view(780.0), &english);
    let several: Vec<&str> = chart
        .marks
        .iter()
        .filter(|mark| mark.label.contains(" messages, "))
        .map(|mark| mark.label.as_str())
        .collect();
    assert!((20..=240).contains(&several.len()), "{}", several.len());
    let sum: u32 = several
        .iter()
        .map(|label| {
            let (before, _) = label.split_once(" messages, ").unwrap();
            before.rsplit(' ').next().unwrap().parse::<u32>().unwrap()
        })
        .sum();
    assert_eq!(sum, 20_000);
    assert!(
        chart.finding.contains("20000 messages carried 20\u{a0}MB"),
        "{}",
        chart.finding
    );
    assert!(chart.table.rows.len() <= 401 && chart.body.len() < 200_000);
}

#[test]
fn what_was_added_is_said_to_be_added() {
    let plain = charts::arrows(&beyond::town(2, 8, 0), &view(780.0), &english);
    assert!(!plain.body.contains("on purpose") && !plain.finding.contains("on purpose"));
    let slow = charts::arrows(&beyond::town(2, 8, 15 * MS), &view(780.0), &english);
    assert!(slow.body.contains("added to the way on purpose"));
    assert!(
        slow.finding
            .contains("15\u{a0}ms of that was added on purpose"),
        "{}",
        slow.finding
    );
}

#[test]
fn the_depot_is_no_chef_and_a_lost_kitchen_is_crossed_out() {
    let trace = beyond::raided();
    assert_eq!(
        charts::chefs(&trace)
            .iter()
            .map(|chef| chef.number)
            .collect::<Vec<_>>(),
        [0, 1, 2, 3]
    );
    let lanes = charts::lanes(&trace, &view(780.0), &english);
    assert!(lanes.finding.starts_with("3 chefs"), "{}", lanes.finding);
    assert!(
        lanes
            .finding
            .ends_with("Chef 2 was lost after 60\u{a0}ms; the others took over its dishes.")
    );
    let lost: Vec<_> = lanes
        .marks
        .iter()
        .filter(|mark| mark.label.contains(": lost,"))
        .collect();
    assert_eq!(lost.len(), 1);
    assert!(lost[0].label.starts_with("chef 2"));
    let arrows = charts::arrows(&trace, &view(390.0), &english);
    assert!(
        arrows
            .finding
            .contains("Kitchen 2 was lost after 60\u{a0}ms")
    );
    // A figure that names no lane is no reason to stop.
    let mut odd = trace;
    for name in ["gone.99", "gone.x", "gone."] {
        odd.figures.insert(name.into(), f64::NAN);
    }
    assert_eq!(charts::lanes(&odd, &view(780.0), &english), lanes);
}

#[test]
fn stages_stand_one_behind_the_other_on_one_scale() {
    let runs = beyond::staged();
    let chart = charts::stages(&runs, &view(780.0), &english);
    assert_eq!(chart.marks.len(), 10);
    for pair in chart.marks.windows(2) {
        if pair[0].y == pair[1].y && pair[0].width > 2.0 {
            assert!((pair[0].x + pair[0].width - pair[1].x).abs() < 0.1);
        }
    }
    let per_ms = chart.marks[0].width / 41.0;
    assert!((chart.marks[8].width - 88.0 * per_ms).abs() < 0.5);
    assert!(
        chart
            .finding
            .contains("1024 × 1024: 158\u{a0}ms, computing for 56\u{a0}%"),
        "{}",
        chart.finding
    );
    // Asking waits, data moves, blades compute.
    for look in ["url(#v-h)", "url(#v-v)", "fill=\"var(--run)\""] {
        assert!(chart.body.contains(look), "{look}");
    }
    // Its stages and their sum for each run.
    assert_eq!(chart.table.rows.len(), 12);
    assert_eq!(chart.table.rows[5][3], "51.910");
    let low = charts::stages(&runs, &view(614.0).low(true), &english);
    assert!(low.height <= View::LOW_ROWS_PX + 40.0, "{}", low.height);
}

#[test]
fn odd_stages_and_curves_do_not_break_anything() {
    let mut bad = beyond::staged();
    bad[0].stages[0].stats = Stats {
        median: f64::NAN,
        ..stats(&[1.0])
    };
    bad.push(StagedRun::default());
    for width in [240.0, 390.0, 1200.0] {
        assert_eq!(charts::stages(&bad, &view(width), &english).marks.len(), 9);
        let empty = charts::stages(&[], &view(width), &english);
        assert!(empty.finding.contains("Nothing") && empty.marks.is_empty());
        let mut odd = beyond::trainings();
        odd.lines[0].points[3].loss = f64::INFINITY;
        odd.lines[1].points.truncate(1);
        odd.lines.push(charts::LossLine::default());
        let chart = charts::loss(&odd, &view(width), &english);
        assert!(!chart.body.contains("NaN") && !chart.body.contains('–'));
        let empty = charts::loss(&LossChart::default(), &view(width), &english);
        assert!(empty.finding.contains("Nothing") && empty.table.rows.is_empty());
        let none = charts::arrows(&Trace::default(), &view(width), &english);
        assert!(none.finding.contains("No message"));
    }
}

#[test]
fn a_curve_says_when_it_was_good_enough() {
    let mut input = beyond::trainings();
    input.wanted = Some(0.85);
    let chart = charts::loss(&input, &view(780.0), &english);
    let reached = input.lines[1]
        .points
        .iter()
        .find(|point| point.accuracy.is_some_and(|share| share >= 0.85))
        .unwrap();
    let words = format!(
        "2 chefs: 85\u{a0}% right after {}",
        charts::format::nanos(reached.at_nanos)
    );
    assert_eq!(arrow(&chart, &words).label, words);
    assert!(
        chart.finding.contains("It had 85\u{a0}% right after"),
        "{}",
        chart.finding
    );
    input.wanted = Some(0.99);
    let never = charts::loss(&input, &view(780.0), &english);
    assert!(never.finding.contains("It did not get to 99\u{a0}%"));
    // Without anything tried there is only the loss.
    for line in &mut input.lines {
        for point in &mut line.points {
            point.accuracy = None;
        }
    }
    let plain = charts::loss(&input, &view(780.0), &english);
    assert!(!plain.body.contains("wanted") && !plain.finding.contains("wanted"));
    assert_eq!(plain.marks.len(), 24);
}

#[test]
fn a_factor_of_ten_is_as_high_everywhere_on_a_logarithmic_scale() {
    let input = beyond::crossover();
    let chart = charts::sweep(&input, &view(780.0), &english);
    let y = |at: usize| {
        let mark = &chart.marks[at];
        mark.y + mark.height / 2.0
    };
    let ms = |at: usize| input.lines[0].points[at].1.median;
    let per_factor = (y(1) - y(2)) as f64 / (ms(2) / ms(1)).log2();
    let last = f64::from(y(4) - y(6)) / (ms(6) / ms(4)).log2();
    assert!((per_factor - last).abs() < 0.2, "{per_factor} {last}");
    let crossing = chart.marks.last().unwrap();
    assert!(
        crossing.label.contains("cross at 150"),
        "{}",
        crossing.label
    );
    let x = crossing.x + crossing.width / 2.0;
    assert!(chart.marks[3].x < x && x < chart.marks[4].x);
    assert!(
        chart
            .finding
            .contains("The lines cross at 150 (rows of the matrix)")
    );
    assert_eq!(chart.table.rows.last().unwrap()[1], "150");
    // What is not above 0 is at the lower end.
    let mut odd = input;
    odd.lines[0].points[0].1 = stats(&[0.0; 7]);
    odd.crossing = Some((f64::NAN, "nowhere".into()));
    let chart = charts::sweep(&odd, &view(390.0), &english);
    assert!(!chart.body.contains("NaN") && !chart.body.contains("nowhere"));
    let nothing = SweepChart {
        is_log_up: true,
        ..SweepChart::default()
    };
    assert!(
        !charts::sweep(&nothing, &view(390.0), &english)
            .body
            .contains("NaN")
    );
}

#[test]
fn the_exported_trace_has_a_flow_for_every_message_and_the_loss() {
    let mut trace = beyond::town(2, 8, 3 * MS);
    trace.learned = beyond::trainings().lines[0].points.clone();
    let json = charts::export::chrome_trace(std::slice::from_ref(&trace));
    let count = |part: &str| json.matches(part).count();
    let messages = trace.couriers.len();
    assert_eq!(count("\"ph\":\"s\""), messages);
    assert_eq!(count("\"ph\":\"f\""), messages);
    assert_eq!(count("\"bp\":\"e\""), messages);
    assert_eq!(count("\"dur\":0"), 2 * messages);
    assert_eq!(count("\"added_us\":3000"), 2 * messages);
    assert!(json.contains("depot (host worker)") && json.contains("(worker of another tab)"));
    assert_eq!(count("\"name\":\"loss\""), 60);
    assert_eq!(count("\"name\":\"accuracy\""), 10);
    // Each flow begins and ends where its message did.
    for (number, courier) in trace.couriers.iter().enumerate() {
        for (phase, lane, at) in [
            ("s", courier.from_lane_idx, courier.sent_nanos),
            ("f", courier.to_lane_idx, courier.came_nanos),
        ] {
            let line = format!(
                "{{\"ph\":\"{phase}\",\"pid\":1,\"tid\":{},\"name\":\"courier\",\"cat\":\"courier\",\"id\":\"1.courier.{number}\",\"ts\":{}",
                lane + 1,
                at / 1000
            );
            assert_eq!(json.matches(&line).count(), 1, "{line}");
        }
    }
    let open = json.matches('{').count();
    assert_eq!(open, json.matches('}').count());
}

#[test]
fn couriers_are_seen_on_their_way_and_a_lost_kitchen_is_closed() {
    let trace = beyond::town(4, 16, 15 * MS);
    let at =
        |trace: &Trace, ms: u64| charts::kitchen::scene(trace, ms * MS, &view(780.0), &english);
    let under_way = |ms: u64| {
        let now = ms * MS;
        let couriers = trace.couriers.iter();
        couriers
            .filter(|courier| courier.sent_nanos <= now && now < courier.came_nanos)
            .count()
    };
    for ms in [5, 48, 90] {
        let count = under_way(ms);
        assert!(count > 1);
        let aria = at(&trace, ms).aria;
        assert!(
            aria.contains(&format!("{count} couriers are on their way")),
            "{aria}"
        );
    }
    let end = charts::kitchen::scene(&trace, u64::MAX, &view(780.0), &english);
    assert!(end.aria.contains("20 of 20 dishes done") && !end.aria.contains("courier"));
    assert!(
        end.svg
            .contains("Up to 15\u{a0}ms are added to a way on purpose.")
    );
    assert!(end.svg.contains("on this one computer"));
    let raided = beyond::raided();
    assert!(!at(&raided, 59).aria.contains("closed"));
    assert!(at(&raided, 60).aria.contains("kitchen 2 is closed"));
    // As high from the first instant to the last, and only so many are drawn.
    let many = beyond::town(20, 40, 0);
    let heights: Vec<f32> = [0, 20, 60].map(|ms| at(&many, ms).height).to_vec();
    assert!(heights.windows(2).all(|pair| pair[0] == pair[1]));
    assert!(at(&many, 20).aria.contains("and 12 more kitchens"));
    // Somewhere to stop while something is on its way.
    let stops = charts::kitchen::moments(&trace);
    let seen = stops.iter().filter(|at| {
        let couriers = trace.couriers.iter();
        couriers
            .clone()
            .any(|courier| courier.sent_nanos < **at && **at < courier.came_nanos)
    });
    assert!(seen.count() > 5);
}

#[test]
fn the_machine_is_fed_moves_and_is_emptied() {
    let mut trace = beyond::corridor();
    let aria = |trace: &Trace, ms: u64| {
        charts::kitchen::scene(trace, ms * MS, &view(390.0), &english).aria
    };
    let expected = [
        (10, "asks for the machine"),
        (36, "carries it there"),
        (60, "all blades move"),
        (92, "carries it back"),
    ];
    for (ms, words) in expected {
        assert!(aria(&trace, ms).contains(words), "{}", aria(&trace, ms));
    }
    let svg = |trace: &Trace| charts::kitchen::scene(trace, 0, &view(390.0), &english).svg;
    assert!(!svg(&trace).contains("software"));
    trace.figures.insert("gpu.software".into(), 1.0);
    assert!(svg(&trace).contains("software"));
}
