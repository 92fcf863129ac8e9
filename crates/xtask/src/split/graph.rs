//! Who calls whom.

use super::parts::Program;
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::Operator;

/// Direct calls of a program; calls through the table are not in it.
pub struct Graph {
    calls: BTreeMap<u32, BTreeSet<u32>>,
    callers: BTreeMap<u32, BTreeSet<u32>>,
}

impl Graph {
    /// Reads every function once.
    ///
    /// # Errors
    /// On instructions that name a function in a way this splitting does not
    /// know; Rust makes none of them today.
    pub fn of(program: &Program<'_>) -> Result<Self, String> {
        let mut graph = Self {
            calls: BTreeMap::new(),
            callers: BTreeMap::new(),
        };
        for (func, body) in program.bodies() {
            let mut operators = body
                .get_operators_reader()
                .map_err(|error| error.to_string())?;
            while !operators.eof() {
                match operators.read().map_err(|error| error.to_string())? {
                    Operator::Call { function_index } => {
                        graph.calls.entry(func).or_default().insert(function_index);
                        graph
                            .callers
                            .entry(function_index)
                            .or_default()
                            .insert(func);
                    }
                    Operator::RefFunc { .. }
                    | Operator::ReturnCall { .. }
                    | Operator::TableInit { .. }
                    | Operator::ElemDrop { .. } => {
                        return Err("it has references to functions outside of tables".into());
                    }
                    _ => {}
                }
            }
        }
        Ok(graph)
    }

    /// Functions that this one calls.
    pub fn calls(&self, func: u32) -> &BTreeSet<u32> {
        const NONE: &BTreeSet<u32> = &BTreeSet::new();
        self.calls.get(&func).unwrap_or(NONE)
    }

    /// Functions that call this one.
    pub fn callers(&self, func: u32) -> &BTreeSet<u32> {
        const NONE: &BTreeSet<u32> = &BTreeSet::new();
        self.callers.get(&func).unwrap_or(NONE)
    }
}
