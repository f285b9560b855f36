//! Deploys: one, its journal and its run; the list; approving one, and ending one early.

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Json},
};
use serde::{Deserialize, Serialize};

use super::{Outcome, RunRecord, UiError, client::ApiClient};
use crate::domain::{
    Deploy, DeployId, DeployTotals, DurationStats, GitHubOutage, MayApprove, Timestamp, TrailEntry,
};

#[cfg(feature = "ssr")]
use super::service::{Ask, ServiceError, ask, caller, service};
#[cfg(feature = "ssr")]
use crate::domain::Caller;

/// Deploys, read, approved, cancelled and abandoned.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait DeploysApi: Send + Sync {
    /// One deploy as it is stored, and whether GitHub can be asked about it. GitHub is not asked: pages do not wait
    /// for it.
    async fn deploy(&self, caller: &Caller, id: DeployId) -> Result<PollAnswer, ServiceError>;

    /// The same, after looking for its run if that is not known yet.
    async fn poll(&self, caller: &Caller, id: DeployId) -> Result<PollAnswer, ServiceError>;

    /// A page of deploys, newest first.
    async fn deploys(&self, caller: &Caller, query: DeployQuery) -> Result<DeployPage, ServiceError>;

    /// How the deploys ended that a query asks for, whatever page it asks for.
    async fn totals(&self, caller: &Caller, query: DeployQuery) -> Result<DeployTotals, ServiceError>;

    /// People who requested deploys, by name: as many as a list can usefully show.
    async fn people(&self, caller: &Caller) -> Result<Vec<String>, ServiceError>;

    /// The end of the journal of one deploy, oldest first: as much of it as its page shows.
    async fn journal(&self, caller: &Caller, id: DeployId) -> Result<DeployJournal, ServiceError>;

    /// What GitHub's record says now of the run of one deploy. GitHub is asked one question, for two seconds at most.
    async fn run_record(&self, caller: &Caller, id: DeployId, ask: Ask) -> Result<RunRecord, ServiceError>;

    /// Records that the operator wants the deploy to end, and asks GitHub to cancel its run. The deploy ends when
    /// GitHub says so.
    async fn cancel(&self, caller: &Caller, id: DeployId) -> Result<Deploy, ServiceError>;

    /// Ends a live deploy by hand, whatever GitHub says of it. Then GitHub is asked to cancel what may still run, which
    /// changes nothing in the answer.
    async fn abandon(&self, caller: &Caller, id: DeployId, reason: String) -> Result<Deploy, ServiceError>;

    /// The deploys that wait for an approval, as far as the caller has to do with them.
    async fn approvals(&self, caller: &Caller) -> Result<AwaitedApprovals, ServiceError>;

    /// Approves a deploy that somebody else requested. With the last approval that it needs, GitHub is asked for its run.
    async fn approve(
        &self,
        caller: &Caller,
        id: DeployId,
        comment: Option<String>,
    ) -> Result<Deploy, ServiceError>;

    /// Rejects a deploy that somebody else requested: it ends.
    async fn reject(
        &self,
        caller: &Caller,
        id: DeployId,
        comment: Option<String>,
    ) -> Result<Deploy, ServiceError>;
}

/// One deploy as it is polled.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PollAnswer {
    /// The deploy.
    pub deploy: Deploy,
    /// Why GitHub's record cannot be read now, while that matters to the deploy.
    pub github: Option<GitHubOutage>,
    /// How long its steps usually take, while it is live; steps with too few samples are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usual: Vec<DurationStats>,
    /// Why the caller may not cancel, abandon or repeat it; none, if they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied: Option<String>,
    /// Whether the caller may approve or reject it; none, unless it waits for an approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_approve: Option<MayApprove>,
    /// What it left behind; none while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// When GitHub is asked to cancel it, unless it ends or the workflow reports before; none where no time runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// What its run waits for on GitHub, and what was said there; none, where nothing is known of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<RunWait>,
}

/// What a run waits for on GitHub, in words.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct RunWait {
    /// What reviewers said, a sentence each.
    pub said: Vec<String>,
    /// Who may review it, as a sentence.
    pub reviewers: Option<String>,
    /// What the console was asked about GitHub's gate.
    pub gate: Option<GateAnswer>,
}

/// What was decided about GitHub's gate, or what that waits for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GateAnswer {
    /// In a word or two.
    pub label: String,
    /// Why, in sentences.
    pub reason: String,
    /// The page that says more.
    pub page: String,
    /// Whether nothing is decided yet.
    pub is_open: bool,
}

impl From<Deploy> for PollAnswer {
    /// With nothing known beside the deploy itself.
    fn from(deploy: Deploy) -> Self {
        Self {
            deploy,
            github: None,
            usual: Vec::new(),
            denied: None,
            may_approve: None,
            outcome: None,
            ends_at: None,
            wait: None,
        }
    }
}

/// A page of deploys, newest first.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DeployPage {
    /// The deploys.
    pub deploys: Vec<Deploy>,
    /// Where the next, older page begins; none on the last page.
    pub next_cursor: Option<String>,
}

/// Which deploys to list.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[cfg_attr(feature = "ssr", into_params(parameter_in = Query))]
pub struct DeployQuery {
    /// Only this app.
    pub app: Option<String>,
    /// Only this environment.
    pub environment: Option<String>,
    /// Only this status; or, of several, `in_progress` (those that have not ended); or, of those that are `failed` and did
    /// not fail by themselves, `cancelled`, `superseded`, `abandoned` or `not_approved`.
    pub status: Option<String>,
    /// Only those that this person requested.
    pub requested_by: Option<String>,
    /// Only those of people whose name has this in it. Small and capital letters are the same, as far as they are ASCII.
    pub person: Option<String>,
    /// Only those requested then or later: an RFC 3339 time, or a day of UTC as `YYYY-MM-DD`.
    pub since: Option<String>,
    /// Only those requested before then; a day is included as a whole.
    pub until: Option<String>,
    /// Only those that ended then or later: a time or a day, as in `since`. The order stays that of the requests.
    pub ended_since: Option<String>,
    /// Only those that ended before then; a day is included as a whole.
    pub ended_until: Option<String>,
    /// At most this many, 1 to 100; 25 by default.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl DeployQuery {
    /// The value of `status` that stands for all deploys that have not ended.
    pub const IN_PROGRESS: &str = "in_progress";
}

/// Why a deploy is given up.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AbandonRequest {
    /// 1 to 500 characters, not counting space around them.
    pub reason: String,
}

/// What is said with an approval or a rejection.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ApprovalRequest {
    /// Up to 500 characters.
    #[serde(default)]
    pub comment: Option<String>,
}

/// The deploys that wait for an approval, oldest first.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct AwaitedApprovals {
    /// Those that the caller may approve, and has not.
    pub to_review: Vec<Deploy>,
    /// Those that the caller requested or has approved: others have to.
    pub of_others: Vec<Deploy>,
}

/// The end of the journal of one deploy: as much as a page shows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DeployJournal {
    /// The newest entries, oldest first.
    pub entries: Vec<TrailEntry>,
    /// How many there are before these.
    pub earlier: u32,
}

/// One deploy: what the modal polls.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "deploy", input = GetUrl)]
pub async fn read_deploy(id: DeployId) -> Result<PollAnswer, UiError> {
    Ok(service::<dyn DeploysApi>()?.poll(&caller()?, id).await?)
}

/// One deploy as it is stored: what its page shows.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "stored-deploy", input = GetUrl)]
pub async fn read_stored_deploy(id: DeployId) -> Result<PollAnswer, UiError> {
    Ok(service::<dyn DeploysApi>()?.deploy(&caller()?, id).await?)
}

/// A page of deploys, newest first.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "deploys", input = GetUrl)]
pub async fn read_deploys(#[server(default)] query: DeployQuery) -> Result<DeployPage, UiError> {
    Ok(service::<dyn DeploysApi>()?.deploys(&caller()?, query).await?)
}

/// How the deploys ended that a query asks for.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "deploy_totals", input = GetUrl)]
pub async fn read_deploy_totals(#[server(default)] query: DeployQuery) -> Result<DeployTotals, UiError> {
    Ok(service::<dyn DeploysApi>()?.totals(&caller()?, query).await?)
}

/// People who requested deploys, by name.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "people", input = GetUrl)]
pub async fn read_people() -> Result<Vec<String>, UiError> {
    Ok(service::<dyn DeploysApi>()?.people(&caller()?).await?)
}

/// The end of the journal of one deploy, oldest first.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "journal", input = GetUrl)]
pub async fn read_journal(id: DeployId) -> Result<DeployJournal, UiError> {
    Ok(service::<dyn DeploysApi>()?.journal(&caller()?, id).await?)
}

/// What GitHub's record says now of the run of one deploy.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "run_record", input = GetUrl)]
pub async fn read_run_record(id: DeployId) -> Result<RunRecord, UiError> {
    Ok(service::<dyn DeploysApi>()?.run_record(&caller()?, id, ask()).await?)
}

/// Requests the cancellation of a deploy. It ends when GitHub says so; repeating the request does no harm.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "cancel", input = Json)]
pub async fn cancel(id: DeployId) -> Result<Deploy, UiError> {
    Ok(service::<dyn DeploysApi>()?.cancel(&caller()?, id).await?)
}

/// Ends a live deploy by hand. GitHub is asked to cancel what may still run.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "abandon", input = Json)]
pub async fn abandon(id: DeployId, reason: String) -> Result<Deploy, UiError> {
    Ok(service::<dyn DeploysApi>()?.abandon(&caller()?, id, reason).await?)
}

/// The deploys that wait for an approval, as far as the caller has to do with them.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "approvals", input = GetUrl)]
pub async fn read_approvals() -> Result<AwaitedApprovals, UiError> {
    Ok(service::<dyn DeploysApi>()?.approvals(&caller()?).await?)
}

/// Approves a deploy that somebody else requested. Approving it again does no harm.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "approve", input = Json)]
pub async fn approve(id: DeployId, comment: String) -> Result<Deploy, UiError> {
    Ok(service::<dyn DeploysApi>()?.approve(&caller()?, id, Some(comment)).await?)
}

/// Rejects a deploy that somebody else requested: it ends.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "reject", input = Json)]
pub async fn reject(id: DeployId, comment: String) -> Result<Deploy, UiError> {
    Ok(service::<dyn DeploysApi>()?.reject(&caller()?, id, Some(comment)).await?)
}
