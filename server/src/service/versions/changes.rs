//! What lies between two commits, or between a commit and a ref as it is now, by GitHub's record.

use std::time::Duration;

use app::{
    api::{Ask, Changes, CommitLine, CommitList},
    domain::{Commit, Deploy},
};
use github::{Client, ComparedCommit, Comparison, ReadError};
use moka::{Expiry, future::Cache};

use crate::{
    config::AppConfig,
    service::{Console, deploys::run_record::FROM_ANOTHER_SITE},
    tasks::commit_reader::LONGEST_TEXT,
};

/// How long a form waits for GitHub to say what changes; then it is shown without that.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long an answer about a ref is good: it may move.
const OF_A_REF: Duration = Duration::from_secs(30);
/// How long one about two commits is kept: they never change.
const OF_COMMITS: Duration = Duration::from_hours(24);

impl Console {
    /// What deploying a commit, or a ref as it is now, would change, according to GitHub.
    pub(in crate::service) async fn changes(
        &self,
        app: &AppConfig,
        live: Option<&Deploy>,
        head: &str,
        ask: Ask,
    ) -> Changes {
        let Some(live) = live else { return unknown("Nothing is live there, as far as the console knows.") };
        let Some(base) = &live.commit else { return unknown("Which commit is live there is not known.") };
        if ask == Ask::Nothing {
            return unknown(FROM_ANOTHER_SITE);
        }
        let compared = self.comparisons.of(&self.github, Pair::new(app, base, head));
        match tokio::time::timeout(PATIENCE, compared).await {
            Ok(compared) => in_words(compared),
            Err(_) => unknown("GitHub took too long to say."),
        }
    }
}

pub(super) fn in_words(compared: Result<Changes, ReadError>) -> Changes {
    match compared {
        Ok(changes) => changes,
        Err(ReadError::NotFound) => unknown("GitHub does not know one of the two."),
        Err(error) => unknown(&format!("{error}.")),
    }
}

pub(super) fn unknown(why: &str) -> Changes {
    Changes::Unknown { why: why.to_owned() }
}

/// Two commits of a repository, or a commit and a ref.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Pair {
    repo: String,
    base: String,
    head: String,
}

impl Pair {
    pub(super) fn new(app: &AppConfig, base: &Commit, head: &str) -> Self {
        Self { repo: app.repo.clone(), base: base.to_string(), head: head.to_owned() }
    }
}

/// What lies between pairs of commits, remembered: pages need it each time that they are opened. Cheap to clone.
#[derive(Clone)]
pub(in crate::service) struct Comparisons(Cache<Pair, Result<Changes, ReadError>>);

impl Default for Comparisons {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(1_000).expire_after(Freshness).build())
    }
}

impl Comparisons {
    /// By GitHub's word. Concurrent questions about the same pair wait for one answer.
    pub(super) async fn of(&self, github: &Client, pair: Pair) -> Result<Changes, ReadError> {
        self.0.get_with(pair.clone(), compare(github, &pair)).await
    }
}

/// A failure is not kept at all.
struct Freshness;

impl Expiry<Pair, Result<Changes, ReadError>> for Freshness {
    fn expire_after_create(
        &self,
        pair: &Pair,
        compared: &Result<Changes, ReadError>,
        _: std::time::Instant,
    ) -> Option<Duration> {
        Some(match (compared, pair.head.parse::<Commit>()) {
            (Ok(_), Ok(_)) => OF_COMMITS,
            (Ok(_), Err(_)) => OF_A_REF,
            (Err(_), _) => Duration::ZERO,
        })
    }
}

/// GitHub lists what the second of two commits has and the first has not: for the other direction it is asked with the
/// two swapped.
async fn compare(github: &Client, Pair { repo, base, head }: &Pair) -> Result<Changes, ReadError> {
    let forward = github.compare(repo, base, head).await?;
    let takes_back = if forward.behind_by == 0 {
        CommitList::default()
    } else {
        list(&github.compare(repo, head, base).await?)
    };
    Ok(Changes::Known { brings: list(&forward), takes_back, url: forward.html_url })
}

/// GitHub's list begins with the oldest.
fn list(comparison: &Comparison) -> CommitList {
    let newest = comparison.commits.iter().rev().map(line).collect();
    CommitList { total: comparison.ahead_by, newest }
}

fn line(compared: &ComparedCommit) -> CommitLine {
    let subject = compared.commit.message.lines().next().unwrap_or_default();
    CommitLine {
        commit: compared.sha.clone(),
        subject: subject.chars().take(LONGEST_TEXT).collect(),
        author: compared.commit.author.as_ref().map(|author| author.name.clone()),
    }
}
