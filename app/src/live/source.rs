//! Where answers come from. By default the server functions; a test provides a script instead.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use leptos::prelude::*;

use super::page;
use crate::{
    api::{DispatchRequest, PollAnswer, UiError, deploys, dispatch},
    domain::{Deploy, DeployId, Scenario},
};

/// An answer, or why there is none, later.
pub type AnswerFuture<T> = Pin<Box<dyn Future<Output = Result<T, UiError>>>>;

/// How often a live deploy is polled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PollInterval(pub Duration);

impl Default for PollInterval {
    fn default() -> Self {
        Self(Duration::from_secs(2))
    }
}

/// How often a live deploy is polled while events are pushed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PollIntervalWithEvents(pub Duration);

impl Default for PollIntervalWithEvents {
    fn default() -> Self {
        Self(Duration::from_secs(10))
    }
}

/// How long typing has to pause before the form asks about what was typed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TypingPause(pub Duration);

impl Default for TypingPause {
    fn default() -> Self {
        Self(Duration::from_millis(300))
    }
}

/// What the modal and the deploy page poll.
#[derive(Clone)]
pub struct DeploySource(Arc<dyn Fn(DeployId) -> AnswerFuture<PollAnswer> + Send + Sync>);

impl DeploySource {
    /// Answers of your own.
    pub fn new(read: impl Fn(DeployId) -> AnswerFuture<PollAnswer> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// Asks once.
    #[must_use]
    pub fn read(&self, id: DeployId) -> AnswerFuture<PollAnswer> {
        (self.0)(id)
    }
}

impl Default for DeploySource {
    fn default() -> Self {
        Self::new(|id| Box::pin(deploys::read_deploy(id)))
    }
}

/// Where pages are read, as the server renders them now.
#[derive(Clone)]
pub struct PageSource(Arc<dyn Fn(String) -> AnswerFuture<String> + Send + Sync>);

impl PageSource {
    /// Pages of your own.
    pub fn new(read: impl Fn(String) -> AnswerFuture<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// Asks once for the page at this address.
    #[must_use]
    pub fn read(&self, address: String) -> AnswerFuture<String> {
        (self.0)(address)
    }
}

impl Default for PageSource {
    fn default() -> Self {
        Self::new(|address| Box::pin(page::read(address)))
    }
}

/// One submission of the deploy form, as it is sent. A retry sends the same value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Submission {
    /// The idempotency key of the form.
    pub key: String,
    /// What is asked for.
    pub request: DispatchRequest,
    /// What the simulated GitHub shall do; in a rehearsal only.
    pub scenario: Option<Scenario>,
}

/// Where the form sends it.
#[derive(Clone)]
pub struct DispatchTarget(Arc<dyn Fn(Submission) -> AnswerFuture<Deploy> + Send + Sync>);

impl DispatchTarget {
    /// A target of your own.
    pub fn new(send: impl Fn(Submission) -> AnswerFuture<Deploy> + Send + Sync + 'static) -> Self {
        Self(Arc::new(send))
    }

    /// Sends it once.
    #[must_use]
    pub fn send(&self, submission: Submission) -> AnswerFuture<Deploy> {
        (self.0)(submission)
    }
}

impl Default for DispatchTarget {
    fn default() -> Self {
        Self::new(|Submission { key, request, scenario }| {
            Box::pin(dispatch::dispatch(key, request, scenario))
        })
    }
}

/// Where a cancellation is sent.
#[derive(Clone)]
pub struct CancelTarget(Arc<dyn Fn(DeployId) -> AnswerFuture<Deploy> + Send + Sync>);

impl CancelTarget {
    /// A target of your own.
    pub fn new(send: impl Fn(DeployId) -> AnswerFuture<Deploy> + Send + Sync + 'static) -> Self {
        Self(Arc::new(send))
    }

    /// Sends it once.
    #[must_use]
    pub fn send(&self, id: DeployId) -> AnswerFuture<Deploy> {
        (self.0)(id)
    }
}

impl Default for CancelTarget {
    fn default() -> Self {
        Self::new(|id| Box::pin(deploys::cancel(id)))
    }
}

/// Where the end of a deploy by hand is sent, with the reason.
#[derive(Clone)]
pub struct AbandonTarget(Arc<dyn Fn(DeployId, String) -> AnswerFuture<Deploy> + Send + Sync>);

impl AbandonTarget {
    /// A target of your own.
    pub fn new(send: impl Fn(DeployId, String) -> AnswerFuture<Deploy> + Send + Sync + 'static) -> Self {
        Self(Arc::new(send))
    }

    /// Sends it once.
    #[must_use]
    pub fn send(&self, id: DeployId, reason: String) -> AnswerFuture<Deploy> {
        (self.0)(id, reason)
    }
}

impl Default for AbandonTarget {
    fn default() -> Self {
        Self::new(|id, reason| Box::pin(deploys::abandon(id, reason)))
    }
}

/// What somebody says to a deploy that waits for an approval.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Review {
    /// It may go to GitHub.
    Approve,
    /// It ends.
    Reject,
}

impl Review {
    /// The end of the address of its form, and of its ids.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
        }
    }
}

/// Where a review is sent, with a comment that may be empty.
#[derive(Clone)]
pub struct ReviewTarget(Arc<dyn Fn(DeployId, Review, String) -> AnswerFuture<Deploy> + Send + Sync>);

impl ReviewTarget {
    /// A target of your own.
    pub fn new(
        send: impl Fn(DeployId, Review, String) -> AnswerFuture<Deploy> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(send))
    }

    /// Sends it once.
    #[must_use]
    pub fn send(&self, id: DeployId, review: Review, comment: String) -> AnswerFuture<Deploy> {
        (self.0)(id, review, comment)
    }
}

impl Default for ReviewTarget {
    fn default() -> Self {
        Self::new(|id, review, comment| match review {
            Review::Approve => Box::pin(deploys::approve(id, comment)),
            Review::Reject => Box::pin(deploys::reject(id, comment)),
        })
    }
}

/// The one that a test or a page provided, or the default.
#[must_use]
pub fn use_context_or_default<T: Clone + Default + 'static>() -> T {
    use_context().unwrap_or_default()
}
