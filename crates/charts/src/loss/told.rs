//! A training in words and numbers.

use super::Curve;
use crate::chart::{capitalised, listed};
use crate::format::{self, whole};
use crate::phrase::phrase;
use crate::rows::MOST_TABLE_ROWS;
use crate::{Say, Table};
use model::{Learned, millis_from_nanos};

/// With a decimal: 89.6 % is not the 90 % that were wanted.
fn share(right: f64) -> String {
    let mut text = format::fixed(right * 100.0, 1);
    text.push_str("\u{a0}%");
    text
}

/// One point in words.
pub(super) fn point(way: &str, point: &Learned, say: Say) -> String {
    let key = if point.accuracy.is_some() {
        "chart.loss.mark"
    } else {
        "chart.loss.mark.short"
    };
    phrase(say)
        .text("way", way)
        .nanos("ms", point.at_nanos)
        .number("n", point.step)
        .text("loss", &format::fixed(point.loss, 2))
        .text("right", &share(point.accuracy.unwrap_or(0.0)))
        .get(key)
}

/// How far each training got, and when it was good enough.
pub(super) fn finding(lines: &[Curve], wanted: Option<f64>, say: Say) -> String {
    let mut words = String::new();
    for line in lines {
        let (Some(first), Some(last)) = (line.points.first(), line.points.last()) else {
            continue;
        };
        let right = line.rights.last().map(|right| right.1);
        let key = if right.is_some() {
            "chart.loss.finding"
        } else {
            "chart.loss.finding.short"
        };
        let sentence = phrase(say)
            .text("way", line.label)
            .nanos("ms", last.at_nanos)
            .text("first", &format::fixed(first.loss, 2))
            .text("last", &format::fixed(last.loss, 2))
            .text("right", &share(right.unwrap_or(0.0)))
            .get(key);
        listed(&mut words, " ", &capitalised(sentence));
        if let (Some(wanted), Some(_)) = (wanted, right) {
            let reached = line.reached(wanted);
            let key = if reached.is_some() {
                "chart.loss.reached"
            } else {
                "chart.loss.missed"
            };
            let sentence = phrase(say)
                .percent("share", wanted)
                .nanos("ms", reached.unwrap_or(0))
                .get(key);
            listed(&mut words, " ", &sentence);
        }
    }
    if words.is_empty() {
        return say("chart.empty", &[]);
    }
    words
}

pub(super) fn table(lines: &[Curve], caption: String, say: Say) -> Table {
    let mut table = Table::with_head(caption, "way step at loss right", say);
    let all: usize = lines.iter().map(|line| line.points.len()).sum();
    for line in lines {
        for point in &line.points {
            if table.rows.len() >= MOST_TABLE_ROWS {
                break;
            }
            table.add(vec![
                String::from(line.label),
                whole(u64::from(point.step)),
                format::fixed(millis_from_nanos(point.at_nanos), 2),
                format::fixed(point.loss, 4),
                point.accuracy.map_or_else(String::new, share),
            ]);
        }
    }
    if all > table.rows.len() {
        let left = (all - table.rows.len()) as u32;
        table.add(vec![phrase(say).number("n", left).get("chart.table.more")]);
    }
    table
}
