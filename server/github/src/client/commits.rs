//! Commits as people know them, and how far two of them are apart. What is asked here is nice to know, so that a refusal
//! says nothing of how GitHub is: a token that may run workflows need not be able to read commits.

use app::domain::{Commit, CommitDetails, CommitDistance};
use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::{Client, ReadError};

/// Of the lists in these answers, of files and of commits, nothing is needed.
const LISTED: [(&str, &str); 1] = [("per_page", "1")];

/// What is read of a commit. GitHub may leave out, or null, nearly all of it.
#[derive(Deserialize, Serialize)]
pub(super) struct CommitAnswer {
    commit: RecordedCommit,
    /// The account of who wrote it; none, if GitHub knows no account with their address.
    #[serde(default)]
    author: Option<AuthorAccount>,
}

/// What is recorded in the commit itself.
#[derive(Deserialize, Serialize)]
struct RecordedCommit {
    message: String,
    #[serde(default)]
    author: Option<Signature>,
    #[serde(default)]
    committer: Option<Signature>,
}

/// An account, or an object that is empty.
#[derive(Deserialize, Serialize)]
struct AuthorAccount {
    #[serde(default)]
    login: Option<String>,
}

#[derive(Deserialize, Serialize)]
struct Signature {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    date: Option<String>,
}

impl From<CommitAnswer> for CommitDetails {
    fn from(CommitAnswer { commit, author }: CommitAnswer) -> Self {
        let RecordedCommit { message, author: signed, committer } = commit;
        let date = |signature: &Signature| signature.date.as_deref().and_then(|date| date.parse().ok());
        let committed_at = committer.as_ref().and_then(date).or_else(|| signed.as_ref().and_then(date));
        let login = author.and_then(|account| account.login);
        Self {
            subject: message.lines().next().unwrap_or_default().to_owned(),
            author: login.or_else(|| signed.and_then(|signature| signature.name)),
            committed_at,
        }
    }
}

/// What is read of a comparison.
#[derive(Deserialize, Serialize)]
pub(super) struct DistanceAnswer {
    ahead_by: u32,
    behind_by: u32,
}

impl Client {
    /// What GitHub records of a commit: the whole first line of its message, however long.
    ///
    /// # Errors
    /// If GitHub's record cannot be read, or has no such commit.
    pub async fn commit(&self, repo: &str, commit: &Commit) -> Result<CommitDetails, ReadError> {
        let request = self.request(Method::GET, repo, &["commits", commit.as_str()]);
        let answer: CommitAnswer = self.read_or_recall(request.query(&LISTED)).await?;
        Ok(answer.into())
    }

    /// How many commits `head` has that `base` has not, and the other way round.
    ///
    /// # Errors
    /// If GitHub's record cannot be read, or has not both.
    pub async fn distance(
        &self,
        repo: &str,
        base: &Commit,
        head: &Commit,
    ) -> Result<CommitDistance, ReadError> {
        let request = self.request(Method::GET, repo, &["compare", &format!("{base}...{head}")]);
        let DistanceAnswer { ahead_by, behind_by } = self.read_or_recall(request.query(&LISTED)).await?;
        Ok(CommitDistance { ahead: ahead_by, behind: behind_by })
    }
}
