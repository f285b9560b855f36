//! Answers as a test gives them: each request waits until it is answered.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
};

use app::{
    api::{PollAnswer, UiError},
    domain::Deploy,
    live::source::{
        AbandonTarget, AnswerFuture, CancelTarget, DeploySource, DispatchTarget, Review, ReviewTarget,
        Submission,
    },
};
use futures::channel::oneshot;

type PollResult = Result<PollAnswer, UiError>;

#[derive(Default)]
struct Inner {
    asked: usize,
    /// There is no answer to wait for.
    silent: bool,
    waiting: VecDeque<oneshot::Sender<PollResult>>,
    dispatches: Vec<Submission>,
    cancels: usize,
    reasons: Vec<String>,
    reviews: Vec<(Review, String)>,
}

/// What was asked, and which requests wait.
#[derive(Clone, Default)]
pub(crate) struct Script(Arc<Mutex<Inner>>);

impl Script {
    /// A console that cannot be reached.
    pub(crate) fn silent() -> Self {
        let script = Self::default();
        script.inner().silent = true;
        script
    }

    /// Polls that ask this script.
    pub(crate) fn source(&self) -> DeploySource {
        let script = self.clone();
        DeploySource::new(move |_| script.wait())
    }

    /// Deploy buttons that ask this script.
    pub(crate) fn target(&self) -> DispatchTarget {
        let script = self.clone();
        DispatchTarget::new(move |dispatch| {
            script.inner().dispatches.push(dispatch);
            script.wait_for_deploy()
        })
    }

    /// Cancel buttons that ask this script.
    pub(crate) fn cancel_target(&self) -> CancelTarget {
        let script = self.clone();
        CancelTarget::new(move |_| {
            script.inner().cancels += 1;
            script.wait_for_deploy()
        })
    }

    /// Abandon forms that ask this script.
    pub(crate) fn abandon_target(&self) -> AbandonTarget {
        let script = self.clone();
        AbandonTarget::new(move |_, reason| {
            script.inner().reasons.push(reason);
            script.wait_for_deploy()
        })
    }

    /// Forms to approve or reject that ask this script.
    pub(crate) fn review_target(&self) -> ReviewTarget {
        let script = self.clone();
        ReviewTarget::new(move |_, review, comment| {
            script.inner().reviews.push((review, comment));
            script.wait_for_deploy()
        })
    }

    fn wait_for_deploy(&self) -> AnswerFuture<Deploy> {
        let answer = self.wait();
        Box::pin(async move { answer.await.map(|answer| answer.deploy) })
    }

    fn wait(&self) -> AnswerFuture<PollAnswer> {
        let (answer, answered) = oneshot::channel();
        let mut inner = self.inner();
        inner.asked += 1;
        if inner.silent {
            return Box::pin(async { Err(UiError::Unreachable) });
        }
        inner.waiting.push_back(answer);
        Box::pin(async move { answered.await.unwrap_or(Err(UiError::Unreachable)) })
    }

    /// How many requests there were.
    pub(crate) fn asked(&self) -> usize {
        self.inner().asked
    }

    /// How many wait for their answer.
    pub(crate) fn waiting(&self) -> usize {
        self.inner().waiting.len()
    }

    /// What was sent to be deployed.
    pub(crate) fn dispatches(&self) -> Vec<Submission> {
        self.inner().dispatches.clone()
    }

    /// How often a cancellation was sent.
    pub(crate) fn cancels(&self) -> usize {
        self.inner().cancels
    }

    /// Why deploys were abandoned, as it was sent.
    pub(crate) fn reasons(&self) -> Vec<String> {
        self.inner().reasons.clone()
    }

    /// What was said of deploys that wait for an approval, and with which comment.
    pub(crate) fn reviews(&self) -> Vec<(Review, String)> {
        self.inner().reviews.clone()
    }

    /// Answers the newest request: it overtakes those before.
    pub(crate) async fn answer_last(&self, answer: Result<Deploy, UiError>) {
        super::page::until("a request comes", || self.waiting() > 0).await;
        let waiting = self.inner().waiting.pop_back().expect("one waits");
        let _ = waiting.send(answer.map(PollAnswer::from));
    }

    /// Answers the oldest request, as soon as there is one.
    pub(crate) async fn answer(&self, answer: Result<Deploy, UiError>) {
        self.answer_poll(answer.map(PollAnswer::from)).await;
    }

    /// The same, with what is known of GitHub.
    pub(crate) async fn answer_poll(&self, answer: PollResult) {
        super::page::until("a request comes", || self.waiting() > 0).await;
        let waiting = self.inner().waiting.pop_front().expect("one waits");
        // The page may have gone since it asked.
        let _ = waiting.send(answer);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("one thread")
    }
}
