//! Refs that are suggested to the operator.

use app::api::ServiceError;
use store::DeployFilter;

use crate::service::{Console, from_store};

/// How many deploys of the app are searched for refs.
const DEPLOYS: u32 = 40;
/// How many refs are suggested.
const REFS: usize = 8;

impl Console {
    /// Refs that the app was deployed from, newest first, the one of the configuration among them. Commits are left
    /// out: people do not recognize them.
    pub(super) async fn refs(&self, app: &str, default: String) -> Result<Vec<String>, ServiceError> {
        let filter = DeployFilter { app: Some(app.to_owned()), limit: DEPLOYS, ..DeployFilter::default() };
        let deploys = self.store.deploys(&filter).await.map_err(from_store)?;
        let mut refs = vec![default];
        for deploy in deploys {
            let is_commit = deploy.commit.is_some_and(|commit| commit.is_named_by(&deploy.git_ref));
            if !is_commit && !refs.contains(&deploy.git_ref) {
                refs.push(deploy.git_ref);
            }
        }
        refs.truncate(REFS);
        Ok(refs)
    }
}
