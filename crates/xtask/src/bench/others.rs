//! How much of the machine others use: everything that computes, less this
//! program and what it started.

use drive::process_tree::tree;
use std::fs;
use std::time::Instant;

/// Length of a clock tick in `/proc`, in seconds; Linux shows 100 a second everywhere.
const TICK_SECONDS: f64 = 0.01;

/// A reading of what has been computed so far.
pub struct Reading {
    at: Instant,
    all_ticks: u64,
    own_ticks: u64,
}

impl Reading {
    /// Now; zeros where there is no `/proc`, so that others seem to use nothing.
    pub fn now() -> Self {
        let stat = |pid: u32| fs::read_to_string(format!("/proc/{pid}/stat")).ok();
        Self {
            at: Instant::now(),
            all_ticks: fs::read_to_string("/proc/stat").map_or(0, |text| all(&text)),
            own_ticks: tree(std::process::id())
                .into_iter()
                .filter_map(|pid| own(&stat(pid)?))
                .sum(),
        }
    }

    /// How many cores others, and the hypervisor, have used since then.
    pub fn others_since(&self, before: &Self) -> f64 {
        let all = self.all_ticks.saturating_sub(before.all_ticks);
        let own = self.own_ticks.saturating_sub(before.own_ticks);
        let seconds = self.at.duration_since(before.at).as_secs_f64();
        all.saturating_sub(own) as f64 * TICK_SECONDS / seconds.max(1e-9)
    }
}

/// Ticks of all cores that were not idle: user, nice, system, irq, softirq, steal.
fn all(stat: &str) -> u64 {
    let fields = stat.lines().next().unwrap_or_default().split_whitespace();
    let ticks: Vec<u64> = fields
        .skip(1)
        .map_while(|field| field.parse().ok())
        .collect();
    [0, 1, 2, 5, 6, 7]
        .into_iter()
        .filter_map(|at| ticks.get(at))
        .sum()
}

/// Ticks of a process, its ended threads and ended children.
fn own(stat: &str) -> Option<u64> {
    // The name before the bracket may contain anything.
    let fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some(
        fields
            .skip(11)
            .take(4)
            .filter_map(|field| field.parse::<u64>().ok())
            .sum(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn waiting_for_input_is_not_computing() {
        let stat = "cpu  10 2 3 1000 500 4 5 6 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
        assert_eq!(all(stat), 10 + 2 + 3 + 4 + 5 + 6);
        assert_eq!(
            own("7 (a) b) S 3 1 1 0 -1 0 0 0 0 0 40 2 7 1 20 0"),
            Some(50)
        );
    }

    #[test]
    fn own_work_is_taken_off() {
        let begin = Instant::now();
        let before = Reading {
            at: begin,
            all_ticks: 100,
            own_ticks: 10,
        };
        let after = Reading {
            at: begin + Duration::from_secs(2),
            all_ticks: 400,
            own_ticks: 210,
        };
        assert!((after.others_since(&before) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn this_very_program_is_found() {
        let before = Reading::now();
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_millis(60) {
            std::hint::spin_loop();
        }
        assert!(Reading::now().own_ticks >= before.own_ticks + 2);
    }
}
