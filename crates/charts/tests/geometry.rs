//! What is drawn is where it was measured, can be read, and covers nothing.

mod support;

use charts::{Chart, Mark, RefLine, View};
use model::{LaneKind, Nanos, State, Trace};
use support::{MS, Sketch, english};

/// A piece of text on the screen, with its estimated extent.
#[derive(Debug)]
struct Text {
    words: String,
    left: f32,
    right: f32,
    base: f32,
}

/// Every upright text of an SVG.
fn texts(svg: &str) -> Vec<Text> {
    let mut found = Vec::new();
    for piece in svg.split("<text").skip(1) {
        let (attributes, rest) = piece.split_once('>').unwrap();
        let words = rest.split_once("</text>").unwrap().0.to_string();
        let number = |name: &str| {
            attribute(attributes, name)
                .and_then(|text| text.parse::<f32>().ok())
                .unwrap()
        };
        let plain = words
            .replace("&quot;", "\"")
            .replace("&amp;", "&")
            .replace("&lt;", "<");
        // Estimates are generous by a tenth; overlaps are meant to be real ones.
        let width = charts::svg::text_px(&plain, charts::svg::SMALL_TEXT_PX) * 0.9;
        let x = number("x");
        let left = match attribute(attributes, "text-anchor").as_deref() {
            Some("middle") => x - width / 2.0,
            Some("end") => x - width,
            _ => x,
        };
        let text = Text {
            words: plain,
            left,
            right: left + width,
            base: number("y"),
        };
        // Turned text is written around the origin of its own group.
        if x != 0.0 || text.base != 0.0 {
            found.push(text);
        }
    }
    found
}

fn attribute(attributes: &str, name: &str) -> Option<String> {
    let (_, rest) = attributes.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0.to_string())
}

fn traces() -> Vec<Trace> {
    vec![
        support::pots(),
        support::juggled(4, 80, 4),
        support::juggled(8, 40, 1),
        support::pool_of_two(8, 40),
        support::four_chefs_two_knives(6),
        support::hybrid(),
        support::many(4000),
        crowd(),
        support::awaiting(),
        support::blocking(),
        support::crowd_of(400),
        support::teams::locked(),
        support::teams::crowded(),
        support::beyond::town(2, 8, 0),
        support::beyond::town(8, 40, 15 * MS),
        support::beyond::raided(),
        support::beyond::corridor(),
        Sketch::new("empty", LaneKind::Pool, 2).live(),
        Trace::default(),
    ]
}

/// Sixteen chefs with a dish each.
fn crowd() -> Trace {
    let mut sketch = Sketch::new("pool-16", LaneKind::Pool, 16);
    for chef in 0..16 {
        sketch.span(chef, chef, State::Running, 0, 40 * MS);
    }
    sketch.done()
}

fn line(label: &str, millis: f64) -> RefLine {
    RefLine {
        label: label.into(),
        millis,
    }
}

fn every_chart(width: f32, is_low: bool) -> Vec<Chart> {
    let view = View::new("v", width).predicting(Some(83.0)).low(is_low);
    let mut all = Vec::new();
    for trace in traces() {
        all.push(charts::lanes(&trace, &view, &english));
        all.push(charts::tasks(&trace, &view, &english));
        all.push(charts::arrows(&trace, &view, &english));
        let card = View::new("c", 260.0);
        let reference = line("one after another", 483.0);
        all.push(charts::tasks_compact(
            &trace,
            Some(&reference),
            &card,
            &english,
        ));
        all.push(charts::lanes_compact(
            &trace,
            Some(&reference),
            &card,
            &english,
        ));
    }
    for evidence in [support::waiting(), support::computing()] {
        let refs = [
            line("longest wait", 60.0),
            line("half", 160.0),
            line("sum of the waits", 480.0),
        ];
        all.push(charts::makespan(&evidence, &[], &refs, &view, &english));
        all.push(charts::plane(&evidence, &[], &view, &english));
    }
    all.push(charts::cdf(&support::latencies(), &view, &english));
    all.push(charts::frames(&support::frame_rows(), &view, &english));
    all.push(charts::queue(&support::queue_rows(400), &view, &english));
    all.push(charts::sweep(&support::waits(), &view, &english));
    all.push(charts::sweep(&support::makespans(), &view, &english));
    for (workers, cores) in [
        (&[1, 2, 3, 4][..], 2.0),
        (&[1, 2, 4, 8, 16, 32], 15.6),
        (&[1, 2], 1.9),
    ] {
        let input = support::teams::speedups(workers, cores, 9);
        all.push(charts::speedup(&input, &view, &english));
    }
    all.push(charts::waterfall(&support::teams::lost(), &view, &english));
    for graph in [
        support::teams::meal(true),
        support::teams::meal(false),
        support::teams::ladder(),
    ] {
        all.push(charts::dag(&graph, &view, &english));
    }
    all.push(charts::sweep(
        &support::beyond::crossover(),
        &view,
        &english,
    ));
    all.push(charts::stages(&support::beyond::staged(), &view, &english));
    all.push(charts::loss(&support::beyond::trainings(), &view, &english));
    let narrow = View::new("v", width.min(400.0)).low(is_low);
    for trace in [support::pool_of_two(8, 40), crowd()] {
        let strips = support::teams::strips();
        all.push(charts::tiles(
            &strips, &trace, true, None, &narrow, &english,
        ));
    }
    all.push(charts::counts(&support::teams::tallies(), &view, &english));
    all
}

#[test]
fn text_is_inside_large_enough_and_never_on_other_text() {
    for (width, is_low) in [
        (320.0, false),
        (320.0, true),
        (360.0, false),
        (560.0, false),
        (614.0, true),
        (780.0, false),
    ] {
        let charts = every_chart(width, is_low)
            .into_iter()
            .map(|chart| (chart.kind, chart.svg(), chart.width, chart.height));
        let kitchens = traces().into_iter().flat_map(|trace| {
            let at = |share: u64| {
                let scene = charts::kitchen::scene(
                    &trace,
                    trace.makespan_nanos / 8 * share,
                    &View::new("k", width),
                    &english,
                );
                ("kitchen", scene.svg, scene.width, scene.height)
            };
            [at(0), at(3), at(8)]
        });
        for (kind, svg, across, down) in charts.chain(kitchens) {
            let head = svg.split_once('>').unwrap().0;
            assert!(
                head.contains(&format!("viewBox=\"0 0 {across} ")),
                "{kind}: {head}"
            );
            for size in svg.split("font-size=\"").skip(1) {
                let size: f32 = size.split_once('"').unwrap().0.parse().unwrap();
                assert!(size >= 12.0, "{kind}: text of {size} px");
            }
            let texts = texts(&svg);
            for (idx, one) in texts.iter().enumerate() {
                assert!(
                    one.left >= -3.0 && one.right <= across + 3.0,
                    "{kind} at {width}: {one:?}"
                );
                assert!(
                    one.base >= 9.0 && one.base <= down,
                    "{kind} at {width}: {one:?}"
                );
                for other in &texts[idx + 1..] {
                    let beside = one.right <= other.left + 0.5 || other.right <= one.left + 0.5;
                    let apart = (one.base - other.base).abs() >= 10.5;
                    assert!(
                        beside || apart,
                        "{kind} at {width}: {:?} at {} on {:?} at {}",
                        one.words,
                        one.left,
                        other.words,
                        other.left
                    );
                }
            }
        }
    }
}

#[test]
fn low_charts_fit_under_a_heading_in_a_frame() {
    let view = View::new("v", 614.0);
    for trace in [crowd(), support::many(4000)] {
        for draw in [charts::lanes, charts::tasks] {
            let usual = draw(&trace, &view, &english);
            let low = draw(&trace, &view.clone().low(true), &english);
            let kind = low.kind;
            assert!(
                low.height <= View::LOW_ROWS_PX + 60.0,
                "{kind}: {}",
                low.height
            );
            assert!(low.height <= usual.height, "{kind}");
            assert_eq!(
                low.marks.len(),
                usual.marks.len(),
                "{kind}: nothing is left out"
            );
        }
    }
    let figures = [
        charts::cdf(&support::latencies(), &view.clone().low(true), &english),
        charts::sweep(&support::makespans(), &view.clone().low(true), &english),
        charts::queue(&support::queue_rows(400), &view.clone().low(true), &english),
        charts::frames(&support::frame_rows(), &view.clone().low(true), &english),
    ];
    for low in figures {
        assert!(low.height <= 320.0, "{}: {}", low.kind, low.height);
    }
    // Few rows are as high as ever.
    let few = support::four_chefs_two_knives(6);
    let low = charts::lanes(&few, &view.clone().low(true), &english);
    assert_eq!(low, charts::lanes(&few, &view, &english));
}

#[test]
fn bars_are_within_a_pixel_of_their_time() {
    let trace = support::four_chefs_two_knives(6);
    let chart = charts::lanes(&trace, &View::new("v", 780.0), &english);
    let all: Vec<&Mark> = chart
        .marks
        .iter()
        .filter(|mark| mark.label.contains("all dishes"))
        .collect();
    let (left, width) = (all[0].x, all[0].width);
    let x = |nanos: Nanos| left + width * (nanos as f64 / trace.makespan_nanos as f64) as f32;
    let mut checked = 0;
    for span in trace
        .spans
        .iter()
        .filter(|span| span.lane_idx == 0 && span.state == State::Running)
    {
        let near = |mark: &&Mark| {
            (mark.x - x(span.start_nanos)).abs() < 1.0
                && (mark.x + mark.width - x(span.end_nanos())).abs() < 1.0
        };
        assert!(
            chart
                .marks
                .iter()
                .filter(|mark| mark.y == all[0].y)
                .any(|mark| near(&mark)),
            "{span:?}"
        );
        checked += 1;
    }
    assert!(checked > 10);
    // The ink is where the mark is.
    let first = chart
        .marks
        .iter()
        .find(|mark| mark.label.contains("dish 1"))
        .unwrap();
    let ink = format!("<rect x=\"{:.1}\"", first.x + 0.5).replace(".0\"", "\"");
    assert!(chart.body.contains(&ink), "{ink}");
}

#[test]
fn the_prediction_is_drawn_at_its_value() {
    let view = View::new("v", 780.0).predicting(Some(80.0));
    let trace = support::four_chefs_two_knives(6);
    for chart in [
        charts::lanes(&trace, &view, &english),
        charts::tasks(&trace, &view, &english),
    ] {
        let ghost = chart
            .body
            .split_once("data-role=\"prediction\">")
            .unwrap()
            .1;
        let at: f32 = attribute(ghost, "x1").unwrap().parse().unwrap();
        let bracket = chart.body.rsplit_once("var(--ink)\" d=\"M").unwrap().1;
        let (left, rest) = bracket.split_once(' ').unwrap();
        let right = rest.split_once('H').unwrap().1.split_once('v').unwrap().0;
        let (left, right): (f32, f32) = (left.parse().unwrap(), right.parse().unwrap());
        let share = 80.0 / (trace.makespan_nanos as f32 / MS as f32);
        assert!(
            (at - left - (right - left) * share).abs() < 1.0,
            "{}",
            chart.kind
        );
    }
    let chart = charts::makespan(&support::computing(), &[], &[], &view, &english);
    assert_eq!(chart.body.matches("data-role=\"prediction\"").count(), 1);
    let plain = charts::lanes(
        &trace,
        &View::new("v", 780.0).predicting(Some(f64::NAN)),
        &english,
    );
    assert!(!plain.body.contains("prediction"));
}

#[test]
fn solid_is_chopping_hatched_is_waiting_hollow_is_ready() {
    let look = |state| {
        let mut sketch = Sketch::new("one", LaneKind::Pool, 1);
        sketch.span(0, 0, state, 0, 10 * MS);
        charts::tasks(&sketch.done(), &View::new("v7", 600.0), &english).body
    };
    let (solid, hatched, hollow) = (
        "fill=\"var(--run)\"",
        "fill=\"url(#v7-h)\"",
        "fill=\"none\" stroke=\"var(--run)\"",
    );
    let has = |body: String| [solid, hatched, hollow].map(|part| body.contains(part));
    assert_eq!(has(look(State::Running)), [true, false, false]);
    assert_eq!(has(look(State::Waiting)), [false, true, false]);
    assert_eq!(has(look(State::Ready)), [false, false, true]);
}

#[test]
fn ten_thousand_spans_stay_small_and_are_counted() {
    let trace = support::many(10_000);
    for chart in [
        charts::lanes(&trace, &View::new("v", 780.0), &english),
        charts::tasks(&trace, &View::new("v", 780.0), &english),
    ] {
        assert!(
            chart.body.len() < 150_000,
            "{}: {} bytes",
            chart.kind,
            chart.body.len()
        );
        assert!(chart.table.rows.len() <= 401);
    }
    let lanes = charts::lanes(&trace, &View::new("v", 780.0), &english);
    assert!(lanes.body.contains("1250 turns"));
    assert!(
        lanes
            .marks
            .iter()
            .any(|mark| mark.label.contains("75\u{a0}%")),
        "the share within a merged bar"
    );
}

#[test]
fn odd_traces_do_not_break_anything() {
    let mut broken = support::pots();
    for span in &mut broken.spans {
        span.lane_idx = 99;
    }
    let mut long = support::pots();
    long.spans[0].len_nanos = u64::MAX;
    let mut bare = support::pots();
    bare.lanes.clear();
    for trace in [Trace::default(), broken, long, bare] {
        let view = View::new("v", 300.0);
        let texts = [
            charts::lanes(&trace, &view, &english).svg(),
            charts::tasks(&trace, &view, &english).svg(),
            charts::lanes_compact(&trace, None, &view, &english).svg(),
            charts::kitchen::scene(&trace, MS, &view, &english).svg,
        ];
        assert!(
            texts
                .iter()
                .all(|svg| svg.ends_with("</svg>") && !svg.contains("NaN"))
        );
        assert!(charts::kitchen::moments(&trace).len() <= charts::kitchen::MOST_MOMENTS);
    }
}

#[test]
fn ids_begin_with_the_id_of_the_view() {
    for chart in every_chart(560.0, false) {
        for id in chart.svg().split(" id=\"").skip(1) {
            assert!(
                id.starts_with(&format!("{}-", chart.id)),
                "{}",
                id.split_once('"').unwrap().0
            );
        }
    }
}
