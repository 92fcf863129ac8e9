//! How the page fared during a run: its frames, its answers, its long tasks.

use model::{NANOS_PER_MILLI, Nanos, Stretch, Trace, millis_from_nanos};
use std::collections::BTreeMap;

/// Longer frames are long: the limit above which browsers call a task long.
const LONG_NANOS: Nanos = 50 * NANOS_PER_MILLI;

/// `worst_frame_ms`, `frame_share`, `long_frames`, `worst_answer_ms`, and `worst_long_task_ms`
/// where the browser tells of long tasks (0 if there was none); nothing where
/// the page was not watched.
pub(crate) fn figures(trace: &Trace) -> BTreeMap<String, f64> {
    let mut figures = BTreeMap::new();
    let Some(page) = &trace.page else {
        return figures;
    };
    let mut put = |name: &str, value: f64| figures.insert(name.to_owned(), value);
    let worst_millis = longest_millis(&page.frames);
    put("worst_frame_ms", worst_millis);
    if trace.makespan_nanos > 0 {
        let share = worst_millis / millis_from_nanos(trace.makespan_nanos);
        put("frame_share", share);
    }
    let long = page
        .frames
        .iter()
        .filter(|frame| frame.len_nanos > LONG_NANOS);
    put("long_frames", long.count() as f64);
    put("worst_answer_ms", longest_millis(&page.answers));
    if let Some(tasks) = &page.long_tasks {
        put("worst_long_task_ms", longest_millis(tasks));
    }
    figures
}

fn longest_millis(stretches: &[Stretch]) -> f64 {
    let longest = stretches.iter().map(|stretch| stretch.len_nanos).max();
    millis_from_nanos(longest.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::PageLife;

    fn stretches(millis: &[u64]) -> Vec<Stretch> {
        let mut start_nanos = 0;
        let stretch = |len: &u64| {
            let stretch = Stretch {
                start_nanos,
                len_nanos: len * NANOS_PER_MILLI,
            };
            start_nanos += stretch.len_nanos;
            stretch
        };
        millis.iter().map(stretch).collect()
    }

    fn of(page: Option<PageLife>) -> Vec<(String, f64)> {
        let trace = Trace {
            page,
            makespan_nanos: 400 * NANOS_PER_MILLI,
            ..Trace::default()
        };
        figures(&trace).into_iter().collect()
    }

    #[test]
    fn the_worst_of_each_and_how_many_frames_were_long() {
        let page = PageLife {
            frames: stretches(&[17, 380, 50, 51, 16]),
            answers: stretches(&[1, 361, 341]),
            long_tasks: Some(stretches(&[375, 50])),
        };
        let expected = [
            ("frame_share", 0.95),
            ("long_frames", 2.0),
            ("worst_answer_ms", 361.0),
            ("worst_frame_ms", 380.0),
            ("worst_long_task_ms", 375.0),
        ];
        let named = expected.map(|(name, value)| (name.to_owned(), value));
        assert_eq!(of(Some(page)), named);
    }

    #[test]
    fn no_long_task_is_nought_and_no_observer_is_nothing() {
        let page = |long_tasks| PageLife {
            frames: stretches(&[17]),
            answers: Vec::new(),
            long_tasks,
        };
        let has_tasks = |page| {
            of(page)
                .iter()
                .any(|(name, _)| name == "worst_long_task_ms")
        };
        assert!(has_tasks(Some(page(Some(Vec::new())))));
        assert!(!has_tasks(Some(page(None))));
        assert_eq!(of(None), []);
    }
}
