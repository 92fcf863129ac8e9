//! One record feeds chart, table and reader: what is drawn is what was checked.

use model::Evidence;
use serde_json::Value;
use tests::Visit;
use tests::record::contradictions;

/// Faults of every drawing on the page: name, description, unique ids.
const DRAWINGS: &str = "
const faults = [];
const drawings = [...document.querySelectorAll('svg[role=img]')];
for (const svg of drawings) {
  const title = svg.querySelector('title')?.textContent.trim();
  const says = svg.querySelector('desc')?.textContent.trim();
  if (!title || !says) faults.push(`a drawing says ${title}, ${says}`);
  for (const id of (svg.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean)) {
    if (!svg.querySelector('#' + CSS.escape(id))) faults.push(`no ${id}`);
  }
  if (/NaN|undefined|Infinity|\\{\\w+\\}/.test(svg.outerHTML)) faults.push(`${title}: not a number, or not a word`);
}
const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) faults.push(`twice: #${id}`);
return [drawings.length, ...faults];";

fn drawings(visit: &Visit) -> u64 {
    let found = visit.call(DRAWINGS, &[]);
    let found = found.as_array().cloned().unwrap_or_default();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].as_u64().unwrap_or(0)
}

/// Opens the table of every chart and returns their cells.
fn tables(visit: &Visit) -> Value {
    visit.call(
        "for (const button of document.querySelectorAll('figure.chart .tools button[aria-pressed=false]')) button.click();
         return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(
           [...document.querySelectorAll('figure.chart')].map((figure) => ({
             kind: figure.dataset.testid,
             caption: figure.querySelector('table caption')?.textContent.trim() ?? '',
             heads: figure.querySelectorAll('table thead th').length,
             cells: [...figure.querySelectorAll('table tbody th, table tbody td')].map((cell) => cell.textContent.trim()),
           })))))) ",
        &[],
    )
}

#[test]
fn a_lesson_draws_its_record_and_the_prediction() {
    let visit = Visit::of_site("record");
    visit.open("#/lesson/waiting?rounds=6");
    visit.click("step-predict");
    for answer in ["option-total-row", "sure-fairly"] {
        visit.call(
            "document.querySelector(`[data-testid=\"${arguments[0]}\"]`).click()",
            &[answer.into()],
        );
    }
    let evidence = visit.press_run();
    let faults = contradictions(&evidence);
    assert!(faults.is_empty(), "{faults:#?}");
    // Written and read again it is the same record.
    let text = serde_json::to_string(&evidence).expect("a record can be written");
    let again: Evidence = serde_json::from_str(&text).expect("and read");
    assert_eq!(serde_json::to_string(&again).ok(), Some(text));

    visit.click("step-run");
    visit.idle(tests::LONGEST_RUN);
    let marks = visit
        .eval("document.querySelectorAll('.stage figure.chart [data-role=prediction]').length");
    assert!(
        marks.as_u64() >= Some(1),
        "the prediction is drawn on the result"
    );
    assert!(visit.has("said-total"), "and compared in words");
    assert!(visit.has("chart-tasks"));
    for kind in ["lanes", "makespan"] {
        visit.click(&format!("show-{kind}"));
        visit.until(
            kind,
            &format!("{} !== null", tests::testid(&format!("chart-{kind}"))),
        );
    }
    assert!(drawings(&visit) >= 3);
    let tables = tables(&visit);
    let tables = tables.as_array().expect("charts");
    assert!(tables.len() >= 3);
    for table in tables {
        let cells = table["cells"].as_array().map_or(0, Vec::len);
        assert!(cells >= 2 && table["heads"].as_u64() >= Some(2), "{table}");
        assert!(
            table["caption"]
                .as_str()
                .is_some_and(|words| !words.is_empty()),
            "{table}"
        );
    }
    // The table of the bars carries the medians of the record.
    let bars = tables
        .iter()
        .find(|table| table["kind"] == "chart-makespan")
        .expect("bars");
    for (arm, stats) in &evidence.stats {
        let median = stats.median;
        let is_there = bars["cells"].as_array().into_iter().flatten().any(|cell| {
            let digits: String = cell
                .as_str()
                .unwrap_or_default()
                .chars()
                .filter(|c| c.is_ascii_digit() || *c == '.')
                .collect();
            digits
                .parse::<f64>()
                .is_ok_and(|shown| (shown - median).abs() <= 0.006 * median + 0.06)
        });
        assert!(is_there, "{arm}: {median} is not in {bars}");
    }
}

#[test]
fn the_lab_draws_every_chart_and_keeps_earlier_runs() {
    let visit = Visit::of_site("lab");
    visit.open("#/lab?workload=mandelbrot,queens&strategies=pool,messages,hybrid,offload,interleaved&tasks=8&size=5&rounds=2");
    let first = visit.press_run();
    let faults = contradictions(&first);
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(first.arms.len(), 6, "six ways side by side");
    assert!(visit.has("picture"), "the picture is painted");
    let tiles = visit.eval(
        "(() => { const canvas = document.querySelector('[data-testid=picture] canvas, canvas[data-testid=picture]');
           const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
           return new Set(new Uint32Array(data.buffer)).size; })()",
    );
    assert!(
        tiles.as_u64() > Some(16),
        "with more than a few shades, not {tiles}"
    );
    visit.click("show-tasks");
    for kind in ["lanes", "makespan", "plane", "tasks"] {
        assert!(visit.has(&format!("chart-{kind}")), "no {kind}");
    }
    drawings(&visit);
    let second = visit.press_run();
    assert_ne!(first.env.started, second.env.started);
    let kept = visit.eval("document.querySelectorAll('[data-testid=history] button').length");
    assert_eq!(kept.as_u64(), Some(2), "earlier runs stay");
    assert_eq!(visit.errors(), [""; 0]);
}
