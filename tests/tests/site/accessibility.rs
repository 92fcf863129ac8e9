//! For everybody: rules of axe-core, the keyboard alone, narrow screens,
//! targets that can be hit.

use serde_json::Value;
use tests::{Axe, LONGEST_RUN, Visit, testid};

const TAB: &str = "\u{E004}";
const ENTER: &str = "\u{E007}";
const ESCAPE: &str = "\u{E00C}";
const RIGHT: &str = "\u{E014}";
const DOWN: &str = "\u{E015}";

/// Visible controls that are smaller than 24 CSS pixels either way. Links
/// within a sentence are as high as its line, which WCAG 2.5.8 allows.
const SMALL: &str = "
const small = [];
for (const node of document.querySelectorAll('button, select, summary, input, a[href], [tabindex=\"0\"]')) {
  if (!node.checkVisibility({ visibilityProperty: true }) || node.matches('.skip')) continue;
  const style = getComputedStyle(node);
  const around = node.parentElement.textContent.trim().length;
  if (style.display === 'inline' && node.textContent.trim().length < around) continue;
  const boxed = node.matches('[type=radio], [type=checkbox]') && node.closest('label');
  const { width, height } = (boxed || node).getBoundingClientRect();
  if (width < 23.9 || height < 23.9) small.push(`${node.dataset.testid ?? node.outerHTML.slice(0, 90)} ${width.toFixed(1)}x${height.toFixed(1)}`);
}
return small;";

/// What sticks out of the page to the right.
const WIDE: &str = "
const width = 320;
const page = document.documentElement.scrollWidth;
if (page <= width) return [];
const out = [...document.querySelectorAll('body *')].filter((node) =>
  node.getBoundingClientRect().right > width + 0.5 && !node.closest('svg svg, .scroll, .sr'));
return [`${page} px`, ...out.slice(0, 6).map((node) => `${node.tagName}.${node.className.baseVal ?? node.className} ${node.dataset.testid ?? ''} to ${node.getBoundingClientRect().right.toFixed(0)}`)];";

fn lines(found: &Value) -> Vec<String> {
    let lines = found.as_array().into_iter().flatten();
    lines.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A view must break no rule in light and dark, fit into 320 px, and have
/// controls of 24 px.
struct Look<'a> {
    visit: &'a Visit,
    axe: Axe,
    faults: Vec<String>,
}

impl<'a> Look<'a> {
    fn new(visit: &'a Visit) -> Self {
        Self {
            visit,
            axe: Axe::read(),
            faults: Vec::new(),
        }
    }

    fn at(&mut self, what: &str) {
        let visit = self.visit;
        for scheme in ["light", "dark"] {
            let media = [
                ("prefers-color-scheme", scheme),
                ("prefers-reduced-motion", "reduce"),
            ];
            visit.browser.media(&media).expect("colours can be chosen");
            visit.idle(LONGEST_RUN);
            for rule in self.axe.violations(visit) {
                self.faults.push(format!("{what}, {scheme}: {rule}"));
            }
        }
        self.sizes(what);
        visit.browser.viewport(320, 640).expect("a narrow screen");
        visit.idle(LONGEST_RUN);
        for line in lines(&visit.call(WIDE, &[])) {
            self.faults.push(format!("{what}, 320 px: {line}"));
        }
        self.sizes(&format!("{what}, 320 px"));
        visit.browser.viewport(1366, 768).expect("a wide screen");
        visit.idle(LONGEST_RUN);
    }

    fn sizes(&mut self, what: &str) {
        for line in lines(&self.visit.call(SMALL, &[])) {
            self.faults.push(format!("{what}: small: {line}"));
        }
    }

    fn done(self) {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
    }
}

#[test]
fn the_first_page_is_for_everybody() {
    let visit = Visit::of_site("axe-home");
    let mut look = Look::new(&visit);
    visit.open("#/?rounds=1&nonsense=1");
    visit.click("badge");
    look.at("first page");
    visit.click("badge");
    let _ = visit.press_run();
    visit.click("show-method");
    look.at("first page, after its run");
    look.done();
}

#[test]
fn every_step_of_a_lesson_is_for_everybody() {
    let visit = Visit::of_site("axe-lesson");
    let mut look = Look::new(&visit);
    visit.open("#/lesson/two-chefs?rounds=1&tasks=4&size=4&predict=optional");
    look.at("meet");
    visit.click("step-predict");
    look.at("predict");
    visit.click("step-run");
    look.at("run, before it");
    let _ = visit.press_run();
    visit.click("step-run");
    look.at("run");
    visit.click("step-explain");
    visit.call(
        &format!(
            "{}.click()",
            "document.querySelector('input[name=explain]')"
        ),
        &[],
    );
    look.at("explain");
    visit.click("step-play");
    look.at("play");
    look.done();
}

#[test]
fn the_lab_is_for_everybody() {
    let visit = Visit::of_site("axe-lab");
    let mut look = Look::new(&visit);
    visit.open(
        "#/lab?workload=image-filter,mandelbrot&rounds=1&tasks=4&size=4&strategies=pool,hybrid",
    );
    look.at("lab");
    let _ = visit.press_run();
    visit.call("for (const more of document.querySelectorAll('.tools button[aria-pressed=false]')) more.click();", &[]);
    look.at("lab, after a run");
    look.done();
}

#[test]
fn the_composer_is_for_everybody() {
    let visit = Visit::of_site("axe-compose");
    let mut look = Look::new(&visit);
    visit.open("#/compose/lab");
    look.at("composer");
    look.done();
}

/// A reader without a mouse.
struct Keyboard<'a>(&'a Visit);

impl Keyboard<'_> {
    fn press(&self, keys: &str) {
        self.0.browser.keys(keys).expect("keys can be pressed");
    }

    /// Tabs until the focus is on an element of this selector, which must show it.
    fn tab_to(&self, selector: &str) {
        for _ in 0..60 {
            self.press(TAB);
            let at = self.0.call(
                "const node = document.activeElement;
                 if (!node.matches(arguments[0])) return null;
                 const box = (node.matches('[type=radio]') && node.closest('label')) || node;
                 return [node, box].some((node) => {
                   const style = getComputedStyle(node);
                   return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
                 });",
                &[selector.into()],
            );
            if let Value::Bool(shows) = at {
                assert!(shows, "the focus on {selector} does not show");
                return;
            }
        }
        panic!("Tab does not lead to {selector}");
    }

    fn step(&self, step: &str) {
        self.tab_to("[data-testid=next]");
        self.press(ENTER);
        let there = format!(
            "{}.getAttribute('aria-current') === 'step'",
            testid(&format!("step-{step}"))
        );
        self.0.until(step, &there);
    }
}

#[test]
fn a_lesson_needs_no_mouse() {
    let visit = Visit::of_site("keyboard");
    let keys = Keyboard(&visit);
    visit.open("#/lesson/waiting?rounds=2");
    keys.step("predict");
    // Run says what is missing instead of running.
    keys.tab_to("[data-testid=run]");
    keys.press(ENTER);
    assert!(!visit.has("stop"), "the prediction comes first");
    keys.press("\u{E008}\u{E004}");
    visit.call("document.querySelector('h1').focus()", &[]);
    keys.tab_to("input[name=predict-total]");
    keys.press(" ");
    keys.press(DOWN);
    let chosen = visit.eval("[...document.querySelectorAll('input[name=predict-total]')].findIndex((choice) => choice.checked)");
    assert_eq!(chosen, Value::from(1), "arrows move between choices");
    keys.tab_to("input[name=sure]");
    keys.press(" ");
    keys.tab_to("[data-testid=run][aria-disabled=false]");
    keys.press(ENTER);
    visit.until("the run to start", &format!("{} !== null", testid("stop")));
    visit.idle(LONGEST_RUN);
    let step = "document.querySelector('[data-testid^=step-][aria-current=step]').dataset.testid";
    if visit.eval(step) != "step-run" {
        keys.step("run");
    }
    assert!(visit.has("finding") && visit.has("said-total"), "observed");
    // A chart is one stop; arrows walk its marks and the live region reads them.
    keys.tab_to("figure.chart .art");
    keys.press(RIGHT);
    visit.until(
        "a mark to be read",
        &format!("{}.textContent.trim() !== ''", testid("status")),
    );
    keys.press(ESCAPE);
    visit.call("document.querySelector('h1').focus()", &[]);
    keys.step("explain");
    keys.tab_to("input[name=explain]");
    keys.press(" ");
    visit.until("the feedback", &format!("{} !== null", testid("feedback")));
    keys.step("play");
    keys.tab_to("[data-testid=slider-tasks]");
    let value = || {
        visit
            .eval(&format!("Number({}.value)", testid("slider-tasks")))
            .as_f64()
    };
    let before = value();
    keys.press(RIGHT);
    assert!(value() > before, "sliders move by arrows");
    assert_eq!(visit.errors(), [""; 0]);
}
