//! Where the page's program is split.

use super::Boundary;

/// The page: see `crates/app/src/later.rs`.
pub const OF_PAGE: Boundary = Boundary {
    is_gate: |name| name.starts_with("app::later::"),
    is_later: |name| {
        LATER.iter().any(|part| name.contains(part))
            && !EARLY.iter().any(|part| name.contains(part))
    },
};

/// The engine: see `crates/engine/src/later.rs`. Its first part is the scout.
pub const OF_ENGINE: Boundary = Boundary {
    is_gate: |name| name.starts_with("engine::later::"),
    is_later: |name| NOT_IN_SCOUT.iter().any(|part| name.contains(part)),
};

/// Parts of names of functions in the table that a worker without work never calls.
const NOT_IN_SCOUT: &[&str] = &[
    "engine::later::",
    "engine::host::announce",
    "engine::host::run",
    "engine::host::load",
    "engine::node::cook",
    "engine::training::",
    "engine::town::",
    "runner::arrivals",
    "runner::blocking",
    "runner::cook",
    "runner::crowd",
    "runner::dealing",
    "runner::executor",
    "runner::life",
    "runner::loop_run",
    "runner::offload",
    "runner::order",
    "runner::pool::PoolRun",
    "runner::pool::ordered",
    "runner::reading",
    "runner::shared",
    "runner::training",
    "runner::town",
    "runner::ways",
    "web::crowd_timer",
    "web::dataset",
    "web::event_loop::Driven",
    "web::event_loop::Pump",
    "workloads::",
];

/// Parts of names of functions in the table that nothing calls before.
const LATER: &[&str] = &[
    "analysis::",
    "charts::",
    "workloads::",
    "runner::",
    "lessons::catalog::",
    "lessons::checks::",
    "lessons::curve::",
    "web::crowd_timer::",
    "web::dataset::",
    "web::digits::",
    "web::event_loop::Asker",
    "web::frames::",
    "web::given::",
    "web::gpu::",
    "web::tabs::",
    "web::text_file::",
    "web::session::",
    "web::stand::",
    "web::probes::",
    "app::compose_view::",
    "app::digit::",
    "app::draw::",
    "app::drawings::",
    "app::figure::",
    "app::home_result::",
    "app::inputs::",
    "app::json::",
    "app::lab_view::",
    "app::lesson_result::",
    "app::lesson_view::",
    "app::marks::",
    "app::method::",
    "app::orders::",
    "app::outcome::",
    "app::photo::",
    "app::replay::",
    "app::runs::",
    "app::source::",
    "app::stage::",
    "app::town::",
    // Callbacks for each number of an array in the script's memory, of which the
    // binding has a set for every kind and nobody here uses any.
    "Float16Array,",
    "Float32Array,",
    "Float64Array,",
    "Int8Array,",
    "Int16Array,",
    "Int32Array,",
    "Uint8Array,",
    "Uint8ClampedArray,",
    "Uint16Array,",
    "Uint32Array,",
    "BigInt64Array,",
    "BigUint64Array,",
    // The page writes its numbers itself; only refused messages print floats.
    "<f64 as core::fmt::Display>::fmt",
];

/// And of those that are called before all the same.
const EARLY: &[&str] = &[
    "lessons::catalog::four_numbers::plan",
    "lessons::catalog::four_numbers::questions",
    "runner::wire::",
    "web::stand::Staff>::known_or_climb",
    "web::stand::Staff>::capability",
    "web::session::Session>::capability",
    "app::runs::Runs>::new",
];
