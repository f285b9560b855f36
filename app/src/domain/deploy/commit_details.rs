//! What people know a commit by. It never changes, so it is read once.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// A commit, as GitHub records it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CommitDetails {
    /// The first line of its message.
    pub subject: String,
    /// Who wrote it: the GitHub login, or else the name in the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// When it was committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = DateTime))]
    pub committed_at: Option<Timestamp>,
}

/// What two commits have that the other has not.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CommitDistance {
    /// Commits that the second has and the first has not.
    pub ahead: u32,
    /// Commits that the first has and the second has not.
    pub behind: u32,
}
