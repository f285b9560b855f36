//! Whether each app can be deployed, before the first press. Everything is asked anew each time that somebody looks, and
//! nothing is started, changed or recorded.
//!
//! - [`answers`]: what GitHub is asked. [`callback`]: the way back, tested from this machine. [`identity`]: the same where
//!   GitHub vouches for workflows.
//! - [`workflow_file`]: what a workflow says of itself. [`inputs`], [`jobs`], [`run_name`]: what follows from that.
//! - [`repository`], [`token`]: what GitHub says of both. [`gate`]: whether it asks before a job goes on.
//!
//! What cannot be known is said to be unknown: no line is a guess.

mod answers;
mod callback;
mod found;
mod gate;
mod identity;
mod inputs;
mod jobs;
mod repository;
mod run_name;
mod token;
mod workflow_file;

use std::time::Duration;

use actions_identity::Verifier;
use app::api::{AppChecks, Ask, Check, CheckSubject, DoctorApi, DoctorReport, ErrorCode, ServiceError};
use app::domain::Caller;
use async_trait::async_trait;
use futures::{FutureExt, StreamExt, future, stream};
use github::{Client, RequestsLeft};
use moka::future::Cache;
use runtime::clock::SharedClock;

use self::{answers::Answers, found::unknown};
pub use callback::CallbackTest;

use super::deploys::run_record::FROM_ANOTHER_SITE;
use crate::config::{AppConfig, Apps};

/// How long a look may take in all; an app that was not reached by then is said to be unknown.
const PATIENCE: Duration = Duration::from_secs(7);
/// Apps that GitHub is asked about at a time: with five questions each, half of what it takes at once from one token.
const AT_A_TIME: usize = 10;
/// How long a report is good for those who ask for the same: a page that is opened again and again asks GitHub for less.
const FRESH: Duration = Duration::from_secs(3);

/// Looks at every app. The command line uses it without the rest of the console.
pub struct Doctor {
    github: Client,
    apps: Apps,
    callback: CallbackTest,
    /// What identity tokens are verified with; none, if no app takes them.
    identity: Option<Verifier>,
    clock: SharedClock,
    /// By the apps that they are about.
    recent: Cache<Vec<String>, DoctorReport>,
}

#[async_trait]
impl DoctorApi for Doctor {
    async fn examine(
        &self,
        caller: &Caller,
        app: Option<&str>,
        ask: Ask,
    ) -> Result<DoctorReport, ServiceError> {
        let visible = caller.visible();
        let seen = self.apps.iter().filter(|known| visible.has(&known.name));
        let apps: Vec<_> = seen.filter(|known| app.is_none_or(|app| known.name == app)).collect();
        if apps.is_empty() {
            return Err(ServiceError::new(ErrorCode::UnknownEnvironment));
        }
        if ask == Ask::Nothing {
            return Ok(self.not_asked(&apps));
        }
        let key = apps.iter().map(|app| app.name.clone()).collect();
        Ok(self.recent.get_with(key, self.look(&apps)).await)
    }
}

impl Doctor {
    #[must_use]
    pub fn new(github: Client, apps: Apps, callback: CallbackTest, clock: SharedClock) -> Self {
        let recent = Cache::builder().max_capacity(100).time_to_live(FRESH).build();
        Self { github, apps, callback, identity: None, clock, recent }
    }

    /// The same, where apps take identity tokens.
    #[must_use]
    pub fn with_identity(self, identity: Option<Verifier>) -> Self {
        Self { identity, ..self }
    }

    async fn look(&self, apps: &[&AppConfig]) -> DoctorReport {
        let over = tokio::time::sleep(PATIENCE).shared();
        let now = self.clock.now();
        let about: Vec<_> = apps.iter().map(|app| self.about(app, over.clone())).collect();
        let asked = stream::iter(about).buffered(AT_A_TIME).collect::<Vec<_>>();
        let identity = async {
            match &self.identity {
                Some(verifier) => Some(identity::check(verifier).await),
                None => None,
            }
        };
        let (callback, identity, answers) = future::join3(self.callback.check(now), identity, asked).await;
        let (apps, requests): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
        let requests = token::rate_limit(&requests);
        let console = callback.into_iter().chain(identity).chain([requests]).collect();
        DoctorReport { checked_at: now, console, apps }
    }

    async fn about(
        &self,
        app: &AppConfig,
        over: impl Future<Output = ()>,
    ) -> (AppChecks, Option<RequestsLeft>) {
        tokio::select! {
            answers = Answers::gather(&self.github, app) => (answers.checks(app), answers.requests()),
            () = over => (answers::of(app, vec![out_of_time(app)]), None),
        }
    }

    /// The same, without a word to GitHub.
    fn not_asked(&self, apps: &[&AppConfig]) -> DoctorReport {
        let line = |subject| unknown(subject, "Not known.", FROM_ANOTHER_SITE, "Load this page again.");
        let about = |app: &&AppConfig| answers::of(app, vec![line(CheckSubject::Repository)]);
        DoctorReport {
            checked_at: self.clock.now(),
            console: vec![line(CheckSubject::Callback)],
            apps: apps.iter().map(about).collect(),
        }
    }
}

fn out_of_time(app: &AppConfig) -> Check {
    unknown(
        CheckSubject::Repository,
        "Not known: it was not this app's turn in time.",
        format!("GitHub was not asked, or did not answer, within {} s", PATIENCE.as_secs()),
        format!("Look at this app alone: deploy-console doctor {}", app.name),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An app with both gates and both environments.
    pub(super) fn app() -> AppConfig {
        let text = r#"
            [[app]]
            name = "shop"
            repo = "acme/shop"
            workflow = "deploy.yml"
            ref = "main"
            environments = [
              { name = "production", freeze_check = true },
              { name = "staging", freeze_check = false },
            ]
        "#;
        Apps::parse(text, "console.toml").unwrap().iter().next().unwrap().clone()
    }
}
