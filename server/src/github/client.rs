//! The client. Every call has a total time limit and a cap on what it reads; none follows a redirect, so
//! the token never reaches another host.

use std::time::Duration;

use reqwest::{Response, StatusCode, header, redirect};
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::{DispatchOutcome, WorkflowDispatch};
use crate::{config::GitHubConfig, store::RunRef};

/// The version whose dispatch answers with the run.
const API_VERSION: &str = "2026-03-10";
/// For a whole call, from connecting to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read.
const MAX_ANSWER: usize = 64 * 1024;

/// Speaks to GitHub.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    config: GitHubConfig,
    web_url: String,
}

impl Client {
    /// A client for this GitHub.
    ///
    /// # Errors
    /// If the machine has no TLS to offer.
    pub fn new(config: GitHubConfig) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("deploy-console/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self { http, web_url: config.web_url(), config })
    }

    /// The page of a run.
    #[must_use]
    pub fn run(&self, repo: &str, id: i64) -> RunRef {
        RunRef { id, url: format!("{}/{repo}/actions/runs/{id}", self.web_url) }
    }

    /// Asks for a run. It is posted once; a second time only without the field `return_run_details`, where
    /// an older server refused that field and therefore started nothing.
    pub async fn dispatch(&self, dispatch: &WorkflowDispatch) -> DispatchOutcome {
        match self.post_dispatch(dispatch, true).await {
            Err(DispatchError::DetailsRefused) => match self.post_dispatch(dispatch, false).await {
                Err(error) => error.into(),
                Ok(run) => DispatchOutcome::Accepted(run),
            },
            Err(error) => error.into(),
            Ok(run) => DispatchOutcome::Accepted(run),
        }
    }

    async fn post_dispatch(
        &self,
        dispatch: &WorkflowDispatch,
        with_details: bool,
    ) -> Result<Option<RunRef>, DispatchError> {
        let WorkflowDispatch { repo, workflow, git_ref, inputs } = dispatch;
        let mut body = serde_json::json!({ "ref": git_ref, "inputs": inputs });
        if with_details {
            body["return_run_details"] = true.into();
        }
        let answer = self
            .http
            .post(format!("{}/repos/{repo}/actions/workflows/{workflow}/dispatches", self.config.api_url))
            .bearer_auth(self.config.token.expose_secret())
            .header(header::ACCEPT, "application/vnd.github+json")
            .header("x-github-api-version", API_VERSION)
            .json(&body)
            .send()
            .await
            .map_err(|error| DispatchError::of_sending(&error))?;
        let status = answer.status();
        if status.is_success() {
            // Whatever the body says, the run was accepted.
            return Ok(self.read_run(repo, answer).await);
        }
        let limited = RateLimit::of(&answer);
        let message = read_message(answer).await;
        if with_details && refuses_details(status, &message) {
            return Err(DispatchError::DetailsRefused);
        }
        Err(DispatchError::of_status(status, limited, dispatch))
    }

    async fn read_run(&self, repo: &str, answer: Response) -> Option<RunRef> {
        #[derive(Deserialize)]
        struct Details {
            workflow_run_id: i64,
        }
        let body = read_capped(answer).await?;
        let details: Details = serde_json::from_slice(&body).ok()?;
        Some(self.run(repo, details.workflow_run_id))
    }
}

/// Why there is no run, or none that we know of.
enum DispatchError {
    DetailsRefused,
    Refused(String),
    Unclear(String),
}

impl From<DispatchError> for DispatchOutcome {
    fn from(error: DispatchError) -> Self {
        match error {
            DispatchError::DetailsRefused => Self::Refused(
                "GitHub refused the request twice over the field return_run_details. Nothing was started."
                    .to_owned(),
            ),
            DispatchError::Refused(reason) => Self::Refused(reason),
            DispatchError::Unclear(reason) => Self::Unclear(reason),
        }
    }
}

impl DispatchError {
    fn of_sending(error: &reqwest::Error) -> Self {
        if error.is_connect() {
            return Self::Refused(
                "GitHub could not be reached, so nothing was started. Try again.".to_owned(),
            );
        }
        let what = if error.is_timeout() { "did not answer within 10 s" } else { "broke the connection off" };
        Self::Unclear(format!("GitHub {what}. Whether it started the run is not known yet."))
    }

    fn of_status(status: StatusCode, limited: Option<RateLimit>, dispatch: &WorkflowDispatch) -> Self {
        let WorkflowDispatch { repo, workflow, git_ref, .. } = dispatch;
        if let Some(RateLimit { wait }) = limited.filter(|_| matches!(status.as_u16(), 403 | 429)) {
            return Self::Refused(format!(
                "GitHub limits the console's requests. Nothing was started; {wait}"
            ));
        }
        match status.as_u16() {
            401 => Self::Refused(
                "GitHub does not accept the console's token (401). Renew GITHUB_TOKEN.".to_owned(),
            ),
            403 => Self::Refused(format!(
                "The console's token may not run workflows in {repo} (403). Give it the permission actions: write."
            )),
            404 => Self::Refused(format!(
                "GitHub finds no workflow {workflow} in {repo} (404). Check console.toml, and that the token may see the repository."
            )),
            422 => Self::Refused(format!(
                "GitHub cannot run {workflow} on {git_ref} (422). Check that the ref exists and the workflow has the console's inputs."
            )),
            code @ 300..500 => {
                Self::Refused(format!("GitHub refused the request ({code}). Nothing was started."))
            }
            code => {
                Self::Unclear(format!("GitHub answered {code}. Whether it started the run is not known yet."))
            }
        }
    }
}

/// A server of before run details names the field that it does not know.
fn refuses_details(status: StatusCode, message: &str) -> bool {
    matches!(status.as_u16(), 400 | 422) && message.contains("return_run_details")
}

/// GitHub asks to wait.
struct RateLimit {
    wait: String,
}

impl RateLimit {
    fn of(answer: &Response) -> Option<Self> {
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        if let Some(seconds) = header("retry-after").and_then(|text| text.parse::<u32>().ok()) {
            return Some(Self { wait: format!("try again in {seconds} s.") });
        }
        if header("x-ratelimit-remaining") != Some("0") {
            return None;
        }
        let reset = header("x-ratelimit-reset").and_then(|text| text.parse().ok());
        let at = reset.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
        Some(Self {
            wait: at.map_or_else(
                || "try again in a minute.".to_owned(),
                |at| format!("try again after {}.", at.strftime("%H:%M:%S UTC")),
            ),
        })
    }
}

async fn read_message(answer: Response) -> String {
    #[derive(Deserialize)]
    struct Message {
        message: String,
    }
    let body = read_capped(answer).await.unwrap_or_default();
    serde_json::from_slice(&body).map(|Message { message }| message).unwrap_or_default()
}

/// The body, unless it breaks off or is larger than we read.
async fn read_capped(mut answer: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}
