//! How much at once: connections and event streams, by the file descriptors that this process may have.
//!
//! A console without file descriptors reaches neither GitHub nor its database. So some are kept back, and a connection
//! too many waits in the kernel's queue until another one ends.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections at most, however many file descriptors there are.
const MAX_CONNECTIONS: usize = 16_384;
/// Event streams at most. They are half of the connections at most, so that there is always room for a callback.
const MAX_STREAMS: usize = 10_000;
/// For the database, GitHub, channels and files.
const RESERVED_FILES: usize = 64;
/// The limit that is assumed where the system does not say.
const USUAL_FILES: usize = 1_024;

/// How much at once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    pub connections: usize,
    pub streams: usize,
}

impl Limits {
    /// What this process can take.
    #[must_use]
    pub fn of_this_process() -> Self {
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
        Self::by_files(open_files(&limits).unwrap_or(USUAL_FILES))
    }

    /// The connections that a process with this many file descriptors can accept.
    #[must_use]
    pub fn by_files(files: usize) -> Self {
        let connections = (files - RESERVED_FILES.min(files / 2)).clamp(2, MAX_CONNECTIONS);
        Self { connections, streams: MAX_STREAMS.min(connections / 2) }
    }
}

/// The soft limit in the text of `/proc/self/limits`; `None` if it is not there.
fn open_files(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(usize::MAX),
        number => number.parse().ok(),
    }
}

/// Room for event streams. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Streams(Arc<Semaphore>);

impl Streams {
    /// Room for this many at once.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most)))
    }

    /// Room for one more until the permit is dropped; `None` if all of it is taken.
    #[must_use]
    pub fn open(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_owned().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_reserve_files_for_the_console() {
        for (files, connections, streams) in [
            (0, 2, 1),
            (64, 32, 16),
            (128, 64, 32),
            (1_024, 960, 480),
            (usize::MAX, MAX_CONNECTIONS, MAX_CONNECTIONS / 2),
        ] {
            assert_eq!(Limits::by_files(files), Limits { connections, streams }, "{files}");
        }
    }

    #[test]
    fn soft_limit_is_read() {
        let limits = "Limit   Soft Limit  Hard Limit  Units\nMax processes  9  9  processes\n";
        let files = |soft: &str| open_files(&format!("{limits}Max open files   {soft}   524288   files\n"));
        assert_eq!(files("1024"), Some(1_024));
        assert_eq!(files("unlimited"), Some(usize::MAX));
        assert_eq!((files("many"), open_files(limits)), (None, None));
    }
}
