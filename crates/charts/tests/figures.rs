//! Charts of figures: latencies, frames, queues, sweeps.

mod support;

use charts::{
    CdfLine, Chart, FrameRow, QueueRow, SweepChart, SweepDots, SweepTheory, View, cdf, frames,
    queue, sweep,
};
use support::{english, stats, stretch};

fn view() -> View {
    View::new("v", 780.0)
}

fn line(label: &str, values_ms: &[f64]) -> CdfLine {
    CdfLine {
        label: label.into(),
        values_ms: values_ms.to_vec(),
    }
}

fn row(label: &str, lengths_ms: &[u64]) -> FrameRow {
    let mut at = 0;
    let mut frames = Vec::new();
    for length in lengths_ms {
        frames.push(stretch(at, *length));
        at += length;
    }
    FrameRow {
        label: label.into(),
        frames,
        total_ms: at as f64,
        ..FrameRow::default()
    }
}

fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

/// Every chart of figures, of all there is to draw and of next to nothing.
fn every_chart(width: f32) -> Vec<Chart> {
    let view = View::new("v", width);
    let odd = [
        f64::NAN,
        f64::INFINITY,
        -3.0,
        f64::NEG_INFINITY,
        1e300,
        5e-324,
    ];
    let mut stats_of_odd = stats(&[1.0; 9]);
    (stats_of_odd.lo, stats_of_odd.hi) = (f64::NAN, f64::INFINITY);
    let mut nothing = stats(&[1.0; 9]);
    nothing.median = f64::NAN;
    let endless = model::Stretch {
        start_nanos: u64::MAX - 3,
        len_nanos: u64::MAX,
    };
    let queue_of = |came_ms: &[f64], left_ms: &[f64], sampled: &[(f64, u32)]| QueueRow {
        label: "a way".into(),
        came_ms: came_ms.to_vec(),
        left_ms: left_ms.to_vec(),
        sampled: sampled.to_vec(),
        total_ms: 0.0,
    };
    let odd_sweep = |is_log| SweepChart {
        is_log,
        lines: vec![SweepDots {
            label: "odd".into(),
            points: vec![
                (f64::NAN, stats_of_odd),
                (0.0, stats_of_odd),
                (-1.0, stats_of_odd),
                (3.0, nothing),
                (f64::INFINITY, nothing),
            ],
        }],
        theory: vec![SweepTheory {
            label: "theory".into(),
            points: vec![(1.0, f64::INFINITY), (2.0, 1.0), (f64::NAN, 2.0)],
        }],
        ..SweepChart::default()
    };
    vec![
        cdf(&[], &view, &english),
        cdf(&[line("none", &[])], &view, &english),
        cdf(&[line("one", &[4.0])], &view, &english),
        cdf(&[line("same", &[4.0; 500])], &view, &english),
        cdf(
            &[line("odd", &odd), line("zero", &[0.0; 3])],
            &view,
            &english,
        ),
        cdf(&support::latencies(), &view, &english),
        frames(&[], &view, &english),
        frames(&[row("none", &[])], &view, &english),
        frames(&[row("one", &[17])], &view, &english),
        frames(&support::frame_rows(), &view, &english),
        frames(
            &[FrameRow {
                label: "odd".into(),
                frames: vec![endless, stretch(0, 0)],
                answers: vec![endless],
                long_tasks: Some(vec![endless]),
                total_ms: f64::NAN,
            }],
            &view,
            &english,
        ),
        queue(&[], &view, &english),
        queue(&[queue_of(&[], &[], &[])], &view, &english),
        queue(&[queue_of(&[2.0], &[5.0], &[])], &view, &english),
        queue(&[queue_of(&[0.0, 1.0], &[], &[(1.0, 2)])], &view, &english),
        queue(&[queue_of(&odd, &odd, &[(f64::NAN, 4)])], &view, &english),
        queue(&[queue_of(&[1.0], &[0.5], &[])], &view, &english),
        queue(&support::queue_rows(300), &view, &english),
        sweep(&SweepChart::default(), &view, &english),
        sweep(&odd_sweep(false), &view, &english),
        sweep(&odd_sweep(true), &view, &english),
        sweep(&support::waits(), &view, &english),
        sweep(&support::makespans(), &view, &english),
    ]
}

#[test]
fn nothing_breaks_a_chart_and_every_table_is_whole() {
    for width in [320.0, 780.0] {
        for chart in every_chart(width) {
            let svg = chart.svg();
            assert!(
                !svg.contains("NaN") && !svg.contains("inf"),
                "{}",
                chart.kind
            );
            assert!(!chart.finding.is_empty() && !chart.title.is_empty());
            assert!(chart.height > 100.0 || chart.kind == "frames" || chart.kind == "queue");
            assert!(chart.height < 4000.0);
            for row in &chart.table.rows {
                assert_eq!(row.len(), chart.table.head.len(), "{}", chart.kind);
            }
            for mark in &chart.marks {
                assert!(!mark.label.is_empty());
                let inside = mark.x >= -7.0
                    && mark.x + mark.width <= width + 7.0
                    && mark.y >= -7.0
                    && mark.y + mark.height <= chart.height;
                assert!(inside, "{} at {width}: {mark:?}", chart.kind);
            }
        }
    }
}

#[test]
fn words_from_outside_are_escaped() {
    let evil = "<script>\"&";
    let mut dots = support::waits();
    dots.across = evil.into();
    dots.up = evil.into();
    dots.lines[0].label = evil.into();
    dots.theory[0].label = evil.into();
    let mut queued = support::queue_rows(20);
    queued[0].label = evil.into();
    let charts = [
        cdf(&[line(evil, &[1.0, 2.0])], &view(), &english),
        frames(&[row(evil, &[17, 80])], &view(), &english),
        queue(&queued, &view(), &english),
        sweep(&dots, &view(), &english),
    ];
    for chart in charts {
        let svg = chart.svg();
        assert!(!svg.contains("<script"), "{}", chart.kind);
        assert!(svg.contains("&lt;script&gt;&quot;&amp;"), "{}", chart.kind);
    }
}

#[test]
fn percentiles_are_those_of_the_nearest_rank() {
    let values: Vec<f64> = (1..=1000).rev().map(f64::from).collect();
    let chart = cdf(&[line("a way", &values)], &view(), &english);
    let column: Vec<&str> = chart.table.rows.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(column, ["500.00", "900.00", "990.00", "1000.00", "1000"]);
    assert_eq!(
        plain(&chart.finding),
        "A way: half of the guests were served within 500 ms, 99 of 100 within 990 ms."
    );
    assert_eq!(chart.marks.len(), 3);
    assert_eq!(
        plain(&chart.marks[1].label),
        "a way: 90 of 100 guests within 900 ms"
    );
    // 1 ms to 1 s are three decades: the middle of the second is at 31.6 ms.
    let two = cdf(
        &[line("a", &[1.0, 1.0, 31.6228, 1000.0, 1000.0])],
        &view(),
        &english,
    );
    let x: Vec<f32> = two.marks.iter().map(|mark| mark.x + 6.0).collect();
    let (left, right) = (attribute(&two.body, "x1"), x[1]);
    assert!((x[0] - (left + right) / 2.0).abs() < 1.0, "{left} {x:?}");
}

/// The first number under this name.
fn attribute(svg: &str, name: &str) -> f32 {
    let rest = svg.split_once(&format!(" {name}=\"")).unwrap().1;
    rest.split_once('"').unwrap().0.parse().unwrap()
}

#[test]
fn lines_of_latencies_differ_in_dashes_and_end_at_the_top() {
    let chart = cdf(&support::latencies(), &view(), &english);
    let paths: Vec<&str> = chart
        .body
        .split("<path fill=\"none\" ")
        .skip(1)
        .map(|path| path.split_once('>').unwrap().0)
        .collect();
    assert_eq!(paths.len(), 2);
    assert!(!paths[0].contains("dasharray") && paths[1].contains("dasharray"));
    let top = chart.body.matches("V26\"").count();
    assert_eq!(top, 2, "every guest is served in the end");
    for label in ["one chef, juggling", "a juggler and one helper"] {
        assert!(chart.body.contains(&format!(">{label}<")));
    }
}

#[test]
fn few_guests_have_no_hundredth() {
    let chart = cdf(
        &[line("a", &[3.0, 180.0]), line("b", &[7.0])],
        &view(),
        &english,
    );
    assert_eq!(
        plain(&chart.finding),
        "A: half of the guests were served within 3.0 ms, the slowest after 180 ms. \
         B: one guest, served after 7.0 ms."
    );
}

#[test]
fn frames_over_50_ms_are_cross_hatched_and_counted() {
    let chart = frames(&support::frame_rows(), &view(), &english);
    assert_eq!(
        chart.body.matches("url(#v-x)").count(),
        3,
        "two, and the key"
    );
    let cells: Vec<Vec<&str>> = chart
        .table
        .rows
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    assert_eq!(cells[0][2..6], ["13", "407.0", "1", "203.0"]);
    assert_eq!(plain(cells[0][6]), "one of 402 ms");
    assert_eq!(cells[2][2..5], ["13", "33.0", "0"]);
    assert_eq!(cells[2][6], "this browser does not tell");
    assert!(
        plain(&chart.finding).starts_with("All at once: the page stood still once, for 407 ms."),
        "{}",
        chart.finding
    );
    assert!(plain(&chart.body).contains("at worst 407 ms, one over 50 ms"));
    // The column of the long frame is as wide as it is long, on the scale of time.
    let (all, calm) = (&chart.marks[0], &chart.marks[2]);
    assert!((all.width / calm.width - 407.0 / 33.0).abs() < 0.3);
    assert!((all.height / calm.height - 407.0 / 33.0).abs() < 0.3);
    // Exactly 50 ms is not over it.
    let edge = frames(&[row("edge", &[50, 51])], &view(), &english);
    assert_eq!(edge.table.rows[0][4], "1");
}

#[test]
fn frames_narrower_than_a_pixel_keep_the_highest() {
    let mut lengths = vec![1; 20_000];
    lengths[9_999] = 40;
    let chart = frames(&[row("many", &lengths)], &view(), &english);
    assert!(chart.body.len() < 40_000, "{}", chart.body.len());
    let calm = chart
        .body
        .split_once("<path fill=\"var(--run)\" d=\"")
        .unwrap()
        .1;
    let calm = calm.split_once('"').unwrap().0;
    let highest = calm
        .split('V')
        .filter_map(|part| part.split_once('H')?.0.parse::<f32>().ok())
        .fold(f32::MAX, f32::min);
    let worst = &chart.marks[0];
    assert!((highest - worst.y).abs() < 0.2, "{highest} {worst:?}");
    assert!(chart.table.rows[0][2] == "20000");
}

#[test]
fn the_keyboard_reaches_the_worst_frame_and_some_of_the_long_ones() {
    let lengths: Vec<u64> = (0..200).map(|idx| 60 + idx % 7).collect();
    let chart = frames(&[row("slow", &lengths)], &view(), &english);
    assert!(
        (10..=25).contains(&chart.marks.len()),
        "{}",
        chart.marks.len()
    );
    assert!(chart.marks[0].label.contains("at worst"));
    assert_eq!(chart.table.rows[0][4], "200");
}

#[test]
fn readings_count_for_as_long_as_they_hold() {
    // One guest for 90 ms, then nine more for 10 ms, read ten times as often.
    let mut sampled: Vec<(f64, u32)> = (0..9).map(|idx| (f64::from(idx) * 10.0, 1)).collect();
    sampled.extend((0..10).map(|idx| (90.0 + f64::from(idx), 10)));
    let mut came_ms = vec![0.0];
    came_ms.extend([90.0; 9]);
    let row = QueueRow {
        label: "crowd".into(),
        came_ms,
        left_ms: vec![100.0; 10],
        sampled,
        total_ms: 100.0,
    };
    let chart = queue(&[row], &view(), &english);
    let cells = &chart.table.rows[0];
    assert_eq!(cells[2], "1.90");
    assert_eq!(plain(&cells[6]), "0 %");
}

#[test]
fn the_number_there_is_rate_times_stay() {
    // 400 guests, one every 5 ms, each stays 20 ms: four at a time.
    let came: Vec<f64> = (0..400).map(|idx| f64::from(idx) * 5.0).collect();
    let left: Vec<f64> = came.iter().map(|at| at + 20.0).collect();
    let sampled = (0..100)
        .map(|idx| (f64::from(idx) * 20.0 + 3.0, 4))
        .collect();
    let row = QueueRow {
        label: "steady".into(),
        came_ms: came,
        left_ms: left,
        sampled,
        total_ms: 0.0,
    };
    let chart = queue(std::slice::from_ref(&row), &view(), &english);
    let cells = &chart.table.rows[0];
    assert_eq!(cells[1..6], ["400", "3.99", "198.5", "20.00", "3.97"]);
    assert_eq!(plain(&cells[6]), "1 %");
    assert_eq!(cells[7], "4");
    assert!(
        plain(&chart.body).contains("199 a second × 20 ms each = 4, 1 % off"),
        "{}",
        chart.body
    );
    // Without readings there is nothing independent to compare with.
    let alone = queue(
        &[QueueRow {
            sampled: Vec::new(),
            ..row
        }],
        &view(),
        &english,
    );
    assert_eq!(alone.table.rows[0][6], "");
    assert!(!alone.body.contains("off<"));
    // In between four are there, at the end nobody.
    let there: Vec<&str> = alone.table.rows[1..]
        .iter()
        .map(|row| row[9].as_str())
        .collect();
    assert_eq!(there.len(), 13);
    assert!(there[1..12].iter().all(|count| *count == "4"), "{there:?}");
    assert_eq!(there[12], "0");
}

#[test]
fn a_reading_holds_until_the_next() {
    let row = QueueRow {
        label: "all at once".into(),
        came_ms: vec![0.0; 32],
        left_ms: vec![20.0; 32],
        sampled: vec![(0.0, 32), (20.0, 0)],
        total_ms: 20.0,
    };
    let chart = queue(&[row], &view(), &english);
    assert_eq!(chart.table.rows[0][2], "32.00");
    assert_eq!(plain(&chart.table.rows[0][6]), "0 %");
}

#[test]
fn ten_thousand_requests_are_drawn_by_the_pixel() {
    for (rows, most) in [
        (support::queue_rows(10_000), 130_000),
        (support::queue_rows(200), 60_000),
    ] {
        let chart = queue(&rows, &view(), &english);
        assert!(chart.body.len() < most, "{}", chart.body.len());
        let peak: f32 = chart.table.rows[0][7].parse().unwrap();
        // The highest point of the line is where the peak is, to half a pixel.
        let path = chart
            .body
            .split_once("fill-opacity=\".18\" d=\"")
            .unwrap()
            .1;
        let path = path.split_once('"').unwrap().0;
        let highest = path
            .split('V')
            .skip(1)
            .filter_map(|part| part.split(['H', 'V', 'z']).next()?.parse::<f32>().ok())
            .fold(f32::MAX, f32::min);
        let bottom: f32 = path
            .rsplit_once('V')
            .unwrap()
            .1
            .trim_end_matches('z')
            .parse()
            .unwrap();
        let share = (bottom - highest) / 84.0;
        assert!(share > 0.3 && share <= 1.0 && peak > 1.0, "{share} {peak}");
    }
}

#[test]
fn rows_too_far_apart_have_a_scale_of_their_own_and_say_so() {
    let row = |label: &str, at_once: u32| QueueRow {
        label: label.into(),
        came_ms: vec![0.0; at_once as usize],
        left_ms: vec![10.0; at_once as usize],
        ..QueueRow::default()
    };
    let says = |rows: &[QueueRow]| {
        queue(rows, &view(), &english)
            .body
            .contains("its own height")
    };
    assert!(says(&[row("many", 500), row("few", 4)]));
    assert!(!says(&[row("many", 40), row("few", 4)]));
}

#[test]
fn requests_never_served_are_told() {
    let row = QueueRow {
        label: "cut off".into(),
        came_ms: vec![0.0, 1.0, 2.0],
        left_ms: vec![5.0, f64::NAN],
        ..QueueRow::default()
    };
    let chart = queue(&[row], &view(), &english);
    assert!(
        chart.finding.ends_with("2 guests were not served."),
        "{}",
        chart.finding
    );
    assert_eq!(
        chart.table.rows.last().unwrap()[9],
        "2",
        "they are still there"
    );
}

#[test]
fn intervals_need_six_rounds_and_theory_is_read_between_its_points() {
    let point = |rounds: usize| stats(&vec![4.0; rounds]);
    let input = SweepChart {
        across: "load".into(),
        up: "wait (ms)".into(),
        is_log: false,
        lines: vec![SweepDots {
            label: "one line".into(),
            points: vec![(0.5, point(5)), (0.7, point(6))],
        }],
        theory: vec![SweepTheory {
            label: "theory".into(),
            points: vec![(0.4, 1.0), (0.6, 3.0)],
        }],
        ..SweepChart::default()
    };
    let chart = sweep(&input, &view(), &english);
    assert_eq!(
        chart.table.head[1..],
        ["load", "rounds", "wait (ms)", "low", "high", "theory"]
    );
    assert_eq!(chart.table.rows[0][1..], ["0.5", "5", "4", "", "", "2"]);
    assert_eq!(chart.table.rows[1][1..], ["0.7", "6", "4", "4", "4", ""]);
    assert_eq!(chart.body.matches("h7m-3.5 0V").count(), 1, "one interval");
    assert_eq!(
        chart.finding,
        "Wait (ms), with load from 0.5 to 0.7. One line: from 4 to 4."
    );
    assert!(chart.marks[0].label.ends_with("wait (ms) 4"));
    assert!(chart.marks[1].label.ends_with("between 4 and 4"));
}

#[test]
fn the_figure_is_drawn_from_0_and_theory_stops_at_the_top() {
    let chart = sweep(&support::waits(), &view(), &english);
    // The scale begins 28 px below the top and is 300 px high.
    let bottom = 328.0;
    // The label of 0 is on the base line.
    let zero = chart
        .body
        .split(">0</text>")
        .next()
        .unwrap()
        .rsplit(" y=\"")
        .next()
        .unwrap();
    let y: f32 = zero.split_once('"').unwrap().0.parse().unwrap();
    assert!((y - bottom - 4.3).abs() < 0.2, "{y} {bottom}");
    for path in chart.body.split("<path fill=\"none\" ").skip(1) {
        let points = path
            .split_once(" d=\"")
            .unwrap()
            .1
            .split_once('"')
            .unwrap()
            .0;
        for point in points.split(['M', 'L']).filter(|part| part.contains(' ')) {
            let y = point.split_once(' ').unwrap().1;
            if let Ok(y) = y.parse::<f32>() {
                assert!((27.9..=bottom + 0.1).contains(&y), "{point}");
            }
        }
    }
    // With a line of theory for each line of dots, each is held to its own.
    assert!(
        chart.finding.contains("theory ends at 76") && chart.finding.contains("ends at 171"),
        "{}",
        chart.finding
    );
}
