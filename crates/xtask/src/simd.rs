//! Holds a built program to its promise: kernels that are to compute with one
//! number at a time do so, and those that are to use SIMD use it.
//!
//! The compiler vectorises what it is allowed to, and nobody would notice: the
//! answers stay the same, only the comparison of the two ways would be worth
//! nothing. So the finished program is looked at, function by function.

use crate::split::bodies;
use wasmparser::Operator;

/// Part of the path of every function that may compute with SIMD.
const MAY: &str = "simd";
/// End of the name of every function that must.
const MUST: &str = "_simd";
/// First byte of every instruction of 128-bit SIMD, relaxed ones too.
const PREFIX: u8 = 0xfd;

/// How many functions compute with SIMD.
///
/// Sixteen bytes are also moved and compared in one piece by those instructions,
/// since the compiler writes a whole program for the same machine. Where nothing is
/// compared with a kernel that computes with SIMD this does no harm; beside such a
/// kernel no instruction of that kind is allowed, but in what only makes it.
///
/// # Errors
/// When a function uses it that must not, when one does not that must, or when
/// none must.
pub fn check(wasm: &[u8]) -> Result<usize, String> {
    let bodies = bodies(wasm)?;
    // Two ways of computing the same are next to each other.
    let mut compared: Vec<&str> = Vec::new();
    for (name, _) in bodies.iter().filter(|(name, _)| must(name)) {
        compared.extend(name.trim_start_matches('<').split(MAY).next());
    }
    let (mut using, mut kernels) = (0, 0);
    for (name, body) in &bodies {
        let uses = uses(wasm, body)?;
        let may = name.to_lowercase().contains(MAY);
        let is_compared = compared.iter().any(|module| name.contains(module));
        let allowed = match () {
            () if may => Uses::Computing,
            // A kernel is made in one piece, before its first step.
            () if is_compared && !makes(name) => Uses::Nothing,
            () => Uses::Moving,
        };
        if uses > allowed {
            return Err(format!(
                "{name} uses SIMD instructions and must be scalar: a kernel that computes with \
                 them says so by its name"
            ));
        }
        if must(name) && uses < Uses::Computing {
            return Err(format!("{name} does not compute with SIMD instructions"));
        }
        using += usize::from(uses == Uses::Computing);
        kernels += usize::from(must(name));
    }
    if kernels == 0 {
        return Err("no kernel uses SIMD instructions".into());
    }
    Ok(using)
}

/// Whether a function only makes kernels: it is called `start` or `rows`, or is what
/// the description of a workload holds in its place.
fn makes(name: &str) -> bool {
    name.ends_with("::start") || name.ends_with("::rows") || name.contains("::WORKLOAD::")
}

fn must(name: &str) -> bool {
    name.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|part| part.ends_with(MUST))
}

/// What a function does with 128-bit registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Uses {
    Nothing,
    /// It moves sixteen bytes at once, or tells whether they are equal.
    Moving,
    Computing,
}

fn uses(wasm: &[u8], body: &wasmparser::FunctionBody<'_>) -> Result<Uses, String> {
    let told = |error: wasmparser::BinaryReaderError| error.to_string();
    let mut operators = body.get_operators_reader().map_err(told)?;
    let mut most = Uses::Nothing;
    while !operators.eof() {
        let is_simd = wasm.get(operators.original_position() as usize) == Some(&PREFIX);
        let operator = operators.read().map_err(told)?;
        if is_simd {
            let uses = if is_move(&operator) {
                Uses::Moving
            } else {
                Uses::Computing
            };
            most = most.max(uses);
        }
    }
    Ok(most)
}

fn is_move(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::V128Load { .. }
            | Operator::V128Load32Zero { .. }
            | Operator::V128Load64Zero { .. }
            | Operator::V128Load64Lane { .. }
            | Operator::V128Store { .. }
            | Operator::V128Store64Lane { .. }
            | Operator::V128Const { .. }
            | Operator::I8x16Eq
            | Operator::I8x16Ne
            | Operator::I8x16AllTrue
            | Operator::V128AnyTrue
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        CodeSection, Function, FunctionSection, Instruction, Module, NameMap, NameSection,
        TypeSection,
    };

    const COMPUTES: &[Instruction<'_>] = &[
        Instruction::V128Const(1),
        Instruction::V128Const(2),
        Instruction::F64x2Mul,
        Instruction::Drop,
    ];
    const MOVES: &[Instruction<'_>] = &[Instruction::V128Const(0), Instruction::Drop];
    /// The first byte of those instructions, in a constant.
    const SCALAR: &[Instruction<'_>] = &[Instruction::I64Const(0x7d), Instruction::Drop];

    fn program(functions: &[(&str, &[Instruction<'_>])]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let (mut declared, mut code) = (FunctionSection::new(), CodeSection::new());
        let (mut names, mut section) = (NameMap::new(), NameSection::new());
        for ((name, instructions), number) in functions.iter().zip(0..) {
            declared.function(0);
            let mut body = Function::new([]);
            for instruction in *instructions {
                body.instruction(instruction);
            }
            body.instruction(&Instruction::End);
            code.function(&body);
            names.append(number, name);
        }
        section.functions(&names);
        let mut module = Module::new();
        module
            .section(&types)
            .section(&declared)
            .section(&code)
            .section(&section);
        module.finish()
    }

    const PLAIN: &str = "<workloads::mandelbrot::Rows>::advance";
    const SEVERAL: &str = "<workloads::mandelbrot::simd::Groups>::advance_simd";

    #[test]
    fn each_kind_does_as_its_name_says() {
        let copies = ["yew::copy", "workloads::password::reference"].map(|name| (name, MOVES));
        let [first, second] = copies;
        let good = program(&[(PLAIN, SCALAR), (SEVERAL, COMPUTES), first, second]);
        assert_eq!(check(&good), Ok(1));
    }

    #[test]
    fn a_vectorised_scalar_kernel_is_found() {
        for uses in [MOVES, COMPUTES] {
            let found = check(&program(&[(PLAIN, uses), (SEVERAL, COMPUTES)])).unwrap_err();
            assert!(found.contains(PLAIN), "{found}");
        }
        for name in ["runner::cook::cook", "workloads::primes::start"] {
            let found = check(&program(&[(SEVERAL, COMPUTES), (name, COMPUTES)])).unwrap_err();
            assert!(found.contains(name), "{found}");
        }
    }

    #[test]
    fn a_kernel_may_be_made_in_one_piece() {
        for name in [
            "workloads::mandelbrot::start",
            "workloads::mandelbrot::rows",
            "<workloads::mandelbrot::WORKLOAD::{closure#0} as FnOnce>::call_once",
        ] {
            assert!(check(&program(&[(name, MOVES), (SEVERAL, COMPUTES)])).is_ok());
            assert!(check(&program(&[(name, COMPUTES), (SEVERAL, COMPUTES)])).is_err());
        }
    }

    #[test]
    fn a_kernel_without_the_simd_it_promises_is_found() {
        for uses in [SCALAR, MOVES] {
            let found = check(&program(&[(PLAIN, SCALAR), (SEVERAL, uses)])).unwrap_err();
            assert!(found.contains("advance_simd"), "{found}");
        }
        assert!(check(&program(&[(PLAIN, SCALAR)])).is_err());
    }

    #[test]
    fn a_program_without_names_is_refused() {
        assert!(check(&Module::new().finish()).is_err());
    }
}
