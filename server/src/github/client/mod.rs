//! The client. Every call has a total time limit and a cap on what it reads; none follows a redirect, so
//! the token never reaches another host.
//!
//! - [`dispatch`]: asking for a run.
//! - [`runs`]: reading what became of it, and asking for its end; [`read`] is how.
//! - [`compare`]: what lies between two commits.

mod compare;
mod dispatch;
mod health;
mod kept;
mod rate_limit;
mod read;
mod runs;

use std::time::Duration;

use app::api::GitHubTrouble;
use jiff::Timestamp;
use reqwest::{Method, RequestBuilder, header, redirect};
use secrecy::ExposeSecret;

use self::{health::Health, kept::KeptAnswers, rate_limit::RateLimit};
use crate::{clock::SharedClock, config::GitHubConfig, store::RunRef};

/// The version whose dispatch answers with the run.
const API_VERSION: &str = "2026-03-10";
/// For a whole call, from connecting to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);
/// For connecting alone. Who was not reached has started nothing: that is a definite no.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// Bytes of an answer that are read. A list of a hundred runs takes more than one MiB.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

/// Speaks to GitHub.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    config: GitHubConfig,
    web_url: String,
    clock: SharedClock,
    limit: RateLimit,
    kept: KeptAnswers,
    health: Health,
}

/// Why GitHub's record could not be read. Nothing follows from it but to ask again later.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ReadError {
    /// GitHub asks to wait.
    #[error("GitHub limits the console's requests until {0}")]
    Limited(Timestamp),
    /// There is no such run, or the token may not see it.
    #[error("GitHub knows no such run, or the console's token may not see it")]
    NotFound,
    /// No answer, a broken one, one that is too large, or one that cannot be understood.
    #[error("GitHub cannot be read: {0}")]
    Unusable(String),
}

impl Client {
    /// A client for this GitHub.
    ///
    /// # Errors
    /// If the machine has no TLS to offer.
    pub fn new(config: GitHubConfig, clock: SharedClock) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("deploy-console/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self {
            http,
            web_url: config.web_url(),
            config,
            clock,
            limit: RateLimit::default(),
            kept: KeptAnswers::default(),
            health: Health::default(),
        })
    }

    /// What keeps GitHub from being asked, if the last call failed.
    #[must_use]
    pub fn trouble(&self) -> Option<GitHubTrouble> {
        self.health.trouble()
    }

    /// The page of a run.
    #[must_use]
    pub fn run_ref(&self, repo: &str, id: i64) -> RunRef {
        RunRef { id, url: format!("{}/{repo}/actions/runs/{id}", self.web_url) }
    }

    /// The page of a job of a run.
    #[must_use]
    pub fn job_url(&self, repo: &str, run: i64, job: i64) -> String {
        format!("{}/job/{job}", self.run_ref(repo, run).url)
    }

    /// A request to an endpoint of the actions of a repository.
    fn request(&self, method: Method, repo: &str, path: &str) -> RequestBuilder {
        self.request_of_repo(method, repo, &format!("actions/{path}"))
    }

    /// A request to an endpoint of a repository.
    fn request_of_repo(&self, method: Method, repo: &str, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}/repos/{repo}/{path}", self.config.api_url))
            .bearer_auth(self.config.token.expose_secret())
            .header(header::ACCEPT, "application/vnd.github+json")
            .header("x-github-api-version", API_VERSION)
    }
}
