//! Which commit is live where, and what it takes to deploy an earlier one, or one of another environment.

use serde::{Deserialize, Serialize};

use crate::domain::{Commit, Deploy, DeployId, Frozen, Timestamp};

/// What an environment itself answers when it is asked for its commit, held against what the console knows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum VersionCheck {
    /// It answers the commit that is live.
    Agrees {
        /// When it was asked last.
        read_at: Timestamp,
    },
    /// It answers another one.
    Differs {
        /// Which.
        answer: String,
        /// Since when it answers that, as far as it was asked.
        since: Timestamp,
        /// When it was asked last.
        read_at: Timestamp,
    },
    /// It answers one, and the console knows none to compare it with.
    Answers {
        /// Which.
        answer: String,
        /// When it was asked last.
        read_at: Timestamp,
    },
    /// It gives no answer that can be used.
    Unreadable {
        /// What is wrong, as the end of a sentence that begins with the address.
        what: String,
        /// Since when.
        since: Timestamp,
    },
}

/// What is known of the versions of one environment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Versions {
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: String,
    /// The newest deploy that succeeded: what is live, as far as the console knows.
    pub live: Option<Deploy>,
    /// What the environment itself answers.
    pub check: Option<VersionCheck>,
    /// Earlier deploys that succeeded, newest first, each with another commit than those before it.
    pub earlier: Vec<Deploy>,
    /// What is live in the other environments of the app.
    pub elsewhere: Vec<Deploy>,
}

/// What is to be deployed again, and where.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Redeploy {
    /// The environment.
    pub environment: String,
    /// What it is.
    pub kind: RedeployKind,
}

/// What deploying a commit again is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RedeployKind {
    /// To what was live in the same environment before.
    Rollback,
    /// To what was live in another environment.
    Promotion,
}

/// Everything that somebody should know before a commit is deployed again.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RedeployPlan {
    /// What it would be.
    pub redeploy: Redeploy,
    /// The deploy whose commit it is.
    pub of: Deploy,
    /// The commit.
    pub commit: Commit,
    /// What is live there now.
    pub live: Option<Deploy>,
    /// What would change.
    pub changes: Changes,
    /// Whether people have to type the environment's name.
    pub asks_for_name: bool,
    /// What freezes the environment.
    pub frozen: Option<Frozen>,
    /// Whether it goes on through freezes, by what is configured.
    pub passes_freezes: bool,
    /// The deploy that is in the way.
    pub under_way: Option<DeployId>,
    /// The idempotency key of the form.
    pub key: String,
}

/// What lies between what is live and what would be.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Changes {
    /// By GitHub's record.
    Known {
        /// Commits that it would bring.
        brings: CommitList,
        /// Commits that it would take back.
        takes_back: CommitList,
        /// GitHub's page that shows them.
        url: String,
    },
    /// Nobody can tell.
    Unknown {
        /// Why, as a sentence.
        why: String,
    },
}

/// Commits, newest first.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct CommitList {
    /// How many there are.
    pub total: u32,
    /// The newest of them.
    pub newest: Vec<CommitLine>,
}

/// One commit, for a list.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CommitLine {
    /// Its id.
    pub commit: Commit,
    /// The first line of its message.
    pub subject: String,
    /// Who wrote it, where that is known.
    pub author: Option<String>,
}
