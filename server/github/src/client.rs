//! The client. Every call has a total time limit and a cap on what it reads; none follows a redirect, so
//! the token never reaches another host.
//!
//! - [`dispatch`]: asking for a run.
//! - [`runs`]: reading what became of it, and asking for its end; [`read`] is how.
//! - [`compare`]: what lies between two commits; [`commits`]: what they are, and how far they are apart.
//! - [`authentication`]: with which token; [`app_tokens`] are those of an App.
//! - [`repository`]: what there is before the first deploy, and what the token may do.
//! - [`refusal`]: what an answer says that is no success.

mod app_tokens;
mod authentication;
mod commits;
mod compare;
mod dispatch;
mod entries;
mod etag_cache;
#[cfg(test)]
mod examples;
mod health;
mod protection;
mod rate_limit;
mod read;
mod refusal;
mod repository;
mod runs;
mod words;

use std::{num::NonZeroUsize, time::Duration};

use app::domain::{GitHubOutage, RunRef};
use jiff::Timestamp;
use reqwest::{
    Method, Request, RequestBuilder, Response, StatusCode, Url,
    header::{self, HeaderValue},
    redirect,
};
use runtime::clock::SharedClock;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use self::{
    authentication::{Authentication, NoToken},
    etag_cache::EtagCache,
    health::Health,
    rate_limit::RateLimit,
};
use crate::{Identity, config::GitHubConfig};

/// For a whole call, from connecting to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);
/// For connecting alone. Who was not reached has started nothing: that is a definite no.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// Bytes of an answer that are read. A list of a hundred runs takes more than one MiB.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    api: Url,
    version: &'static str,
    authentication: Authentication,
    web_url: String,
    clock: SharedClock,
    limit: RateLimit,
    etag_cache: EtagCache,
    health: Health,
}

/// Why GitHub's record could not be read. Nothing follows from it but to ask again later.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ReadError {
    /// GitHub asks to wait.
    #[error("GitHub limits the console's requests until {0}")]
    Limited(Timestamp),
    /// There is no such run, or the console may not see it.
    #[error("GitHub knows no such run, or the console may not see it")]
    NotFound,
    /// The console's App is not let in, until a person changes that.
    #[error("GitHub cannot be read: {0}")]
    NotLetIn(String),
    /// No answer, a broken one, one that is too large, or one that cannot be understood.
    #[error("GitHub cannot be read: {0}")]
    Unusable(String),
}

impl ReadError {
    fn undocumented() -> Self {
        Self::Unusable("its answer is not what is documented".to_owned())
    }
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
            version: config.api_version(),
            api: config.api_url,
            authentication: config.credentials.into(),
            clock,
            limit: RateLimit::default(),
            etag_cache: EtagCache::default(),
            health: Health::default(),
        })
    }

    /// What the console is at GitHub.
    #[must_use]
    pub const fn identity(&self) -> Identity {
        self.authentication.identity()
    }

    /// What keeps GitHub from being asked, if the last call failed.
    #[must_use]
    pub fn outage(&self) -> Option<GitHubOutage> {
        self.health.outage()
    }

    /// The page of a run.
    #[must_use]
    pub fn run_ref(&self, repo: &str, id: i64) -> RunRef {
        RunRef { id, url: format!("{}{id}", self.run_page(repo)) }
    }

    /// Where GitHub's API is.
    #[must_use]
    pub const fn api_url(&self) -> &Url {
        &self.api
    }

    /// Where people read what GitHub has, without a slash at the end.
    #[must_use]
    pub fn web_url(&self) -> &str {
        &self.web_url
    }

    /// The page of a run, up to the number of the run.
    #[must_use]
    pub fn run_page(&self, repo: &str) -> String {
        format!("{}/{repo}/actions/runs/", self.web_url)
    }

    /// The page of a job of a run.
    #[must_use]
    pub fn job_url(&self, repo: &str, run: i64, job: i64) -> String {
        format!("{}/job/{job}", self.run_ref(repo, run).url)
    }

    /// The same client, which keeps this many answers to ask for again by their entity tags.
    #[must_use]
    pub fn with_answers_kept(self, answers: NonZeroUsize) -> Self {
        Self { etag_cache: EtagCache::of(answers), ..self }
    }

    /// Names the repositories that will be asked about. As an App, the console then needs one token for all that are of one
    /// owner.
    pub async fn expect_repositories(&self, repos: impl Iterator<Item = &str>) {
        self.authentication.expect(repos).await;
    }

    /// A request to an endpoint of a repository: its path, in pieces.
    fn request(&self, method: Method, repo: &str, path: &[&str]) -> RepoRequest {
        self.request_to(method, repo, endpoint(&self.api, repo, path))
    }

    /// A request to an address that is about a repository.
    fn request_to(&self, method: Method, repo: &str, url: Url) -> RepoRequest {
        RepoRequest { builder: self.http.request(method, url), repo: repo.to_owned() }
    }

    /// Sends a request with the token of its repository. One that GitHub no longer takes is replaced once: nothing was done
    /// with it.
    async fn execute(&self, RepoRequest { builder, repo }: RepoRequest) -> Result<Response, Unsent> {
        let request = builder.build().map_err(|_| Unsent::NoAddress)?;
        let again = request.try_clone();
        let token = self.authentication.token(self, &repo).await.map_err(Unsent::NoToken)?;
        let answer = self.http.execute(self.signed(request, &token)).await.map_err(Unsent::Broken)?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let Some((again, another)) = again.zip(self.authentication.another(self, &repo, &token).await) else {
            return Ok(answer);
        };
        let token = another.map_err(Unsent::NoToken)?;
        self.http.execute(self.signed(again, &token)).await.map_err(Unsent::Broken)
    }

    /// The request as whom this token belongs to.
    fn signed(&self, mut request: Request, token: &SecretString) -> Request {
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/vnd.github+json"));
        headers.insert("x-github-api-version", HeaderValue::from_static(self.version));
        // What cannot be a header is no token, and GitHub says so.
        if let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())) {
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        request
    }
}

/// A request that is not sent yet, and the repository that it is about.
#[derive(Debug)]
struct RepoRequest {
    builder: RequestBuilder,
    repo: String,
}

impl RepoRequest {
    fn query<Q: Serialize + ?Sized>(self, query: &Q) -> Self {
        Self { builder: self.builder.query(query), ..self }
    }

    fn json<B: Serialize + ?Sized>(self, body: &B) -> Self {
        Self { builder: self.builder.json(body), ..self }
    }

    fn header(self, name: header::HeaderName, value: HeaderValue) -> Self {
        Self { builder: self.builder.header(name, value), ..self }
    }
}

/// Why there is no answer.
enum Unsent {
    /// Nothing was sent.
    NoAddress,
    /// Nothing was sent.
    NoToken(NoToken),
    /// It was sent, or not: the error knows.
    Broken(reqwest::Error),
}

/// The address of an endpoint of a repository. Each piece becomes exactly one segment of its path: it is encoded here
/// and nowhere else, so that no ref can lead to another endpoint, or to another repository.
fn endpoint(api: &Url, repo: &str, path: &[&str]) -> Url {
    let mut url = api.clone();
    // Only an address like `data:…` has no segments, and that is no API.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push("repos").extend(repo.split('/')).extend(path);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(git_ref: &str) -> String {
        let api = "https://git.example.com/api/v3".parse().unwrap();
        endpoint(&api, "acme/shop", &["compare", &format!("abc...{git_ref}")]).to_string()
    }

    #[test]
    fn f71_ref_is_always_one_segment() {
        const BEFORE: &str = "https://git.example.com/api/v3/repos/acme/shop/compare/abc...";
        for (git_ref, encoded) in [
            ("main", "main"),
            ("feature/#123", "feature%2F%23123"),
            ("x/%2e%2e/%2e%2e/secret/compare/a", "x%2F%252e%252e%2F%252e%252e%2Fsecret%2Fcompare%2Fa"),
            ("a+b&c=d?e", "a+b&c=d%3Fe"),
            ("100%", "100%25"),
            ("ü", "%C3%BC"),
            ("fix/🚀", "fix%2F%F0%9F%9A%80"),
        ] {
            assert_eq!(compare(git_ref), format!("{BEFORE}{encoded}"), "{git_ref}");
        }
    }
}
