//! A speedup chart in words and numbers.

use super::{LineKind, SpeedupChart, SpeedupPoint, is_known, is_number};
use crate::chart::listed;
use crate::curve::{between, has_interval};
use crate::format::{self, whole};
use crate::phrase::phrase;
use crate::{Say, Table};

/// A share of 1 with one decimal, in percent.
fn share(value: f64) -> String {
    let mut text = format::fixed(value * 100.0, 1);
    text.push_str("\u{a0}%");
    text
}

/// One point in words.
pub(super) fn mark(point: &SpeedupPoint, say: Say) -> String {
    let stats = &point.speedup;
    let key = if has_interval(stats) {
        "chart.speedup.mark"
    } else {
        "chart.speedup.mark.short"
    };
    let mut words = phrase(say)
        .text("chefs", &phrase(say).count("chart.chefs", point.workers))
        .text("times", &format::fixed(stats.median, 2))
        .text("lo", &format::fixed(stats.lo, 2))
        .text("hi", &format::fixed(stats.hi, 2))
        .millis("ms", point.ms.median)
        .number("n", stats.n)
        .get(key);
    if let Some(alone) = point.serial_share.filter(is_number) {
        let more = phrase(say)
            .text("share", &share(alone.median))
            .get("chart.speedup.mark.alone");
        listed(&mut words, "; ", &more);
    }
    words
}

/// What was measured, what the machine can do, and what the lines are.
pub(super) fn finding(input: &SpeedupChart, say: Say) -> String {
    let known: Vec<&SpeedupPoint> = input
        .points
        .iter()
        .filter(|point| is_known(point))
        .collect();
    let (Some(last), capacity) = (known.last(), input.capacity.unwrap_or(f64::INFINITY)) else {
        return say("chart.empty", &[]);
    };
    let told = |point: &SpeedupPoint, key: &str| {
        phrase(say)
            .text("chefs", &phrase(say).count("chart.chefs", point.workers))
            .text("times", &format::fixed(point.speedup.median, 2))
            .text("lo", &format::fixed(point.speedup.lo, 2))
            .text("hi", &format::fixed(point.speedup.hi, 2))
            .number("n", point.speedup.n)
            .get(key)
    };
    // The most chefs that still had a knife each; the probe of it is a little short.
    let fit = |point: &&&SpeedupPoint| f64::from(point.workers) <= capacity * 1.1;
    let best = known.iter().rev().find(fit).unwrap_or(last);
    let key = if has_interval(&best.speedup) {
        "chart.speedup.finding"
    } else {
        "chart.speedup.finding.short"
    };
    let mut words = told(best, key);
    if last.workers > best.workers {
        listed(&mut words, " ", &told(last, "chart.speedup.more"));
    }
    if input.capacity.is_some_and(f64::is_finite) {
        let more = phrase(say)
            .decimal("n", capacity)
            .get("chart.speedup.knives");
        listed(&mut words, " ", &more);
    }
    if input.lines.iter().any(|line| line.kind != LineKind::Ideal) {
        listed(&mut words, " ", &say("chart.speedup.lines", &[]));
    }
    words
}

pub(super) fn table(input: &SpeedupChart, caption: String, say: Say) -> Table {
    let mut table = Table::with_head(
        caption,
        "chefs rounds median low high sooner efficiency alone",
        say,
    );
    let lines = input.lines.iter();
    for line in lines.clone() {
        table.head.push(line.label.clone());
    }
    for point in input.points.iter().filter(|point| is_known(point)) {
        let (mut low, mut high) = (String::new(), String::new());
        if has_interval(&point.ms) {
            low = format::fixed(point.ms.lo, 1);
            high = format::fixed(point.ms.hi, 1);
        }
        let alone = point.serial_share.filter(is_number);
        let efficiency = point.speedup.median / f64::from(point.workers);
        let mut row = vec![
            whole(u64::from(point.workers)),
            whole(u64::from(point.speedup.n)),
            format::fixed(point.ms.median, 1),
            low,
            high,
            format::fixed(point.speedup.median, 2),
            format::percent(efficiency),
            alone.map_or_else(String::new, |alone| share(alone.median)),
        ];
        for line in lines.clone() {
            let value = between(&line.points, f64::from(point.workers));
            row.push(value.map_or_else(String::new, |value| format::fixed(value, 2)));
        }
        table.add(row);
    }
    table
}
