//! The build id: a short hash over everything the site is made of.

use crate::fail::{Failure, Outcome};
use std::fs;
use std::path::{Path, PathBuf};

/// Crates that are not part of the site.
const TOOLS: [&str; 3] = ["bench", "drive", "xtask"];
/// The README's picture is drawn from the site.
const NOT_IN_SITE: &str = "screenshot.png";
const FILES: [&str; 5] = [
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "index.html",
    "www/.htaccess",
];

/// Ten hexadecimal digits that change whenever a source of the site does.
/// `also` stands for what else decides the result, such as the compiler.
///
/// # Errors
/// When a source cannot be read.
pub fn build_id(root: &Path, also: &str) -> Outcome<String> {
    let mut files: Vec<PathBuf> = FILES.iter().map(|name| root.join(name)).collect();
    collect(&root.join("www"), &mut files)?;
    for krate in children(&root.join("crates"))? {
        if krate.is_dir() && !TOOLS.iter().any(|tool| krate.ends_with(tool)) {
            collect(&krate, &mut files)?;
        }
    }
    files.sort();
    let mut hash = Fnv::new();
    hash.add(also.as_bytes());
    for file in files {
        let name = file.strip_prefix(root).unwrap_or(&file);
        hash.add(name.to_string_lossy().as_bytes());
        hash.add(
            &fs::read(&file)
                .map_err(Failure::io(format_args!("cannot read {}", file.display())))?,
        );
    }
    Ok(hash.short())
}

/// Entries of a folder, sorted, without dot-files.
///
/// # Errors
/// When it cannot be read.
pub fn children(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let read = |error| Failure::environment(format!("cannot read {}: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(read)? {
        let entry = entry.map_err(read)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// Names of all files below a folder, dot-files too, relative to it, with `/`
/// between their parts, sorted.
///
/// # Errors
/// When a folder cannot be read.
pub fn all_files(folder: &Path) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(inner) = folders.pop() {
        let path = folder.join(&inner);
        let read = |error| Failure::environment(format!("cannot read {}: {error}", path.display()));
        for entry in fs::read_dir(&path).map_err(read)? {
            let entry = entry.map_err(read)?;
            let name = format!("{inner}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(format!("{name}/"));
            } else {
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    for path in children(folder)? {
        if path.is_dir() {
            collect(&path, files)?;
        } else if !path.ends_with(NOT_IN_SITE) {
            files.push(path);
        }
    }
    Ok(())
}

/// FNV-1a, 64 bits: it tells builds apart and protects nothing.
struct Fnv(u64);

impl Fnv {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds a part and its length, so that parts cannot run into each other.
    fn add(&mut self, part: &[u8]) {
        for byte in part.iter().chain(&(part.len() as u64).to_le_bytes()) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    fn short(&self) -> String {
        format!("{:010x}", self.0 >> 24)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(parts: &[&str]) -> String {
        let mut hash = Fnv::new();
        parts.iter().for_each(|part| hash.add(part.as_bytes()));
        hash.short()
    }

    #[test]
    fn the_id_depends_on_every_byte_and_on_where_parts_end() {
        assert_eq!(id(&["a", "b"]).len(), 10);
        assert_ne!(id(&["a", "b"]), id(&["a", "c"]));
        assert_ne!(id(&["ab", "c"]), id(&["a", "bc"]));
    }
}
