//! The sentence about kitchens across town.

use super::{ALONE, FAR, HANDED, LOST, named, parcels};
use crate::checks::{Outcome, is_told_of_one_core, middle, millis_of, outcome, ratio};
use crate::words::{millis, tenth, whole};
use crate::{Finding, FindingKind, Settings};
use model::{ArmInfo, Evidence};

pub fn finding(evidence: &Evidence, _settings: &Settings) -> Finding {
    let (hand, far, lost) = (
        named(evidence, HANDED),
        named(evidence, FAR),
        named(evidence, LOST),
    );
    let kitchens = hand.map_or(1, |arm| arm.workers);
    let told = outcome(evidence);
    let (kind, case) = match (told, hand) {
        (Outcome::Failed, _) => (FindingKind::Disagrees, "disagrees"),
        (Outcome::Held, None) => (FindingKind::Expected, "page"),
        (Outcome::Open, None) => (FindingKind::Undecided, "page"),
        (_, Some(_)) if is_told_of_one_core(evidence) && kitchens > 1 => {
            (FindingKind::OneKnife, "one-knife")
        }
        (Outcome::Open, _) => (FindingKind::Undecided, "undecided"),
        (Outcome::Held, _) => (FindingKind::Expected, held(kitchens, far, lost)),
    };
    let ms = |arm: Option<&ArmInfo>| {
        let ms = arm.map_or(0.0, |arm| millis_of(evidence, &arm.id));
        if ms > 0.0 { millis(ms) } else { "?".to_owned() }
    };
    let times = hand.and_then(|arm| ratio(evidence, ALONE, &arm.id));
    let town = far.and_then(|arm| arm.manner.town);
    let again = lost.map_or(0.0, |arm| middle(evidence, &arm.id, "town.retried"));
    let copy = middle(evidence, parcels::COPIED, parcels::LARGEST);
    let handed = middle(evidence, parcels::HANDED, parcels::LARGEST);
    Finding::new(kind, ["cluster.finding.", case].concat())
        .with("kitchens", kitchens.to_string())
        .with("ms", ms(hand))
        .with("alone", millis(millis_of(evidence, ALONE)))
        .with(
            "times",
            times.map_or_else(|| "?".into(), |times| tenth(times.median)),
        )
        .with(
            "latency",
            whole(town.map_or(0.0, |town| town.latency_millis)),
        )
        .with("far", ms(far))
        .with("lost", ms(lost))
        .with("again", whole(again))
        .with("copy", millis(copy))
        .with("hand", millis(handed))
        .with("row", millis(millis_of(evidence, "sequential")))
}

/// Which of the stories was measured: with couriers that need time or not, with a
/// kitchen lost or not, or with one kitchen only.
const fn held(kitchens: u32, far: Option<&ArmInfo>, lost: Option<&ArmInfo>) -> &'static str {
    match (kitchens, far, lost) {
        (0 | 1, ..) => "single",
        (_, Some(_), Some(_)) => "expected",
        (_, Some(_), None) => "far",
        (_, None, Some(_)) => "near",
        (_, None, None) => "plain",
    }
}
