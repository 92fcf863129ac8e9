//! The built site, and copies of it with something broken.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

/// Folder of the built site. `cargo xtask test` builds it and names it in
/// `TWO_CHEFS_DIST`; without that, what the last build left.
///
/// # Panics
/// When there is none: a missing site fails the tests, it never skips them.
#[must_use]
pub fn dist() -> PathBuf {
    let folder = env::var_os("TWO_CHEFS_DIST").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist"),
        PathBuf::from,
    );
    assert!(
        folder.join("build.json").is_file(),
        "no built site in {}: run `cargo xtask test`, or `cargo xtask build` first",
        folder.display()
    );
    folder
}

/// Name of the folder of the engine in a site.
///
/// # Panics
/// When the site has none.
#[must_use]
pub fn engine_folder(site: &Path) -> String {
    let names = fs::read_dir(site).expect("the site can be read").flatten();
    names
        .filter_map(|entry| entry.file_name().into_string().ok())
        .find(|name| name.starts_with("engine-"))
        .expect("the site has an engine")
}

/// A copy of the site that a test may break; dropping it removes it.
#[must_use = "dropping it removes the copy"]
pub struct Copy {
    folder: PathBuf,
    engine: PathBuf,
}

impl Copy {
    /// Copies the built site.
    ///
    /// # Panics
    /// When it cannot be copied.
    pub fn of_site() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("two-chefs-site-{}-{number}", process::id()));
        let from = dist();
        copy(&from, &folder);
        let engine = folder.join(engine_folder(&from));
        Self { folder, engine }
    }

    /// Its folder, ready to be served.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes the engine and all its files.
    ///
    /// # Panics
    /// When they cannot be removed.
    pub fn remove_engine(&self) {
        fs::remove_dir_all(&self.engine).expect("the engine can be removed");
    }

    /// Takes away the part of the page's program that comes later; what is
    /// returned puts it back.
    ///
    /// # Panics
    /// When there is no such part.
    pub fn take_rest_away(&self) -> impl FnOnce() + use<> {
        let rest = found(&self.folder, "rest-").expect("the page comes in two parts");
        let bytes = fs::read(&rest).expect("it can be read");
        fs::remove_file(&rest).expect("it can be removed");
        move || fs::write(rest, bytes).expect("it can be put back")
    }

    /// Puts another text in the place of a file of the engine.
    ///
    /// # Panics
    /// When there is no such file.
    pub fn replace_in_engine(&self, file: &str, text: &str) {
        let path = self.engine.join(file);
        assert!(path.is_file(), "the engine has no {file}");
        fs::write(path, text).expect("the copy can be written");
    }

    /// Puts a text before that of a file of the engine.
    ///
    /// # Panics
    /// When there is no such file.
    pub fn prepend_to_engine(&self, file: &str, text: &str) {
        let rest = fs::read_to_string(self.engine.join(file)).expect("the engine has the file");
        self.replace_in_engine(file, &format!("{text}\n{rest}"));
    }

    /// The file of the engine that starts the threads of a pool, relative to it.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn thread_starter(&self) -> String {
        let file = found(&self.engine, "workerHelpers").expect("the engine starts threads");
        let relative = file.strip_prefix(&self.engine).expect("below the engine");
        relative.to_string_lossy().into_owned()
    }

    /// Makes the engine say that it is of another build than the page.
    ///
    /// # Panics
    /// When the engine does not name its build.
    pub fn give_engine_another_build(&self) {
        let id = build_of(&self.folder);
        for name in ["scout_bg.wasm", "engine_bg.wasm"] {
            let file = self.engine.join(name);
            let mut bytes = fs::read(&file).expect("the engine can be read");
            let count = replace(&mut bytes, id.as_bytes(), "0".repeat(id.len()).as_bytes());
            assert!(count > 0, "{name} does not name its build {id}");
            fs::write(file, bytes).expect("the copy can be written");
        }
    }
}

/// Id of the build of a site.
///
/// # Panics
/// When the site does not name it.
#[must_use]
pub fn build_of(site: &Path) -> String {
    engine_folder(site).replacen("engine-", "", 1)
}

impl Copy {
    /// Puts a file into the copy, or another text in its place.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn put(&self, file: &str, text: &str) {
        fs::write(self.folder.join(file), text).expect("the copy can be written");
    }

    /// Makes the whole copy another build, as if it were published over the
    /// old one, whose files are gone. The id is as long as any.
    ///
    /// # Panics
    /// When the site does not name its build.
    pub fn publish_as(&mut self, id: &str) {
        let old = build_of(&self.folder);
        assert_eq!(old.len(), id.len());
        let count = rename(&self.folder, &old, id);
        assert!(
            count > 3,
            "the site names its build {old} only {count} times"
        );
        // The page's program holds the id, so its hash is another one too.
        let program = found(&self.folder, "app-").expect("the site has a program");
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        let hash = name.trim_start_matches("app-").split(['.', '_']).next();
        let hash = hash.unwrap_or_default().to_owned();
        let other: String = hash.chars().rev().collect();
        assert!(rename(&self.folder, &hash, &other) > 1);
        self.engine = self.folder.join(format!("engine-{id}"));
    }
}

/// Replaces a text by as long a one in the names and the bytes of all files
/// below a folder; says how often it was in bytes.
fn rename(folder: &Path, old: &str, new: &str) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(folder)
        .expect("the copy can be read")
        .flatten()
    {
        let mut path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains(old) {
            let target = folder.join(name.replace(old, new));
            fs::rename(&path, &target).expect("the copy can be changed");
            path = target;
        }
        if path.is_dir() {
            count += rename(&path, old, new);
            continue;
        }
        let mut bytes = fs::read(&path).expect("the copy can be read");
        let found = replace(&mut bytes, old.as_bytes(), new.as_bytes());
        if found > 0 {
            fs::write(&path, bytes).expect("the copy can be written");
        }
        count += found;
    }
    count
}

/// Overwrites every occurrence with as many other bytes; says how many.
fn replace(bytes: &mut [u8], old: &[u8], new: &[u8]) -> usize {
    let mut count = 0;
    let mut at = 0;
    while let Some(next) = position(&bytes[at..], old) {
        bytes[at + next..at + next + old.len()].copy_from_slice(new);
        at += next + old.len();
        count += 1;
    }
    count
}

impl Drop for Copy {
    fn drop(&mut self) {
        // Best effort: it lies among temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made among temporary files");
    for entry in fs::read_dir(from).expect("the site can be read").flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("a file of the site can be copied");
        }
    }
}

fn found(folder: &Path, start: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter().find_map(|path| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        match path.is_dir() {
            true => found(&path, start),
            false => name.starts_with(start).then_some(path),
        }
    })
}
