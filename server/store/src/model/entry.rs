//! Entries of the journal as they are stored.

use app::domain::{DeployId, Timestamp, Visible};

/// A row of `audit_log`, as it is stored.
#[derive(Clone, Debug, Eq, PartialEq, sqlx::FromRow)]
pub struct StoredEntry {
    /// Its sequence number.
    pub sequence: i64,
    /// When it was written.
    pub at: String,
    /// Who acted.
    pub actor: String,
    /// The name of the action.
    pub action: String,
    /// The deploy that it concerns, if any.
    pub deploy_id: Option<String>,
    /// The rest, as JSON.
    pub payload: String,
    /// The hash of the entry before.
    pub previous_hash: String,
    /// Its own hash.
    pub hash: String,
}

/// Which entries of the journal to read.
#[derive(Clone, Debug)]
pub struct EntryFilter {
    /// Only those about this deploy.
    pub deploy_id: Option<DeployId>,
    /// Only those of the action with this name.
    pub action: Option<String>,
    /// Only those of this actor.
    pub actor: Option<String>,
    /// Only those about a deploy of this app, and those about no deploy that name it.
    pub app: Option<String>,
    /// The same for an environment.
    pub environment: Option<String>,
    /// Only those about apps that are seen, and those about no app.
    pub visible: Visible,
    /// Only those written then or later.
    pub since: Option<Timestamp>,
    /// Only those written before then.
    pub until: Option<Timestamp>,
    /// In which order, and where to begin.
    pub order: EntryOrder,
    /// At most this many; fewer if they are long.
    pub limit: u32,
}

/// The order of a page of the journal, and the sequence number next to its first entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EntryOrder {
    /// The oldest first, of those after this number; all are after 0.
    OldestAfter(i64),
    /// The newest first, of those before this number; all are before [`i64::MAX`].
    NewestBefore(i64),
}

/// A page of the journal, as it is stored.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct EntryPage {
    /// The entries, in the requested order.
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
    /// The first entries of all.
    #[must_use]
    pub const fn page(limit: u32) -> Self {
        Self::after(0, limit)
    }

    /// The entries after this number, of all.
    #[must_use]
    pub const fn after(sequence: i64, limit: u32) -> Self {
        Self {
            deploy_id: None,
            action: None,
            actor: None,
            app: None,
            environment: None,
            visible: Visible::All,
            since: None,
            until: None,
            order: EntryOrder::OldestAfter(sequence),
            limit,
        }
    }
}
