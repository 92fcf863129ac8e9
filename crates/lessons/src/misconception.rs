//! Documented misconceptions that wrong answers are traced to.

/// Ids in use, `M1` to `M28`, in order; the studies behind each are listed in
/// the design notes of the lessons.
pub const MISCONCEPTIONS: [&str; 28] = [
    "M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "M9", "M10", "M11", "M12", "M13", "M14", "M15",
    "M16", "M17", "M18", "M19", "M20", "M21", "M22", "M23", "M24", "M25", "M26", "M27", "M28",
];
