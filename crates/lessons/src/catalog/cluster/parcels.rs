//! What it takes to get bytes to another worker, by their number.

use crate::checks::metric_of;
use crate::drawing::{Sweep, SweepLine};
use crate::words::{Phrase, whole};
use crate::{Machine, towns};
use analysis::line::{Line, fit};
use model::{Arm, Evidence, Job, Moves, PARCEL, RoundRow, Stats, Town};

/// Sizes in KiB, each with how often it is sent and the figure that tells its time.
pub const SIZES: [(u32, u32, &str); 5] = [
    (64, 4, "parcel.way_ms.64"),
    (1_024, 4, "parcel.way_ms.1024"),
    (4_096, 2, "parcel.way_ms.4096"),
    (16_384, 1, "parcel.way_ms.16384"),
    (65_536, 1, LARGEST),
];
/// The figure of the largest, in milliseconds,
pub const LARGEST: &str = "parcel.way_ms.65536";
/// and its megabytes.
pub const LARGEST_MEGABYTES: u32 = 64;
/// About what all of them take together, in milliseconds.
pub const ROUND_MILLIS: f64 = 250.0;

/// Names of the ways.
pub const COPIED: &str = "parcel-copy";
pub const HANDED: &str = "parcel-hand";
pub const SHARED: &str = "parcel-share";

const WAYS: [(&str, Moves); 3] = [
    (COPIED, Moves::Copy),
    (HANDED, Moves::Transfer),
    (SHARED, Moves::Share),
];

/// The ways this machine has, each to one other kitchen.
pub fn arms(machine: &Machine<'_>) -> Vec<Arm> {
    let jobs = SIZES.map(|(size, tasks, _)| Job {
        workload: PARCEL.to_owned(),
        tasks,
        size,
        ..Job::default()
    });
    let mut arms = Vec::new();
    for (id, moves) in WAYS {
        if towns::can_move(moves, machine) {
            let town = Town {
                moves,
                ..Town::default()
            };
            let mut made = towns::of_town(id, 1, town, &jobs);
            made.variant = moves.id().to_owned();
            arms.push(made);
        }
    }
    arms
}

/// Bytes and milliseconds of one round.
pub fn points(row: &RoundRow) -> Vec<(f64, f64)> {
    let point = |(kib, _, name): (u32, u32, &str)| {
        let millis = row.figures.get(name)?;
        Some((f64::from(kib) * 1024.0, *millis))
    };
    SIZES.into_iter().filter_map(point).collect()
}

/// The line through the medians.
pub fn line(evidence: &Evidence, arm: &str) -> Option<Line> {
    let point = |(kib, _, name): (u32, u32, &str)| {
        let stats = metric_of(evidence, arm, name)?;
        Some((f64::from(kib) * 1024.0, stats.median))
    };
    fit(&SIZES.into_iter().filter_map(point).collect::<Vec<_>>())
}

/// Time against size, as measured and as the line through it says; `None` where no
/// parcel was sent.
pub fn sweep(evidence: &Evidence) -> Option<Sweep> {
    let (mut lines, mut theory) = (Vec::new(), Vec::new());
    for (arm, moves) in WAYS {
        let point = |(kib, _, name): (u32, u32, &str)| -> Option<(f64, Stats)> {
            Some((f64::from(kib) / 1024.0, metric_of(evidence, arm, name)?))
        };
        let points: Vec<_> = SIZES.into_iter().filter_map(point).collect();
        if points.is_empty() {
            continue;
        }
        lines.push(SweepLine {
            label: Phrase::new(["cluster.line.", moves.id()].concat()),
            points,
        });
        // One line is theory enough for one picture: where moving costs most.
        if let Some(line) = line(evidence, arm).filter(|_| moves == Moves::Copy) {
            let along = SIZES.map(|(kib, ..)| {
                let bytes = f64::from(kib) * 1024.0;
                (f64::from(kib) / 1024.0, line.at(bytes))
            });
            let label = Phrase::new("cluster.theory")
                .with("latency", whole(1e3 * line.latency_ms))
                .with("rate", whole(rate(&line)));
            theory.push((label, along.to_vec()));
        }
    }
    (!lines.is_empty()).then(|| Sweep {
        across: Phrase::new("cluster.across"),
        up: Phrase::new("cluster.up"),
        is_log: true,
        lines,
        theory,
        is_log_up: true,
        crossing: None,
    })
}

/// Megabytes a second.
pub fn rate(line: &Line) -> f64 {
    line.bytes_per_ms / 1e3
}
