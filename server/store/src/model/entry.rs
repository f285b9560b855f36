//! Entries of the journal as they are stored.

use app::domain::DeployId;

/// A row of `audit_log`, as it is stored.
#[derive(Clone, Debug, Eq, PartialEq, sqlx::FromRow)]
pub struct StoredEntry {
    /// Its place.
    pub sequence: i64,
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// About which deploy.
    pub deploy_id: Option<String>,
    /// The rest, as JSON.
    pub payload: String,
    /// The hash of the entry before.
    pub previous_hash: String,
    /// Its own hash.
    pub hash: String,
}

/// Which entries of the journal to read.
#[derive(Clone, Copy, Debug)]
pub struct EntryFilter {
    /// Only those about this deploy.
    pub deploy_id: Option<DeployId>,
    /// Only those after this one.
    pub after: i64,
    /// At most so many; fewer, if they are long.
    pub limit: u32,
}

/// A page of the journal, as it is stored.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct EntryPage {
    /// The entries, in sequence.
    pub entries: Vec<StoredEntry>,
    /// Whether there are more after them.
    pub has_more: bool,
}

/// The end of the journal of one deploy.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct JournalEnd {
    /// The newest entries, in sequence.
    pub entries: Vec<StoredEntry>,
    /// How many there are before these.
    pub earlier: u32,
}

impl EntryFilter {
    /// The first so many of all.
    #[must_use]
    pub const fn page(limit: u32) -> Self {
        Self { deploy_id: None, after: 0, limit }
    }
}
