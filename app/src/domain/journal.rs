//! The journal as it is read: entries, and what is stored in the place of one that cannot be read.

use serde::{Deserialize, Serialize};

use super::{DeployId, Timestamp};

/// One entry of the journal.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct JournalEntry {
    /// Its place in the journal of the whole console, from 1.
    pub sequence: i64,
    /// When it was written, by the console's clock.
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// Who acted.
    pub actor: String,
    /// What was done: `console.deploy.callback` and the like; perhaps one of a newer build.
    pub action: String,
    /// The deploy, where it is about one.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<uuid::Uuid>))]
    pub deploy_id: Option<DeployId>,
    /// The rest, as free-form JSON.
    pub payload: serde_json::Value,
    /// The hash of the entry before, hexadecimal.
    pub previous_hash: String,
    /// The hash of this entry, hexadecimal.
    pub hash: String,
}

/// What is stored at one place of the journal.
///
/// An unreadable one is tried first: it alone has the member `unreadable`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum TrailEntry {
    /// Something that is no entry any more.
    Unreadable(Box<UnreadableEntry>),
    /// An entry.
    Readable(JournalEntry),
}

impl TrailEntry {
    /// Its place in the journal of the whole console.
    #[must_use]
    pub const fn sequence(&self) -> i64 {
        match self {
            Self::Unreadable(entry) => entry.sequence,
            Self::Readable(entry) => entry.sequence,
        }
    }

    /// The entry, if it can be read.
    #[must_use]
    pub const fn readable(&self) -> Option<&JournalEntry> {
        match self {
            Self::Unreadable(_) => None,
            Self::Readable(entry) => Some(entry),
        }
    }
}

/// An entry that cannot be read: what is left of it, and why.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct UnreadableEntry {
    /// Its place in the journal of the whole console.
    pub sequence: i64,
    /// Why it cannot be read.
    pub unreadable: String,
    /// When it was written, if that can be read.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = DateTime))]
    pub at: Option<Timestamp>,
    /// Who acted.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// The deploy, if it is about one and that can be read.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<uuid::Uuid>))]
    pub deploy_id: Option<DeployId>,
    /// The columns that may be the ones that cannot be read, letter by letter.
    pub stored: StoredText,
    /// The hash of the entry before, hexadecimal.
    pub previous_hash: String,
    /// The hash of this entry, hexadecimal.
    pub hash: String,
}

/// Columns as they are stored.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct StoredText {
    /// The time.
    pub at: String,
    /// The deploy.
    pub deploy_id: Option<String>,
    /// The payload.
    pub payload: String,
}
