//! A frame of 640 by 480 shows a lesson's run without scrolling.

use lessons::registry;
use serde_json::Value;
use tests::host::{Host, complaints, inside, predict};
use tests::{LONGEST_RUN, Visit};

/// What does not fit into the frame: the page, or a part the reader needs now.
const OUTSIDE: &str = "
const page = document.documentElement;
const out = [];
if (page.scrollHeight > innerHeight) out.push(`the page is ${page.scrollHeight} px high in ${innerHeight}`);
if (page.scrollWidth > innerWidth) out.push(`the page is ${page.scrollWidth} px wide in ${innerWidth}`);
for (const part of arguments) {
  const box = document.querySelector(part)?.getBoundingClientRect();
  if (!box || !box.width || box.top < 0 || box.bottom > innerHeight || box.right > innerWidth + 1)
    out.push(`${part} ${box ? `from ${box.top.toFixed(0)} to ${box.bottom.toFixed(0)}` : 'is missing'}`);
}
return out;";

const WIDE: &str = "
const wide = document.documentElement.scrollWidth;
return wide > innerWidth ? [`${wide} px in ${innerWidth}`] : [];";

const RUN: &str = "[data-testid=run]";
const CHART: &str = "figure.chart svg";

struct Look<'a> {
    visit: &'a Visit,
    faults: Vec<String>,
}

impl Look<'_> {
    /// Inside the frame: nothing to scroll for, and these parts in view.
    fn fits(&mut self, what: &str, parts: &[&str]) {
        self.visit.idle(LONGEST_RUN);
        let parts: Vec<Value> = parts.iter().map(|part| (*part).into()).collect();
        self.note(what, &self.visit.call(OUTSIDE, &parts));
    }

    /// Outside it, on the narrowest screen: no line is wider than the frame.
    fn is_narrow(&mut self, what: &str) {
        let visit = self.visit;
        let size = |width: u32| {
            visit.call(
                "document.getElementById('frame').width = arguments[0]",
                &[width.into()],
            );
        };
        size(320);
        let wide = inside(visit, || {
            visit.until("the narrow frame", "innerWidth === 320");
            visit.idle(LONGEST_RUN);
            visit.call(WIDE, &[])
        });
        self.note(&format!("{what}, 320 px"), &wide);
        size(640);
        inside(visit, || {
            visit.until("the wide frame", "innerWidth === 640")
        });
    }

    fn note(&mut self, what: &str, found: &Value) {
        for line in tests::host::texts(found) {
            self.faults.push(format!("{what}: {line}"));
        }
    }
}

#[test]
fn every_run_fits_into_a_frame() {
    let visit = Visit::of_site("frame-look");
    let mut look = Look {
        visit: &visit,
        faults: Vec::new(),
    };
    for lesson in registry::LESSONS {
        let id = lesson.id;
        let host = Host::with_frame(
            &visit,
            &format!("#/lesson/{id}?embed=on&rounds=6"),
            640,
            480,
        );
        host.open(&visit);
        inside(&visit, || {
            visit.click("step-run");
            look.fits(&format!("{id}, before"), &[RUN]);
        });
        look.is_narrow(&format!("{id}, before"));
        inside(&visit, || {
            if visit.has("step-predict") {
                visit.click("step-predict");
                let asked = predict(&visit);
                assert!(asked > 1, "{id}: {asked}");
            }
            visit.start_run();
            visit.idle(LONGEST_RUN);
            assert_eq!(visit.errors(), [""; 0], "{id}");
            if visit.has("step-run") {
                visit.click("step-run");
            }
            look.fits(
                &format!("{id}, after"),
                &[RUN, CHART, "[data-testid=finding]", "[data-testid=own-tab]"],
            );
        });
        look.is_narrow(&format!("{id}, after"));
        // What was folded away is there.
        inside(&visit, || {
            visit.call(
                "document.querySelector('[data-testid=more]').open = true",
                &[],
            );
            for part in ["method", "verdict"] {
                assert!(visit.has(part), "{id}: {part}");
            }
        });
    }
    assert!(look.faults.is_empty(), "{}", look.faults.join("\n"));
    assert_eq!(complaints(&visit), [""; 0]);
}

#[test]
fn other_views_are_no_wider_than_a_narrow_frame() {
    let visit = Visit::of_site("frame-narrow");
    let mut look = Look {
        visit: &visit,
        faults: Vec::new(),
    };
    for view in [
        "#/?embed=on",
        "#/lab?embed=on",
        "#/lesson/waiting?embed=on&nonsense=1",
    ] {
        let host = Host::with_frame(&visit, view, 640, 480);
        host.open(&visit);
        inside(&visit, || {
            visit.idle(LONGEST_RUN);
            visit.click("badge");
        });
        look.is_narrow(view);
    }
    assert!(look.faults.is_empty(), "{}", look.faults.join("\n"));
}
