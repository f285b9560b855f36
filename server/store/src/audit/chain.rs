//! Checks the chain, entry by entry, as it is stored: not only what an entry says, but its exact text.

use app::domain::{DeployId, JournalEntry};

use super::{GENESIS, hash};
use crate::{StoredEntry, row::to_text};

/// A journal that was whole as far as it was checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Chain {
    /// Entries that were checked.
    pub length: i64,
    /// The hash of the last of them.
    pub head: String,
}

impl Default for Chain {
    fn default() -> Self {
        Self { length: 0, head: GENESIS.to_owned() }
    }
}

/// The first entry that does not follow from those before it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("entry {sequence} {what}")]
pub struct Broken {
    /// Its sequence number, as stored; of a missing one, the number that it should have.
    pub sequence: i64,
    /// What is wrong with it.
    pub what: String,
}

impl Chain {
    /// Checks the next entry.
    ///
    /// # Errors
    /// If it does not follow from those before, or is not as it was written.
    pub fn check(&mut self, stored: &StoredEntry) -> Result<JournalEntry, Broken> {
        let sequence = self.length + 1;
        let broken = |sequence, what: &str| Err(Broken { sequence, what: what.to_owned() });
        if stored.sequence > sequence {
            return broken(sequence, "is missing");
        }
        if stored.sequence < sequence {
            return broken(stored.sequence, "stands where none was written");
        }
        if stored.previous_hash != self.head {
            return broken(sequence, "does not follow from the one before it");
        }
        let entry = match JournalEntry::try_from(stored.clone()) {
            Ok(entry) => entry,
            Err(error) => return broken(sequence, &format!("cannot be read: {}", error.what)),
        };
        if !is_as_written(stored, &entry) || stored.hash != hash(&entry) {
            return broken(sequence, "was changed after it was written");
        }
        (self.length, self.head) = (sequence, stored.hash.clone());
        Ok(entry)
    }
}

/// Whether the stored text is the one that the console writes for this entry: the hash is over what it says.
fn is_as_written(stored: &StoredEntry, entry: &JournalEntry) -> bool {
    let payload: String = entry.payload.to_string();
    stored.at == to_text(entry.at)
        && stored.payload == payload
        && stored.deploy_id == entry.deploy_id.as_ref().map(DeployId::to_string)
}
