//! Reads from GitHub what pages lacked of the commits that they showed, and keeps it. Pages never wait for that.
//!
//! A commit never changes, so that each is read once. What GitHub does not have, or cannot say, is not asked for again
//! for a while; and what no page shows is not asked for at all: an idle console asks nothing.

mod known;
mod wanted;

use std::sync::Arc;

use app::domain::{Commit, CommitDetails, Timestamp};
use github::{Client, ReadError};
use jiff::SignedDuration;
use runtime::clock::SharedClock;
use store::{CommitPair, Store, StoreError};

pub use self::{known::KnownCommits, wanted::Question};
use super::feed::Feed;

/// Characters that are kept of the first line of a message, and of a name.
pub(crate) const LONGEST_TEXT: usize = 120;
/// What GitHub does not have is not asked for again for this long.
const ABSENT_FOR: SignedDuration = SignedDuration::from_hours(1);
/// What could not be read is not asked for again for this long.
const UNREAD_FOR: SignedDuration = SignedDuration::from_mins(10);
/// While much is read, pages are told no more often than this.
const TELL_EVERY: SignedDuration = SignedDuration::from_secs(5);
/// What pages are told.
pub(crate) const COMMITS_READ: &str = "console.commits.read";

/// The task that reads commits.
pub struct CommitReader {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) github: Client,
    pub(crate) feed: Feed,
    pub(crate) clock: SharedClock,
    pub(crate) known: KnownCommits,
}

/// Why nothing is known of a commit.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error(transparent)]
    GitHub(#[from] ReadError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CommitReader {
    /// Reads whatever pages want, until it is dropped.
    pub async fn run(&self) {
        loop {
            self.known.wait_for_questions().await;
            self.read_waiting().await;
        }
    }

    /// Reads what waits, one after the other, and tells open pages.
    pub async fn read_waiting(&self) {
        let (mut told_at, mut has_news) = (self.clock.now(), false);
        while let Some(question) = self.known.take() {
            has_news |= self.read(&question).await;
            let now = self.clock.now();
            if has_news && (self.known.is_idle() || now.duration_since(told_at) >= TELL_EVERY) {
                self.feed.announce(COMMITS_READ, now);
                (told_at, has_news) = (now, false);
            }
        }
    }

    /// Reads one. Returns whether it is known now.
    async fn read(&self, question: &Question) -> bool {
        let read = match question {
            Question::Details { repo, commit } => self.read_details(repo, commit).await,
            Question::Distance { repo, pair } => self.read_distance(repo, pair).await,
        };
        match read {
            Ok(()) => {
                self.known.finish(question);
                true
            }
            Err(error) => {
                tracing::info!(repo = question.repo(), %question, %error, "a commit could not be read");
                self.give_up(question, &error, self.clock.now());
                false
            }
        }
    }

    async fn read_details(&self, repo: &str, commit: &Commit) -> Result<(), Unread> {
        let details = cut(self.github.commit(repo, commit).await?);
        self.store.save_commit(commit, &details).await?;
        self.known.keep_details(commit.clone(), details);
        Ok(())
    }

    async fn read_distance(&self, repo: &str, pair: &CommitPair) -> Result<(), Unread> {
        let distance = self.github.distance(repo, &pair.base, &pair.head).await?;
        self.store.save_distance(pair, distance).await?;
        self.known.keep_distance(pair.clone(), distance);
        Ok(())
    }

    /// What GitHub cannot say now, it is not asked further: what waits is forgotten, and wanted again by the next page that
    /// shows it.
    fn give_up(&self, question: &Question, error: &Unread, now: Timestamp) {
        let pause = match error {
            Unread::GitHub(ReadError::NotFound) => ABSENT_FOR,
            Unread::GitHub(ReadError::Limited(_) | ReadError::NotLetIn(_) | ReadError::Unusable(_))
            | Unread::Store(_) => {
                self.known.forget_waiting();
                UNREAD_FOR
            }
        };
        self.known.fail(question, now, now.saturating_add(pause).unwrap_or(now));
    }
}

/// All who may push write these texts: a beginning of them is kept, without control characters.
fn cut(details: CommitDetails) -> CommitDetails {
    let text = |text: String| -> String {
        let shown = text.trim().chars().filter(|letter| !letter.is_control());
        shown.take(LONGEST_TEXT).collect()
    };
    CommitDetails { subject: text(details.subject), author: details.author.map(text), ..details }
}
