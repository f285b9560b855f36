//! From the press of the button to GitHub's answer.
//!
//! The request is recorded before GitHub is asked, and GitHub is asked once. What follows depends on the answer alone:
//! accepted, refused, or ambiguous. In the last case the row stays `requested` until GitHub's record shows what
//! happened.

use app::{
    api::{
        Ask, BoardEnvironment, Changes, DeployPlan, DispatchApi, DispatchRequest, Dispatched, ErrorCode,
        Obstacle, ServiceError,
    },
    domain::{Action, Caller, DeployId, Flag, GitRef, NotAGitRef, Origin},
};
use async_trait::async_trait;
use github::Inputs;
use jiff::SignedDuration;
use runtime::{fail_point::Point, ids::uuid_at};
use sha2::{Digest, Sha256};
use store::{CreateOutcome, NewDeploy};

use super::{
    approve::workflow_dispatch,
    checks::{check_key, check_reason, check_ref},
};
use crate::config::AppConfig;
use crate::service::{
    Console,
    access::{actor, check, scope},
    from_store,
};

/// A request that is still unanswered after this was left by a crash: GitHub is given 10 s, the database 6.
const IN_FLIGHT: SignedDuration = SignedDuration::from_secs(20);

#[async_trait]
impl DispatchApi for Console {
    async fn deploy_plan(
        &self,
        caller: &Caller,
        app: &str,
        environment: &str,
        git_ref: Option<String>,
        ask: Ask,
    ) -> Result<DeployPlan, ServiceError> {
        let (app, place) = self.place(caller, app, environment)?;
        let mut environment = self.board_environment_of(caller, app, place).await?;
        if ask == Ask::GitHub && self.read_run_before(&environment).await? {
            environment = self.board_environment_of(caller, app, place).await?;
        }
        let git_ref = git_ref.unwrap_or_else(|| app.git_ref.to_string());
        let changes = match git_ref.parse::<GitRef>() {
            Ok(meant) => self.changes(app, environment.last_success.as_ref(), meant.as_str(), ask).await,
            Err(NotAGitRef::Malformed) => Changes::Unknown { why: "This is not a Git ref.".to_owned() },
            Err(wrong @ NotAGitRef::Invisible(_)) => Changes::Unknown { why: format!("The ref {wrong}.") },
        };
        Ok(DeployPlan {
            app: app.name.clone(),
            environment,
            refs: self.refs(&app.name, app.git_ref.to_string()).await?,
            git_ref,
            inputs: app.inputs.typed.clone(),
            approvals: place.approvals_of(&Origin::Request),
            override_denied: caller.denied(Action::OverrideFreeze, &scope(&app.name, &place.name)),
            changes,
            github: self.github.outage(),
            key: uuid_at(self.clock.now()).to_string(),
        })
    }

    async fn dispatch(
        &self,
        caller: &Caller,
        key: &str,
        request: DispatchRequest,
    ) -> Result<Dispatched, ServiceError> {
        check_key(key)?;
        let (app, environment) = self.place(caller, &request.app, &request.environment)?;
        let here = scope(&app.name, &environment.name);
        check(caller, Action::Deploy, &here)?;
        if said(request.override_freeze.clone()).is_some() {
            check(caller, Action::OverrideFreeze, &here)?;
        }
        let git_ref = check_ref(&request.git_ref)?;
        check_reason("reason", request.reason.as_deref())?;
        check_reason("override_freeze", request.override_freeze.as_deref())?;
        let origin_and_inputs = self.origin_and_inputs(caller, &request, app, environment).await;
        let (origin, inputs) = origin_and_inputs.clone().unwrap_or_default();
        let on = self.flag_service.on_in(&environment.name).await?;
        let at = self.clock.now();
        let approval = environment.approval_of(&origin, at);
        let open = NewDeploy {
            id: DeployId::new(uuid_at(at)),
            actor: actor(caller),
            key: key.to_owned(),
            fingerprint: hex::encode(Sha256::digest(fingerprint_text(&request))),
            app: app.name.clone(),
            environment: environment.name.clone(),
            // A ref that is the full id of a commit can be nothing else.
            commit: git_ref.as_str().parse().ok(),
            git_ref: git_ref.clone(),
            origin,
            inputs,
            reason: said(request.reason),
            override_freeze: said(request.override_freeze),
            approval,
            at,
            in_flight_since: at.saturating_sub(IN_FLIGHT).unwrap_or(at),
        };
        if let Err(problem) = origin_and_inputs {
            // A repeated request gets its first answer, even if what it was pinned to, or what its inputs may be, has
            // changed meanwhile.
            let earlier = self.store.earlier(&open).await.map_err(from_store)?.ok_or(problem)?;
            return self.answer_known(earlier).await;
        }
        if let Some(refusal) = self.earlier_run(app, &environment.name).await? {
            let earlier = self.store.earlier(&open).await.map_err(from_store)?.ok_or(refusal)?;
            return self.answer_known(earlier).await;
        }
        let inputs = Inputs {
            console_deploy_id: open.id,
            environment: environment.name.clone(),
            git_ref: git_ref.to_string(),
            phase_callbacks: on.contains(&Flag::ConsoleDeployPhaseCallbacks),
            requested_by: app.send_requested_by.then(|| open.actor.name.clone()),
            configured: open.inputs.clone(),
        };
        self.fail_point.pass(Point::BeforeIntent).await;
        let id = open.id;
        match self.record_and_ask(open, app, inputs).await? {
            CreateOutcome::New => {
                self.fail_point.pass(Point::AfterCommit).await;
                let stored = self.find(id).await?;
                if approval.is_some() || on.contains(&Flag::ConsoleDeployAsync) {
                    Ok(Dispatched::Accepted(Box::new(self.shown(stored).await)))
                } else {
                    let stored = self.background.track_future(self.wait_for_run(stored)).await?;
                    Ok(Dispatched::Created(Box::new(self.shown(stored).await)))
                }
            }
            known => self.answer_known(known).await,
        }
    }
}

impl Console {
    /// Has GitHub say whether the run goes on of the deploy before, which has ended here. Returns whether it was asked.
    async fn read_run_before(&self, environment: &BoardEnvironment) -> Result<bool, ServiceError> {
        match environment.run_before() {
            Some((ended, _)) => Ok(self.read_ended_run(&self.find(ended.id).await?).await),
            None => Ok(false),
        }
    }

    /// Answers a request that made no new deploy.
    async fn answer_known(&self, opened: CreateOutcome) -> Result<Dispatched, ServiceError> {
        match opened {
            // A new deploy is dispatched by the caller, and does not come here.
            CreateOutcome::New => Err(ServiceError::new(ErrorCode::Internal)),
            CreateOutcome::Replayed(id) => {
                Ok(Dispatched::Replayed(Box::new(self.shown(self.find(id).await?).await)))
            }
            CreateOutcome::InFlight => Err(ServiceError::new(ErrorCode::IdempotencyKeyInFlight)),
            CreateOutcome::KeyReused => Err(ServiceError::new(ErrorCode::IdempotencyKeyReused)),
            CreateOutcome::Frozen(frozen) => {
                Err(ServiceError::new(ErrorCode::Frozen).with_obstacle(Obstacle::Frozen(frozen)))
            }
            CreateOutcome::UnderWay(other) => {
                Err(ServiceError::new(ErrorCode::DeployUnderWay).with_obstacle(Obstacle::UnderWay(other)))
            }
        }
    }

    /// Records the request, and dispatches it if it is new: in a task of its own, so that both the dispatch and
    /// GitHub's answer are recorded even if the client disconnects.
    async fn record_and_ask(
        &self,
        open: NewDeploy,
        app: &AppConfig,
        inputs: Inputs,
    ) -> Result<CreateOutcome, ServiceError> {
        let (task, dispatch) = (self.github_dispatch(open.id), workflow_dispatch(app, inputs));
        let done = self.background.spawn(async move { task.run(&open, &dispatch).await });
        done.await.map_err(|_| ServiceError::new(ErrorCode::Internal))?.map_err(from_store)
    }
}

/// The text that is hashed for the fingerprint: every field of the request, each with its length.
fn fingerprint_text(request: &DispatchRequest) -> String {
    let input =
        |(name, value): (&str, &str)| format!("input {}:{name} {}:{value}\n", name.len(), value.len());
    let reason = request.reason.as_deref().unwrap_or_default();
    [request.app.as_str(), &request.environment, &request.git_ref, reason]
        .into_iter()
        .chain(request.override_freeze.as_deref())
        .map(|field| format!("{}:{field}\n", field.len()))
        // No field begins like this: each begins with its length.
        .chain(request.pinned_to.map(|id| format!("pinned to {id}\n")))
        .chain(request.inputs.iter().map(input))
        .collect()
}

/// A blank text counts as missing.
fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
