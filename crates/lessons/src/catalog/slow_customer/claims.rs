//! What the lesson about the slow customer claims of a run, and its sentence.

use super::{Flow, LIGHT_MILLIS, LOOP, P50, P99};
use crate::checks::{Claims, Outcome, is_one_core, middle, outcome};
use crate::serving::{little, ratio_of, rows, schedule};
use crate::words::{millis, whole};
use crate::{Finding, FindingKind, Settings};
use analysis::stats::summarise;
use analysis::verdict::{Gate, Limit};
use model::{ArmInfo, Check, Evidence, Strategy};

/// Share of the time in which usual guests find the chef held up, beyond which
/// half of them are held up in some rounds.
const HALF_FREE: f64 = 0.42;

/// The way in which slow dishes do not hold up the others: handed over, else
/// set aside every few milliseconds.
fn cure(evidence: &Evidence) -> Option<&ArmInfo> {
    let is_cure = |arm: &&ArmInfo| arm.strategy == Strategy::Offload || arm.id == "pieces";
    evidence.arms.iter().find(is_cure)
}

/// Whether a slow customer came in this round while at least 2 of 100 usual
/// guests were still to come during the first half of the slow dish: only then
/// is the last of a hundred one of those held up. From the schedule alone.
fn is_struck(info: &ArmInfo, seed: u64, round: u32, heavy: f64) -> bool {
    let [light, slow] = info.jobs.as_slice() else {
        return false;
    };
    let specs = schedule(info, seed, round);
    let comes = |workload: &str| {
        specs
            .iter()
            .filter(move |spec| spec.workload == *workload)
            .map(|spec| model::millis_from_nanos(spec.arrive_nanos))
            .collect::<Vec<f64>>()
    };
    let guests = comes(&light.workload);
    comes(&slow.workload).into_iter().any(|from| {
        let until = from + 0.5 * heavy;
        let held = guests.iter().filter(|at| (from..until).contains(at));
        50 * held.count() >= guests.len()
    })
}

pub fn judge(evidence: &Evidence, settings: &Settings) -> Vec<Check> {
    let flow = Flow::of(settings);
    let mut claims = Claims::new(evidence);
    for info in &evidence.arms {
        little(&mut claims, &info.id);
    }
    if flow.slow < 1.0 {
        return claims.done();
    }
    held_up(&mut claims, &flow);
    let Some(cure) = cure(evidence) else {
        return claims.done();
    };
    let id = ["free.", &*cure.id].concat();
    let expr = ["latency_p99_ms(", &*cure.id, ") / latency_p99_ms(loop)"].concat();
    let share = ratio_of(evidence, P99, &cure.id, LOOP);
    let arms = [LOOP, &*cure.id];
    if cure.strategy.uses_workers() {
        claims.parallel(&id, &expr, share, Limit::AtMost(0.3), &arms);
    } else {
        // Between two pieces the browser lets other things go first, too.
        claims.timed(&id, &expr, share, Limit::AtMost(0.5), &arms);
    }
    // Where slow dishes take up most of the time, half of the guests meet one.
    if flow.held <= HALF_FREE {
        let expr = ["latency_p50_ms(loop) / latency_p50_ms(", &*cure.id, ")"].concat();
        let ratio = ratio_of(evidence, P50, LOOP, &cure.id);
        let gates = [Gate::clock_of(evidence, &arms), fine_enough(evidence)];
        claims.push(analysis::verdict::judge(
            "half.loop",
            &expr,
            ratio.as_ref(),
            Limit::Between(0.5, 2.0),
            &gates,
        ));
    }
    claims.done()
}

/// The last of a hundred usual guests waits for a good part of a slow dish, in
/// the rounds in which one came among them.
fn held_up(claims: &mut Claims<'_>, flow: &Flow) {
    let evidence = claims.evidence();
    let Some(info) = evidence.arms.iter().find(|info| info.id == LOOP) else {
        return;
    };
    let mut shares = Vec::new();
    for row in rows(evidence, LOOP) {
        let p99 = row.figures.get(P99);
        if let Some(p99) = p99.filter(|_| is_struck(info, evidence.seed, row.round, flow.heavy)) {
            shares.push(p99 / flow.heavy);
        }
    }
    claims.timed(
        "held.loop",
        "latency_p99_ms(loop) / slow dish, in rounds where one came among the others",
        summarise(&shares),
        Limit::AtLeast(0.4),
        &[LOOP],
    );
}

/// Half a millisecond is told from twice as much by a clock of a tenth.
fn fine_enough(evidence: &Evidence) -> Gate {
    let step_millis = evidence.env.capability.clock_step_nanos as f64 / 1e6;
    let is_fine = step_millis <= LIGHT_MILLIS / 4.0;
    let closed = (!is_fine).then(|| "clock: its step is too coarse for half a millisecond".into());
    Gate { closed }
}

pub fn finding(evidence: &Evidence, settings: &Settings) -> Finding {
    let flow = Flow::of(settings);
    let cure = cure(evidence);
    let is_handed = cure.is_some_and(|arm| arm.strategy == Strategy::Offload);
    let (kind, case) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        _ if flow.slow < 1.0 => (FindingKind::Expected, "light"),
        _ if flow.is_flood() => (FindingKind::Expected, "flood"),
        _ if is_handed && is_one_core(evidence) => (FindingKind::OneKnife, "one-knife"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held if is_handed => (FindingKind::Expected, "expected"),
        Outcome::Held => (FindingKind::Expected, "pieces"),
    };
    let figure = |arm: &str, name| millis(middle(evidence, arm, name));
    let cured = cure.map_or(LOOP, |arm| arm.id.as_str());
    Finding::new(kind, ["slow-customer.finding.", case].concat())
        .with("last", figure(LOOP, P99))
        .with("half", figure(LOOP, P50))
        .with("mean", figure(LOOP, "latency_mean_ms"))
        .with("cured", figure(cured, P99))
        .with("size", whole(flow.heavy))
        .with("rate", whole(flow.rate))
        .with("served", whole(flow.rate / flow.load.max(1e-9)))
        .with("guests", whole(flow.guests))
}
