//! Trunk, wasm-bindgen, wasm-opt, and what the tests need: axe-core and the
//! builders of pages that embed the site. Found in the cache or installed.

use crate::cache::{Cache, remove};
use crate::fail::{Failure, Outcome};
use crate::process::{cargo, output, run};
use drive::{GECKODRIVER, packages};
use std::path::{Path, PathBuf};
use std::process::Command;

/// 0.22 asks for a newer compiler than Debian has.
pub const TRUNK: &str = "0.21.14";
/// The npm package's `wasm-opt` runs under node; Debian's own is years older.
pub const BINARYEN: &str = "132.0.0";
/// Makes scripts smaller: the two of wasm-bindgen lose half of their bytes.
pub const TERSER: &str = "5.51.2";
/// Accessibility rules for the end-to-end tests.
pub const AXE: &str = "4.14.1";
/// Builds a book that embeds the site, for the end-to-end tests.
pub const MDBOOK: &str = "0.5.4";
/// Shows slides that embed the site.
pub const REVEAL: &str = "6.0.2";
/// Builds a documentation page that embeds the site.
pub const VITEPRESS: &str = "1.6.4";
/// A pool of workers that the performance table compares with.
pub const WORKERPOOL: &str = "10.0.3";
/// Another one, for Node.
pub const PISCINA: &str = "5.3.2";
/// The file by which [`workerpool`] is known to be complete.
pub const WORKERPOOL_FILE: &str = "node_modules/workerpool/package.json";
/// The file by which [`piscina`] is known to be complete.
pub const PISCINA_FILE: &str = "node_modules/piscina/package.json";
/// The file by which [`reveal`] is known to be complete.
pub const REVEAL_FILE: &str = "node_modules/reveal.js/dist/reveal.js";
/// The program that [`vitepress`] brings.
pub const VITEPRESS_FILE: &str = "node_modules/.bin/vitepress";

/// Folder with `trunk`.
///
/// # Errors
/// When it cannot be built.
pub fn trunk(cache: &Cache) -> Outcome<PathBuf> {
    cargo_tool(
        cache,
        "trunk",
        TRUNK,
        "trunk",
        &["--locked"],
        "about 7 minutes",
    )
}

/// Folder with `wasm-bindgen` and `wasm-bindgen-test-runner` of the version
/// that the lock file asks for: any other refuses the compiled files.
///
/// # Errors
/// When it cannot be built, or when Cargo.lock has no wasm-bindgen.
pub fn wasm_bindgen(cache: &Cache, root: &Path) -> Outcome<PathBuf> {
    let version = locked_version(root, "wasm-bindgen")?;
    // Its own lock file names crates that some registry mirrors lack.
    cargo_tool(
        cache,
        "wasm-bindgen",
        &version,
        "wasm-bindgen-cli",
        &[],
        "about 3 minutes",
    )
}

/// Folder with `geckodriver`, which drives Firefox.
///
/// # Errors
/// When it cannot be built.
pub fn geckodriver(cache: &Cache) -> Outcome<PathBuf> {
    cargo_tool(
        cache,
        "geckodriver",
        GECKODRIVER,
        "geckodriver",
        &["--locked"],
        "about 3 minutes",
    )
}

/// Folder with `wasm-opt`.
///
/// # Errors
/// When npm cannot fetch it.
pub fn wasm_opt(cache: &Cache) -> Outcome<PathBuf> {
    let folder = npm_package(cache, "binaryen", BINARYEN, "node_modules/.bin/wasm-opt")?;
    Ok(folder.join("node_modules/.bin"))
}

/// The program `terser`.
///
/// # Errors
/// When npm cannot fetch it.
pub fn terser(cache: &Cache) -> Outcome<PathBuf> {
    let file = "node_modules/.bin/terser";
    Ok(npm_package(cache, "terser", TERSER, file)?.join(file))
}

/// The file `axe.min.js`.
///
/// # Errors
/// When npm cannot fetch it.
pub fn axe(cache: &Cache) -> Outcome<PathBuf> {
    let file = "node_modules/axe-core/axe.min.js";
    Ok(npm_package(cache, "axe-core", AXE, file)?.join(file))
}

/// The program `mdbook`.
///
/// # Errors
/// When it cannot be built.
pub fn mdbook(cache: &Cache) -> Outcome<PathBuf> {
    // Without its search, server and watcher, which nobody needs here.
    let flags = ["--locked", "--no-default-features"];
    let folder = cargo_tool(cache, "mdbook", MDBOOK, "mdbook", &flags, "about 2 minutes")?;
    Ok(folder.join("mdbook"))
}

/// The folder of reveal.js, with `dist` in it.
///
/// # Errors
/// When npm cannot fetch it.
pub fn reveal(cache: &Cache) -> Outcome<PathBuf> {
    let folder = npm_package(cache, "reveal.js", REVEAL, REVEAL_FILE)?;
    Ok(folder.join("node_modules/reveal.js"))
}

/// The folder of packages that VitePress needs to build: its own program is in
/// `.bin` there.
///
/// # Errors
/// When npm cannot fetch it.
pub fn vitepress(cache: &Cache) -> Outcome<PathBuf> {
    let folder = npm_package(cache, "vitepress", VITEPRESS, VITEPRESS_FILE)?;
    Ok(folder.join("node_modules"))
}

/// The folder of `workerpool`.
///
/// # Errors
/// When npm cannot fetch it.
pub fn workerpool(cache: &Cache) -> Outcome<PathBuf> {
    let folder = npm_package(cache, "workerpool", WORKERPOOL, WORKERPOOL_FILE)?;
    Ok(folder.join("node_modules/workerpool"))
}

/// The folder of `piscina`.
///
/// # Errors
/// When npm cannot fetch it.
pub fn piscina(cache: &Cache) -> Outcome<PathBuf> {
    let folder = npm_package(cache, "piscina", PISCINA, PISCINA_FILE)?;
    Ok(folder.join("node_modules/piscina"))
}

/// Version of a package in Cargo.lock.
///
/// # Errors
/// When the file is unreadable or has no such package.
pub fn locked_version(root: &Path, package: &str) -> Outcome<String> {
    let path = root.join("Cargo.lock");
    let text = std::fs::read_to_string(&path)
        .map_err(Failure::io(format_args!("cannot read {}", path.display())))?;
    version_in_lock(&text, package).ok_or_else(|| {
        Failure::project(format!(
            "Cargo.lock has no package {package}; run `cargo update -w`"
        ))
    })
}

fn version_in_lock(text: &str, package: &str) -> Option<String> {
    let mut lines = text.lines();
    lines.find(|line| *line == format!("name = \"{package}\""))?;
    let version = lines.next()?.strip_prefix("version = \"")?;
    Some(version.trim_end_matches('"').to_owned())
}

/// Name of a tool's folder in the cache.
pub fn folder_name(tool: &str, version: &str) -> String {
    format!("{tool}-{}", version.trim_end_matches(".0.0"))
}

/// Whether a built tool in this folder answers with its version.
pub fn answers(program: &Path, version: &str) -> bool {
    program.is_file()
        && output(Command::new(program).arg("--version")).is_some_and(|said| said.contains(version))
}

fn cargo_tool(
    cache: &Cache,
    program: &str,
    version: &str,
    package: &str,
    flags: &[&str],
    duration: &str,
) -> Outcome<PathBuf> {
    let name = folder_name(program, version);
    let folder = cache.ensure(
        &name,
        |folder| answers(&folder.join("bin").join(program), version),
        |folder| {
            eprintln!("installing {package} {version}: {duration} on two cores, once");
            // Kept when the install is broken off, so that it continues.
            let work = cache.folder(&format!("{name}.build"));
            run(
                &format!("installing {package} {version}"),
                cargo()
                    .arg("install")
                    .args(flags)
                    .arg(format!("{package}@{version}"))
                    .arg("--root")
                    .arg(folder)
                    .env("CARGO_TARGET_DIR", &work)
                    .env_remove("RUSTFLAGS"),
            )?;
            remove(&work)
        },
    )?;
    Ok(folder.join("bin"))
}

fn npm_package(cache: &Cache, package: &str, version: &str, file: &str) -> Outcome<PathBuf> {
    node()?;
    cache.ensure(
        &folder_name(package, version),
        |folder| folder.join(file).is_file(),
        |folder| {
            eprintln!("fetching {package} {version} from npm, once");
            run(
                &format!("fetching {package} {version}"),
                Command::new("npm")
                    .args([
                        "install",
                        "--no-audit",
                        "--no-fund",
                        "--no-save",
                        "--prefix",
                    ])
                    .arg(folder)
                    .arg(format!("{package}@{version}")),
            )
        },
    )
}

/// Node and npm, which run wasm-opt.
///
/// # Errors
/// When they are missing and cannot be installed.
pub fn node() -> Outcome {
    if packages::on_path("node").is_none() || packages::on_path("npm").is_none() {
        packages::install(&["nodejs", "npm"])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_names_one_version() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(
            version_in_lock(lock, "wasm-bindgen").as_deref(),
            Some("0.2.130")
        );
        assert_eq!(version_in_lock(lock, "yew"), None);
    }
}
