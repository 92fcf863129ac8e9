//! Every chart and the kitchen on one page, in light and dark, wide and
//! narrow: `cargo run -p charts --example gallery > gallery.html`.

#[path = "../tests/support/mod.rs"]
mod support;

use charts::{Chart, RefLine, View};
use model::Trace;
use support::{MS, english};

const STYLE: &str = "<!doctype html><meta charset=utf-8><title>Gallery</title><style>
body{margin:0;font:15px system-ui,sans-serif;display:flex}
.theme{--paper:#fbf9f4;--card:#fffdf9;--ink:#1b2433;--soft:#5b6577;--line:#e4dfd3;--mark:#ffdf8e;--run:#0072b2;--wait:#009e73;--block:#d55e00;--data:#cc79a7;background:var(--paper);color:var(--ink);padding:20px;width:1240px}
.dark{--paper:#0f172a;--card:#162036;--ink:#eef1f6;--soft:#a3aec2;--line:#2a3650;--mark:#6a5312;--run:#4aa3dc;--wait:#2fbf97;--block:#e97a2e;--data:#e39cc4}
figure{display:inline-block;vertical-align:top;margin:0 28px 28px 0}figcaption{max-width:44rem;margin:0 0 8px;font-size:14px;color:var(--soft)}b{color:var(--ink);font:500 17px Georgia,serif}
svg{display:block}.card{border:1px solid var(--line);border-radius:14px;background:var(--card);padding:14px}</style>";

fn main() {
    let only: Option<String> = std::env::args().nth(1);
    print!("{STYLE}");
    for theme in ["light", "dark"] {
        if only.as_ref().is_none_or(|only| only == theme) {
            println!("<div class='theme {theme}'>{}</div>", page(theme));
        }
    }
}

fn figure(chart: &Chart, class: &str) -> String {
    format!(
        "<figure><figcaption style='width:{}px'><b>{}</b> {}</figcaption><div class='{class}'>{}</div></figure>\n",
        chart.width,
        chart.title,
        chart.finding,
        chart.svg()
    )
}

fn page(theme: &str) -> String {
    let mut serial = 0;
    let mut view = |width: f32| {
        serial += 1;
        View::new(&format!("{theme}{serial}"), width)
    };
    let hollow = support::four_chefs_two_knives(6);
    let pots = support::pots();
    let mut out = beyond(&mut view);
    out += &teams(&mut view);
    for width in [780.0, 360.0] {
        out += &figure(
            &charts::cdf(&support::latencies(), &view(width), &english),
            "",
        );
        out += &figure(
            &charts::frames(&support::frame_rows(), &view(width), &english),
            "",
        );
        out += &figure(
            &charts::queue(&support::queue_rows(400), &view(width), &english),
            "",
        );
        out += &figure(
            &charts::sweep(&support::waits(), &view(width), &english),
            "",
        );
        out += &figure(
            &charts::sweep(&support::makespans(), &view(width), &english),
            "",
        );
        for draw in [charts::tasks, charts::lanes] {
            out += &figure(&draw(&support::awaiting(), &view(width), &english), "");
        }
        for (trace, at) in [
            (support::blocking(), 70 * MS),
            (support::awaiting(), 200 * MS),
            (support::crowd_of(400), 5 * MS),
        ] {
            let scene = charts::kitchen::scene(&trace, at, &view(width), &english);
            out += &format!(
                "<figure><figcaption style='width:{width}px'>{}</figcaption>{}</figure>\n",
                scene.aria, scene.svg
            );
        }
    }
    for width in [780.0, 360.0] {
        out += &figure(
            &charts::lanes(&hollow, &view(width).predicting(Some(83.0)), &english),
            "",
        );
    }
    for width in [780.0, 360.0] {
        out += &figure(
            &charts::tasks(&pots, &view(width).predicting(Some(240.0)), &english),
            "",
        );
    }
    for width in [780.0, 360.0] {
        out += &figure(
            &charts::tasks(&support::juggled(4, 80, 4), &view(width), &english),
            "",
        );
    }
    for trace in [
        &support::hybrid(),
        &pots,
        &support::juggled(4, 80, 4),
        &support::juggled(8, 40, 1),
        &support::pool_of_two(8, 40),
        &support::many(4000),
    ] {
        out += &figure(&charts::lanes(trace, &view(560.0), &english), "");
    }
    out += &figure(
        &charts::lanes(&support::four_chefs_two_knives(1), &view(560.0), &english),
        "",
    );
    out += &figure(
        &charts::tasks(&support::hybrid(), &view(560.0), &english),
        "",
    );
    let refs = [line("sum of the waits", 480.0), line("longest wait", 60.0)];
    let shares = [line("half of one after another", 160.0)];
    for width in [440.0, 620.0] {
        out += &figure(
            &charts::makespan(
                &support::computing(),
                &[],
                &shares,
                &view(width).predicting(Some(83.0)),
                &english,
            ),
            "",
        );
        out += &figure(
            &charts::makespan(&support::waiting(), &[], &refs, &view(width), &english),
            "",
        );
    }
    for width in [330.0, 560.0] {
        out += &figure(
            &charts::plane(&support::computing(), &[], &view(width), &english),
            "",
        );
    }
    out += &figure(
        &charts::plane(&support::waiting(), &[], &view(330.0), &english),
        "",
    );
    let cards: [(&Trace, RefLine); 4] = [
        (&pots, line("one after another", 483.0)),
        (
            &support::juggled(8, 40, 5),
            line("one after another", 320.0),
        ),
        (
            &support::juggled(8, 40, 1),
            line("one after another", 320.0),
        ),
        (
            &support::pool_of_two(8, 40),
            line("one after another", 320.0),
        ),
    ];
    for (trace, reference) in &cards {
        out += &figure(
            &charts::tasks_compact(trace, Some(reference), &view(250.0), &english),
            "card",
        );
    }
    out += &figure(
        &charts::lanes_compact(&hollow, Some(&cards[1].1), &view(250.0), &english),
        "card",
    );
    for width in [780.0, 360.0] {
        for (trace, at) in [
            (&hollow, 60 * MS),
            (&support::hybrid(), 44 * MS),
            (&pots, 30 * MS),
            (&support::juggled(8, 40, 5), 121 * MS),
            (&support::pool_of_two(8, 40), 0),
            (&support::many(4000), MS),
        ] {
            let scene = charts::kitchen::scene(trace, at, &view(width), &english);
            out += &format!(
                "<figure><figcaption style='width:{width}px'>{}</figcaption>{}</figure>\n",
                scene.aria, scene.svg
            );
        }
    }
    let end = charts::kitchen::scene(&hollow, u64::MAX, &view(780.0), &english);
    out += &format!(
        "<figure><figcaption>{}</figcaption>{}</figure>\n",
        end.aria, end.svg
    );
    out + &picture()
}

/// What the lessons beyond one memory draw.
fn beyond(view: &mut dyn FnMut(f32) -> View) -> String {
    use support::beyond;
    let mut out = String::from("<section class='beyond'>");
    let towns = [
        beyond::town(2, 8, 0),
        beyond::town(8, 40, 15 * MS),
        beyond::raided(),
    ];
    for width in [780.0, 614.0, 360.0] {
        let low = |view: View| view.low(width > 600.0 && width < 700.0);
        for trace in &towns {
            out += &figure(&charts::arrows(trace, &low(view(width)), &english), "");
        }
        out += &figure(&charts::lanes(&towns[2], &low(view(width)), &english), "");
        out += &figure(
            &charts::lanes(&beyond::corridor(), &low(view(width)), &english),
            "",
        );
        out += &figure(
            &charts::stages(&beyond::staged(), &low(view(width)), &english),
            "",
        );
        out += &figure(
            &charts::loss(&beyond::trainings(), &low(view(width)), &english),
            "",
        );
        out += &figure(
            &charts::sweep(&beyond::crossover(), &low(view(width)), &english),
            "",
        );
        let pictures = [
            (beyond::town(2, 8, 0), 1),
            (beyond::town(8, 40, 15 * MS), 14),
            (beyond::town(4, 16, 15 * MS), 48),
            (beyond::raided(), 70),
            (beyond::corridor(), 10),
            (beyond::corridor(), 36),
            (beyond::corridor(), 60),
            (beyond::corridor(), 92),
        ];
        for (trace, at_ms) in pictures {
            let scene = charts::kitchen::scene(&trace, at_ms * MS, &view(width), &english);
            out += &format!(
                "<figure class=picture><figcaption style='width:{width}px'>{}</figcaption>{}</figure>\n",
                scene.aria, scene.svg
            );
        }
    }
    out + "</section>"
}

/// What the lessons about teams draw.
fn teams(view: &mut dyn FnMut(f32) -> View) -> String {
    let mut out = String::from("<section class='teams'>");
    for width in [780.0, 360.0] {
        for (workers, cores, rounds) in [
            (&[1, 2, 3, 4][..], 2.0, 9),
            (&[1, 2, 4, 6, 8, 12, 16, 24, 32], 15.6, 9),
            (&[1, 2], 1.9, 4),
        ] {
            let input = support::teams::speedups(workers, cores, rounds);
            out += &figure(&charts::speedup(&input, &view(width), &english), "");
        }
    }
    let input = support::teams::speedups(&[1, 2, 3, 4], 2.0, 9);
    let low = |view: View| view.low(true);
    out += &figure(&charts::speedup(&input, &low(view(614.0)), &english), "");
    let tallies = support::teams::tallies();
    let meal = support::teams::meal(true);
    out += &figure(&charts::counts(&tallies, &low(view(614.0)), &english), "");
    out += &figure(&charts::dag(&meal, &low(view(614.0)), &english), "");
    for width in [780.0, 360.0] {
        out += &figure(&charts::counts(&tallies, &view(width), &english), "");
        out += &figure(&charts::dag(&meal, &view(width), &english), "");
        let planned = support::teams::meal(false);
        out += &figure(&charts::dag(&planned, &view(width), &english), "");
        let ladder = support::teams::ladder();
        out += &figure(&charts::dag(&ladder, &view(width), &english), "");
    }
    let lost = support::teams::lost();
    out += &figure(&charts::waterfall(&lost, &low(view(614.0)), &english), "");
    for width in [780.0, 360.0] {
        out += &figure(&charts::waterfall(&lost, &view(width), &english), "");
        for trace in [support::teams::locked(), support::teams::crowded()] {
            out += &figure(&charts::lanes(&trace, &view(width), &english), "");
            out += &figure(&charts::tasks(&trace, &view(width), &english), "");
        }
        let locked = support::teams::locked();
        let scene = charts::kitchen::scene(&locked, 24 * MS, &view(width), &english);
        out += &format!(
            "<figure><figcaption style='width:{width}px'>{}</figcaption>{}</figure>\n",
            scene.aria, scene.svg
        );
    }
    out + "</section>"
}

fn line(label: &str, millis: f64) -> RefLine {
    RefLine {
        millis,
        label: label.into(),
    }
}

/// A picture of eight tiles as its file shows it: without pixels.
fn picture() -> String {
    let (picture, trace) = (support::teams::strips(), support::four_chefs_two_knives(6));
    let mut out = String::new();
    for (id, by_chef) in [("by-chef", true), ("plain", false)] {
        let view = View::new(id, 360.0);
        let chart = charts::tiles(&picture, &trace, by_chef, None, &view, &english);
        out += &figure(&chart, "");
    }
    out
}
