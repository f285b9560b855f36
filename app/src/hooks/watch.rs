//! One deploy as it is shown: follows it by polling, and never goes back.

use std::{future::Future, pin::Pin};

use leptos::prelude::*;

use super::{
    poll::{Begin, Next, Polled, use_poll},
    source::{DeploySource, PollEvery, injected},
};
use crate::{
    api::UiError,
    clock,
    domain::{Deploy, Timestamp},
};

/// What is known of a deploy, and how fresh that is.
#[derive(Clone, Copy)]
pub struct Watch {
    /// The newest answer.
    pub deploy: ReadSignal<Deploy>,
    /// When the server was last heard, by the browser's clock. None until the page is hydrated.
    pub heard_at: ReadSignal<Option<Timestamp>>,
    /// Why the last poll failed, if it did.
    pub trouble: ReadSignal<Option<UiError>>,
}

impl Watch {
    /// Whether something can still happen.
    #[must_use]
    pub fn is_live(self) -> Signal<bool> {
        Memo::new(move |_| self.deploy.with(Deploy::is_live)).into()
    }
}

/// Follows `first` until it ends or the owner goes.
#[must_use]
pub fn use_watch(first: Deploy) -> Watch {
    let live = first.is_live();
    let (deploy, set_deploy) = signal(first);
    let (heard_at, set_heard_at) = signal(None);
    let (trouble, set_trouble) = signal(None);
    if live {
        Effect::new(move || set_heard_at.set(Some(clock::now())));
        let source = injected::<DeploySource>();
        let PollEvery(every) = injected();
        use_poll(every, Begin::AtOnce, Followed { source, deploy, set_deploy, set_heard_at, set_trouble });
    }
    Watch { deploy, heard_at, trouble }
}

#[derive(Clone)]
struct Followed {
    source: DeploySource,
    deploy: ReadSignal<Deploy>,
    set_deploy: WriteSignal<Deploy>,
    set_heard_at: WriteSignal<Option<Timestamp>>,
    set_trouble: WriteSignal<Option<UiError>>,
}

impl Polled for Followed {
    type Answer = Deploy;

    fn ask(&self) -> Pin<Box<dyn Future<Output = Result<Deploy, UiError>>>> {
        self.source.read(self.deploy.with_untracked(|deploy| deploy.id))
    }

    fn hear(&self, answer: Result<Deploy, UiError>) -> Next {
        match answer {
            Ok(answer) => self.accept(answer),
            Err(error) => self.set_trouble.set(Some(error)),
        }
        if self.deploy.with_untracked(Deploy::is_live) { Next::Again } else { Next::Stop }
    }
}

impl Followed {
    fn accept(&self, answer: Deploy) {
        self.set_heard_at.set(Some(clock::now()));
        self.set_trouble.maybe_update(|trouble| trouble.take().is_some());
        if answer.version > self.deploy.with_untracked(|shown| shown.version) {
            self.set_deploy.set(answer);
        }
    }
}
