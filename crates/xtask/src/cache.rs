//! Tools that are built or fetched once and outlive `cargo clean`.

use crate::fail::{Failure, Outcome};
use drive::packages;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// Folder of tools that are installed once.
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// The folder of [`packages::tool_cache`], made if need be.
    ///
    /// # Errors
    /// When there is no home folder or it cannot be written.
    pub fn open() -> Outcome<Self> {
        let root = packages::tool_cache()
            .ok_or_else(|| Failure::environment("no cache folder: set HOME or TWO_CHEFS_CACHE"))?;
        fs::create_dir_all(&root).map_err(Failure::io(format_args!(
            "cannot create {}",
            root.display()
        )))?;
        Ok(Self { root })
    }

    /// A folder in the cache, present or not.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Waits until no other start of this program installs anything.
    ///
    /// # Errors
    /// When the lock file cannot be opened.
    pub fn lock(&self) -> Outcome<File> {
        let path = self.root.join("lock");
        let file = File::create(&path)
            .map_err(Failure::io(format_args!("cannot open {}", path.display())))?;
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            eprintln!("waiting for another xtask to finish installing");
            file.lock()
                .map_err(Failure::io("cannot lock the tool cache"))?;
        }
        Ok(file)
    }

    /// Makes sure that `name` is installed: `is_complete` looks at its folder,
    /// `make` fills an empty one. An install that was broken off is redone.
    ///
    /// # Errors
    /// Those of `make`, or when the cache cannot be written.
    pub fn ensure(
        &self,
        name: &str,
        is_complete: impl Fn(&Path) -> bool,
        make: impl FnOnce(&Path) -> Outcome,
    ) -> Outcome<PathBuf> {
        let folder = self.folder(name);
        if is_complete(&folder) {
            return Ok(folder);
        }
        let _lock = self.lock()?;
        if is_complete(&folder) {
            return Ok(folder);
        }
        let partial = self.folder(&format!("{name}.partial"));
        remove(&partial)?;
        fs::create_dir_all(&partial).map_err(Failure::io(format_args!(
            "cannot create {}",
            partial.display()
        )))?;
        make(&partial)?;
        if !is_complete(&partial) {
            return Err(Failure::environment(format!(
                "{name} was installed into {} but does not start there",
                partial.display()
            )));
        }
        remove(&folder)?;
        fs::rename(&partial, &folder).map_err(Failure::io(format_args!(
            "cannot rename {}",
            partial.display()
        )))?;
        Ok(folder)
    }
}

/// Removes a folder, present or not.
///
/// # Errors
/// When it is there and stays.
pub fn remove(folder: &Path) -> Outcome {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::environment(
            format!("cannot remove {}: {error}", folder.display()),
        )),
        _ => Ok(()),
    }
}
