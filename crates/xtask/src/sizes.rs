//! What the first load weighs, raw and as a host sends it.

use crate::fail::{Failure, Outcome};
use crate::sources::children;
use std::fs;
use std::io::Write;
use std::path::Path;

/// Most brotli bytes of the first load without the engine.
pub const PAGE_LIMIT: u64 = 110_000;
/// And with it.
pub const WHOLE_LIMIT: u64 = 180_000;

/// Bytes of one part of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// `page`, `engine` as far as it starts and tries out the browser, or `rest`:
    /// what is fetched when somebody touches the page, the whole engine among it, or
    /// asks for the graphics processor.
    pub part: &'static str,
    /// As stored.
    pub raw: u64,
    /// As brotli at quality 11 sends it.
    pub brotli: u64,
}

/// Named in the page, but not for a browser of today that shows it: icons for
/// older ones and for home screens, previews.
const READ_BY_OTHERS: [&str; 4] = [
    "apple-touch-icon.png",
    "icon-32.png",
    "oembed.json",
    "screenshot.png",
];

/// Weighs page, engine and rest of a built site. The page is the HTML, the files
/// in the site's root that it loads, and the snippets of the app; lesson texts
/// come later and per lesson, and what offline use needs when the page is at rest.
///
/// # Errors
/// When the site is not there or has no engine.
pub fn weigh(site: &Path) -> Outcome<Vec<Size>> {
    let html = fs::read_to_string(site.join("index.html"))
        .map_err(|_| Failure::project("no built site: run `cargo xtask build`"))?;
    let is_loaded = |name: &str| {
        (name == "index.html" || html.contains(name)) && !READ_BY_OTHERS.contains(&name)
    };
    let mut page = Size {
        part: "page",
        raw: 0,
        brotli: 0,
    };
    let mut engine = Size {
        part: "engine",
        raw: 0,
        brotli: 0,
    };
    let mut rest = Size {
        part: "rest",
        raw: 0,
        brotli: 0,
    };
    for path in children(site)? {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && name.starts_with("engine-") {
            weigh_folder(&path, &mut engine, &mut rest)?;
        } else if path.is_dir() && name == "snippets" {
            weigh_folder(&path, &mut page, &mut rest)?;
        } else if name.starts_with("rest-") {
            weigh_file(&path, &mut rest)?;
        } else if path.is_file() && is_loaded(&name) {
            weigh_file(&path, &mut page)?;
        }
    }
    if engine.raw == 0 {
        return Err(Failure::project(
            "the built site has no engine; run `cargo xtask build`",
        ));
    }
    Ok(vec![page, engine, rest])
}

/// Length after brotli at quality 11 with the window browsers accept.
pub fn brotli_len(bytes: &[u8]) -> u64 {
    let mut sent = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut sent, 1 << 16, 11, 22);
    // Writing into a vector cannot fail.
    let _ = writer.write_all(bytes);
    drop(writer);
    sent.len() as u64
}

/// These count as later: the other files of their folder are asked for at once.
const NOT_AT_ONCE: [&str; 3] = ["engine_bg.wasm", "gpu.js", "gpu_bg.wasm"];

fn weigh_folder(folder: &Path, size: &mut Size, later: &mut Size) -> Outcome {
    for path in children(folder)? {
        if path.is_dir() {
            weigh_folder(&path, size, later)?;
        } else if NOT_AT_ONCE.iter().any(|name| path.ends_with(name)) {
            weigh_file(&path, later)?;
        } else {
            weigh_file(&path, size)?;
        }
    }
    Ok(())
}

fn weigh_file(path: &Path, size: &mut Size) -> Outcome {
    let bytes =
        fs::read(path).map_err(Failure::io(format_args!("cannot read {}", path.display())))?;
    size.raw += bytes.len() as u64;
    size.brotli += brotli_len(&bytes);
    Ok(())
}

/// One line a part, for people.
pub fn print(sizes: &[Size]) {
    for size in sizes {
        eprintln!(
            "{:<7} {:>9.1} kB raw {:>8.1} kB brotli",
            size.part,
            kilo(size.raw),
            kilo(size.brotli)
        );
    }
    eprintln!(
        "first load {:.1} kB brotli, of at most {}; with engine {:.1} kB, of at most {}",
        kilo(of(sizes, "page")),
        PAGE_LIMIT / 1000,
        kilo(of(sizes, "page") + of(sizes, "engine")),
        WHOLE_LIMIT / 1000
    );
}

/// Whether the first load is as small as it has to be.
pub fn is_small(sizes: &[Size]) -> bool {
    let page = of(sizes, "page");
    page <= PAGE_LIMIT && page + of(sizes, "engine") <= WHOLE_LIMIT
}

fn of(sizes: &[Size], part: &str) -> u64 {
    let found = sizes.iter().filter(|size| size.part == part);
    found.map(|size| size.brotli).sum()
}

fn kilo(bytes: u64) -> f64 {
    bytes as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_limits_hold_or_the_load_is_too_large() {
        let load = |page, engine| {
            let size = |part, brotli| Size {
                part,
                raw: 0,
                brotli,
            };
            is_small(&[
                size("page", page),
                size("engine", engine),
                size("rest", 500_000),
            ])
        };
        assert!(load(PAGE_LIMIT, WHOLE_LIMIT - PAGE_LIMIT));
        assert!(!load(PAGE_LIMIT + 1, 0));
        assert!(!load(PAGE_LIMIT, WHOLE_LIMIT - PAGE_LIMIT + 1));
    }

    #[test]
    fn repetition_weighs_little_and_noise_stays() {
        assert!(brotli_len(&[7; 10_000]) < 50);
        let mut state = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (state >> 8) as u8
        })
        .take(2000)
        .collect();
        assert!(brotli_len(&noise) > 1000);
    }
}
