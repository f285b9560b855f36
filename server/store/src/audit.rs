//! The journal: what an entry holds, and the chain of hashes that shows whether one was changed.
//!
//! Every entry hashes all its fields and the hash of the entry before, so that an edited, removed, inserted or
//! re-ordered entry breaks the chain at its place. A deploy's history is read from here: there is no second log that
//! could disagree.
//!
//! - [`event`]: what an entry says: each action with its payload. [`action`]: the names of actions.
//! - [`chain`]: whether the entries are as they were written.
//! - [`difference`]: what differs between a row and its entries, in words.
//! - [`new_entry`]: what each operation writes.
//! - [`expected`]: what the entries of one deploy say of its row.
//! - [`reading`]: entries on their way to readers, also those that cannot be read.
//! - [`projection`]: what the entries of one deploy say, read back.

mod action;
mod chain;
mod difference;
pub mod event;
mod expected;
#[cfg(test)]
mod golden;
mod new_entry;
mod projection;
mod reading;

use app::domain::JournalEntry;
use sha2::{Digest, Sha256};

pub use self::{
    action::Action,
    chain::{Broken, Chain},
    difference::Difference,
    event::Event,
    new_entry::NewEntry,
    projection::DeployProjection,
    reading::{read, readable},
};
pub(crate) use self::{
    difference::Column, expected::ExpectedRow, projection::freeze_override_reason, reading::is_news,
};

/// The hash before the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The actor of what the console does by itself.
pub const CONSOLE: &str = "console";
/// The actor of what a workflow reports.
pub const WORKFLOW: &str = "workflow";

/// Why a rollback goes on where that is configured, as the end of a sentence.
const ROLLBACKS_PASS: &str = "rollbacks pass freezes in this environment.";

/// The hash of an entry: SHA-256 over each field with its length before it, the hash of the entry before
/// first. Hexadecimal.
#[must_use]
pub fn hash(entry: &JournalEntry) -> String {
    let mut hasher = Sha256::new();
    let deploy_id = entry.deploy_id.map(|id| id.to_string()).unwrap_or_default();
    for field in [
        entry.previous_hash.as_str(),
        &entry.sequence.to_string(),
        &entry.at.to_string(),
        &entry.actor,
        &entry.action,
        &deploy_id,
        &entry.payload.to_string(),
    ] {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field.as_bytes());
    }
    hex::encode(hasher.finalize())
}

/// The first entry, in their order, that does not follow from the one before it.
#[must_use]
pub fn first_broken(entries: &[JournalEntry]) -> Option<&JournalEntry> {
    let mut expected = (1, GENESIS);
    entries.iter().find(|entry| {
        let sound = (entry.sequence, entry.previous_hash.as_str()) == expected && entry.hash == hash(entry);
        expected = (entry.sequence + 1, &entry.hash);
        !sound
    })
}
