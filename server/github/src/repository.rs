//! What a repository is, and what may be done in it: what is looked at before anything is deployed from it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ReadError;

/// A repository, as GitHub shows it to the console.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
pub struct RepositoryRecord {
    /// `owner/name`, as it is called now.
    pub full_name: String,
    #[serde(default)]
    pub private: bool,
    /// Nothing can be changed in it, and no workflow runs.
    #[serde(default)]
    pub archived: bool,
    /// By GitHub itself.
    #[serde(default)]
    pub disabled: bool,
    /// What the account of the token may do there. The token itself may be allowed less.
    #[serde(default)]
    pub permissions: Option<AccountPermissions>,
}

/// What an account may do in a repository.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
pub struct AccountPermissions {
    /// Whether it may write, and so run workflows.
    pub push: bool,
}

/// What the headers of an answer say of the console's token.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TokenRecord {
    /// The scopes of a classic token. Of any other kind of token GitHub does not say what it may do.
    pub scopes: Option<Vec<String>>,
    /// The requests that are left, where GitHub counts them.
    pub requests: Option<RequestsLeft>,
    /// What the token of an App may do there.
    pub granted: Option<Granted>,
}

/// What an App may do with a part of a repository.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    Read,
    Write,
    #[serde(other)]
    Other,
}

/// What an App may do with a repository, by GitHub's names of its parts.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Granted(BTreeMap<String, Access>);

impl Granted {
    #[must_use]
    pub fn of(&self, part: &str) -> Option<Access> {
        self.0.get(part).copied().filter(|granted| *granted != Access::Other)
    }
}

impl FromIterator<(String, Access)> for Granted {
    fn from_iter<T: IntoIterator<Item = (String, Access)>>(granted: T) -> Self {
        Self(granted.into_iter().collect())
    }
}

/// How many requests GitHub still answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RequestsLeft {
    pub remaining: u32,
    /// Of how many in an hour.
    pub limit: u32,
    /// When it begins to count anew.
    pub resets_at: Option<Timestamp>,
}

/// A workflow, as GitHub lists it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct WorkflowRecord {
    /// `active`, or why it is not: `disabled_manually` and the like.
    pub state: String,
}

/// Names that GitHub lists.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ListedNames {
    pub names: Vec<String>,
    /// Whether there are no more than these.
    pub is_complete: bool,
}

/// Why GitHub did not show what was looked for. Texts can be shown.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LookError {
    #[error("GitHub does not let the console in (401)")]
    TokenRefused,
    /// The token may not: what GitHub says of that, and which permission it names.
    #[error("GitHub does not allow it to the console (403)")]
    Forbidden { words: Option<String>, needs: Option<String> },
    /// It is not there, or the token may not know that it is: GitHub answers both alike.
    #[error("GitHub answered that it is not there (404)")]
    NotFound,
    /// The repository has another name now: a sentence without its full stop.
    #[error("{0}")]
    Moved(String),
    /// Nothing is known.
    #[error(transparent)]
    Unread(#[from] ReadError),
}
