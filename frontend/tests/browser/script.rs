//! Answers as a test says them: each request waits until it is answered.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
};

use app::{
    api::UiError,
    domain::Deploy,
    hooks::source::{Answer, DeploySource, Dispatch, DispatchTarget},
};
use futures::channel::oneshot;

type Said = Result<Deploy, UiError>;

#[derive(Default)]
struct Inner {
    asked: usize,
    waiting: VecDeque<oneshot::Sender<Said>>,
    dispatches: Vec<Dispatch>,
}

/// What was asked, and who waits.
#[derive(Clone, Default)]
pub(crate) struct Script(Arc<Mutex<Inner>>);

impl Script {
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
            script.wait()
        })
    }

    fn wait(&self) -> Answer {
        let (answer, answered) = oneshot::channel();
        let mut inner = self.inner();
        inner.asked += 1;
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
    pub(crate) fn dispatches(&self) -> Vec<Dispatch> {
        self.inner().dispatches.clone()
    }

    /// Answers the oldest request, as soon as there is one.
    pub(crate) async fn answer(&self, answer: Said) {
        super::page::until("a request comes", || self.waiting() > 0).await;
        let waiting = self.inner().waiting.pop_front().expect("one waits");
        // Who asked may have gone since.
        let _ = waiting.send(answer);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("one thread")
    }
}
