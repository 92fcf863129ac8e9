//! Turns of the event loop stay short whatever the tasks do.

use runner::{Executor, executor::give_way};
use std::{cell::Cell, rc::Rc};

#[test]
fn after_many_short_polls_a_long_one_still_ends_the_turn() {
    let executor = Executor::new((), Box::new(|| ()));
    // Share of the quantum used so far, moved by the tasks themselves.
    let used = Rc::new(Cell::new(0.0));
    for task in 0..4 {
        let used = Rc::clone(&used);
        executor.spawn(task, async move {
            for poll in 0..400 {
                let cost = if poll < 300 { 1e-5 } else { 0.6 };
                used.set(used.get() + cost);
                give_way().await;
            }
        });
    }
    let mut turns = 0;
    let mut longest = 0.0_f64;
    loop {
        used.set(0.0);
        let more = executor.tick(|| used.get());
        longest = longest.max(used.get());
        turns += 1;
        if !more {
            break;
        }
    }
    assert!(executor.is_done());
    assert!(longest < 1.0 + 0.6, "a turn took {longest} quanta");
    assert!(turns >= 4 * 100 / 2, "{turns}");
}
