//! One line of the table.

use analysis::verdict::{Gate, Limit, judge};
use model::{Stats, Verdict};
use serde_json::json;

/// What a row is held against. The limit decides the verdict; a row without one
/// is there for information.
#[derive(Clone, Copy)]
pub struct Held {
    /// Id of the goal, with a suffix where a goal has several rows.
    pub id: &'static str,
    /// What the ratio is, numerator first.
    pub what: &'static str,
    /// What is reached for.
    pub goal: Option<Limit>,
    /// What must hold.
    pub limit: Option<Limit>,
}

/// A row ready to print.
pub struct Row {
    held: Held,
    /// More about this measurement, such as absolute figures.
    detail: String,
    stats: Option<Stats>,
    verdict: Option<Verdict>,
    why: String,
}

impl Row {
    /// Judges the figure. `gate` says whether the machine allowed a judgement.
    pub fn new(held: Held, detail: String, stats: Option<Stats>, gate: &Gate) -> Self {
        let gates = std::slice::from_ref(gate);
        let check = held
            .limit
            .map(|limit| judge(held.id, held.what, stats.as_ref(), limit, gates));
        let why = match &check {
            Some(check) => check.why.clone(),
            None => gate.closed.clone().unwrap_or_default(),
        };
        Self {
            held,
            detail,
            stats,
            verdict: check.map(|check| check.verdict),
            why,
        }
    }

    /// A figure without spread, such as a number of bytes.
    pub fn exact(held: Held, detail: String, ratio: f64, gate: &Gate) -> Self {
        let stats = Stats {
            n: analysis::stats::FEWEST,
            median: ratio,
            lo: ratio,
            hi: ratio,
            mad: 0.0,
            outliers: 0,
        };
        let mut row = Self::new(held, detail, Some(stats), gate);
        if let Some(stats) = &mut row.stats {
            stats.n = 1;
        }
        row
    }

    /// The outcome, if the row is judged.
    pub const fn verdict(&self) -> Option<Verdict> {
        self.verdict
    }

    /// One JSON object.
    pub fn json(&self) -> String {
        let figure = |pick: fn(&Stats) -> f64| self.stats.as_ref().map(pick);
        json!({
            "id": self.held.id,
            "what": self.held.what,
            "ratio": figure(|stats| stats.median),
            "low": figure(|stats| stats.lo),
            "high": figure(|stats| stats.hi),
            "n": self.stats.as_ref().map_or(0, |stats| stats.n),
            "goal": self.held.goal.map(Limit::text),
            "limit": self.held.limit.map(Limit::text),
            "verdict": self.verdict,
            "why": self.why,
            "detail": self.detail,
        })
        .to_string()
    }

    /// One line for people, some with a second one below.
    pub fn text(&self) -> String {
        let limit = |limit: Option<Limit>| limit.map_or_else(String::new, Limit::text);
        let (ratio, range, n) = match &self.stats {
            Some(stats) => (
                format!("{:.3}", stats.median),
                format!("{:.3} to {:.3}", stats.lo, stats.hi),
                stats.n,
            ),
            None => ("-".to_owned(), String::new(), 0),
        };
        let word = match self.verdict {
            Some(Verdict::Pass) => "pass",
            Some(Verdict::Fail) => "FAIL",
            Some(Verdict::Inconclusive) => "open",
            None => "",
        };
        let mut line = format!(
            "{:<14} {ratio:>7}  {range:<16} {n:>3}  {:<8} {:<8} {word:<5} {}",
            self.held.id,
            limit(self.held.goal),
            limit(self.held.limit),
            self.held.what,
        );
        for more in [&self.detail, &self.why] {
            if !more.is_empty() {
                line.push_str("\n                 ");
                line.push_str(more);
            }
        }
        line
    }
}

/// The line above the table.
pub const HEAD: &str =
    "id               ratio  95 % interval      n  goal     limit    judged what";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const HELD: Held = Held {
        id: "G6",
        what: "ours / theirs",
        goal: Some(Limit::AtMost(0.6)),
        limit: Some(Limit::AtMost(1.0)),
    };
    const OPEN: Gate = Gate { closed: None };

    fn row(values: &[f64], gate: &Gate) -> Row {
        let stats = analysis::stats::summarise(values);
        Row::new(HELD, String::new(), stats, gate)
    }

    #[test]
    fn the_limit_decides_and_the_goal_does_not() {
        let row = row(&[0.8, 0.81, 0.82, 0.83, 0.84, 0.85], &OPEN);
        assert_eq!(row.verdict(), Some(Verdict::Pass));
        let json: Value = serde_json::from_str(&row.json()).unwrap();
        assert_eq!(json["verdict"], "pass");
        assert_eq!(
            (&json["goal"], &json["limit"]),
            (&"<= 0.6".into(), &"<= 1".into())
        );
        assert_eq!(
            (json["low"].as_f64(), json["n"].as_u64()),
            (Some(0.8), Some(6))
        );
    }

    #[test]
    fn a_closed_gate_or_a_straddling_interval_leave_it_open() {
        let closed = Gate {
            closed: Some("cores: busy".into()),
        };
        let good = [0.5; 6];
        assert_eq!(row(&good, &closed).verdict(), Some(Verdict::Inconclusive));
        let wide = [0.5, 0.6, 0.7, 0.8, 0.9, 1.1];
        assert_eq!(row(&wide, &OPEN).verdict(), Some(Verdict::Inconclusive));
        assert_eq!(row(&[1.2; 6], &OPEN).verdict(), Some(Verdict::Fail));
    }

    #[test]
    fn a_single_figure_is_judged_as_it_is() {
        let row = Row::exact(HELD, String::new(), 1.2, &OPEN);
        assert_eq!(row.verdict(), Some(Verdict::Fail));
        assert!(row.json().contains("\"n\":1,"));
    }
}
