//! What the service worker keeps for times without a network: every file the
//! page may ask for, at the very address at which it asks. Addresses carry the
//! build where names do not, so that files of two builds never meet.

use crate::fail::{Failure, Outcome};
use crate::sources::all_files;
use std::fs;
use std::path::Path;

/// The worker, in the root of the site: it governs the folder it lies in.
const WORKER: &str = "sw.js";
/// The lines of the worker that the build fills in.
const BUILD: &str = "const build = \"dev\";";
const FILES: &str = "const files = [\"\"];";
/// Pages with scripts of fixed names, and the scripts.
const NAMED: [(&str, &[&str]); 2] = [
    ("index.html", &["boot.js", "start.js"]),
    ("probe.html", &["probe.js"]),
];
/// Files of fixed names that are asked for without a build: icons and the like.
const PLAIN: [&str; 3] = ["app.webmanifest", "favicon.svg", "icon-32.png"];
/// Those that are asked for with it, besides the lesson texts.
const WITH_BUILD: [&str; 7] = [
    "boot.js",
    "frame.js",
    "offline.js",
    "photo.js",
    "probe.html",
    "probe.js",
    "start.js",
];

/// Writes the build behind the names of scripts in the pages of a site.
///
/// # Errors
/// When a page does not load one of its scripts.
pub fn name_scripts(site: &Path, id: &str) -> Outcome {
    for (page, scripts) in NAMED {
        let file = site.join(page);
        let mut html = read(&file)?;
        for script in scripts {
            let plain = format!("src=\"{script}\"");
            if !html.contains(&plain) {
                return Err(Failure::project(format!("{page} does not load {script}")));
            }
            html = html.replace(&plain, &format!("src=\"./{script}?{id}\""));
        }
        write(&file, &html)?;
    }
    Ok(())
}

/// Writes the build and its files into the service worker of a site.
///
/// # Errors
/// When there is none, or it has no place for them.
pub fn fill_worker(site: &Path, id: &str) -> Outcome {
    let file = site.join(WORKER);
    let mut addresses: Vec<String> = all_files(site)?
        .iter()
        .filter_map(|name| address(name, id))
        .collect();
    addresses.sort();
    let list = serde_json::to_string(&addresses).unwrap_or_default();
    let text = read(&file)?;
    if !text.contains(BUILD) || !text.contains(FILES) {
        return Err(Failure::project(format!(
            "{WORKER} has no line `{BUILD}` or no line `{FILES}`"
        )));
    }
    let filled = text
        .replace(BUILD, &format!("const build = \"{id}\";"))
        .replace(FILES, &format!("const files = {list};"));
    write(&file, &filled)
}

/// Where the page asks for a file, relative to the site; `None` for files that
/// only hosts and other sites read.
fn address(name: &str, id: &str) -> Option<String> {
    let ends = |end: &str| name.ends_with(end);
    let is_hashed = (name.starts_with("app-") && ends(".js")) || ends(".wasm") || ends(".css");
    if name == "index.html" {
        Some(String::new())
    } else if WITH_BUILD.contains(&name) || name.starts_with("words/") {
        Some(format!("{name}?{id}"))
    } else if PLAIN.contains(&name)
        || name.starts_with("engine-")
        || name.starts_with("snippets/")
        || (is_hashed && !name.contains('/'))
    {
        Some(name.to_owned())
    } else {
        None
    }
}

fn read(file: &Path) -> Outcome<String> {
    fs::read_to_string(file).map_err(Failure::io(format_args!("cannot read {}", file.display())))
}

fn write(file: &Path, text: &str) -> Outcome {
    fs::write(file, text).map_err(Failure::io(format_args!("cannot write {}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_carry_the_build_where_names_do_not() {
        let of = |name| address(name, "b1");
        assert_eq!(of("index.html").as_deref(), Some(""));
        assert_eq!(of("boot.js").as_deref(), Some("boot.js?b1"));
        assert_eq!(of("words/en/ui.txt").as_deref(), Some("words/en/ui.txt?b1"));
        for plain in [
            "app-12ab.js",
            "app-12ab_bg.wasm",
            "rest-b1.wasm",
            "style-9.css",
            "engine-b1/engine.js",
            "engine-b1/snippets/x/y.js",
            "favicon.svg",
        ] {
            assert_eq!(of(plain).as_deref(), Some(plain));
        }
        for other in [
            ".htaccess",
            "_headers",
            "build.json",
            "data/orders-1.csv",
            "embed.js",
            "examples/a.css",
            "oembed.json",
            "screenshot.png",
            "sw.js",
            "vercel.json",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn worker_and_pages_have_the_places_that_are_filled() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let site = std::env::temp_dir().join(format!("two-chefs-offline-{}", std::process::id()));
        fs::create_dir_all(&site).unwrap();
        for name in ["sw.js", "probe.html", "boot.js"] {
            fs::copy(root.join("www").join(name), site.join(name)).unwrap();
        }
        let page = read(&root.join("index.html")).unwrap();
        let page = page.replace(
            "</head>",
            "<script type=\"module\" src=\"start.js\"></script></head>",
        );
        write(&site.join("index.html"), &page).unwrap();
        name_scripts(&site, "b1").unwrap();
        fill_worker(&site, "b1").unwrap();
        let html = read(&site.join("index.html")).unwrap();
        assert!(html.contains("src=\"./boot.js?b1\"") && html.contains("src=\"./start.js?b1\""));
        let worker = read(&site.join("sw.js")).unwrap();
        assert!(worker.contains("const build = \"b1\";"));
        assert!(worker.contains("const files = [\"\",\"boot.js?b1\",\"probe.html?b1\"];"));
        assert!(fill_worker(&site, "b2").is_err(), "only once");
        fs::remove_dir_all(site).unwrap();
    }
}
