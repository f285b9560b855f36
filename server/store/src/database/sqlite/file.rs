//! The file beneath the connections: that it is still the one that was opened, and that one console alone serves it.
//!
//! SQLite goes on writing into a file that was deleted, and all of that is gone when the process ends. A connection that
//! is opened to the file in its place would take the write-ahead log of the one before for its own. So each transaction
//! looks first. Two consoles on one file would each hear nothing of what the other writes: the second is refused, by
//! a lock on a file beside it, which the kernel gives back however the process ends. The database file itself is not
//! locked: closing any handle of it would take SQLite's own locks away.

use std::{
    fs::{File, TryLockError},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::options;
use crate::{SchemaError, StoreError};

/// A file, by its path and by what was there when it was opened.
#[derive(Clone, Debug)]
pub(super) struct DatabaseFile(Arc<CreateOutcome>);

#[derive(Debug)]
struct CreateOutcome {
    path: PathBuf,
    /// Device and inode.
    id: (u64, u64),
}

impl DatabaseFile {
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        Ok(Self(Arc::new(CreateOutcome { path: path.to_owned(), id: id_of(path)? })))
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

/// That this process alone serves a file, as long as this is there.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

/// Takes the lock of the file, whether that is there already or not.
///
/// # Errors
/// If another process has it, or there can be no lock.
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

/// One for each file, by whatever links it is reached.
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
