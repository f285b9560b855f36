//! What somebody should know before a ref is deployed.

use app::{
    api::{Ask, Changes, DeployPlan, ErrorCode, Problem},
    domain::{GitRef, NotAGitRef},
};
use runtime::ids::uuid_at;
use store::DeployFilter;

use crate::service::{Console, from_store};

/// Deploys of the app that are looked through for refs.
const DEPLOYS: u32 = 40;
/// Refs that are suggested.
const REFS: usize = 8;

impl Console {
    pub(in crate::service) async fn plan_deploy(
        &self,
        app: &str,
        environment: &str,
        git_ref: Option<String>,
        ask: Ask,
    ) -> Result<DeployPlan, Problem> {
        let (app, place) =
            self.apps.find(app, environment).ok_or_else(|| Problem::new(ErrorCode::UnknownEnvironment))?;
        let environment = self.board_environment_of(app, place).await?;
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
            changes,
            github: self.github.outage(),
            key: uuid_at(self.clock.now()).to_string(),
        })
    }

    /// Refs that the app was deployed from, newest first, the one of the configuration among them. Commits are left
    /// out: nobody knows them by heart.
    async fn refs(&self, app: &str, default: String) -> Result<Vec<String>, Problem> {
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
