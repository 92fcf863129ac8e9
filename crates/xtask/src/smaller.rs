//! Makes the first load of a built site smaller: the page's program is split,
//! and scripts lose their comments and long names.

use crate::fail::{Failure, Outcome};
use crate::imports;
use crate::process::run;
use crate::simd;
use crate::sources::children;
use crate::split::{boundary, split};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Keeps the names of functions in the page's program, for reading stacks.
const NAMES: &str = "TWO_CHEFS_NAMES";

/// Whether this build is one for reading stacks; it is larger than allowed.
pub fn keeps_names() -> bool {
    env::var_os(NAMES).is_some()
}

/// Scripts that are no modules.
const CLASSIC: [&str; 3] = ["boot.js", "embed.js", "frame.js"];

/// What the first page needs stays in the page's program, the rest is fetched
/// when somebody wants it. Only then is either made smaller: that would move
/// code across the doors between them.
///
/// # Errors
/// When the program is not there or cannot be split.
pub fn page(site: &Path, id: &str, map: &Path, wasm_opt: &Path) -> Outcome {
    let is_program = |path: &PathBuf| path.to_string_lossy().ends_with("_bg.wasm");
    let program = children(site)?.into_iter().find(is_program);
    let program = program.ok_or_else(|| Failure::project("Trunk did not build the page"))?;
    let whole = fs::read(&program).map_err(Failure::io(format_args!(
        "cannot read {}",
        program.display()
    )))?;
    keeps_scalar(&whole, "the page")?;
    let map = fs::read_to_string(map)
        .map_err(Failure::io(format_args!("cannot read {}", map.display())))?;
    let parts = split(&whole, &boundary::OF_PAGE, Some(&map))
        .map_err(|error| Failure::project(format!("the page cannot be split: {error}")))?;
    eprintln!(
        "of the page's program {} functions and {:.1} kB of constants come later, through {} doors",
        parts.n_later,
        parts.n_constant_bytes as f64 / 1e3,
        parts.n_gates
    );
    let rest = site.join(format!("rest-{id}.wasm"));
    for (file, part) in [(&program, &parts.first), (&rest, &parts.later)] {
        fs::write(file, part)
            .map_err(Failure::io(format_args!("cannot write {}", file.display())))?;
        shrink(file, wasm_opt)?;
    }
    if keeps_names() {
        return Ok(());
    }
    let script = program.to_string_lossy().replace("_bg.wasm", ".js");
    imports::shorten(Path::new(&script), &[&program])
}

/// The whole engine is fetched when something is to be timed; what starts it and
/// finds out what a browser can do, the scout, is a part of it.
///
/// # Errors
/// When the engine is not there or has no doors.
pub fn engine(folder: &Path, wasm_opt: &Path) -> Outcome {
    let whole = folder.join("engine_bg.wasm");
    let bytes =
        fs::read(&whole).map_err(Failure::io(format_args!("cannot read {}", whole.display())))?;
    keeps_scalar(&bytes, "the engine")?;
    let parts = split(&bytes, &boundary::OF_ENGINE, None)
        .map_err(|error| Failure::project(format!("the engine has no scout: {error}")))?;
    let scout = folder.join("scout_bg.wasm");
    fs::write(&scout, &parts.first).map_err(Failure::io(format_args!(
        "cannot write {}",
        scout.display()
    )))?;
    for file in [&whole, &scout] {
        shrink(file, wasm_opt)?;
    }
    if keeps_names() {
        return Ok(());
    }
    imports::shorten(&folder.join("engine.js"), &[&whole, &scout])
}

/// What speaks with the graphics processor is whole: whoever asks for it needs all.
///
/// # Errors
/// When it is not there, or a kernel in it does not do as its name says.
pub fn graphics(folder: &Path, wasm_opt: &Path) -> Outcome {
    let file = folder.join("gpu_bg.wasm");
    let bytes =
        fs::read(&file).map_err(Failure::io(format_args!("cannot read {}", file.display())))?;
    keeps_scalar(&bytes, "the graphics worker")?;
    shrink(&file, wasm_opt)?;
    if keeps_names() {
        return Ok(());
    }
    imports::shorten(&folder.join("gpu.js"), &[&file])
}

/// What comes after moves functions about and makes no instruction of SIMD.
fn keeps_scalar(wasm: &[u8], name: &str) -> Outcome {
    let using = simd::check(wasm).map_err(|error| Failure::project(format!("{name}: {error}")))?;
    eprintln!("{name}: {using} functions use SIMD, no scalar kernel does");
    Ok(())
}

fn shrink(file: &Path, wasm_opt: &Path) -> Outcome {
    let mut smaller = Command::new(wasm_opt);
    smaller.arg("-Oz").arg(file).arg("-o").arg(file);
    if keeps_names() {
        smaller.arg("-g");
    }
    run("making a program smaller", &mut smaller)
}

/// Every script of the site, those of the engine too.
///
/// # Errors
/// When one is no JavaScript.
pub fn scripts(folder: &Path, terser: &Path) -> Outcome {
    for path in children(folder)? {
        if path.is_dir() {
            scripts(&path, terser)?;
        } else if path.extension().is_some_and(|kind| kind == "js") {
            let mut smaller = Command::new(terser);
            smaller
                .arg(&path)
                .args(["--compress", "--mangle", "--output"]);
            smaller.arg(&path);
            // In a module top-level names are its own, in classic scripts everybody's.
            if !CLASSIC.iter().any(|name| path.ends_with(name)) {
                smaller.arg("--module");
            }
            run("making scripts smaller", &mut smaller)?;
        }
    }
    Ok(())
}
