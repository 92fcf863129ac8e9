//! Messages in words and numbers.

use super::carried::Load;
use crate::chart::listed;
use crate::format::{self, bytes, fixed};
use crate::lanes::LaneRow;
use crate::phrase::phrase;
use crate::rows::MOST_TABLE_ROWS;
use crate::town;
use crate::{Say, Table};
use model::{Courier, NANOS_PER_MILLI, Nanos, Trace, millis_from_nanos};

fn name(rows: &[LaneRow], lane: u32, say: Say) -> String {
    let row = rows.iter().find(|row| row.chef.lane_idx == lane);
    row.map_or_else(
        || say("chart.dag.somebody", &[]),
        |row| town::name(&row.chef, say),
    )
}

/// One arrow in words.
pub(super) fn load(load: &Load, rows: &[LaneRow], say: Say) -> String {
    let dish = match load.task {
        Some(task) => phrase(say)
            .number("n", task.saturating_add(1))
            .get("chart.dish"),
        None => say("chart.dish.several", &[]),
    };
    let key = match (load.messages, load.added) {
        (1, 0) => "chart.arrows.mark",
        (1, _) => "chart.arrows.mark.added",
        (_, 0) => "chart.arrows.mark.several",
        _ => "chart.arrows.mark.several.added",
    };
    phrase(say)
        .text("from", &name(rows, load.from, say))
        .text("to", &name(rows, load.to, say))
        .text("dish", &dish)
        .text("bytes", &bytes(load.bytes))
        .number("n", load.messages)
        .nanos("at", load.sent)
        .nanos("end", load.came)
        .nanos("ms", load.way / u64::from(load.messages.max(1)))
        .nanos("added", load.added / u64::from(load.messages.max(1)))
        .get(key)
}

/// What the widest arrow stands for.
pub(super) fn widest(most: u64, say: Say) -> String {
    phrase(say)
        .text("bytes", &bytes(most))
        .get("chart.arrows.key")
}

/// How much was carried which way, what was added, and who was lost.
pub(super) fn finding(trace: &Trace, rows: &[LaneRow], say: Say) -> String {
    if trace.couriers.is_empty() {
        return say("chart.arrows.none", &[]);
    }
    let depot = rows.iter().find(|row| row.chef.number == 0);
    let depot = depot.map(|row| row.chef.lane_idx);
    let (mut all, mut there, mut back) = (0_u64, 0_u64, 0_u64);
    let (mut on_way, mut added) = (0.0, 0.0);
    for courier in &trace.couriers {
        all = all.saturating_add(courier.bytes);
        if depot == Some(courier.from_lane_idx) {
            there = there.saturating_add(courier.bytes);
        } else if depot == Some(courier.to_lane_idx) {
            back = back.saturating_add(courier.bytes);
        }
        on_way += town::way(courier) as f64;
        added += courier.added_nanos as f64;
    }
    let mean = |nanos: f64| nanos / NANOS_PER_MILLI as f64 / trace.couriers.len() as f64;
    let mut sentence = phrase(say);
    sentence
        .text("all", &bytes(all))
        .text("there", &bytes(there))
        .text("back", &bytes(back))
        .nanos("ms", trace.makespan_nanos);
    let count = trace.couriers.len() as u32;
    let mut words = if trace.makespan_nanos == 0 {
        sentence.count("chart.arrows.live", count)
    } else {
        sentence.count("chart.arrows.finding", count)
    };
    let key = if added > 0.0 {
        "chart.arrows.way.added"
    } else {
        "chart.arrows.way"
    };
    let way = phrase(say)
        .millis("ms", mean(on_way))
        .millis("added", mean(added))
        .get(key);
    listed(&mut words, " ", &way);
    town::tell_gone(trace, town::name, say, &mut |told| {
        listed(&mut words, " ", &told);
    });
    words
}

pub(super) fn table(trace: &Trace, rows: &[LaneRow], caption: String, say: Say) -> Table {
    let mut table = Table::with_head(
        caption,
        "sender receiver dish bytes from to onway added",
        say,
    );
    let ms = |nanos: Nanos| fixed(millis_from_nanos(nanos), 2);
    let all: Vec<&Courier> = trace.couriers.iter().collect();
    for courier in crate::order::ordered(&all, |courier| courier.sent_nanos) {
        if table.rows.len() >= MOST_TABLE_ROWS {
            let left = (all.len() - table.rows.len()) as u32;
            table.add(vec![phrase(say).number("n", left).get("chart.table.more")]);
            break;
        }
        table.add(vec![
            name(rows, courier.from_lane_idx, say),
            name(rows, courier.to_lane_idx, say),
            phrase(say)
                .number("n", courier.task.saturating_add(1))
                .get("chart.dish"),
            format::whole(courier.bytes),
            ms(courier.sent_nanos),
            ms(courier.came_nanos),
            ms(town::way(courier)),
            ms(courier.added_nanos),
        ]);
    }
    table
}
