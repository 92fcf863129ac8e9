//! The site as one file, for people who host it themselves.

use crate::fail::{Failure, Outcome};
use crate::sources::{all_files, children};
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Beginning of the file's name; the build and `.zip` follow.
const NAME: &str = "two-chefs-";

/// Where the archive of a build lies.
pub fn path(target: &Path, id: &str) -> PathBuf {
    target.join(format!("{NAME}{id}.zip"))
}

/// Packs a site, `index.html` at the top as hosts that take archives want it,
/// and removes the archives of earlier builds. Equal sites give equal bytes.
///
/// # Errors
/// When a file cannot be read or written.
pub fn write(site: &Path, target: &Path, id: &str) -> Outcome<PathBuf> {
    let file = path(target, id);
    let failed = |why: &dyn std::fmt::Display| {
        Failure::environment(format!("cannot write {}: {why}", file.display()))
    };
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for name in all_files(site)? {
        let path = site.join(&name);
        let bytes =
            fs::read(&path).map_err(Failure::io(format_args!("cannot read {}", path.display())))?;
        archive
            .start_file(name, options)
            .map_err(|error| failed(&error))?;
        archive.write_all(&bytes).map_err(|error| failed(&error))?;
    }
    let bytes = archive.finish().map_err(|error| failed(&error))?;
    for old in children(target)? {
        let name = old.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(NAME) && name.ends_with(".zip") {
            fs::remove_file(&old).map_err(|error| failed(&error))?;
        }
    }
    fs::write(&file, bytes.into_inner()).map_err(|error| failed(&error))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn the_archive_holds_the_site_and_replaces_its_predecessor() {
        let base = std::env::temp_dir().join(format!("two-chefs-archive-{}", std::process::id()));
        let site = base.join("site");
        fs::create_dir_all(site.join("words/en")).unwrap();
        for (name, text) in [
            ("index.html", "page"),
            (".htaccess", "hidden"),
            ("words/en/ui.txt", "a = b"),
        ] {
            fs::write(site.join(name), text).unwrap();
        }
        let first = write(&site, &base, "b1").unwrap();
        let bytes = fs::read(&first).unwrap();
        let second = write(&site, &base, "b2").unwrap();
        assert!(!first.exists() && second == path(&base, "b2"));
        assert_eq!(
            bytes,
            fs::read(&second).unwrap(),
            "equal sites, equal bytes"
        );
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let names: Vec<_> = archive
            .file_names()
            .map(|name| name.unwrap().into_owned())
            .collect();
        assert_eq!(names, [".htaccess", "index.html", "words/en/ui.txt"]);
        let mut text = String::new();
        let mut entry = archive.by_name("words/en/ui.txt").unwrap();
        entry.read_to_string(&mut text).unwrap();
        assert_eq!(text, "a = b");
        drop(entry);
        fs::remove_dir_all(base).unwrap();
    }
}
