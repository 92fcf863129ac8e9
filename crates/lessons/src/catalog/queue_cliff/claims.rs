//! What the lesson about the queue claims of a run.

use super::{CALM, FAST, OTHERS_LOAD, OWN_LINES, law, one_line, servers};
use crate::Settings;
use crate::checks::Claims;
use crate::serving::{Pooled, little, pooled, ratio_of};
use crate::words::tenth;
use analysis::queueing::mean_wait_millis;
use analysis::verdict::{Gate, Limit, judge_exact};
use model::{ArmInfo, Check, Evidence, Law, Strategy};

/// The measured mean wait may be this many times theory, or that part of it.
const FACTOR: f64 = 2.0;
/// Loads (percent) up to which that is claimed, how many requests it takes, and
/// the measured load up to which it holds: waking up late is service too.
const CLAIMED: [(u32, f64, f64); 2] = [(CALM, 800.0, 0.75), (85, 2000.0, 0.88)];
/// Where dishes took longer than planned by more than this share, threads or
/// timers come too late to tell a wait in line from waking up.
const LATE_ALLOWED: f64 = 0.1;
const LATE_BY_TIMER_ALLOWED: f64 = 0.25;

pub fn judge(evidence: &Evidence, settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    for info in &evidence.arms {
        little(&mut claims, &info.id);
    }
    let lines = one_line(evidence);
    for pair in lines.windows(2) {
        let [(calm, _), (full, _)] = pair else {
            continue;
        };
        let id = ["rises.", &*full.id].concat();
        let expr = [
            "wait_mean_ms(",
            &*full.id,
            ") / wait_mean_ms(",
            &*calm.id,
            ")",
        ]
        .concat();
        let ratio = ratio_of(evidence, "wait_mean_ms", &full.id, &calm.id);
        let arms = [&*full.id, &*calm.id];
        claims.timed(&id, &expr, ratio, Limit::AtLeast(1.0), &arms);
    }
    let law = law(settings);
    let fast = evidence.arms.iter().find(|arm| arm.id == FAST);
    let fast = fast.map(|arm| (arm, OTHERS_LOAD));
    for (info, load) in lines.iter().copied().chain(fast) {
        as_theory_says(&mut claims, info, load, law);
    }
    if let Some((one, _)) = lines.iter().find(|(_, load)| *load == OTHERS_LOAD)
        && evidence.arms.iter().any(|arm| arm.id == OWN_LINES)
    {
        let expr = ["wait_mean_ms(", &*one.id, ") / wait_mean_ms(own-lines)"].concat();
        let ratio = ratio_of(evidence, "wait_mean_ms", &one.id, OWN_LINES);
        let arms = [&*one.id, OWN_LINES];
        claims.timed("one-line", &expr, ratio, Limit::AtMost(1.0), &arms);
    }
    claims.done()
}

/// The mean wait of all requests is near that of theory for the rate and the
/// service that were measured. Claimed of loads for which there are enough.
fn as_theory_says(claims: &mut Claims<'_>, info: &ArmInfo, load: u32, law: Law) {
    let evidence = claims.evidence();
    let servers = servers(info);
    let Some(requests) = pooled(evidence, &info.id) else {
        return;
    };
    let claimed = CLAIMED
        .iter()
        .find(|(most, enough, _)| load <= *most && requests.requests >= *enough);
    let Some((_, _, highest)) = claimed else {
        return;
    };
    let rate = 1e3 * requests.per_milli;
    let expected = mean_wait_millis(servers, rate, requests.service_millis, law);
    let expr = [
        "mean wait of all requests of ",
        &*info.id,
        " / theory for the measured rate and service",
    ];
    claims.push(judge_exact(
        &["theory.", &*info.id].concat(),
        &expr.concat(),
        requests.wait_millis / expected.unwrap_or(f64::INFINITY),
        Limit::Between(1.0 / FACTOR, FACTOR),
        &[
            Gate::clock_of(evidence, &[&info.id]),
            in_time(info, &requests, *highest),
        ],
    ));
}

/// Closed where waking up late made another experiment of it.
fn in_time(info: &ArmInfo, requests: &Pooled, highest: f64) -> Gate {
    let allowed = if info.strategy == Strategy::Blocking {
        LATE_ALLOWED
    } else {
        LATE_BY_TIMER_ALLOWED
    };
    let (late, load) = (requests.late(), requests.load(servers(info)));
    let percent = |share: f64| tenth(100.0 * share);
    let closed = if late > allowed {
        let why = [
            "clock: serving took ",
            &*percent(late),
            " % longer than planned, allowed ",
            &*percent(allowed),
            " %",
        ];
        Some(why.concat())
    } else if load > highest {
        let why = [
            "clock: the load came to ",
            &*percent(load),
            " %, wanted at most ",
            &*percent(highest),
            " %",
        ];
        Some(why.concat())
    } else {
        None
    };
    Gate { closed }
}
