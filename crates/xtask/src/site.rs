//! Builds the deployable site into `dist/`: one Trunk run for page and engine,
//! then the engine moves into a folder that carries the build id.

use crate::archive;
use crate::cache::{Cache, remove};
use crate::compiler::Compiler;
use crate::fail::{Failure, Outcome};
use crate::process::run;
use crate::sources::{build_id, children};
use crate::{dataset, offline, previews, smaller, tools};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// File in the site that names its build; its absence means "not finished".
const STAMP: &str = "build.json";
/// Which way of assembling the site this is, so that a change of it rebuilds.
const RECIPE: &str = concat!(
    include_str!("site.rs"),
    include_str!("dataset.rs"),
    include_str!("smaller.rs"),
    include_str!("simd.rs"),
    include_str!("split.rs"),
    include_str!("imports.rs"),
    include_str!("split/boundary.rs"),
    include_str!("split/data.rs"),
    include_str!("split/graph.rs"),
    include_str!("split/parts.rs"),
    include_str!("offline.rs"),
    include_str!("previews.rs")
);
/// Files of `www/` whose names a listing leaves out.
const DOT_FILES: [&str; 1] = [".htaccess"];

/// Where the project is and what builds it.
pub struct Project {
    /// Folder of the workspace.
    pub root: PathBuf,
    /// Tools that are installed once.
    pub cache: Cache,
}

impl Project {
    /// The workspace this program was compiled in.
    ///
    /// # Errors
    /// When there is no cache folder.
    pub fn open() -> Outcome<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .ancestors()
            .find(|folder| folder.join("Trunk.toml").is_file())
            .ok_or_else(|| Failure::environment("start this in the project's folder"))?
            .to_owned();
        Ok(Self {
            root,
            cache: Cache::open()?,
        })
    }

    /// Folder of the built site.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Target folder of the wasm builds, apart from the native ones: the two
    /// compilers would throw away each other's work.
    pub fn wasm_target(&self) -> PathBuf {
        self.target().join("web")
    }

    /// Target folder of the native builds.
    pub fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| self.root.join("target"), |set| self.root.join(set))
    }

    /// The site for a command that uses it: built if need be, or with
    /// `--as-built` whatever the last build left.
    ///
    /// # Errors
    /// As for [`Project::build`], or when there is no earlier build.
    pub fn site(&self, as_built: bool) -> Outcome<PathBuf> {
        if !as_built {
            return self.build();
        }
        let dist = self.dist();
        if dist.join(STAMP).is_file() {
            return Ok(dist);
        }
        Err(Failure::environment(
            "no built site: run `cargo xtask build`",
        ))
    }

    /// Builds the site unless it is there already; returns its folder.
    ///
    /// # Errors
    /// When a tool cannot be had or the project does not compile.
    pub fn build(&self) -> Outcome<PathBuf> {
        self.build_for(None)
    }

    /// As [`Project::build`], for a site that will be found at `address`, which
    /// ends in a slash: previews on other sites need it.
    ///
    /// # Errors
    /// As for [`Project::build`].
    pub fn build_for(&self, address: Option<&str>) -> Outcome<PathBuf> {
        let compiler = Compiler::find_or_install()?;
        let dist = self.dist();
        let names = if smaller::keeps_names() {
            "with names"
        } else {
            ""
        };
        let recipe = [compiler.version(), RECIPE, names].join("\n");
        let id = build_id(&self.root, &recipe)?;
        let stamp = stamp(&id, address);
        let found = fs::read_to_string(dist.join(STAMP)).unwrap_or_default();
        let is_same = |wanted: &str| found.trim_end().starts_with(wanted.trim_end_matches("}\n"));
        // Without a wish any address will do.
        if found == stamp || (address.is_none() && is_same(&stamp)) {
            eprintln!("the site is up to date (build {id})");
            if !archive::path(&self.target(), &id).is_file() {
                archive::write(&dist, &self.target(), &id)?;
            }
            return Ok(dist);
        }
        eprintln!("compiler for wasm: {}", compiler.describe());
        let tools = [
            tools::trunk(&self.cache)?,
            tools::wasm_bindgen(&self.cache, &self.root)?,
            tools::wasm_opt(&self.cache)?,
        ];
        let terser = tools::terser(&self.cache)?;
        let started = Instant::now();
        eprintln!("building page and engine, build {id} (the first time takes some minutes)");
        let staging = self.wasm_target().join("site");
        remove(&staging)?;
        // One a build: what was linked before is not linked again when the sources
        // are again as they were, and its map must still be there.
        let map = self.wasm_target().join(format!("app-{id}.map"));
        let mut trunk = Command::new(tools[0].join("trunk"));
        compiler
            .prepare_small(&mut trunk, &tools)
            .args(["build", "--release", "--skip-version-check", "--dist"])
            .arg(&staging)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.wasm_target())
            .env("TWO_CHEFS_BUILD", &id)
            .env("TWO_CHEFS_MAP", &map)
            // Where a build breaks, the backtrace of Trunk itself hides the reason.
            .env_remove("RUST_BACKTRACE")
            // Trunk takes any value but `true` and `false` for a mistake.
            .env_remove("NO_COLOR");
        run("building the site with Trunk", &mut trunk)?;
        assemble(&self.root, &staging, &id)?;
        if let Some(address) = address {
            previews::name_address(&staging, address)?;
        }
        smaller::page(&staging, &id, &map, &tools[2].join("wasm-opt"))?;
        let engine = staging.join(format!("engine-{id}"));
        smaller::engine(&engine, &tools[2].join("wasm-opt"))?;
        smaller::graphics(&engine, &tools[2].join("wasm-opt"))?;
        offline::fill_worker(&staging, &id)?;
        smaller::scripts(&staging, &terser)?;
        dataset::write(&staging)?;
        put(&staging.join(STAMP), &stamp)?;
        remove(&dist)?;
        fs::rename(&staging, &dist)
            .or_else(|_| copy_folder(&staging, &dist))
            .map_err(Failure::io(format_args!("cannot write {}", dist.display())))?;
        let archive = archive::write(&dist, &self.target(), &id)?;
        eprintln!(
            "built in {:.0} s: {}, as one file {}",
            started.elapsed().as_secs_f64(),
            dist.display(),
            archive.display()
        );
        Ok(dist)
    }
}

/// Names the build, and the address if one was wished for.
fn stamp(id: &str, address: Option<&str>) -> String {
    let address = address.map_or_else(String::new, |url| format!(",\"address\":\"{url}\""));
    format!("{{\"build\":\"{id}\",\"engine\":\"engine-{id}/\"{address}}}\n")
}

/// Brings Trunk's output into the shape that is served.
fn assemble(root: &Path, site: &Path, id: &str) -> Outcome {
    move_engine(root, site, &site.join(format!("engine-{id}")))?;
    copy_www(root, site)?;
    let page = site.join("index.html");
    let html = read(&page)?;
    let (html, script) = without_inline_script(&html)
        .ok_or_else(|| Failure::project("Trunk's page has no start script; look at index.html"))?;
    let html = without_dead_preloads(&html, site);
    put(&site.join("start.js"), &script)?;
    put(&page, &html)?;
    offline::name_scripts(site, id)
}

/// The worker's files find each other by relative imports, so they move
/// together. Snippets are those the engine's script imports, or are copied where
/// the page imports them too.
fn move_engine(root: &Path, site: &Path, engine: &Path) -> Outcome {
    let failed = |error| Failure::environment(format!("cannot fill {}: {error}", engine.display()));
    fs::create_dir_all(engine).map_err(failed)?;
    for name in ["engine.js", "engine_bg.wasm", "gpu.js", "gpu_bg.wasm"] {
        fs::rename(site.join(name), engine.join(name)).map_err(|_| {
            Failure::project(format!(
                "Trunk did not build {name}; look at the rust links in index.html"
            ))
        })?;
    }
    // The loaders Trunk can write import by bare name; ours takes their place.
    for name in ["engine_loader.js", "gpu_loader.js"] {
        let _ = fs::remove_file(site.join(name));
    }
    let worker = root.join("www/engine-worker.js");
    if worker.is_file() {
        fs::copy(&worker, engine.join("engine-worker.js")).map_err(failed)?;
    }
    let snippets = site.join("snippets");
    if snippets.is_dir() {
        let engine_script = read(&engine.join("engine.js"))?;
        let mut page_scripts = String::new();
        for file in children(site)?
            .iter()
            .filter(|file| file.extension().is_some_and(|kind| kind == "js"))
        {
            page_scripts.push_str(&read(file)?);
        }
        for folder in children(&snippets)? {
            let name = folder
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if engine_script.contains(&name) {
                let copy = engine.join("snippets").join(&name);
                copy_folder(&folder, &copy).map_err(failed)?;
                quieten(&copy.join("src/workerHelpers.no-bundler.js"))?;
            }
            if !page_scripts.contains(&name) {
                remove(&folder)?;
            }
        }
        // Succeeds only when nothing is left in it.
        let _ = fs::remove_dir(&snippets);
    }
    Ok(())
}

/// wasm-bindgen-rayon 1.3 starts every thread in a way that makes wasm-bindgen
/// warn on the console, where it would bury what matters.
fn quieten(helper: &Path) -> Outcome {
    if !helper.is_file() {
        return Ok(());
    }
    let text = read(helper)?.replace(
        "pkg.default(data.module, data.memory)",
        "pkg.default({ module_or_path: data.module, memory: data.memory })",
    );
    put(helper, &text)
}

/// Everything hand-written that Trunk has not already put there under a hashed
/// name or that belongs to the engine.
fn copy_www(root: &Path, site: &Path) -> Outcome {
    let www = root.join("www");
    let hidden = DOT_FILES.iter().map(|name| www.join(name));
    for path in children(&www)?.into_iter().chain(hidden) {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_elsewhere = name == "engine-worker.js" || name.ends_with(".css");
        let target = site.join(&name);
        if is_elsewhere || target.exists() {
            continue;
        }
        let copied = if path.is_dir() {
            copy_folder(&path, &target)
        } else {
            fs::copy(&path, &target).map(drop)
        };
        copied.map_err(Failure::io(format_args!("cannot copy {}", path.display())))?;
    }
    Ok(())
}

/// The page and the text of its one inline module script, which a content
/// security policy could not allow without a hash.
fn without_inline_script(html: &str) -> Option<(String, String)> {
    const OPEN: &str = "<script type=\"module\">";
    const CLOSE: &str = "</script>";
    let start = html.find(OPEN)?;
    let body = start + OPEN.len();
    let end = body + html.get(body..)?.find(CLOSE)?;
    let page = format!(
        "{}<script type=\"module\" src=\"start.js\">{}",
        html.get(..start)?,
        html.get(end..)?
    );
    Some((page, format!("{}\n", html.get(body..end)?.trim())))
}

/// Trunk preloads the snippets of every binary. Those of the engine have moved,
/// and the engine must not delay the first paint.
fn without_dead_preloads(html: &str, site: &Path) -> String {
    const OPEN: &str = "<link rel=\"modulepreload\" href=\"./";
    let mut pieces = html.split(OPEN);
    let mut page = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let target = piece.split('"').next().unwrap_or_default();
        if site.join(target).is_file() {
            page.push_str(OPEN);
            page.push_str(piece);
        } else {
            page.push_str(piece.split_once('>').map_or(piece, |(_, rest)| rest));
        }
    }
    page
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(Failure::io(format_args!("cannot read {}", path.display())))
}

fn put(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(Failure::io(format_args!("cannot write {}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_script_leaves_the_page() {
        let html =
            "<head>\n<script type=\"module\">\nimport init from './app.js';\n</script></head>";
        let (page, script) = without_inline_script(html).unwrap();
        assert_eq!(
            page,
            "<head>\n<script type=\"module\" src=\"start.js\"></script></head>"
        );
        assert_eq!(script, "import init from './app.js';\n");
        assert_eq!(without_inline_script("<head></head>"), None);
    }

    #[test]
    fn any_address_will_do_where_none_is_wished_for() {
        let plain = stamp("b1", None);
        let named = stamp("b1", Some("https://a.example/"));
        assert!(named.starts_with(plain.trim_end_matches("}\n")));
        assert!(!stamp("b2", None).starts_with(plain.trim_end_matches("}\n")));
        for text in [plain, named] {
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(json["build"], "b1");
        }
    }

    #[test]
    fn only_files_that_are_there_are_preloaded() {
        let site = Path::new(env!("CARGO_MANIFEST_DIR"));
        let link =
            |file: &str| format!("<link rel=\"modulepreload\" href=\"./{file}\" crossorigin>");
        let html = format!("a{}b{}c", link("src/gone.rs"), link("src/site.rs"));
        assert_eq!(
            without_dead_preloads(&html, site),
            format!("ab{}c", link("src/site.rs"))
        );
    }
}
