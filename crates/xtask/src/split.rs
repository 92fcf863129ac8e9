//! Splits the page's program in two: what the first page needs at once, and
//! what is fetched when somebody wants more.
//!
//! Both parts share memory, tables and globals, so the second is no program of
//! its own: it has no start, and of data only the constants that nothing in the
//! first part points to (see `data.rs`); nothing is there twice. It takes
//! everything it needs from the exports of the first, and puts its functions
//! into the table that both share. Binaryen's `wasm-split` works like this too,
//! but no package registry has it in a current version.
//!
//! Which function comes later is decided by who can reach it:
//!
//! * a *gate*, by name, is called only after the second part is there; calls of
//!   it from the first part go through the table;
//! * functions in the table (methods of trait objects, callbacks, futures) come
//!   later if their module is named as one that nothing uses before;
//! * everything else comes later if it can only be reached through those.
//!
//! A function of the first part can so never call one that is not there yet,
//! except through a gate or the table.

pub mod boundary;
mod data;
mod graph;
mod parts;

use graph::Graph;
use parts::{Constants, Program};
use std::collections::BTreeSet;

/// Which functions come later, by the names the compiler gives them.
#[derive(Clone, Copy, Debug)]
pub struct Boundary {
    /// Whether calls of a function of this name happen only after the second
    /// part is there.
    pub is_gate: fn(&str) -> bool,
    /// Whether a function of this name is called through the table only after
    /// the second part is there.
    pub is_later: fn(&str) -> bool,
}

/// The two parts.
#[derive(Debug)]
pub struct Parts {
    /// Takes the place of the whole program.
    pub first: Vec<u8>,
    /// Imports everything from the exports of `first`, under [`FROM`].
    pub later: Vec<u8>,
    /// Functions in the second part.
    pub n_later: usize,
    /// Functions of the second part that the first one calls by name.
    pub n_gates: usize,
    /// Bytes of constants in the second part.
    pub n_constant_bytes: usize,
}

/// Module name of all imports of the second part.
pub const FROM: &str = "first";

/// Splits a program that still has the names of its functions. `map` is what
/// the linker says about its constants; without it all stay in the first part.
///
/// # Errors
/// When it has no names, no gate, uses what cannot be split, or the map is not
/// its own.
pub fn split(wasm: &[u8], boundary: &Boundary, map: Option<&str>) -> Result<Parts, String> {
    let program = Program::read(wasm)?;
    if program.names.is_empty() {
        return Err("its functions have no names".into());
    }
    let graph = Graph::of(&program)?;
    let later = later(&program, &graph, boundary);
    let gates: Vec<u32> = later
        .iter()
        .copied()
        .filter(|func| {
            let callers = graph.callers(*func);
            callers.iter().any(|caller| !later.contains(caller))
        })
        .collect();
    if gates.is_empty() {
        return Err("nothing leads from the first part to the second".into());
    }
    let mut constants = Constants::default();
    if let Some(text) = map {
        let map = data::Map::read(text)?;
        constants.later = data::later(&program, &map, |func| !later.contains(&func))?;
        constants.all = map.rodata;
    }
    Ok(Parts {
        n_later: later.len(),
        n_gates: gates.len(),
        n_constant_bytes: constants.later.iter().map(|range| range.len()).sum(),
        first: program.first(&later, &gates, &graph, &constants)?,
        later: program.later(&later, &gates, &graph, &constants)?,
    })
}

/// Every function of a program that still has their names: its name, and what it
/// does.
///
/// # Errors
/// When it has no names, or is made of what this splitting does not know.
pub fn bodies(wasm: &[u8]) -> Result<Vec<(String, wasmparser::FunctionBody<'_>)>, String> {
    let program = Program::read(wasm)?;
    if program.names.is_empty() {
        return Err("its functions have no names".into());
    }
    Ok(program.into_bodies())
}

/// Functions that no call reaches before the second part is there.
fn later(program: &Program<'_>, graph: &Graph, boundary: &Boundary) -> BTreeSet<u32> {
    let is = |wanted: fn(&str) -> bool, func: u32| {
        program.names.get(&func).is_some_and(|name| wanted(name))
    };
    let mut open: Vec<u32> = program.roots();
    open.extend(
        program
            .in_table()
            .filter(|func| !is(boundary.is_later, *func)),
    );
    let mut early: BTreeSet<u32> = BTreeSet::new();
    while let Some(func) = open.pop() {
        // A gate that is a root, because it is exported, cannot come later.
        if !early.insert(func) {
            continue;
        }
        let calls = graph.calls(func).iter().copied();
        open.extend(calls.filter(|callee| !is(boundary.is_gate, *callee)));
    }
    program
        .defined()
        .filter(|func| !early.contains(func))
        .collect()
}

#[cfg(test)]
mod tests;
