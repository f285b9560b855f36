//! Which commits a deploy brought: what lies between its commit and that of the deploy that was live before it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use app::{
    api::{Ask, Brought, Changes, DeployName, ServiceError},
    domain::{Commit, Deploy, Status},
};
use github::ReadError;
use store::{DeployFilter, StatusFilter};
use tokio::task::JoinError;

use super::changes::{Pair, in_words, unknown};
use crate::{
    config::AppConfig,
    service::{Console, deploys::run_record::FROM_ANOTHER_SITE, from_store},
    tasks::commit_reader::COMMITS_READ,
};

/// How long a page waits for GitHub; then it is told when the answer is there.
const PATIENCE: Duration = Duration::from_secs(1);

impl Console {
    /// Nothing, where its commit is not known.
    pub(super) async fn brought_by(
        &self,
        deploy: &Deploy,
        ask: Ask,
    ) -> Result<Option<Brought>, ServiceError> {
        let app = self.apps.iter().find(|app| app.name == deploy.app);
        let (Some(app), Some(commit)) = (app, &deploy.commit) else { return Ok(None) };
        let before = self.live_before(deploy).await?;
        let changes = match before.as_ref().map(|before| &before.commit) {
            None => None,
            Some(None) => Some(unknown("The commit of the deploy before it is not known.")),
            Some(Some(_)) if ask == Ask::Nothing => Some(unknown(FROM_ANOTHER_SITE)),
            Some(Some(base)) => self.compared_in_time(app, base, commit).await,
        };
        Ok(Some(Brought { before: before.as_ref().map(DeployName::from), changes }))
    }

    /// The newest deploy that succeeded among those that were requested before this one.
    async fn live_before(&self, deploy: &Deploy) -> Result<Option<Deploy>, ServiceError> {
        let filter = DeployFilter {
            app: Some(deploy.app.clone()),
            environment: Some(deploy.environment.clone()),
            status: StatusFilter::Is(Status::Succeeded.to_string()),
            before: Some((deploy.requested_at, deploy.id)),
            limit: 1,
            ..DeployFilter::default()
        };
        let stored = self.store.deploys(&filter).await.map_err(from_store)?.pop();
        Ok(stored.map(|stored| self.view(stored)))
    }

    /// GitHub's answer, if it comes soon. It is awaited in any case, and open pages are told of one that came late.
    async fn compared_in_time(&self, app: &AppConfig, base: &Commit, head: &Commit) -> Option<Changes> {
        let is_late = Arc::new(AtomicBool::new(false));
        let (comparisons, github, feed) = (self.comparisons.clone(), self.github.clone(), self.feed.clone());
        let (pair, clock, was_late) =
            (Pair::new(app, base, head.as_str()), Arc::clone(&self.clock), Arc::clone(&is_late));
        let mut asked = self.background.spawn(async move {
            let compared = comparisons.of(&github, pair).await;
            if was_late.load(Ordering::Acquire) {
                feed.announce(COMMITS_READ, clock.now());
            }
            compared
        });
        if let Ok(compared) = tokio::time::timeout(PATIENCE, &mut asked).await {
            return Some(compared_or_lost(compared));
        }
        is_late.store(true, Ordering::Release);
        // It may have ended just before it could know.
        if asked.is_finished() { Some(compared_or_lost(asked.await)) } else { None }
    }
}

fn compared_or_lost(compared: Result<Result<Changes, ReadError>, JoinError>) -> Changes {
    compared.map_or_else(|_| unknown("It could not be read."), in_words)
}
