//! A waterfall in words and numbers.

use super::{LEAST_SHARE, LostRun, LostTo};
use crate::chart::{capitalised, listed};
use crate::format;
use crate::order::ordered;
use crate::phrase::phrase;
use crate::{Say, Table};

/// How far each run is from its ideal, and what took the most.
pub(super) fn finding(runs: &[&LostRun], say: Say) -> String {
    let mut words = String::new();
    for run in runs {
        let mut parts: Vec<(LostTo, f64)> = run.parts.clone();
        parts.retain(|(_, ms)| *ms >= run.total_ms * LEAST_SHARE);
        // The largest first.
        let parts = ordered(&parts, |part| u64::MAX - (part.1 * 1e6) as u64);
        let key = if parts.is_empty() {
            "chart.waterfall.finding.none"
        } else {
            "chart.waterfall.finding"
        };
        let most = parts.first();
        let sentence = phrase(say)
            .text("way", &run.label)
            .millis("ms", run.total_ms)
            .millis("ideal", run.ideal_ms)
            .text(
                "what",
                &most.map_or_else(String::new, |part| part.0.words(say)),
            )
            .millis("most", most.map_or(0.0, |part| part.1))
            .get(key);
        listed(&mut words, " ", &capitalised(sentence));
    }
    if words.is_empty() {
        return say("chart.empty", &[]);
    }
    words
}

pub(super) fn table(runs: &[&LostRun], caption: String, say: Say) -> Table {
    let mut table = Table::with_head(caption, "way part ms share", say);
    for run in runs {
        let mut row = |what: String, ms: f64| {
            table.add(vec![
                run.label.clone(),
                what,
                format::fixed(ms, 2),
                format::percent(ms / run.total_ms),
            ]);
        };
        row(say("chart.lost.ideal", &[]), run.ideal_ms);
        let mut sum = run.ideal_ms;
        for (part, ms) in run.parts.iter().filter(|part| part.1.is_finite()) {
            row(part.words(say), *ms);
            sum += ms;
        }
        row(say("chart.lost.sum", &[]), sum);
        row(say("chart.lost.total", &[]), run.total_ms);
    }
    table
}
