//! Known traces give known drawings. `BLESS=1 cargo test -p charts` rewrites
//! the stored ones; look at them before keeping them.

mod support;

use charts::{RefLine, View};
use std::path::Path;
use support::{MS, english};

#[test]
fn drawings_are_as_stored() {
    let wide = View::new("v", 780.0).predicting(Some(83.0));
    let narrow = View::new("v", 360.0);
    let reference = RefLine {
        label: "one after another".into(),
        millis: 483.0,
    };
    let hollow = support::four_chefs_two_knives(6);
    let pots = support::pots();
    let computing = support::computing();
    let refs = std::slice::from_ref(&reference);
    let kitchen = |trace, at, view| charts::kitchen::scene(trace, at, view, &english).svg;
    let drawings = [
        ("lanes-wide", charts::lanes(&hollow, &wide, &english).svg()),
        (
            "lanes-narrow",
            charts::lanes(&hollow, &narrow, &english).svg(),
        ),
        (
            "lanes-waits",
            charts::lanes(&support::hybrid(), &wide, &english).svg(),
        ),
        (
            "tasks-wide",
            charts::tasks(&support::juggled(4, 80, 4), &wide, &english).svg(),
        ),
        (
            "tasks-narrow",
            charts::tasks(&pots, &narrow, &english).svg(),
        ),
        (
            "tasks-compact",
            charts::tasks_compact(&pots, Some(&reference), &View::new("v", 250.0), &english).svg(),
        ),
        (
            "makespan-wide",
            charts::makespan(&computing, &[], refs, &wide, &english).svg(),
        ),
        (
            "makespan-narrow",
            charts::makespan(&support::waiting(), &[], refs, &narrow, &english).svg(),
        ),
        (
            "plane-wide",
            charts::plane(&computing, &[], &wide, &english).svg(),
        ),
        (
            "plane-narrow",
            charts::plane(&support::waiting(), &[], &narrow, &english).svg(),
        ),
        (
            "cdf-wide",
            charts::cdf(&support::latencies(), &wide, &english).svg(),
        ),
        (
            "frames-wide",
            charts::frames(&support::frame_rows(), &wide, &english).svg(),
        ),
        (
            "frames-narrow",
            charts::frames(&support::frame_rows(), &narrow, &english).svg(),
        ),
        (
            "queue-narrow",
            charts::queue(&support::queue_rows(40), &narrow, &english).svg(),
        ),
        (
            "sweep-wide",
            charts::sweep(&support::waits(), &wide, &english).svg(),
        ),
        (
            "sweep-narrow",
            charts::sweep(&support::makespans(), &narrow, &english).svg(),
        ),
        (
            "speedup-wide",
            charts::speedup(
                &support::teams::speedups(&[1, 2, 3, 4], 2.0, 9),
                &wide,
                &english,
            )
            .svg(),
        ),
        (
            "speedup-narrow",
            charts::speedup(
                &support::teams::speedups(&[1, 2], 1.9, 4),
                &narrow,
                &english,
            )
            .svg(),
        ),
        (
            "waterfall-wide",
            charts::waterfall(&support::teams::lost(), &wide, &english).svg(),
        ),
        (
            "waterfall-narrow",
            charts::waterfall(&support::teams::lost(), &narrow, &english).svg(),
        ),
        (
            "dag-wide",
            charts::dag(&support::teams::meal(true), &wide, &english).svg(),
        ),
        (
            "dag-narrow",
            charts::dag(&support::teams::meal(true), &narrow, &english).svg(),
        ),
        (
            "counts-narrow",
            charts::counts(&support::teams::tallies(), &narrow, &english).svg(),
        ),
        (
            "lanes-locked",
            charts::lanes(&support::teams::locked(), &wide, &english).svg(),
        ),
        (
            "kitchen-locked",
            kitchen(&support::teams::locked(), 22 * MS, &wide),
        ),
        ("kitchen-wide", kitchen(&hollow, 60 * MS, &wide)),
        (
            "kitchen-narrow",
            kitchen(&support::hybrid(), 44 * MS, &narrow),
        ),
        (
            "arrows-wide",
            charts::arrows(&support::beyond::town(2, 8, 15 * MS), &wide, &english).svg(),
        ),
        (
            "arrows-narrow",
            charts::arrows(&support::beyond::raided(), &narrow, &english).svg(),
        ),
        (
            "stages-narrow",
            charts::stages(&support::beyond::staged(), &narrow, &english).svg(),
        ),
        (
            "loss-wide",
            charts::loss(&support::beyond::trainings(), &wide, &english).svg(),
        ),
        (
            "sweep-log",
            charts::sweep(&support::beyond::crossover(), &wide, &english).svg(),
        ),
        (
            "kitchen-town",
            kitchen(&support::beyond::town(8, 40, 15 * MS), 14 * MS, &wide),
        ),
        (
            "kitchen-town-narrow",
            kitchen(&support::beyond::raided(), 70 * MS, &narrow),
        ),
        (
            "kitchen-corridor",
            kitchen(&support::beyond::corridor(), 36 * MS, &wide),
        ),
        (
            "tasks-deeds",
            charts::tasks(&support::awaiting(), &wide, &english).svg(),
        ),
        (
            "lanes-stall",
            charts::lanes(&support::awaiting(), &narrow, &english).svg(),
        ),
        (
            "kitchen-guests",
            kitchen(&support::blocking(), 50 * MS, &wide),
        ),
        (
            "kitchen-stuck",
            kitchen(&support::awaiting(), 200 * MS, &narrow),
        ),
        (
            "file",
            charts::plane(&computing, &[], &wide, &english).standalone("median of 9 rounds"),
        ),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut changed = Vec::new();
    for (name, drawing) in drawings {
        let path = folder.join(format!("{name}.svg"));
        // One element a line, so that a change can be read.
        let drawing = drawing.replace("><", ">\n<") + "\n";
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &drawing).unwrap();
        } else if std::fs::read_to_string(&path).unwrap_or_default() != drawing {
            changed.push(name);
        }
    }
    assert!(
        changed.is_empty(),
        "{changed:?} changed; BLESS=1 stores them"
    );
}
