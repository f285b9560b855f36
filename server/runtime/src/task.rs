//! The background tasks, by name.

use std::fmt;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Task {
    /// Writes the head of the journal to the log, once a day.
    JournalHeads,
    /// Sends what was approved, and ends what was not.
    Approvals,
    /// Answers GitHub about its gate.
    Protection,
    /// Reads GitHub's record.
    Reconciler,
    /// Asks environments for their commit.
    VersionWatch,
    /// Reads what pages lacked of commits.
    CommitReader,
    /// Reads the end of the journal for event streams.
    Feed,
    /// Reads which sessions and tokens ended.
    EndedSessions,
    /// Sends to Slack.
    Slack,
    /// Sends to the signed webhook.
    Webhook,
    /// Writes to the SQLite file.
    SqliteWriter,
    /// Listens for what other instances write.
    PostgresListener,
}

impl Task {
    pub const ALL: [Self; 12] = [
        Self::JournalHeads,
        Self::Approvals,
        Self::Protection,
        Self::Reconciler,
        Self::VersionWatch,
        Self::CommitReader,
        Self::Feed,
        Self::EndedSessions,
        Self::Slack,
        Self::Webhook,
        Self::SqliteWriter,
        Self::PostgresListener,
    ];

    /// The name in the log and in `/readyz`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JournalHeads => "journal_heads",
            Self::Approvals => "approvals",
            Self::Protection => "protection",
            Self::Reconciler => "reconciler",
            Self::VersionWatch => "version_watch",
            Self::CommitReader => "commit_reader",
            Self::Feed => "feed",
            Self::EndedSessions => "ended_sessions",
            Self::Slack => "slack",
            Self::Webhook => "webhook",
            Self::SqliteWriter => "sqlite_writer",
            Self::PostgresListener => "postgres_listener",
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
