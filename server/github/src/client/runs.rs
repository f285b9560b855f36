//! Reading runs and their jobs: GitHub's own record of what happened. And asking for the end of a run.

use jiff::SignedDuration;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::{Deserialize, Serialize};

use super::{Client, ReadError, read::unusable};
use crate::{CancelOutcome, FoundRun, Job, JobRecord, ListedRun, Run, SoughtRun};

/// GitHub's clock and ours need not agree, and a run is never older than its request by more than that.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// Entries on a page of GitHub's lists, at its largest.
const PAGE: usize = 100;
/// Runs that are looked through for those that the console did not start.
const RECENT: usize = 20;

#[derive(Deserialize, Serialize)]
struct Runs {
    workflow_runs: Vec<Titled>,
}

#[derive(Deserialize, Serialize)]
struct Titled {
    id: i64,
    #[serde(default)]
    display_title: String,
}

impl Client {
    /// Looks for the run whose title carries our deploy id, among those started since the request. A newer run
    /// without that id is never taken for it. At most `pages` pages of the list are read, of 100 runs each.
    ///
    /// # Errors
    /// If GitHub's record cannot be read, or has more pages.
    pub async fn find_run(&self, sought: SoughtRun<'_>, pages: usize) -> Result<FoundRun, ReadError> {
        let SoughtRun { repo, workflow, deploy, requested_at } = sought;
        let since = requested_at.saturating_sub(CLOCK_TOLERANCE).unwrap_or(requested_at);
        let created = format!(">={}", since.strftime("%Y-%m-%dT%H:%M:%SZ"));
        let id = deploy.to_string();
        let mut ours = Vec::new();
        for page in 1..=pages {
            let runs = self.list_page(repo, workflow, &created, page).await?;
            ours.extend(runs.iter().filter(|run| run.display_title.contains(&id)).map(|run| run.id));
            if runs.len() < PAGE {
                // A list can shift between two pages: the same run may stand on both.
                ours.dedup();
                return Ok(match ours[..] {
                    [] => FoundRun::None,
                    [run] => FoundRun::One(self.run_ref(repo, run)),
                    [_, _, ..] => FoundRun::Several,
                });
            }
        }
        Err(ReadError::Unusable("it lists more runs than can be looked through".to_owned()))
    }

    async fn list_page(
        &self,
        repo: &str,
        workflow: &str,
        created: &str,
        page: usize,
    ) -> Result<Vec<Titled>, ReadError> {
        let (size, page) = (PAGE.to_string(), page.to_string());
        let query = [
            ("event", "workflow_dispatch"),
            ("created", created),
            ("exclude_pull_requests", "true"),
            ("per_page", &size),
            ("page", &page),
        ];
        let runs: Runs = self.read(self.runs_of(repo, workflow).query(&query)).await?;
        Ok(runs.workflow_runs)
    }

    /// The newest runs of a workflow, started by any account, newest first.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn recent_runs(&self, repo: &str, workflow: &str) -> Result<Vec<ListedRun>, ReadError> {
        #[derive(Deserialize, Serialize)]
        struct Recent {
            workflow_runs: Vec<ListedRun>,
        }
        // Always the same address: while nothing has changed, GitHub says just that, and does not count it.
        let query = [("exclude_pull_requests", "true"), ("per_page", &RECENT.to_string())];
        let runs: Recent = self.read(self.runs_of(repo, workflow).query(&query)).await?;
        Ok(runs.workflow_runs)
    }

    /// The newest run of a workflow, started by any account, if it is newer than this one.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn newer_run(&self, repo: &str, workflow: &str, than: i64) -> Result<Option<i64>, ReadError> {
        let query = [("exclude_pull_requests", "true"), ("per_page", "1")];
        let runs: Runs = self.read(self.runs_of(repo, workflow).query(&query)).await?;
        Ok(runs.workflow_runs.first().map(|run| run.id).filter(|run| *run > than))
    }

    fn runs_of(&self, repo: &str, workflow: &str) -> RequestBuilder {
        self.request(Method::GET, repo, &["actions", "workflows", workflow, "runs"])
    }

    /// A run.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn run(&self, repo: &str, id: i64) -> Result<Run, ReadError> {
        self.read(self.request(Method::GET, repo, &["actions", "runs", &id.to_string()])).await
    }

    /// The jobs of the latest attempt of a run.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn jobs(&self, repo: &str, id: i64) -> Result<Vec<Job>, ReadError> {
        #[derive(Deserialize, Serialize)]
        struct JobPage {
            jobs: Vec<Job>,
        }
        let request = self.request(Method::GET, repo, &["actions", "runs", &id.to_string(), "jobs"]);
        let query = [("filter", "latest"), ("per_page", &PAGE.to_string())];
        let jobs: JobPage = self.read(request.query(&query)).await?;
        Ok(jobs.jobs)
    }

    /// The jobs of one attempt of a run, as they are recorded: one page of them, and one question.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn jobs_of_attempt(
        &self,
        repo: &str,
        id: i64,
        attempt: i64,
    ) -> Result<Vec<JobRecord>, ReadError> {
        #[derive(Deserialize, Serialize)]
        struct JobRecordPage {
            jobs: Vec<JobRecord>,
        }
        let request = self.request(
            Method::GET,
            repo,
            &["actions", "runs", &id.to_string(), "attempts", &attempt.to_string(), "jobs"],
        );
        let jobs: JobRecordPage = self.read(request.query(&[("per_page", PAGE)])).await?;
        Ok(jobs.jobs)
    }

    /// Asks GitHub to cancel a run. That it was cancelled is for the run itself to say. Asking twice does no
    /// harm.
    ///
    /// # Errors
    /// If there was no answer that says either way.
    pub async fn cancel(&self, repo: &str, id: i64) -> Result<CancelOutcome, ReadError> {
        let request = self.request(Method::POST, repo, &["actions", "runs", &id.to_string(), "cancel"]);
        let answer = self.send(request).await?;
        match answer.status() {
            StatusCode::ACCEPTED => Ok(CancelOutcome::Asked),
            StatusCode::CONFLICT => Ok(CancelOutcome::TooLate),
            status => Err(unusable(status)),
        }
    }
}
