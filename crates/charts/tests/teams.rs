//! Charts of teams of workers: how many times sooner, what was lost, what has
//! to come first, what every run gave; locks and data on lanes.

mod support;

use charts::{
    Chart, CountsChart, DagChart, DagNode, LineKind, LostRun, LostTo, SpeedupChart, SpeedupLine,
    View, counts, dag, lanes, speedup, tasks, waterfall,
};
use model::Edge;
use support::{MS, english, stats, teams};

fn view() -> View {
    View::new("v", 780.0)
}

fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

/// Number of an attribute of the first element with `part` in its markup.
fn attribute(svg: &str, part: &str, name: &str) -> f32 {
    let at = svg.find(part).unwrap_or_else(|| panic!("no {part}"));
    let start = svg[..at].rfind('<').unwrap();
    let rest = svg[start..].split_once(&format!(" {name}=\"")).unwrap().1;
    rest.split_once('"').unwrap().0.parse().unwrap()
}

fn odd_speedup() -> SpeedupChart {
    let mut chart = teams::speedups(&[1, 2], 2.0, 9);
    chart.points[0].speedup.median = f64::NAN;
    chart.points[1].rounds = vec![f64::NAN, -4.0, f64::INFINITY, 1e300];
    chart.points[1].ms = stats(&[]);
    chart.points[1].serial_share = Some(stats(&[f64::NAN; 9]));
    chart.lines.push(SpeedupLine {
        kind: LineKind::Fitted,
        label: "odd".into(),
        points: vec![(f64::NAN, 1.0), (1.0, f64::INFINITY), (1e300, -2.0)],
        band: vec![(f64::NAN, 2.0)],
    });
    chart.capacity = Some(f64::INFINITY);
    chart
}

fn every_chart(width: f32, is_low: bool) -> Vec<Chart> {
    let view = View::new("v", width).low(is_low);
    let odd_lost = LostRun {
        label: "odd".into(),
        ideal_ms: -5.0,
        total_ms: 1e-9,
        parts: vec![(LostTo::Rest, f64::NAN), (LostTo::Slower, -1e300)],
    };
    let circle = DagChart {
        nodes: vec![DagNode::default(); 3],
        edges: vec![
            Edge {
                before: 0,
                after: 1,
            },
            Edge {
                before: 1,
                after: 0,
            },
            Edge {
                before: 2,
                after: 2,
            },
            Edge {
                before: 9,
                after: 1,
            },
        ],
    };
    let odd_counts = CountsChart {
        across: "tally".into(),
        wanted: f64::NAN,
        rows: vec![
            ("odd".into(), vec![f64::NAN, f64::INFINITY, -3.0, 1e15]),
            ("none".into(), Vec::new()),
        ],
    };
    vec![
        speedup(&SpeedupChart::default(), &view, &english),
        speedup(&odd_speedup(), &view, &english),
        speedup(&teams::speedups(&[1], 2.0, 1), &view, &english),
        speedup(&teams::speedups(&[2, 4], 2.0, 9), &view, &english),
        speedup(
            &teams::speedups(&[1, 2, 4, 8, 16, 32], 15.6, 9),
            &view,
            &english,
        ),
        waterfall(&[], &view, &english),
        waterfall(&[odd_lost], &view, &english),
        waterfall(&teams::lost(), &view, &english),
        dag(&DagChart::default(), &view, &english),
        dag(&circle, &view, &english),
        dag(&teams::meal(true), &view, &english),
        dag(&teams::meal(false), &view, &english),
        dag(&teams::ladder(), &view, &english),
        counts(&CountsChart::default(), &view, &english),
        counts(&odd_counts, &view, &english),
        counts(&teams::tallies(), &view, &english),
        lanes(&teams::locked(), &view, &english),
        tasks(&teams::locked(), &view, &english),
    ]
}

#[test]
fn nothing_breaks_a_chart_and_every_table_is_whole() {
    for (width, is_low) in [(320.0, false), (780.0, false), (614.0, true)] {
        for chart in every_chart(width, is_low) {
            let file = chart.standalone("here");
            assert!(!file.contains("NaN") && !file.contains("inf"));
            assert!(!chart.finding.is_empty() && !chart.title.is_empty());
            assert!(chart.height > 60.0 && chart.height < 4000.0);
            for row in &chart.table.rows {
                assert_eq!(row.len(), chart.table.head.len(), "{}", chart.kind);
            }
            for mark in &chart.marks {
                let inside = mark.x >= -1.0 && mark.x + mark.width <= width + 1.0;
                assert!(
                    inside && mark.y + mark.height <= chart.height + 1.0,
                    "{mark:?}"
                );
            }
        }
    }
}

#[test]
fn one_chef_more_is_as_wide_as_one_time_sooner_is_high() {
    let chart = speedup(&teams::speedups(&[1, 2, 3, 4], 2.0, 9), &view(), &english);
    let (one, four) = (&chart.marks[0], &chart.marks[3]);
    let middle = |mark: &charts::Mark| mark.x + mark.width / 2.0;
    let unit = (middle(four) - middle(one)) / 3.0;
    // The ideal is drawn from (0, 0); its first point is the corner of the plot.
    let path = chart
        .body
        .split_once("stroke-dasharray=\"5 4\" d=\"M")
        .unwrap()
        .1;
    let (from, to) = path.split_once('"').unwrap().0.split_once('L').unwrap();
    let point = |text: &str| -> (f32, f32) {
        let (x, y) = text.split_once(' ').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    let (from, to) = (point(from), point(to));
    assert!(
        ((to.0 - from.0) - (from.1 - to.1)).abs() < 1.0,
        "45 degrees"
    );
    assert!((middle(one) - from.0 - unit).abs() < 0.5, "whole chefs");
    // The capacity of two chefs is where two chefs are, and what lies right of it is shaded.
    let zone = attribute(&chart.body, "fill-opacity=\".13\"", "x");
    assert!((zone - middle(&chart.marks[1])).abs() < 0.5);
    // The guess is a prediction as everywhere.
    assert_eq!(chart.body.matches("data-role=\"prediction\"").count(), 1);
}

#[test]
fn a_speedup_says_what_was_measured_and_the_table_has_it_all() {
    let mut input = teams::speedups(&[1, 2, 4], 2.0, 9);
    input.points[1].speedup = stats(&[1.8; 9]);
    input.points[1].ms = stats(&[222.0; 9]);
    input.points[1].serial_share = Some(stats(&[0.111; 9]));
    let chart = speedup(&input, &view(), &english);
    let said = plain(&chart.finding);
    assert!(
        said.starts_with("Measured with 2 chefs: 1.80 times as fast, between 1.80 and 1.80 in 9 rounds. With 4 chefs:"),
        "{said}"
    );
    assert!(
        said.contains("This computer had 2.0 knives at once."),
        "{said}"
    );
    let row: Vec<String> = chart.table.rows[1].iter().map(|cell| plain(cell)).collect();
    assert_eq!(
        row[..8],
        [
            "2", "9", "222.0", "222.0", "222.0", "1.80", "90 %", "11.1 %"
        ]
    );
    assert_eq!(
        chart.table.head[8..],
        [
            "ideal",
            "as set: 20 %",
            "fitted: 21 % for one chef alone",
            "your guess"
        ]
    );
    assert_eq!(row[8..10], ["2.00", "1.67"]);
    assert!(chart.marks[1].label.contains("1.80 times as fast"));
    assert!(plain(&chart.marks[1].label).ends_with("one chef did 11.1 % of the work alone"));
}

#[test]
fn few_rounds_have_no_interval_and_a_run_under_way_has_few_points() {
    let few = speedup(&teams::speedups(&[1, 2], 2.0, 4), &view(), &english);
    assert!(few.finding.starts_with("Measured with 2 chefs:") && !few.finding.contains("between"));
    assert!(!few.body.contains("h7m-3.5 0V"));
    let mut none = teams::speedups(&[1, 2], 2.0, 4);
    none.points.clear();
    let none = speedup(&none, &view(), &english);
    assert_eq!(none.finding, "Nothing has been measured yet.");
    assert!(none.marks.is_empty() && none.body.contains("your guess"));
}

#[test]
fn the_parts_of_a_waterfall_add_up_and_stand_where_the_one_before_ended() {
    let runs = teams::lost();
    let chart = waterfall(&runs, &view(), &english);
    let first: Vec<&charts::Mark> = chart
        .marks
        .iter()
        .filter(|mark| mark.label.starts_with("2 chefs,"))
        .collect();
    // Ideal, five parts that are large enough, measured.
    assert_eq!(first.len(), 7);
    let unit = first[0].width / 200.0;
    let mut at = 200.0;
    for (mark, ms) in first[1..6].iter().zip([40.0, 12.0, 31.0, 14.6, 3.0]) {
        at += if ms == 12.0 { 0.4 } else { 0.0 };
        assert!(
            (mark.x - first[0].x - at * unit).abs() < 1.0,
            "{}",
            mark.label
        );
        at += ms;
    }
    assert!((first[6].width - 301.0 * unit).abs() < 1.0);
    // In the table there is every part, and the sum beside the measured time.
    let rows: Vec<&Vec<String>> = chart
        .table
        .rows
        .iter()
        .filter(|row| row[0] == "2 chefs")
        .collect();
    assert_eq!(rows.len(), 9);
    assert_eq!(
        (rows[7][2].as_str(), rows[8][2].as_str()),
        ("301.00", "301.00")
    );
    // A part below 0 goes back; what is missing is drawn as such.
    let back = chart
        .marks
        .iter()
        .find(|mark| mark.label.contains("slower"))
        .unwrap();
    assert!(plain(&back.label).contains("-20 ms"), "{}", back.label);
    assert!(
        chart
            .marks
            .iter()
            .any(|mark| mark.label.contains("not accounted for"))
    );
    assert!(
        plain(&chart.finding).contains("a chef without a knife, 105 ms"),
        "{}",
        chart.finding
    );
}

#[test]
fn the_longest_chain_is_found_from_the_lengths() {
    let chart = dag(&teams::meal(true), &view(), &english);
    let said = plain(&chart.finding);
    let chain = "wash vegetables → chop onions → fry onions → stir sauce → fill plates → serve";
    assert!(said.contains(chain) && said.contains("165 ms"), "{said}");
    assert!(said.contains("All 12 dishes together are 320 ms"), "{said}");
    let on_chain = chart
        .table
        .rows
        .iter()
        .filter(|row| row[6] == "yes")
        .count();
    assert_eq!(on_chain, 6);
    assert_eq!(chart.table.rows[6][1], "chop carrots, fry onions");
    assert_eq!(
        chart.body.matches("stroke-width=\"2.6\"").count(),
        6 + 5 + 1,
        "boxes, arrows, key"
    );
    // Another length makes another chain.
    let mut other = teams::meal(false);
    other.nodes[3].length_ms = 400.0;
    let other = dag(&other, &view(), &english);
    assert!(
        other
            .finding
            .contains("boil water → cook pasta → fill plates → serve")
    );
}

#[test]
fn whoever_needs_something_stands_behind_it() {
    for width in [360.0, 780.0] {
        let input = teams::meal(true);
        let chart = dag(&input, &View::new("v", width), &english);
        let of = |id: u32| {
            let name = format!("{}:", input.nodes[id as usize].name);
            chart
                .marks
                .iter()
                .find(|mark| mark.label.starts_with(&name))
                .unwrap()
        };
        for edge in &input.edges {
            let (before, after) = (of(edge.before), of(edge.after));
            let is_behind =
                after.x >= before.x + before.width || after.y >= before.y + before.height;
            assert!(is_behind, "{} {}", before.label, after.label);
        }
        for (idx, one) in chart.marks.iter().enumerate() {
            for other in &chart.marks[idx + 1..] {
                let apart = one.x + one.width <= other.x
                    || other.x + other.width <= one.x
                    || one.y + one.height <= other.y
                    || other.y + other.height <= one.y;
                assert!(apart, "{} {}", one.label, other.label);
            }
        }
    }
}

#[test]
fn many_tasks_are_drawn_in_part_and_listed_whole() {
    let nodes = (0..500).map(|id| DagNode {
        name: format!("task {id}"),
        length_ms: 1.0,
        done: None,
    });
    let input = DagChart {
        nodes: nodes.collect(),
        edges: (1..500)
            .map(|after| Edge {
                before: after / 2,
                after,
            })
            .collect(),
    };
    let chart = dag(&input, &view(), &english);
    assert_eq!(chart.marks.len(), 60);
    assert!(chart.body.contains("60 of the 500 dishes are drawn"));
    assert_eq!(chart.table.rows.len(), 500);
    assert!(chart.body.len() < 100_000, "{}", chart.body.len());
}

#[test]
fn one_lost_count_in_two_million_is_seen() {
    let chart = counts(&teams::tallies(), &view(), &english);
    let marks = |row: &str| -> Vec<&charts::Mark> {
        chart
            .marks
            .iter()
            .filter(|mark| mark.label.starts_with(row))
            .collect()
    };
    assert_eq!(marks("reading, adding").len(), 20, "a dot for every run");
    let nearly = marks("a rare loss");
    let lost: Vec<_> = nearly
        .iter()
        .filter(|mark| mark.label.ends_with("3 lost"))
        .collect();
    assert_eq!(lost.len(), 1);
    assert!(
        nearly.iter().all(|mark| mark.y >= lost[0].y),
        "it lies on top of the pile"
    );
    assert!(plain(&chart.body).contains("19 of 20 runs right, 3 lost at worst"));
    assert!(plain(&chart.body).contains("1 of 2 runs right, 40 000 too many at worst"));
    assert!(plain(&chart.finding).ends_with("2 000 000 in every run: one atomic step."));
    // Full counts stand on the line, lost ones left of it, in order of size.
    let line = attribute(
        &chart.body,
        "stroke=\"var(--ink)\" stroke-width=\"1.4\"",
        "x1",
    );
    for mark in marks("one atomic step") {
        assert!((mark.x + mark.width / 2.0 - line).abs() < 0.2);
    }
    assert!(
        marks("two locks")
            .iter()
            .all(|mark| mark.x + mark.width < line)
    );
    let row = &chart.table.rows[44];
    assert_eq!(
        (row[1].as_str(), row[2].as_str(), row[3].as_str()),
        ("5", "1999997", "-3")
    );
}

#[test]
fn cross_hatched_stands_for_the_salt_vertical_lines_carry_data() {
    let trace = teams::locked();
    let chart = lanes(&trace, &view(), &english);
    assert_eq!(chart.body.matches("fill=\"url(#v-x)\"").count(), 1);
    assert_eq!(chart.body.matches("fill=\"url(#v-v)\"").count(), 1);
    let mark = |part: &str| {
        chart
            .marks
            .iter()
            .find(|mark| plain(&mark.label).contains(part))
            .unwrap()
    };
    let salt = mark("chef 2, dish 2: standing still for a shaker, from 20 ms to 62 ms");
    let load = mark("chef 3, dish 3: carrying data, from 0 ms to 25 ms");
    let whole = mark("chef 1, all dishes");
    assert!((salt.x - whole.x - whole.width * 0.2).abs() < 1.0);
    assert!((load.width - whole.width * 0.25).abs() < 1.0);
    // Standing still and carrying are not chopping, and who is done early has a quiet tail.
    let share: Vec<String> = chart
        .table
        .rows
        .iter()
        .filter(|row| row[2] == "all dishes")
        .map(|row| plain(&row[3]))
        .collect();
    assert_eq!(share, ["100 % knife", "58 % knife", "30 % knife"]);
    assert_eq!(chart.body.matches("data-role=\"idle\"").count(), 1);
    let tail = mark("chef 3, no dish: nothing left to do, from 55 ms to 100 ms");
    assert!((tail.x + tail.width - whole.x - whole.width).abs() < 1.0);
    let rows = tasks(&trace, &view(), &english);
    assert!(rows.body.contains("url(#v-x)") && rows.body.contains("url(#v-v)"));
    let crowded = lanes(&teams::crowded(), &view(), &english);
    let mixed = plain(&crowded.marks[1].label);
    assert!(
        mixed.contains("50 % of the time chopping, 50 % standing still for a shaker"),
        "{mixed}"
    );
    // Charts without them carry none of the patterns.
    let calm = lanes(&support::pool_of_two(8, 40), &view(), &english);
    assert!(!calm.body.contains("-x\"") && !calm.body.contains("-v\""));
}

#[test]
fn the_kitchen_shows_who_stands_and_who_carries() {
    let trace = teams::locked();
    let scene = charts::kitchen::scene(&trace, 22 * MS, &view(), &english);
    assert!(
        scene.aria.contains("chef 2 stands still with dish 2"),
        "{}",
        scene.aria
    );
    assert!(
        scene.aria.contains("chef 3 carries what dish 3 needs"),
        "{}",
        scene.aria
    );
    assert!(scene.svg.contains("waits for a shaker") && scene.svg.contains("carrying 3"));
    assert!(scene.svg.contains("url(#v-v)") && scene.svg.contains("url(#v-x)"));
    let json = charts::export::chrome_trace(&[trace]);
    assert!(
        json.contains("\"cat\":\"blocked on a lock\"") && json.contains("\"cat\":\"moving data\"")
    );
}

#[test]
fn low_charts_fit_into_a_frame() {
    for chart in every_chart(614.0, true) {
        // A chain of sixteen steps is longer than any frame.
        let is_ladder = chart.finding.contains("step 16");
        assert!(
            is_ladder || chart.height <= 320.0,
            "{}: {}",
            chart.kind,
            chart.height
        );
    }
}

#[test]
fn a_strip_stands_in_the_column_of_its_chef_and_belongs_to_bars_of_its_task() {
    let (picture, trace) = (teams::strips(), support::pool_of_two(8, 40));
    let chefs = charts::chefs_of_tasks(&trace);
    for width in [320.0, 780.0] {
        let view = View::new("v", width);
        let chart = charts::tiles(&picture, &trace, true, None, &view, &english);
        let area = charts::pixel_area(&picture, &trace, true, None, &view);
        assert!((area.width / area.height - 160.0 / 96.0).abs() < 0.01);
        assert!(chart.width <= width && (area.x + area.width - chart.width).abs() < 0.01);
        assert!(chart.height <= 384.5 && (area.y + area.height - chart.height).abs() < 0.01);
        assert_eq!(chart.marks.len(), 8);
        for (task, mark) in (0..).zip(&chart.marks) {
            assert_eq!(mark.task, Some(task));
            assert!((mark.y - area.y - area.height / 8.0 * task as f32).abs() < 0.01);
            let chef = format!("painted by chef {} in", chefs[task as usize]);
            assert!(mark.label.contains(&chef), "{}", mark.label);
            // The pointer finds it, and with it the bars of the same task.
            let middle = (mark.x + mark.width / 2.0, mark.y + mark.height / 2.0);
            assert_eq!(chart.mark_at(middle.0, middle.1), Some(task as usize));
            let lanes = lanes(&trace, &view, &english);
            let bars: Vec<&charts::Mark> = lanes.marks_of(task).collect();
            assert!(!bars.is_empty(), "task {task}");
            let here = lanes.mark_at(bars[0].x + 1.0, bars[0].y + 1.0).unwrap();
            assert_eq!(lanes.marks[here].task, Some(task), "not the whole row");
        }
        // Eight full cells in two columns, with the numbers of both chefs.
        assert_eq!(chart.body.matches("fill=\"var(--run)\"").count(), 8);
        assert!(chart.body.contains(">1</text>") && chart.body.contains(">2</text>"));
        assert!(chart.finding.starts_with("8 strips: chef 1 painted"));
    }
    let plain = charts::tiles(&picture, &trace, false, None, &view(), &english);
    assert!(plain.marks.len() == 8 && !plain.body.contains("<text"));
    assert!(
        !dag(&teams::meal(true), &view(), &english)
            .marks
            .iter()
            .any(|mark| mark.task.is_none())
    );
}

#[test]
fn odd_pictures_do_not_break_anything() {
    let trace = support::pool_of_two(2, 40);
    let mut odd = teams::strips();
    odd.tiles[0].y = u32::MAX;
    odd.tiles[1].shades.clear();
    odd.tiles[2].task = u32::MAX;
    let mut flat = teams::strips();
    (flat.width, flat.height) = (0, 0);
    for picture in [odd, flat, model::Picture::default()] {
        for by_chef in [true, false] {
            let chart = charts::tiles(&picture, &trace, by_chef, None, &view(), &english);
            assert!(!chart.svg().contains("NaN") && !chart.svg().contains("inf"));
            assert!(chart.height <= 400.0 && chart.width <= 780.0);
        }
    }
}

#[test]
fn on_a_narrow_screen_the_longest_chain_goes_straight_down() {
    let chart = dag(&teams::meal(true), &View::new("v", 360.0), &english);
    let middle = |name: &str| {
        let mark = chart.marks.iter().find(|mark| mark.label.starts_with(name));
        let mark = mark.unwrap();
        mark.x + mark.width / 2.0
    };
    for pair in [
        ["fry onions", "stir sauce"],
        ["stir sauce", "fill plates"],
        ["fill plates", "serve"],
    ] {
        let [from, to] = pair.map(middle);
        assert!((from - to).abs() < 1.0, "{pair:?}: {from} {to}");
    }
    // Boxes keep apart and inside.
    for (idx, one) in chart.marks.iter().enumerate() {
        assert!(one.x >= 0.0 && one.x + one.width <= chart.width);
        for other in &chart.marks[idx + 1..] {
            let beside = one.x + one.width <= other.x || other.x + other.width <= one.x;
            let apart = one.y + one.height <= other.y || other.y + other.height <= one.y;
            assert!(beside || apart, "{} {}", one.label, other.label);
        }
    }
}
