//! The file beneath the connections: checks that it is still the one that was opened, and that one console alone uses
//! it.
//!
//! SQLite continues to write into a file that was deleted, and all of that is lost when the process ends. A connection
//! that is opened to a replacement file would take the write-ahead log of the deleted one for its own. So each
//! transaction checks the file first. Two consoles on one file would not see each other's writes: the second is
//! refused, by a lock on a file beside it, which the kernel releases however the process ends. The database file itself
//! is not locked: closing any handle of it would release SQLite's own locks.

use std::{
    fs::{File, TryLockError},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::options;
use crate::{SchemaError, StoreError};

/// A file, by its path and its identity when it was opened.
#[derive(Clone, Debug)]
pub(super) struct DatabaseFile(Arc<OpenedFile>);

#[derive(Debug)]
struct OpenedFile {
    path: PathBuf,
    /// Device and inode.
    id: (u64, u64),
}

impl DatabaseFile {
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        Ok(Self(Arc::new(OpenedFile { path: path.to_owned(), id: id_of(path)? })))
    }

    /// Fails if the path leads to another file, or to none.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let is_there = id_of(&self.0.path).is_ok_and(|id| id == self.0.id);
        if is_there { Ok(()) } else { Err(StoreError::FileReplaced) }
    }
}

fn id_of(path: &Path) -> io::Result<(u64, u64)> {
    std::fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

/// Proof that this process alone uses a file, until it is dropped.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

/// Takes the lock of the file, whether the file exists or not.
///
/// # Errors
/// If another process holds it, or the lock file cannot be made.
pub fn lock(url: &str) -> Result<FileLock, SchemaError> {
    let options = options(url)?;
    let path = lock_path(options.get_filename()).map_err(SchemaError::Lock)?;
    let file =
        File::options().create(true).truncate(false).write(true).open(&path).map_err(SchemaError::Lock)?;
    match file.try_lock() {
        Ok(()) => Ok(FileLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(SchemaError::InUse(path.display().to_string())),
        Err(TryLockError::Error(error)) => Err(SchemaError::Lock(error)),
    }
}

/// One for each file, even if it is reached through links.
fn lock_path(database: &Path) -> io::Result<PathBuf> {
    let database = match database.canonicalize() {
        Ok(path) => path,
        Err(_) => {
            let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
            folder.unwrap_or(Path::new(".")).canonicalize()?.join(database.file_name().unwrap_or_default())
        }
    };
    let mut path = database.into_os_string();
    path.push(".lock");
    Ok(path.into())
}
