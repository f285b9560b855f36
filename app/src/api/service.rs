//! The one way to the rows, as the server functions see it. The server implements it; handlers and the
//! reconciler go through the same implementation.

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    Board, DeployJournal, DeployPage, DeployPlan, DeployQuery, DispatchRequest, FlagReport, FreezeReport,
    FreezeRequest, Insight, InsightQuery, PollAnswer, Problem, Promote, Redeploy, RedeployPlan, RunRecord,
    Versions,
};
use crate::domain::{Deploy, DeployId, FreezeId, Scenario};

/// Whether GitHub may be asked for the sake of a page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ask {
    /// It may.
    GitHub,
    /// It may not: another site led here, and could do so as often as it likes.
    Nothing,
}

/// What became of a dispatch request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Dispatched {
    /// A deploy was made; GitHub was asked, and its run was not waited for.
    Accepted(Box<Deploy>),
    /// A deploy was made, and its run waited for.
    Created(Box<Deploy>),
    /// The same key and request came before; this is the deploy that it made.
    Replayed(Box<Deploy>),
}

impl Dispatched {
    /// The deploy, new or not.
    #[must_use]
    pub fn into_deploy(self) -> Deploy {
        match self {
            Self::Accepted(deploy) | Self::Created(deploy) | Self::Replayed(deploy) => *deploy,
        }
    }
}

/// What can be asked of the console.
#[async_trait]
pub trait DeployService: Send + Sync {
    /// Every app and environment.
    async fn board(&self) -> Result<Board, Problem>;

    /// One deploy as it is stored, and whether GitHub can be asked about it. GitHub is not asked: pages do not wait
    /// for it.
    async fn deploy(&self, id: DeployId) -> Result<PollAnswer, Problem>;

    /// The same, after looking for its run if that is not known yet.
    async fn poll(&self, id: DeployId) -> Result<PollAnswer, Problem>;

    /// A page of deploys, newest first.
    async fn deploys(&self, query: DeployQuery) -> Result<DeployPage, Problem>;

    /// People who asked for deploys, by name: as many as one would look through.
    async fn people(&self) -> Result<Vec<String>, Problem>;

    /// The end of the journal of one deploy, oldest first: as much of it as its page shows.
    async fn journal(&self, id: DeployId) -> Result<DeployJournal, Problem>;

    /// What deploying a ref to an environment would change, and what is in its way; without a ref, the one that the
    /// configuration names. GitHub is asked what would change.
    async fn deploy_plan(
        &self,
        app: &str,
        environment: &str,
        git_ref: Option<String>,
        ask: Ask,
    ) -> Result<DeployPlan, Problem>;

    /// What GitHub's record says now of the run of one deploy. GitHub is asked one question, for two seconds at most.
    async fn run_record(&self, id: DeployId, ask: Ask) -> Result<RunRecord, Problem>;

    /// Records the request under its idempotency key and asks GitHub for a run, at most once per key.
    async fn dispatch(&self, key: &str, request: DispatchRequest) -> Result<Dispatched, Problem>;

    /// Records that somebody wants the deploy to end, and asks GitHub to cancel its run. The deploy ends when
    /// GitHub says so.
    async fn cancel(&self, id: DeployId) -> Result<Deploy, Problem>;

    /// What is live in an environment, what was, and what is elsewhere.
    async fn versions(&self, app: &str, environment: &str) -> Result<Versions, Problem>;

    /// Where the commit of a deploy could be deployed again: nowhere, unless it succeeded and its commit is known.
    async fn redeploys(&self, id: DeployId) -> Result<Vec<Redeploy>, Problem>;

    /// What deploying the commit of a deploy to an environment would do. GitHub is asked what would change.
    async fn redeploy_plan(&self, id: DeployId, environment: &str, ask: Ask)
    -> Result<RedeployPlan, Problem>;

    /// The history in figures.
    async fn insight(&self, query: InsightQuery) -> Result<Insight, Problem>;

    /// Every flag, and what it is in each environment.
    async fn flags(&self) -> Result<Vec<FlagReport>, Problem>;

    /// Turns a flag on or off in an environment, and records who did.
    async fn promote(&self, promote: Promote) -> Result<(), Problem>;

    /// The freezes that nobody has lifted, and the last ones that somebody has.
    async fn freezes(&self) -> Result<Vec<FreezeReport>, Problem>;

    /// Declares a freeze.
    async fn declare_freeze(&self, request: FreezeRequest) -> Result<(), Problem>;

    /// Ends a freeze by hand.
    async fn lift_freeze(&self, id: FreezeId) -> Result<(), Problem>;

    /// Tells the simulated GitHub what to do with the next run of this app and environment. Without a
    /// rehearsal there is nothing to tell, and nothing happens.
    fn rehearse(&self, app: &str, environment: &str, scenario: Scenario);

    /// Whether GitHub is simulated.
    fn is_rehearsal(&self) -> bool;
}

/// The service as it is shared between requests, and provided to server functions as context.
pub type SharedService = Arc<dyn DeployService>;
