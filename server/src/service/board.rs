//! The board: what is known of every environment.

mod upstream;

use app::{
    api::{Board, BoardApi, BoardApp, BoardEnvironment, ErrorCode, RehearsalApi, ServiceError},
    domain::{Action, Caller, Claim, Deploy, Frozen, MayApprove, ProtectionRequest, Visible},
};
use async_trait::async_trait;
use store::{EnvironmentSummary, Place, StoredDeploy};

use super::{Console, access::scope, deploys::may_approve, from_store};
use crate::config::{AppConfig, EnvironmentConfig};

#[async_trait]
impl BoardApi for Console {
    async fn board(&self, caller: &Caller) -> Result<Board, ServiceError> {
        let visible = caller.visible();
        let frozen = self.frozen_now().await?;
        let gates = self.gates(&visible).await?;
        let environment_summaries =
            self.store.environment_summaries(self.places(&visible)).await.map_err(from_store)?;
        let mut environment_summaries = environment_summaries.into_iter();
        let mut apps = Vec::new();
        for app in self.apps.iter().filter(|app| visible.has(&app.name)) {
            let environments = app.environments.iter().zip(&mut environment_summaries);
            let environments = environments.map(|(place, summary)| {
                let frozen = frozen(&app.name, &place.name);
                let gate = gates.about(&app.name, &place.name);
                self.board_environment(caller, app, place, summary, (frozen, gate))
            });
            apps.push(BoardApp {
                name: app.name.clone(),
                repo: app.repo.clone(),
                group: app.group.clone(),
                default_ref: app.git_ref.to_string(),
                inputs: app.inputs.typed.clone(),
                environments: environments.collect(),
            });
        }
        self.fill_in_upstreams(&mut apps.iter_mut().map(environments_of).collect::<Vec<_>>()).await;
        let environments = apps.iter_mut().flat_map(|app| &mut app.environments);
        self.fill_in_commits(&mut environments.flat_map(deploys_of).collect::<Vec<_>>()).await;
        Ok(Board {
            apps,
            rehearsal: self.is_rehearsal(),
            github: self.github.outage(),
            notifications: self.notifications().await?,
        })
    }
}

impl Console {
    /// Every configured place of these apps, in the order of the file.
    pub(super) fn places(&self, visible: &Visible) -> Vec<Place> {
        let places = self.apps.iter().filter(|app| visible.has(&app.name)).flat_map(|app| {
            let place = |environment: &EnvironmentConfig| Place {
                app: app.name.clone(),
                environment: environment.name.clone(),
            };
            app.environments.iter().map(place)
        });
        places.collect()
    }

    pub(super) async fn board_environment_of(
        &self,
        caller: &Caller,
        app: &AppConfig,
        place: &EnvironmentConfig,
    ) -> Result<BoardEnvironment, ServiceError> {
        let frozen = self.frozen_now().await?;
        let gates = self.gates(&Visible::Only(vec![app.name.clone()])).await?;
        // Those before it, too: what is live there may be promoted.
        let before = app.environments.iter().take_while(|before| before.name != place.name);
        let shown: Vec<_> = before.chain([place]).collect();
        let of =
            |shown: &&EnvironmentConfig| Place { app: app.name.clone(), environment: shown.name.clone() };
        let summaries = self.store.environment_summaries(shown.iter().map(of).collect()).await;
        let summaries = summaries.map_err(from_store)?.into_iter();
        let mut environments: Vec<_> = shown
            .into_iter()
            .zip(summaries)
            .map(|(shown, summary)| {
                let now = (frozen(&app.name, &shown.name), gates.about(&app.name, &shown.name));
                self.board_environment(caller, app, shown, summary, now)
            })
            .collect();
        self.fill_in_upstreams(&mut [(app.repo.as_str(), environments.as_mut_slice())]).await;
        let mut environment = environments.pop().ok_or_else(|| ServiceError::new(ErrorCode::Internal))?;
        self.fill_in_commits(&mut deploys_of(&mut environment).collect::<Vec<_>>()).await;
        Ok(environment)
    }

    fn board_environment(
        &self,
        caller: &Caller,
        app: &AppConfig,
        place: &EnvironmentConfig,
        summary: EnvironmentSummary,
        (frozen, gate): (Option<Frozen>, Option<&ProtectionRequest>),
    ) -> BoardEnvironment {
        let awaits_caller = summary
            .under_way
            .as_ref()
            .is_some_and(|stored| may_approve(caller, stored) == Some(MayApprove::Yes));
        let view = |stored: Option<StoredDeploy>| stored.map(|stored| self.view(stored).for_page());
        let last_success = view(summary.last_success);
        // What is older than what is live is of no more interest.
        let is_newer = |claim: &Claim| last_success.as_ref().is_none_or(|live| claim.at > live.requested_at);
        let is_after_live = |request: &&ProtectionRequest| {
            last_success.as_ref().is_none_or(|live| request.asked_at > live.requested_at)
        };
        BoardEnvironment {
            gate: gate.filter(is_after_live).cloned(),
            claim: self.claims.about(&app.name, &place.name).filter(is_newer),
            name: place.name.clone(),
            asks_for_name: place.asks_for_name,
            frozen,
            under_way: view(summary.under_way),
            awaits_caller,
            version: self.answers.check(&app.name, &place.name, last_success.as_ref()),
            last_success,
            last_ended: view(summary.last_ended),
            upstream: None,
            denied: caller.denied(Action::Deploy, &scope(&app.name, &place.name)),
        }
    }
}

fn environments_of(app: &mut BoardApp) -> (&str, &mut [BoardEnvironment]) {
    let BoardApp { repo, environments, .. } = app;
    (repo, environments)
}

/// The deploys that are shown of an environment.
fn deploys_of(environment: &mut BoardEnvironment) -> impl Iterator<Item = &mut Deploy> {
    let BoardEnvironment { under_way, last_success, last_ended, .. } = environment;
    [under_way, last_success, last_ended].into_iter().flatten()
}
