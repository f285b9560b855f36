//! Which commit is live where, and what it takes to deploy an earlier one, or one of another environment.

mod brought;
mod changes;

use std::collections::HashSet;

use app::{
    api::{
        Ask, Brought, DispatchRequest, ErrorCode, Redeploy, RedeployKind, RedeployPlan, ServiceError,
        Versions, VersionsApi,
    },
    domain::{Action, Caller, Commit, Deploy, DeployId, InputValues, Origin, Status, StoredStatus},
};
use async_trait::async_trait;
use runtime::ids::uuid_at;
use store::{DeployFilter, StatusFilter};

pub(super) use self::changes::Comparisons;
use super::{Console, access::scope, from_store};
use crate::config::{AppConfig, EnvironmentConfig};

/// How many successes of an environment are searched for other commits than the live one.
const SUCCESSES: u32 = 50;
/// How many earlier commits are offered.
const EARLIER: usize = 10;

#[async_trait]
impl VersionsApi for Console {
    async fn versions(
        &self,
        caller: &Caller,
        app: &str,
        environment: &str,
    ) -> Result<Versions, ServiceError> {
        let (app, place) = self.place(caller, app, environment)?;
        let successes = self.successes(app, place, SUCCESSES).await?;
        let live = successes.first().cloned();
        let mut elsewhere = Vec::new();
        for other in app.environments.iter().filter(|other| other.name != place.name) {
            elsewhere.extend(self.successes(app, other, 1).await?);
        }
        let mut versions = Versions {
            app: app.name.clone(),
            environment: place.name.clone(),
            check: self.answers.check(&app.name, &place.name, live.as_ref()),
            earlier: with_other_commits(successes),
            live,
            elsewhere,
            denied: caller.denied(Action::Deploy, &scope(&app.name, &place.name)),
        };
        let Versions { live, earlier, elsewhere, .. } = &mut versions;
        self.fill_in_commits(&mut live.iter_mut().chain(earlier).chain(elsewhere).collect::<Vec<_>>()).await;
        Ok(versions)
    }

    async fn redeploys(&self, caller: &Caller, id: DeployId) -> Result<Vec<Redeploy>, ServiceError> {
        let of = self.view(self.find_for(caller, id).await?);
        let app = self.apps.iter().find(|app| app.name == of.app);
        let (Some(app), Some(_)) = (app, commit_of_success(&of)) else { return Ok(Vec::new()) };
        let mut redeploys = Vec::new();
        for place in &app.environments {
            let live = self.live(app, place).await?;
            if let Some(kind) = kind(&of, &place.name, live.as_ref()) {
                let denied = caller.denied(Action::Deploy, &scope(&app.name, &place.name));
                let is_backwards = app.comes_before(&place.name, &of.environment);
                redeploys.push(Redeploy { environment: place.name.clone(), kind, is_backwards, denied });
            }
        }
        Ok(redeploys)
    }

    async fn brought(
        &self,
        caller: &Caller,
        id: DeployId,
        ask: Ask,
    ) -> Result<Option<Brought>, ServiceError> {
        let deploy = self.view(self.find_for(caller, id).await?);
        self.brought_by(&deploy, ask).await
    }

    async fn redeploy_plan(
        &self,
        caller: &Caller,
        id: DeployId,
        environment: &str,
        ask: Ask,
    ) -> Result<RedeployPlan, ServiceError> {
        let mut of = self.view(self.find_for(caller, id).await?);
        let (app, place) = self.place(caller, &of.app, environment)?;
        let commit = commit_of_success(&of).ok_or_else(|| refused(NOT_A_SUCCESS))?;
        let mut live = self.live(app, place).await?;
        let kind = kind(&of, environment, live.as_ref()).ok_or_else(|| refused(LIVE_ALREADY))?;
        let under_way = self.newest(&app.name, environment, StatusFilter::Live).await?;
        self.fill_in_commits(&mut live.iter_mut().chain([&mut of]).collect::<Vec<_>>()).await;
        Ok(RedeployPlan {
            changes: self.changes(app, live.as_ref(), commit.as_str(), ask).await,
            frozen: self.frozen_now().await?(&app.name, environment),
            passes_freezes: origin(kind, id, place).passes_freezes(),
            override_denied: caller.denied(Action::OverrideFreeze, &scope(&app.name, environment)),
            approvals: place.approvals_of(&origin(kind, id, place)),
            asks_for_name: place.asks_for_name,
            inputs: app.inputs.typed.clone(),
            repeated: InputValues::default().or_repeat(&of.inputs, &app.inputs.typed),
            redeploy: Redeploy {
                environment: environment.to_owned(),
                kind,
                is_backwards: app.comes_before(environment, &of.environment),
                denied: caller.denied(Action::Deploy, &scope(&app.name, environment)),
            },
            under_way: under_way.map(|deploy| deploy.id),
            key: uuid_at(self.clock.now()).to_string(),
            of,
            commit,
            live,
        })
    }
}

impl Console {
    /// The origin of a request: its ref alone, or the deploy to whose commit it is pinned; and the inputs to send.
    pub(super) async fn origin_and_inputs(
        &self,
        caller: &Caller,
        request: &DispatchRequest,
        app: &AppConfig,
        place: &EnvironmentConfig,
    ) -> Result<(Origin, InputValues), ServiceError> {
        let given = request.inputs.clone();
        let Some(id) = request.pinned_to else { return Ok((Origin::Request, app_inputs(app, given)?)) };
        let of = self.view(self.find_for(caller, id).await?);
        let commit = commit_of_success(&of).filter(|_| of.app == app.name);
        let commit = commit.ok_or_else(|| refused(NOT_A_SUCCESS))?;
        if commit.as_str() != request.git_ref {
            return Err(refused("git_ref is not the commit of that deploy."));
        }
        let live = self.live(app, place).await?;
        let kind = kind(&of, &place.name, live.as_ref()).ok_or_else(|| refused(LIVE_ALREADY))?;
        let given = given.or_repeat(&of.inputs, &app.inputs.typed);
        Ok((origin(kind, id, place), app_inputs(app, given)?))
    }

    /// What is live, as far as the console knows.
    async fn live(&self, app: &AppConfig, place: &EnvironmentConfig) -> Result<Option<Deploy>, ServiceError> {
        Ok(self.successes(app, place, 1).await?.into_iter().next())
    }

    /// The deploys that succeeded, newest first.
    async fn successes(
        &self,
        app: &AppConfig,
        place: &EnvironmentConfig,
        limit: u32,
    ) -> Result<Vec<Deploy>, ServiceError> {
        let filter = DeployFilter {
            app: Some(app.name.clone()),
            environment: Some(place.name.clone()),
            status: StatusFilter::Is(Status::Succeeded.to_string()),
            limit,
            ..DeployFilter::default()
        };
        let stored = self.store.deploys(&filter).await.map_err(from_store)?;
        Ok(stored.into_iter().map(|stored| self.view(stored)).collect())
    }
}

const NOT_A_SUCCESS: &str =
    "the deploy has to be of this app, to have succeeded, and to have a commit that is known.";
const LIVE_ALREADY: &str = "its commit is live there already.";

fn refused(why: &str) -> ServiceError {
    ServiceError::new(ErrorCode::InvalidField).with_detail(format!("pinned_to: {why}"))
}

/// What is sent for what was given.
fn app_inputs(app: &AppConfig, given: InputValues) -> Result<InputValues, ServiceError> {
    let resolved = given.resolve(&app.inputs.typed).map_err(|problems| {
        let detail: Vec<_> = problems.iter().map(ToString::to_string).collect();
        ServiceError::new(ErrorCode::InvalidInput).with_detail(detail.join(" "))
    })?;
    Ok(resolved.and(app.inputs.fixed.clone()))
}

fn commit_of_success(deploy: &Deploy) -> Option<Commit> {
    deploy.commit.clone().filter(|_| deploy.status == StoredStatus::Known(Status::Succeeded))
}

/// What deploying the commit of a deploy would be; none if it is live already.
fn kind(of: &Deploy, environment: &str, live: Option<&Deploy>) -> Option<RedeployKind> {
    let is_live = live.is_some_and(|live| live.commit == of.commit);
    let kind = if of.environment == environment { RedeployKind::Rollback } else { RedeployKind::Promotion };
    (!is_live).then_some(kind)
}

const fn origin(kind: RedeployKind, deploy_id: DeployId, place: &EnvironmentConfig) -> Origin {
    match kind {
        RedeployKind::Rollback => {
            Origin::Rollback { deploy_id, passes_freezes: place.rollback_passes_freezes }
        }
        RedeployKind::Promotion => Origin::Promotion { deploy_id },
    }
}

/// Of these successes, newest first, those with another commit than all before. Those without a commit are left out:
/// there is nothing to go back to.
fn with_other_commits(successes: Vec<Deploy>) -> Vec<Deploy> {
    let mut seen = HashSet::new();
    let live = successes.first().map(|live| live.id);
    let is_new = |deploy: &Deploy| {
        let commit = deploy.commit.clone();
        commit.is_some_and(|commit| seen.insert(commit)) && Some(deploy.id) != live
    };
    successes.into_iter().filter(is_new).take(EARLIER).collect()
}
