//! What a callback does. Its signature is already verified here.

use app::{
    api::{ErrorCode, Obstacle, ServiceError},
    domain::{
        Commit, DeliveryId, DeployId, FailureStage, FreezeVerdict, Leg, RunProof, Status, StoredStatus,
        Timestamp, transition,
    },
};
use github::Client;
use runtime::fail_point::Point;
use serde::Serialize;
use store::{Decided, Decision, Delivery, Place, Received, RunPages, audit::event::Contradiction};

use super::{Console, from_store};
use crate::config::{AppConfig, Apps};

/// An authentic callback.
#[derive(Clone, Debug)]
pub struct Callback {
    /// The delivery id that was signed.
    pub delivery_id: DeliveryId,
    pub body_hash: String,
    /// The deploy.
    pub deploy_id: DeployId,
    /// The status that it claims, known or not.
    pub claim: StoredStatus,
    /// What the workflow says.
    pub log_line: Option<String>,
    pub failure_stage: Option<FailureStage>,
    /// The run that GitHub vouched for.
    pub proof: Option<RunProof>,
    /// The run that sent it, as it says.
    pub run_id: Option<i64>,
    /// Which attempt of it.
    pub run_attempt: Option<i64>,
    /// The commit that it checked out.
    pub commit: Option<Commit>,
    /// When that was made.
    pub committed_at: Option<Timestamp>,
    /// The leg that it speaks for, where the step has several.
    pub leg: Option<Leg>,
}

/// The answer to a callback that is not refused.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, utoipa::ToSchema)]
pub struct CallbackAnswer {
    /// The deploy.
    #[schema(value_type = uuid::Uuid)]
    pub deploy_id: DeployId,
    /// Its status after the callback.
    #[schema(value_type = String)]
    pub status: Status,
    /// What the callback did.
    pub outcome: CallbackResult,
    /// With `freeze_check_started`: whether the deploy may go on, as it was decided when the check began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freeze: Option<FreezeVerdict>,
}

/// What a callback did.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Outcome)]
pub enum CallbackResult {
    /// It moved the deploy.
    Applied,
    /// A leg was counted; the deploy moves when the others have said the same.
    Noted,
    /// The deploy was there already; the log line is kept.
    Repeated,
    /// This delivery was answered before.
    Replayed,
}

impl Console {
    /// The app of a deploy, if there is one. It never changes, and each of its callbacks asks.
    ///
    /// # Errors
    /// If the database is not available.
    pub async fn app_of(&self, id: DeployId) -> Result<Option<String>, ServiceError> {
        if let Some(app) = self.apps_of_deploys.get(&id) {
            return Ok(Some(app));
        }
        let app = self.store.deploy(id).await.map_err(from_store)?.map(|deploy| deploy.app);
        if let Some(app) = &app {
            self.apps_of_deploys.insert(id, app.clone());
        }
        Ok(app)
    }

    /// The app of this name, if it is configured.
    #[must_use]
    pub fn app(&self, name: &str) -> Option<&AppConfig> {
        self.apps.app(name)
    }

    /// Decides a callback.
    ///
    /// # Errors
    /// A run that GitHub did not vouch for, an unknown deploy, a delivery id used for another body, a transition that the table does not have, or
    /// a database that is not available.
    pub async fn receive(&self, callback: Callback) -> Result<CallbackAnswer, ServiceError> {
        let deploy_id = callback.deploy_id;
        let delivery = self.delivery(callback);
        // A claim that is no status here may be any text.
        let claim = transition::claimable(&delivery.claim).map(tracing::field::display);
        let received = self.store.receive(&delivery).await.map_err(from_store)?;
        self.fail_point.pass(Point::AfterCommit).await;
        tracing::info!(%deploy_id, delivery_id = ?delivery.id.as_str(), claim, ?received, "callback decided");
        let (Decided { rerun, decision, freeze }, replayed) = match received {
            Received::Decided(decided) => (decided, false),
            Received::Replayed(decided) => (decided, true),
            Received::Contradicted(contradiction) => return Err(of_another_run(contradiction)),
            // Nothing was recorded. An unknown status is reported before everything else.
            Received::DeliveryIdReused | Received::Missing
                if transition::claimable(&delivery.claim).is_none() =>
            {
                return Err(not_a_callback_status());
            }
            Received::DeliveryIdReused => return Err(ServiceError::new(ErrorCode::DeliveryIdReused)),
            Received::Missing => return Err(ServiceError::new(ErrorCode::UnknownDeploy)),
        };
        let deploy_id = rerun.unwrap_or(deploy_id);
        let (status, outcome) = match decision {
            Decision::Applied { status } => (status, CallbackResult::Applied),
            Decision::Repeated { status } => (status, CallbackResult::Repeated),
            Decision::Noted { status } => (status, CallbackResult::Noted),
            Decision::NotAStatus => return Err(not_a_callback_status()),
            Decision::Refused { current, claimed } => {
                // It may be of a later attempt, or the run of a deploy that ended here without it is about to end:
                // GitHub's record knows.
                let is_later = delivery.run_attempt.is_some_and(|attempt| attempt > 1);
                if current.is_terminal() && (is_later || claimed.is_terminal()) {
                    self.wake.notify(deploy_id);
                }
                return Err(self.refused(deploy_id, current, claimed));
            }
        };
        let outcome = if replayed { CallbackResult::Replayed } else { outcome };
        Ok(CallbackAnswer { deploy_id, status, outcome, freeze })
    }

    fn refused(&self, id: DeployId, current: StoredStatus, claimed: Status) -> ServiceError {
        // A callback in between was lost, or is still to come: GitHub's record knows.
        if current.known().is_some_and(|status| transition::lies_ahead(status, claimed)) {
            self.wake.notify(id);
        }
        let allowed = current.known().map_or_else(Vec::new, callback_targets);
        ServiceError::new(ErrorCode::TransitionRefused).with_obstacle(Obstacle::Status { current, allowed })
    }

    /// The callback as the store takes it. Nothing is read for it: what depends on the row is decided in the
    /// transaction that locks it.
    fn delivery(&self, callback: Callback) -> Delivery {
        Delivery {
            id: callback.delivery_id,
            body_hash: callback.body_hash,
            deploy_id: callback.deploy_id,
            failure_stage: callback.failure_stage.filter(|_| callback.claim == Status::Failed.into()),
            claim: callback.claim,
            log_line: callback.log_line,
            proof: callback.proof,
            run_id: callback.run_id,
            run_pages: self.run_pages.clone(),
            run_attempt: callback.run_attempt,
            commit: callback.commit,
            committed_at: callback.committed_at,
            leg: callback.leg,
            at: self.clock.now(),
        }
    }
}

fn of_another_run(contradiction: Contradiction) -> ServiceError {
    let detail = match contradiction {
        Contradiction::Callback => "The body names another run or attempt than the token.",
        Contradiction::Deploy | Contradiction::Unknown => {
            "The deploy has another run than the one of the token."
        }
    };
    ServiceError::new(ErrorCode::InvalidIdentity).with_detail(detail)
}

fn not_a_callback_status() -> ServiceError {
    let known = Status::ALL.into_iter().filter(|status| transition::is_callback_status(*status));
    let known: Vec<_> = known.map(Status::as_str).collect();
    ServiceError::new(ErrorCode::NotACallbackStatus).with_detail(format!("One of {}.", known.join(", ")))
}

/// Statuses to which a callback could move a deploy from here.
fn callback_targets(from: Status) -> Vec<Status> {
    Status::ALL.into_iter().filter(|to| !transition::callback_path(from, *to).is_empty()).collect()
}

/// The addresses of the pages of runs, by configured place.
pub(super) fn run_pages(apps: &Apps, github: &Client) -> RunPages {
    let places = apps.iter().flat_map(|app| {
        let page = github.run_page(&app.repo);
        app.environments.iter().map(move |environment| {
            let place = Place { app: app.name.clone(), environment: environment.name.clone() };
            (place, page.clone())
        })
    });
    places.collect()
}
