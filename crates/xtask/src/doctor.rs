//! `doctor`: what is found, what is missing, and how it would be got.

use crate::cache::Cache;
use crate::compiler::Compiler;
use crate::fail::Outcome;
use crate::site::Project;
use crate::tools::{self, answers, folder_name};
use drive::{BrowserKind, Source, packages, version};

/// Prints one line per need; status 2 if something is missing that no command
/// could install here.
///
/// # Errors
/// When the project itself is unreadable.
pub fn doctor() -> Outcome<u8> {
    let project = Project::open()?;
    let by_package = if packages::can_install() {
        Get::Command
    } else {
        Get::Person
    };
    let mut report = Report::default();

    report.line(
        "compiler for wasm",
        Compiler::find().map(|found| found.describe()),
        if packages::on_path("rustup").is_some() {
            Get::Command
        } else {
            by_package
        },
        "rustup component add rust-src, else Debian's rustc-web, rust-web-src, lld-22",
    );
    let program = |name: &str| packages::on_path(name).map(|path| path.display().to_string());
    let node = program("node").filter(|_| program("npm").is_some());
    report.line(
        "node and npm",
        node.clone(),
        by_package,
        "packages nodejs and npm",
    );
    let bindgen = tools::locked_version(&project.root, "wasm-bindgen")?;
    for (tool, version, time) in [
        ("trunk", tools::TRUNK, 7),
        ("wasm-bindgen", bindgen.as_str(), 3),
        ("mdbook", tools::MDBOOK, 2),
    ] {
        let file = project
            .cache
            .folder(&folder_name(tool, version))
            .join("bin")
            .join(tool);
        let found = answers(&file, version).then(|| file.display().to_string());
        report.line(
            &format!("{tool} {version}"),
            found,
            Get::Command,
            &format!("built once, about {time} minutes"),
        );
    }
    let from_npm = if node.is_some() {
        Get::Command
    } else {
        by_package
    };
    for (name, version, file) in [
        ("binaryen", tools::BINARYEN, "node_modules/.bin/wasm-opt"),
        ("terser", tools::TERSER, "node_modules/.bin/terser"),
        ("axe-core", tools::AXE, "node_modules/axe-core/axe.min.js"),
        ("workerpool", tools::WORKERPOOL, tools::WORKERPOOL_FILE),
        ("piscina", tools::PISCINA, tools::PISCINA_FILE),
        ("reveal.js", tools::REVEAL, tools::REVEAL_FILE),
        ("vitepress", tools::VITEPRESS, tools::VITEPRESS_FILE),
    ] {
        let found = in_cache(&project.cache, &folder_name(name, version), file);
        report.line(
            &format!("{name} {version}"),
            found,
            from_npm,
            "fetched from npm once",
        );
    }
    for part in BrowserKind::ALL.iter().flat_map(|kind| kind.parts()) {
        let found = part.find().map(|path| {
            let path_shown = path.display();
            version(&path).map_or_else(
                || path_shown.to_string(),
                |version| format!("{version} ({path_shown})"),
            )
        });
        let (get, how) = match part.source {
            Source::Package(name) => (by_package, format!("package {name}")),
            Source::Crate(name, version) => (
                Get::Command,
                format!("{name} {version}, built once, about 3 minutes"),
            ),
        };
        report.line(part.what, found, get, &how);
    }

    println!("tool cache: {}", project.cache.folder("").display());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "cores: {cores}{}",
        if cores < 2 {
            "; checks of parallelism need two"
        } else {
            ""
        }
    );
    Ok(if report.needs_a_person { 2 } else { 0 })
}

fn in_cache(cache: &Cache, name: &str, file: &str) -> Option<String> {
    let path = cache.folder(name).join(file);
    path.is_file().then(|| path.display().to_string())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Get {
    /// The command that needs it installs it.
    Command,
    /// Somebody with the right to install packages has to.
    Person,
}

#[derive(Default)]
struct Report {
    needs_a_person: bool,
}

impl Report {
    fn line(&mut self, what: &str, found: Option<String>, get: Get, how: &str) {
        match (found, get) {
            (Some(found), _) => println!("found    {what}: {found}"),
            (None, Get::Command) => println!("later    {what}: installed when needed ({how})"),
            (None, Get::Person) => {
                self.needs_a_person = true;
                println!("MISSING  {what}: please install it ({how})");
            }
        }
    }
}
