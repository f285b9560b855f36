//! From rows to what pages show.

use app::{
    api::{Board, BoardApp, BoardEnvironment, DeployPage, DeployQuery, DeployService, ErrorCode, Problem},
    domain::{Deploy, Frozen, StoredStatus, step},
};
use store::{DeployFilter, EnvironmentSummary, Place, StatusFilter, StoredDeploy, StoredPage};

use crate::config::{AppConfig, Apps, EnvironmentConfig};
use crate::service::{Console, deploys::cursor, from_store, range};

const DEFAULT_LIMIT: u32 = 25;
const MAX_LIMIT: u32 = 100;

impl Console {
    /// A deploy with its steps.
    pub(in crate::service) fn view(&self, stored: StoredDeploy) -> Deploy {
        deploy_view(&self.apps, stored)
    }

    pub(in crate::service) async fn read_page(&self, query: DeployQuery) -> Result<DeployPage, Problem> {
        let filter = filter(query)?;
        let StoredPage { deploys, has_more } = self.store.deploy_page(&filter).await.map_err(from_store)?;
        let last = deploys.last().filter(|_| has_more);
        let next_cursor = last.map(|last| cursor::encode(last.requested_at, last.id));
        Ok(DeployPage { deploys: deploys.into_iter().map(|stored| self.view(stored)).collect(), next_cursor })
    }

    pub(in crate::service) async fn read_board(&self) -> Result<Board, Problem> {
        let frozen = self.frozen_now().await?;
        let environment_summaries =
            self.store.environment_summaries(self.places()).await.map_err(from_store)?;
        let mut environment_summaries = environment_summaries.into_iter();
        let mut apps = Vec::new();
        for app in self.apps.iter() {
            let environments = app.environments.iter().zip(&mut environment_summaries);
            let environments = environments.map(|(place, summary)| {
                self.board_environment(app, place, summary, frozen(&app.name, &place.name))
            });
            apps.push(BoardApp {
                name: app.name.clone(),
                repo: app.repo.clone(),
                default_ref: app.git_ref.to_string(),
                environments: environments.collect(),
            });
        }
        Ok(Board {
            apps,
            rehearsal: self.is_rehearsal(),
            github: self.github.outage(),
            notifications: self.notifications().await?,
        })
    }

    /// Every configured place, in the order of the file.
    pub(in crate::service) fn places(&self) -> Vec<Place> {
        let places = self.apps.iter().flat_map(|app| {
            let place = |environment: &EnvironmentConfig| Place {
                app: app.name.clone(),
                environment: environment.name.clone(),
            };
            app.environments.iter().map(place)
        });
        places.collect()
    }

    /// One environment of the board.
    pub(in crate::service) async fn board_environment_of(
        &self,
        app: &AppConfig,
        place: &EnvironmentConfig,
    ) -> Result<BoardEnvironment, Problem> {
        let frozen = self.frozen_now().await?(&app.name, &place.name);
        let here = Place { app: app.name.clone(), environment: place.name.clone() };
        let environment_summaries = self.store.environment_summaries(vec![here]).await.map_err(from_store)?;
        let summary = environment_summaries.into_iter().next().unwrap_or_default();
        Ok(self.board_environment(app, place, summary, frozen))
    }

    fn board_environment(
        &self,
        app: &AppConfig,
        place: &EnvironmentConfig,
        summary: EnvironmentSummary,
        frozen: Option<Frozen>,
    ) -> BoardEnvironment {
        let view = |stored: Option<StoredDeploy>| stored.map(|stored| self.view(stored).for_page());
        let last_success = view(summary.last_success);
        BoardEnvironment {
            name: place.name.clone(),
            asks_for_name: place.asks_for_name,
            frozen,
            under_way: view(summary.under_way),
            version: self.answers.check(&app.name, &place.name, last_success.as_ref()),
            last_success,
            last_ended: view(summary.last_ended),
        }
    }

    pub(in crate::service) async fn newest(
        &self,
        app: &str,
        environment: &str,
        status: StatusFilter,
    ) -> Result<Option<Deploy>, Problem> {
        let filter = DeployFilter {
            app: Some(app.to_owned()),
            environment: Some(environment.to_owned()),
            status,
            limit: 1,
            ..DeployFilter::default()
        };
        let stored = self.store.deploys(&filter).await.map_err(from_store)?;
        Ok(stored.into_iter().next().map(|stored| self.view(stored)))
    }
}

/// A deploy with its steps, which need to know what gates its environment has.
#[must_use]
pub fn deploy_view(apps: &Apps, stored: StoredDeploy) -> Deploy {
    let gates = apps.gates(&stored.app, &stored.environment);
    let steps = step::steps(&stored.status, &stored.history, gates, stored.failure_stage);
    let (github_run_id, github_run_url) = stored.run.map(|run| (run.id, run.url)).unzip();
    let seen = stored.run_seen;
    Deploy {
        id: stored.id,
        app: stored.app,
        environment: stored.environment,
        git_ref: stored.git_ref,
        commit: stored.commit,
        origin: stored.origin,
        status: stored.status,
        version: stored.version,
        github_run_id,
        github_run_url,
        run_state: seen.map(|seen| seen.report.state),
        run_attempt: seen.and_then(|seen| seen.report.attempt),
        run_read_at: seen.map(|seen| seen.at),
        cancellation: stored.cancellation,
        freeze_override: stored.freeze_override,
        freeze: stored.freeze,
        requested_by: stored.requested_by,
        reason: stored.reason,
        requested_at: stored.requested_at,
        updated_at: stored.updated_at,
        finished_at: stored.finished_at,
        failure_stage: stored.failure_stage,
        history: stored.history,
        steps: steps.into(),
    }
}

fn filter(query: DeployQuery) -> Result<DeployFilter, Problem> {
    let set = |text: Option<String>| text.filter(|text| !text.is_empty());
    let before = set(query.cursor).map(|text| cursor::decode(&text)).transpose()?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::new(ErrorCode::InvalidQuery).with_detail(format!("limit: 1 to {MAX_LIMIT}.")));
    }
    Ok(DeployFilter {
        app: set(query.app),
        environment: set(query.environment),
        status: set(query.status)
            .map_or(StatusFilter::Any, |text| StatusFilter::Is(StoredStatus::from(&*text).to_string())),
        requested_by: set(query.requested_by),
        since: set(query.since).map(|text| range::since(&text)).transpose()?,
        until: set(query.until).map(|text| range::until(&text)).transpose()?,
        before,
        limit,
    })
}
