//! Who waits for whom, in a circle.

use crate::phrase::phrase;
use crate::svg::{Anchor, Svg};
use crate::{Chart, Mark, Say, Table, View};
use std::f32::consts::FRAC_1_SQRT_2;

/// One who holds a thing and waits for another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiter {
    /// Such as "chef 1".
    pub who: String,
    /// What he holds.
    pub holds: String,
    /// What he waits for; the next one holds it.
    pub wants: String,
}

/// More than this are not drawn; the table has them all.
const MOST_DRAWN: usize = 8;
const CHEF_PX: f32 = 13.0;
const THING_PX: f32 = 10.0;
const ROW_PX: f32 = 19.0;

/// Cosine and sine of half the angle from one waiter to the next, from two of
/// them on: code that computes them would cost the page more than this.
const TURNS: [(f32, f32); 7] = [
    (0.0, 1.0),
    (0.5, 0.866_025_4),
    (FRAC_1_SQRT_2, FRAC_1_SQRT_2),
    (0.809_017, 0.587_785_25),
    (0.866_025_4, 0.5),
    (0.900_968_9, 0.433_883_74),
    (0.923_879_5, 0.382_683_43),
];

/// A ring: each waiter (round, numbered from 1), then, along the arrow, the thing
/// he waits for (square), which the next one holds. The last waits for what the
/// first holds. An arrow with dashes is a wait, a thick line is a hold.
#[must_use]
pub fn circle(waiters: &[Waiter], view: &View, say: Say) -> Chart {
    let mut svg = Svg::new();
    let mut marks = Vec::new();
    let radius = if view.is_low && !view.is_narrow() {
        52.0
    } else {
        (view.width_px * 0.2).clamp(62.0, 90.0)
    };
    let middle = ((view.width_px / 2.0), radius + 30.0);
    let mut height = 2.0 * radius + 60.0;
    let drawn = if waiters.len() <= MOST_DRAWN {
        waiters
    } else {
        &[]
    };
    let at = places(drawn.len(), middle, radius);
    let pairs = at.iter().zip(at.iter().cycle().skip(1));
    for (idx, (from, to)) in pairs.enumerate() {
        if idx % 2 == 0 {
            let dashes = "stroke=\"var(--block)\" stroke-width=\"2.4\" stroke-dasharray=\"6 4\"";
            spoke(&mut svg, *from, *to, CHEF_PX + 2.0, THING_PX + 9.0, dashes);
            head(&mut svg, *from, *to);
        } else {
            let look = "stroke=\"var(--ink)\" stroke-width=\"4\"";
            spoke(&mut svg, *from, *to, THING_PX, CHEF_PX, look);
        }
    }
    for (idx, waiter) in drawn.iter().enumerate() {
        let (Some(chef), Some(thing)) = (at.get(2 * idx), at.get(2 * idx + 1)) else {
            continue;
        };
        let words = told(waiters, idx, say);
        marks.push(Mark {
            label: words,
            x: chef.0 - CHEF_PX,
            y: chef.1 - CHEF_PX,
            width: 2.0 * CHEF_PX,
            height: 2.0 * CHEF_PX,
            task: None,
        });
        let look = "fill=\"var(--card)\" stroke=\"var(--ink)\" stroke-width=\"1.6\"";
        svg.circle(chef.0, chef.1, CHEF_PX, look);
        let number = crate::format::whole(idx as u64 + 1);
        svg.text(chef.0, chef.1 + 5.0, Anchor::Middle, "var(--ink)", &number);
        let (x, y) = (thing.0 - THING_PX, thing.1 - THING_PX);
        let look = "rx=\"3\" fill=\"var(--paper)\" stroke=\"var(--ink)\" stroke-width=\"1.6\"";
        svg.rect(x, y, 2.0 * THING_PX, 2.0 * THING_PX, look);
        label(&mut svg, *thing, middle, &waiter.wants);
    }
    // In words as well, below: arrows are not for everyone.
    for idx in 0..waiters.len() {
        let words = told(waiters, idx, say);
        svg.small_text(
            view.width_px / 2.0,
            height + 2.0,
            Anchor::Middle,
            "var(--ink)",
            &words,
        );
        height += ROW_PX;
    }
    let finding = match waiters {
        [] => say("chart.circle.none", &[]),
        all => phrase(say)
            .number("n", all.len() as u32)
            .get("chart.circle.finding"),
    };
    Chart {
        id: view.id.clone(),
        kind: "circle",
        title: say("chart.circle.title", &[]),
        table: table(waiters, finding.clone(), say),
        finding,
        width: view.width_px,
        height,
        body: svg.finish(),
        marks,
    }
}

/// Places of waiters and things in turn, clockwise from the left for two of
/// them, so that their names have room; from the top for more.
fn places(waiters: usize, middle: (f32, f32), radius: f32) -> Vec<(f32, f32)> {
    let Some(turn) = waiters.checked_sub(2).and_then(|idx| TURNS.get(idx)) else {
        return vec![middle; 2 * waiters];
    };
    let mut way = if waiters == 2 {
        (-1.0_f32, 0.0_f32)
    } else {
        (0.0, -1.0)
    };
    let mut places = Vec::new();
    for _ in 0..2 * waiters {
        places.push((middle.0 + radius * way.0, middle.1 + radius * way.1));
        way = (
            way.0 * turn.0 - way.1 * turn.1,
            way.0 * turn.1 + way.1 * turn.0,
        );
    }
    places
}

/// Length 1 from here to there.
fn towards(from: (f32, f32), to: (f32, f32)) -> (f32, f32) {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    let length = (x * x + y * y).sqrt().max(0.001);
    (x / length, y / length)
}

/// A line that leaves room at both ends.
fn spoke(svg: &mut Svg, from: (f32, f32), to: (f32, f32), before: f32, after: f32, look: &str) {
    let (x, y) = towards(from, to);
    svg.line(
        from.0 + x * before,
        from.1 + y * before,
        to.0 - x * after,
        to.1 - y * after,
        look,
    );
}

/// The head of an arrow that ends at a thing.
fn head(svg: &mut Svg, from: (f32, f32), to: (f32, f32)) {
    let (x, y) = towards(from, to);
    let tip = (to.0 - x * (THING_PX + 1.0), to.1 - y * (THING_PX + 1.0));
    let back = (tip.0 - x * 10.0, tip.1 - y * 10.0);
    svg.raw("<path fill=\"var(--block)\" d=\"M");
    svg.num(tip.0).raw(" ").num(tip.1).raw("L");
    svg.num(back.0 - y * 5.0).raw(" ").num(back.1 + x * 5.0);
    svg.raw("L");
    svg.num(back.0 + y * 5.0).raw(" ").num(back.1 - x * 5.0);
    svg.raw("z\"/>");
}

/// The name of a thing, on the outer side of the ring.
fn label(svg: &mut Svg, thing: (f32, f32), middle: (f32, f32), words: &str) {
    const AWAY_PX: f32 = THING_PX + 6.0;
    let (x, y) = towards(middle, thing);
    if x.abs() < 0.5 {
        let base = if y < 0.0 {
            thing.1 - AWAY_PX
        } else {
            thing.1 + AWAY_PX + 9.0
        };
        svg.small_text(thing.0, base, Anchor::Middle, "var(--ink)", words);
    } else if x < 0.0 {
        let left = thing.0 - AWAY_PX;
        svg.small_text(left, thing.1 + 4.0, Anchor::End, "var(--ink)", words);
    } else {
        let right = thing.0 + AWAY_PX;
        svg.small_text(right, thing.1 + 4.0, Anchor::Start, "var(--ink)", words);
    }
}

/// One of them in words.
fn told(waiters: &[Waiter], idx: usize, say: Say) -> String {
    let next = waiters.get((idx + 1) % waiters.len().max(1));
    let (Some(waiter), Some(next)) = (waiters.get(idx), next) else {
        return String::new();
    };
    phrase(say)
        .text("who", &waiter.who)
        .text("holds", &waiter.holds)
        .text("wants", &waiter.wants)
        .text("other", &next.who)
        .get("chart.circle.mark")
}

fn table(waiters: &[Waiter], caption: String, say: Say) -> Table {
    let mut table = Table::with_head(caption, "who holds wants held-by", say);
    for (idx, waiter) in waiters.iter().enumerate() {
        let next = waiters.get((idx + 1) % waiters.len());
        table.add(vec![
            waiter.who.clone(),
            waiter.holds.clone(),
            waiter.wants.clone(),
            next.map_or_else(String::new, |next| next.who.clone()),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(n: usize) -> Vec<Waiter> {
        let thing = |idx: usize| format!("thing {}", idx % n);
        (0..n)
            .map(|idx| Waiter {
                who: format!("<chef {}>", idx + 1),
                holds: thing(idx),
                wants: thing(idx + 1),
            })
            .collect()
    }

    fn say(key: &str, args: &[(&str, &str)]) -> String {
        let args: Vec<String> = args.iter().map(|(_, value)| (*value).to_owned()).collect();
        format!("{key} {}", args.join(" "))
    }

    #[test]
    fn everyone_is_drawn_once_inside_the_picture_and_stands_in_the_table() {
        for n in 2..=8 {
            for width in [240.0, 390.0, 900.0] {
                for is_low in [false, true] {
                    let view = View::new("c", width).low(is_low);
                    let chart = circle(&ring(n), &view, &say);
                    assert_eq!((chart.marks.len(), chart.table.rows.len()), (n, n));
                    for mark in &chart.marks {
                        assert!(mark.x >= 0.0 && mark.x + mark.width <= width, "{mark:?}");
                        assert!(mark.y >= 0.0 && mark.y + mark.height <= chart.height);
                    }
                    let apart = chart.marks.windows(2).all(|pair| {
                        let (x, y) = (pair[0].x - pair[1].x, pair[0].y - pair[1].y);
                        x * x + y * y > 4.0 * CHEF_PX * CHEF_PX
                    });
                    assert!(apart, "{n} at {width}");
                    assert!(!chart.body.contains("<chef"));
                    let last = chart.table.rows.last().unwrap();
                    assert_eq!(last[3], "<chef 1>");
                }
            }
        }
    }

    #[test]
    fn nobody_and_very_many_are_no_trouble() {
        for n in [0, 1, 40] {
            let waiters = if n == 0 { Vec::new() } else { ring(n) };
            let chart = circle(&waiters, &View::new("c", 400.0), &say);
            assert_eq!(chart.table.rows.len(), n);
            assert!(!chart.body.contains("NaN"));
        }
    }
}
