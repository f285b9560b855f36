//! Runs that GitHub told of: which rows that concerns. What was told is not believed; it says where to look.

use std::collections::HashSet;

use app::domain::DeployId;
use store::{DeployFilter, StatusFilter, StoreError, StoredDeploy};

use super::{BATCH, Reconciler, wake::TouchedRun};
use crate::config::AppConfig;

impl Reconciler {
    /// The rows that these runs may concern. Where there is none for a run or its attempt, the runs of its repository are
    /// looked through first: it may be one that the console did not start.
    ///
    /// # Errors
    /// If the rows cannot be read.
    pub(super) async fn rows_of(&self, runs: &HashSet<TouchedRun>) -> Result<HashSet<DeployId>, StoreError> {
        let (mut ids, mut unknown) = (HashSet::new(), Vec::new());
        for run in runs {
            let rows = self.rows_with(run).await?;
            if rows.iter().all(|row| row.status.is_terminal() && row.attempt < run.attempt) {
                unknown.push(run);
            }
            ids.extend(rows.iter().map(|row| row.id));
        }
        for app in self.apps.iter().filter(|app| unknown.iter().any(|run| run.is_in(&app.repo))) {
            ids.extend(self.rows_without_run(app).await?);
            self.import_app(app).await;
        }
        for run in unknown {
            ids.extend(self.rows_with(run).await?.iter().map(|row| row.id));
        }
        Ok(ids)
    }

    /// The rows of a run, as far as they are of an app in its repository.
    async fn rows_with(&self, run: &TouchedRun) -> Result<Vec<StoredDeploy>, StoreError> {
        let mut rows = self.store.deploys_of_run(run.id).await?;
        rows.retain(|row| {
            self.apps.find(&row.app, &row.environment).is_some_and(|(app, _)| run.is_in(&app.repo))
        });
        Ok(rows)
    }

    /// The rows of an app that are under way and whose run is not known yet.
    async fn rows_without_run(&self, app: &AppConfig) -> Result<Vec<DeployId>, StoreError> {
        let live = DeployFilter { status: StatusFilter::Live, limit: BATCH, ..DeployFilter::default() };
        let rows = self.store.deploys(&DeployFilter { app: Some(app.name.clone()), ..live }).await?;
        Ok(rows.into_iter().filter(|row| row.run.is_none()).map(|row| row.id).collect())
    }
}
