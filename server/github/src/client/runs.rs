//! Reading runs and their jobs: GitHub's own record of what happened. And asking for the end of a run.

use std::collections::HashSet;

use app::domain::Timestamp;
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Client, ReadError, RepoRequest, entries::Entries, words::presentable};
use crate::{
    Account, CancelOutcome, FoundRun, Job, JobRecord, ListedRun, Rejection, RepositoryName, Review, Run,
    SoughtRun, null_as_default,
};

/// GitHub's clock and ours need not agree, and a run is never older than its request by more than that.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// Entries on a page of GitHub's lists, at its largest.
const PAGE: usize = 100;
/// Pages of jobs that are read: a run may have 256 of one matrix, and several matrices.
const JOB_PAGES: usize = 10;
/// Runs on a page of those that are looked through for runs that the console did not start.
const RECENT: usize = 50;
/// Pages of them that are read where nothing is known yet, and where a run that is known has to be reached.
const RECENT_PAGES: (usize, usize) = (2, 10);

/// The event of every run that the console starts.
const DISPATCH: &str = "workflow_dispatch";

#[derive(Deserialize, Serialize)]
struct Runs {
    workflow_runs: Entries<Titled>,
}

#[derive(Deserialize, Serialize)]
pub(super) struct Titled {
    id: i64,
    #[serde(default, deserialize_with = "null_as_default")]
    display_title: String,
    #[serde(default)]
    created_at: Option<Timestamp>,
    #[serde(default)]
    event: Option<String>,
    #[serde(default)]
    head_repository: Option<RepositoryName>,
}

impl Titled {
    /// Whether the console may have started it. Anybody can give a run a title: that of a fork, or for another event, is
    /// none of ours whatever its title says.
    fn can_be_ours(&self, repo: &str) -> bool {
        let is_here = |of: &RepositoryName| of.full_name.eq_ignore_ascii_case(repo);
        self.event.as_deref().is_none_or(|event| event == DISPATCH)
            && self.head_repository.as_ref().is_none_or(is_here)
    }
}

/// What a reviewer said of a run that waited for an approval.
#[derive(Deserialize, Serialize)]
pub(super) struct ReviewRecord {
    state: String,
    #[serde(default)]
    comment: Option<String>,
    #[serde(default)]
    user: Option<Account>,
}

impl Client {
    /// Looks for the run whose title carries our deploy id, among those started since the request. A newer run
    /// without that id is never taken for it. At most `pages` pages of the list are read, of 100 runs each.
    ///
    /// The list is the one without filters, newest first, read down to the time of the request: GitHub answers a filtered
    /// one from a search index that may be hours behind, so that what is absent there may exist.
    ///
    /// # Errors
    /// If GitHub's record cannot be read, or has more pages.
    pub async fn find_run(&self, sought: SoughtRun<'_>, pages: usize) -> Result<FoundRun, ReadError> {
        let SoughtRun { repo, workflow, deploy, requested_at } = sought;
        let since = requested_at.saturating_sub(CLOCK_TOLERANCE).unwrap_or(requested_at);
        let id = deploy.to_string();
        let mut ours = Vec::new();
        for page in 1..=pages {
            let runs = self.list_page(repo, workflow, page).await?;
            let is_last = runs.listed() < PAGE;
            let mut is_older = false;
            for run in runs.into_readable()? {
                is_older |= run.created_at.is_some_and(|created| created < since);
                if run.display_title.contains(&id) && run.can_be_ours(repo) {
                    ours.push(run.id);
                }
            }
            if is_last || is_older {
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

    async fn list_page(&self, repo: &str, workflow: &str, page: usize) -> Result<Entries<Titled>, ReadError> {
        let (size, page) = (PAGE.to_string(), page.to_string());
        let query = [("exclude_pull_requests", "true"), ("per_page", &size), ("page", &page)];
        let runs: Runs = self.read(self.runs_of(repo, workflow).query(&query)).await?;
        Ok(runs.workflow_runs)
    }

    /// The newest runs of a workflow, started by any account, newest first: down to one that is known, as far as they are
    /// listed within 500.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn recent_runs(
        &self,
        repo: &str,
        workflow: &str,
        known: Option<i64>,
    ) -> Result<Vec<ListedRun>, ReadError> {
        let pages = if known.is_some() { RECENT_PAGES.1 } else { RECENT_PAGES.0 };
        let mut all: Vec<ListedRun> = Vec::new();
        for page in 1..=pages {
            let runs = self.recent_page(repo, workflow, page).await?;
            let is_last = runs.listed() < RECENT;
            let runs = runs.into_readable()?;
            let is_reached = known.is_some_and(|known| runs.iter().any(|listed| listed.run.id <= known));
            // A list can shift between two pages: the same run may stand on both.
            let listed: HashSet<i64> = all.iter().map(|listed| listed.run.id).collect();
            all.extend(runs.into_iter().filter(|run| !listed.contains(&run.run.id)));
            if is_last || is_reached {
                break;
            }
        }
        Ok(all)
    }

    async fn recent_page(
        &self,
        repo: &str,
        workflow: &str,
        page: usize,
    ) -> Result<Entries<ListedRun>, ReadError> {
        #[derive(Deserialize, Serialize)]
        struct Recent {
            workflow_runs: Entries<ListedRun>,
        }
        // The first has always the same address: while nothing has changed, GitHub says just that, and does not count it.
        let query = [("exclude_pull_requests", "true"), ("per_page", &RECENT.to_string())];
        let request = self.runs_of(repo, workflow).query(&query);
        let request = if page == 1 { request } else { request.query(&[("page", page)]) };
        let runs: Recent = self.read(request).await?;
        Ok(runs.workflow_runs)
    }

    fn runs_of(&self, repo: &str, workflow: &str) -> RepoRequest {
        self.request(Method::GET, repo, &["actions", "workflows", workflow, "runs"])
    }

    /// A run.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn run(&self, repo: &str, id: i64) -> Result<Run, ReadError> {
        self.read(self.request(Method::GET, repo, &["actions", "runs", &id.to_string()])).await
    }

    /// One attempt of a run, as GitHub records it.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn attempt(&self, repo: &str, id: i64, attempt: i64) -> Result<ListedRun, ReadError> {
        let path = ["actions", "runs", &id.to_string(), "attempts", &attempt.to_string()];
        self.read(self.request(Method::GET, repo, &path)).await
    }

    /// The jobs of the latest attempt of a run.
    ///
    /// # Errors
    /// If GitHub's record cannot be read, or lists more jobs than a run can have.
    pub async fn jobs(&self, repo: &str, id: i64) -> Result<Vec<Job>, ReadError> {
        self.all_jobs(repo, &[&id.to_string(), "jobs"], &[("filter", "latest")]).await
    }

    /// The jobs of one attempt of a run.
    ///
    /// # Errors
    /// If GitHub's record cannot be read, or lists more jobs than a run can have.
    pub async fn attempt_jobs(&self, repo: &str, id: i64, attempt: i64) -> Result<Vec<Job>, ReadError> {
        self.all_jobs(repo, &[&id.to_string(), "attempts", &attempt.to_string(), "jobs"], &[]).await
    }

    /// The jobs of one attempt of a run, in GitHub's own words.
    ///
    /// # Errors
    /// If GitHub's record cannot be read, or lists more jobs than a run can have.
    pub async fn jobs_of_attempt(
        &self,
        repo: &str,
        id: i64,
        attempt: i64,
    ) -> Result<Vec<JobRecord>, ReadError> {
        self.all_jobs(repo, &[&id.to_string(), "attempts", &attempt.to_string(), "jobs"], &[]).await
    }

    /// Every page of a list of jobs. Most runs have one: its address is always the same.
    async fn all_jobs<J: DeserializeOwned + Serialize>(
        &self,
        repo: &str,
        of_run: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Vec<J>, ReadError> {
        #[derive(Deserialize, Serialize)]
        #[serde(bound(deserialize = "J: DeserializeOwned"))]
        struct JobPage<J> {
            jobs: Entries<J>,
        }
        let path = [&["actions", "runs"][..], of_run].concat();
        let mut all = Vec::new();
        for page in 1..=JOB_PAGES {
            let request = self.request(Method::GET, repo, &path).query(query).query(&[("per_page", PAGE)]);
            let request = if page == 1 { request } else { request.query(&[("page", page)]) };
            let JobPage { jobs } = self.read(request).await?;
            let listed = jobs.listed();
            all.extend(jobs.into_readable()?);
            if listed < PAGE {
                return Ok(all);
            }
        }
        Err(ReadError::Unusable("it lists more jobs than can be looked through".to_owned()))
    }

    /// Who rejected an approval that the run waited for, and why; none, if it was not rejected.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn rejection(&self, repo: &str, id: i64) -> Result<Option<Rejection>, ReadError> {
        let rejected = self.reviews(repo, id).await?.into_iter().find(|review| !review.is_approval);
        Ok(rejected.map(|Review { by, comment, .. }| Rejection { by, comment }))
    }

    /// What people said of a run that waited for them.
    ///
    /// # Errors
    /// If GitHub's record cannot be read.
    pub async fn reviews(&self, repo: &str, id: i64) -> Result<Vec<Review>, ReadError> {
        let request = self.request(Method::GET, repo, &["actions", "runs", &id.to_string(), "approvals"]);
        let reviews: Entries<ReviewRecord> = self.read(request).await?;
        let token = self.authentication.secret();
        let shown = |text: Option<String>| text.and_then(|text| presentable(&text, token));
        // What is pending, or is of another kind, says nothing yet.
        let is_said = |review: &ReviewRecord| ["approved", "rejected"].contains(&review.state.as_str());
        let said = reviews.into_readable()?.into_iter().filter(is_said);
        Ok(said
            .map(|ReviewRecord { state, comment, user }| Review {
                is_approval: state == "approved",
                by: shown(user.map(|user| user.login)),
                comment: shown(comment),
            })
            .collect())
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
            _ => Err(self.refusal(answer).await.into_read_error()),
        }
    }
}
