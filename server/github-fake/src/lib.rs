//! A GitHub that is not there: it accepts dispatches over HTTP, runs their jobs over time and posts real
//! signed callbacks, so that the console can be rehearsed and tested end to end without it.
//!
//! It is not easier than GitHub: what GitHub refuses, hides, cuts or lets lag, it does too.
//!
//! - [`model`]: the runs and what is planned for the next one. No I/O. [`run`], [`job`], [`commits`]: what they are.
//! - [`workflow_file`]: what a workflow declares; [`expression`] fills in its titles and groups.
//! - [`protection`]: what guards an environment. [`repository`]: what is special about a repository.
//! - [`http`]: the endpoints, and a page for each run. [`observe`]: what was asked and answered.
//! - [`runner`]: the jobs of one run, and their callbacks.
//! - [`control`]: what tests and rehearsals make it do.

mod clock;
mod commits;
mod control;
mod expression;
mod http;
mod job;
mod model;
mod observe;
mod protection;
mod repository;
mod run;
mod runner;
mod workflow_file;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::net::TcpListener;
use webhook::SigningSecrets;

use self::{control::ISSUER, http::HttpState, model::Model, observe::Observers, runner::Runner};
pub use self::{
    control::{RegisteredApp, Spoiled},
    http::WebhookDelivery,
    model::{Fault, ForeignRun, Outage, Permission, TokenState},
    observe::Exchange,
    protection::{ProtectionAnswer, ProtectionState, Reviewer},
    repository::RepositorySettings,
};

/// How a rehearsal runs workflows.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where callbacks go, without a slash at the end.
    pub console_url: String,
    /// What they are signed with.
    pub secrets: SigningSecrets,
    /// How long each phase of a job takes.
    pub pace: Duration,
    /// Whether jobs run at all; if not, the workflow is run elsewhere.
    pub jobs: bool,
}

/// The simulated GitHub. It stops when the last clone is dropped with the runtime.
#[derive(Clone, Debug)]
pub struct SimulatedGitHub {
    address: SocketAddr,
    model: Arc<Model>,
    observers: Observers,
    http: HttpState,
}

impl SimulatedGitHub {
    /// Starts it on a free loopback port.
    ///
    /// # Errors
    /// If there is no port to listen on, or no HTTP client to be had.
    pub async fn start(settings: Settings) -> std::io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let address = listener.local_addr()?;
        let (model, observers) = (Arc::new(Model::default()), Observers::default());
        let issuer = format!("http://{address}{ISSUER}");
        let runner = Runner::new(settings, Arc::clone(&model), issuer).map_err(std::io::Error::other)?;
        let http = HttpState::at(address, Arc::clone(&model), runner);
        let router = http::router(http.clone(), observers.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, model, observers, http })
    }

    /// Its API, which is also where its pages are.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where an app in this repository would say which commit it runs in an environment.
    #[must_use]
    pub fn version_url(&self, repo: &str, environment: &str) -> String {
        format!("{}/_rehearsal/version/{repo}/{environment}", self.url())
    }

    /// Shows every request to its API from now on, with the answer, before it is given.
    pub fn observe(&self, observer: impl Fn(&Exchange) + Send + Sync + 'static) {
        self.observers.add(Arc::new(observer));
    }
}
