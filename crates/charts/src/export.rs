//! Files for other tools.

use model::{Evidence, Trace};

/// The runs as Chrome trace events (JSON), which Perfetto opens: one process
/// per run, one thread per chef. Times in microseconds.
#[must_use]
pub fn chrome_trace(traces: &[Trace]) -> String {
    let _ = traces;
    String::new()
}

/// Every timed run as one row of comma-separated values, after `#` lines that
/// say where it ran.
#[must_use]
pub fn csv(evidence: &Evidence) -> String {
    let _ = evidence;
    String::new()
}
