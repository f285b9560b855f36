//! Where answers come from. By default the server functions; a test provides a script instead.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use leptos::prelude::*;

use super::page;
use crate::{
    api::{DispatchRequest, PollAnswer, Scenario, UiError, functions},
    domain::{Deploy, DeployId},
};

/// An answer, or why there is none, later.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T, UiError>>>>;

/// How often a live deploy is asked after.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PollEvery(pub Duration);

impl Default for PollEvery {
    fn default() -> Self {
        Self(Duration::from_secs(2))
    }
}

/// How often a live deploy is asked after while news are heard.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PollBesideNews(pub Duration);

impl Default for PollBesideNews {
    fn default() -> Self {
        Self(Duration::from_secs(10))
    }
}

/// What the modal and the deploy page poll.
#[derive(Clone)]
pub struct DeploySource(Arc<dyn Fn(DeployId) -> Answer<PollAnswer> + Send + Sync>);

impl DeploySource {
    /// Answers of your own.
    pub fn new(read: impl Fn(DeployId) -> Answer<PollAnswer> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// Asks once.
    #[must_use]
    pub fn read(&self, id: DeployId) -> Answer<PollAnswer> {
        (self.0)(id)
    }
}

impl Default for DeploySource {
    fn default() -> Self {
        Self::new(|id| Box::pin(functions::read_deploy(id)))
    }
}

/// Where pages are read, as the server renders them now.
#[derive(Clone)]
pub struct PageSource(Arc<dyn Fn(String) -> Answer<String> + Send + Sync>);

impl PageSource {
    /// Pages of your own.
    pub fn new(read: impl Fn(String) -> Answer<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// Asks once for the page at this address.
    #[must_use]
    pub fn read(&self, address: String) -> Answer<String> {
        (self.0)(address)
    }
}

impl Default for PageSource {
    fn default() -> Self {
        Self::new(|address| Box::pin(page::read(address)))
    }
}

/// One press of Deploy, as it is sent. A retry sends the same value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Dispatch {
    /// The idempotency key of the form.
    pub key: String,
    /// What is asked for.
    pub request: DispatchRequest,
    /// What the simulated GitHub shall do; in a rehearsal only.
    pub scenario: Option<Scenario>,
}

/// Where the form sends it.
#[derive(Clone)]
pub struct DispatchTarget(Arc<dyn Fn(Dispatch) -> Answer<Deploy> + Send + Sync>);

impl DispatchTarget {
    /// A target of your own.
    pub fn new(send: impl Fn(Dispatch) -> Answer<Deploy> + Send + Sync + 'static) -> Self {
        Self(Arc::new(send))
    }

    /// Sends it once.
    #[must_use]
    pub fn send(&self, dispatch: Dispatch) -> Answer<Deploy> {
        (self.0)(dispatch)
    }
}

impl Default for DispatchTarget {
    fn default() -> Self {
        Self::new(|Dispatch { key, request, scenario }| Box::pin(functions::dispatch(key, request, scenario)))
    }
}

/// Where the wish to end a deploy is sent.
#[derive(Clone)]
pub struct CancelTarget(Arc<dyn Fn(DeployId) -> Answer<Deploy> + Send + Sync>);

impl CancelTarget {
    /// A target of your own.
    pub fn new(send: impl Fn(DeployId) -> Answer<Deploy> + Send + Sync + 'static) -> Self {
        Self(Arc::new(send))
    }

    /// Sends it once.
    #[must_use]
    pub fn send(&self, id: DeployId) -> Answer<Deploy> {
        (self.0)(id)
    }
}

impl Default for CancelTarget {
    fn default() -> Self {
        Self::new(|id| Box::pin(functions::cancel(id)))
    }
}

/// What was provided, or the default.
#[must_use]
pub fn injected<T: Clone + Default + 'static>() -> T {
    use_context().unwrap_or_default()
}
