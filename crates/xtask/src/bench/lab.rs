//! The lab of the built site, run again and again in one page: its sizes are
//! calibrated once, its workers and kernels stay warm.

use crate::fail::{Failure, Outcome};
use crate::visit::{LAB, complaints, fragment};
use drive::Browser;
use model::{ArmInfo, Evidence, RoundRow, Strategy};
use std::thread;
use std::time::{Duration, Instant};

/// Longest run of the lab that is waited for.
const RUN_LIMIT: Duration = Duration::from_secs(120);
/// From pressing Run to a sign of life.
const SIGN_LIMIT: Duration = Duration::from_secs(20);

/// An open lab.
pub struct Lab<'a> {
    /// The browser it is open in.
    pub browser: &'a Browser,
}

impl<'a> Lab<'a> {
    /// Opens a fresh page with these settings and waits until it can run.
    ///
    /// # Errors
    /// When the page breaks or takes too long.
    pub fn open(browser: &'a Browser, site: &str, settings: &str) -> Outcome<Self> {
        browser.open_fresh(&format!("{site}{}", fragment(LAB, settings)))?;
        browser.wait_idle(RUN_LIMIT)?;
        let lab = Self { browser };
        lab.wait("the lab", "!!window.twoChefs.capabilities()")?;
        Ok(lab)
    }

    fn wait(&self, what: &str, expression: &str) -> Outcome {
        self.browser
            .wait_for(what, expression, SIGN_LIMIT)
            .map_err(|error| Failure::project(format!("{error}{}", complaints(self.browser))))
    }

    /// Presses Run.
    ///
    /// # Errors
    /// When it cannot be pressed.
    pub fn press_run(&self) -> Outcome {
        self.wait(
            "a Run button",
            "document.querySelector('[data-testid=run]')?.getAttribute('aria-disabled') === 'false'",
        )?;
        Ok(self.browser.click("run")?)
    }

    /// Presses Run and returns the record of that run.
    ///
    /// # Errors
    /// When the page breaks, says no or takes too long.
    pub fn run(&self) -> Outcome<Evidence> {
        let before = self.started()?;
        self.press_run()?;
        let begin = Instant::now();
        loop {
            // Settles by itself: nothing asks the page while it is timed.
            self.browser.wait_idle(RUN_LIMIT)?;
            let started = self.started()?;
            if started != before {
                return self.evidence();
            }
            if begin.elapsed() > SIGN_LIMIT {
                let why = complaints(self.browser);
                return Err(Failure::project(format!(
                    "the lab gave no result; its page says:{why}"
                )));
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn started(&self) -> Outcome<String> {
        let found = self
            .browser
            .get("return window.twoChefs.evidence()?.env?.started ?? ''")?;
        Ok(found.as_str().unwrap_or_default().to_owned())
    }

    fn evidence(&self) -> Outcome<Evidence> {
        let json = self
            .browser
            .get("return JSON.stringify(window.twoChefs.evidence())")?;
        serde_json::from_str(json.as_str().unwrap_or_default())
            .map_err(|error| Failure::project(format!("the lab's record is malformed: {error}")))
    }
}

/// The arm of a strategy.
///
/// # Errors
/// When the lab left it out.
pub fn arm(evidence: &Evidence, strategy: Strategy) -> Outcome<&ArmInfo> {
    let found = evidence.arms.iter().find(|arm| arm.strategy == strategy);
    found.ok_or_else(|| {
        Failure::project(format!(
            "this browser cannot run {}: rung {} ({})",
            strategy.id(),
            u8::from(evidence.env.capability.rung),
            evidence.env.capability.reason.id(),
        ))
    })
}

/// A figure of the valid rounds of an arm, the median over rounds; `None` where
/// no round is valid.
///
/// # Errors
/// When the lab left the arm out.
pub fn median(
    evidence: &Evidence,
    strategy: Strategy,
    pick: impl Fn(&RoundRow) -> Option<f64>,
) -> Outcome<Option<f64>> {
    let id = &arm(evidence, strategy)?.id;
    let rows = evidence.rounds.iter();
    let valid = rows.filter(|row| row.arm == *id && row.valid);
    let values: Vec<f64> = valid.filter_map(pick).collect();
    Ok(analysis::stats::median(&values))
}
