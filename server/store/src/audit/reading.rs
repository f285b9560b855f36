//! Entries for readers. One that cannot be read does not make its page fail: it is logged once, and shown as unreadable
//! where the journal is shown.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use app::domain::{JournalEntry, TrailEntry};

use crate::StoredEntry;

/// The most lines that one process logs. A journal with more of them is broken as a whole, and `audit verify` names the
/// first.
const LINES: usize = 1_000;

/// What was logged, so that the polls of every open page do not log it again.
static SAID: Mutex<Option<HashSet<String>>> = Mutex::new(None);

/// Whether this was not logged before.
pub(crate) fn is_news(what: String) -> bool {
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    let said = said.get_or_insert_default();
    said.len() < LINES && said.insert(what)
}

/// The entry, or what is left of it.
#[must_use]
pub fn read(stored: StoredEntry) -> TrailEntry {
    let entry = TrailEntry::from(stored);
    if let TrailEntry::Unreadable(entry) = &entry
        && is_news(format!("{} {}", entry.sequence, entry.hash))
    {
        tracing::error!(
            sequence = entry.sequence,
            error = entry.unreadable,
            "an entry of the journal cannot be read"
        );
    }
    entry
}

/// The entry, if it can be read.
#[must_use]
pub fn readable(stored: StoredEntry) -> Option<JournalEntry> {
    match read(stored) {
        TrailEntry::Readable(entry) => Some(entry),
        TrailEntry::Unreadable(_) => None,
    }
}
