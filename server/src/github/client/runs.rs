//! Reading runs and their jobs: GitHub's own record of what happened.

use app::domain::DeployId;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::{Deserialize, de::DeserializeOwned};

use super::{Client, ReadError, read_capped};
use crate::github::{CancelOutcome, FoundRun, Job, Run};

/// GitHub's clock and ours need not agree, and a run is never older than its request by more than that.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// A page of GitHub's lists, at its largest.
const PAGE: &str = "100";

impl Client {
    /// Looks for the run whose title carries our deploy id, among those started since the request. A newer
    /// run of somebody else's is never taken for it.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn find_run(
        &self,
        repo: &str,
        workflow: &str,
        deploy: DeployId,
        requested_at: Timestamp,
    ) -> Result<FoundRun, ReadError> {
        #[derive(Deserialize)]
        struct Runs {
            workflow_runs: Vec<Titled>,
        }
        #[derive(Deserialize)]
        struct Titled {
            id: i64,
            #[serde(default)]
            display_title: String,
        }
        let since = requested_at.saturating_sub(CLOCK_TOLERANCE).unwrap_or(requested_at);
        let created = format!(">={}", since.strftime("%Y-%m-%dT%H:%M:%SZ"));
        let request = self.request(Method::GET, repo, &format!("workflows/{workflow}/runs"));
        let query = [("event", "workflow_dispatch"), ("created", &created), ("per_page", PAGE)];
        let runs: Runs = self.read(request.query(&query)).await?;
        let id = deploy.to_string();
        let mut ours = runs.workflow_runs.iter().filter(|run| run.display_title.contains(&id));
        Ok(match (ours.next(), ours.next()) {
            (None, _) => FoundRun::None,
            (Some(run), None) => FoundRun::One(self.run_ref(repo, run.id)),
            (Some(_), Some(_)) => FoundRun::Several,
        })
    }

    /// A run.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn run(&self, repo: &str, id: i64) -> Result<Run, ReadError> {
        self.read(self.request(Method::GET, repo, &format!("runs/{id}"))).await
    }

    /// The jobs of the latest attempt of a run.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn jobs(&self, repo: &str, id: i64) -> Result<Vec<Job>, ReadError> {
        #[derive(Deserialize)]
        struct Jobs {
            jobs: Vec<Job>,
        }
        let request = self.request(Method::GET, repo, &format!("runs/{id}/jobs"));
        let jobs: Jobs = self.read(request.query(&[("filter", "latest"), ("per_page", PAGE)])).await?;
        Ok(jobs.jobs)
    }

    /// Asks GitHub to cancel a run. That it was cancelled is for the run itself to say.
    ///
    /// # Errors
    /// If there was no answer that says either way.
    pub async fn cancel(&self, repo: &str, id: i64) -> Result<CancelOutcome, ReadError> {
        let request = self.request(Method::POST, repo, &format!("runs/{id}/cancel"));
        let answer = self.send(request).await?;
        match answer.status() {
            StatusCode::ACCEPTED => Ok(CancelOutcome::Asked),
            StatusCode::CONFLICT => Ok(CancelOutcome::TooLate),
            status => Err(unusable(status)),
        }
    }

    async fn read<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ReadError> {
        let answer = self.send(request).await?;
        if !answer.status().is_success() {
            return Err(unusable(answer.status()));
        }
        let body = read_capped(answer).await;
        let body = body.ok_or_else(|| ReadError::Unusable("it broke off, or is too large".to_owned()))?;
        serde_json::from_slice(&body)
            .map_err(|_| ReadError::Unusable("it is not what is documented".to_owned()))
    }

    async fn send(&self, request: RequestBuilder) -> Result<reqwest::Response, ReadError> {
        let now = self.clock.now();
        if let Some(until) = self.limit.active(now) {
            return Err(ReadError::Limited(until));
        }
        // The URL may hold what is nobody's business; the kind of error is enough.
        let answer = request.send().await.map_err(|error| {
            ReadError::Unusable(
                if error.is_timeout() { "it took too long" } else { "no connection" }.to_owned(),
            )
        })?;
        match self.limit.note(&answer, now) {
            Some(until) => Err(ReadError::Limited(until)),
            None => Ok(answer),
        }
    }
}

fn unusable(status: StatusCode) -> ReadError {
    if status == StatusCode::NOT_FOUND {
        ReadError::NotFound
    } else {
        ReadError::Unusable(format!("it answered {}", status.as_u16()))
    }
}
