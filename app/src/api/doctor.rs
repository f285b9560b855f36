//! Whether each app can be deployed, looked at before the first press: what was found, how that is known, and what to do.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::{UiError, client::ApiClient};
use crate::domain::Timestamp;

#[cfg(feature = "ssr")]
use super::service::{Ask, ServiceError, ask, caller, service};
#[cfg(feature = "ssr")]
use crate::domain::Caller;

/// Checks of the configuration, of what is on GitHub, and of the way back from there.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait DoctorApi: Send + Sync {
    /// Checks every app, or one. Nothing is started, changed or recorded.
    async fn examine(
        &self,
        caller: &Caller,
        app: Option<&str>,
        ask: Ask,
    ) -> Result<DoctorReport, ServiceError>;
}

/// Which apps to check.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "ssr", into_params(parameter_in = Query))]
pub struct DoctorQuery {
    /// Only this one; every app by default.
    pub app: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DoctorReport {
    /// When it was looked at.
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
    pub checked_at: Timestamp,
    /// What concerns every app: the console's address and its token.
    pub console: Vec<Check>,
    /// The apps, in the order of the configuration.
    pub apps: Vec<AppChecks>,
}

/// What was found about one app.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AppChecks {
    /// Its name.
    pub app: String,
    /// Its repository, `owner/name`.
    pub repo: String,
    /// The file name of its workflow.
    pub workflow: String,
    /// The branch or tag on which the workflow runs.
    pub git_ref: String,
    pub checks: Vec<Check>,
}

/// One line of the report.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Check {
    /// What was checked.
    pub subject: CheckSubject,
    pub result: CheckResult,
    /// What is so, as a sentence.
    pub found: String,
    /// How that is known.
    pub known_by: String,
    /// What to do; where it is not known, how to find out.
    pub advice: Option<String>,
}

/// What a check found. What cannot be known is never guessed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    Ok,
    /// Deploys work, but not everything around them.
    Warning,
    /// A deploy would fail, or could not be followed to its end.
    Problem,
    /// It cannot be known from here, or not now.
    Unknown,
}

impl CheckResult {
    /// Its spelling, and its word on the screen.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
            Self::Unknown => "unknown",
        }
    }
}

/// What is checked.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckSubject {
    /// Whether the workflows' reports reach the console.
    Callback,
    /// Whether the identity tokens of workflows can be verified.
    Identity,
    /// How many requests GitHub still answers in this hour.
    RateLimit,
    Repository,
    /// Whether GitHub lists the workflow, and runs it.
    Workflow,
    /// Whether the workflow's file is on the ref of the app.
    File,
    Inputs,
    Environments,
    /// Whether the workflow's jobs have the names that are looked for in GitHub's record.
    Jobs,
    /// Whether the title of a run names its deploy.
    RunName,
    /// Whether the workflow reports at all.
    Reports,
    /// Whether the repository has the secret that reports are signed with.
    Secret,
    /// Whether the token may run and cancel workflows.
    Actions,
    /// Whether the token may read what lies between two commits.
    Compare,
    /// Whether GitHub asks before a job goes on into an environment.
    Gate,
}

impl CheckSubject {
    /// Its words on the screen.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Callback => "Callback",
            Self::Identity => "GitHub identity",
            Self::RateLimit => "Rate limit",
            Self::Repository => "Repository",
            Self::Workflow => "Workflow",
            Self::File => "Workflow file",
            Self::Inputs => "Inputs",
            Self::Environments => "Environments",
            Self::Jobs => "Jobs",
            Self::RunName => "Run name",
            Self::Reports => "Reports",
            Self::Secret => "Secret",
            Self::Actions => "Run and cancel",
            Self::Compare => "Compare",
            Self::Gate => "GitHub’s gate",
        }
    }
}

impl AppChecks {
    /// Whether nothing of its own is in the way.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !has_problem(&self.checks)
    }
}

impl DoctorReport {
    /// How many apps have no problem: none, where the console itself has one.
    #[must_use]
    pub fn ready(&self) -> usize {
        let is_in_order = !has_problem(&self.console);
        self.apps.iter().filter(|app| is_in_order && app.is_ready()).count()
    }

    /// How many checks came to this.
    #[must_use]
    pub fn count(&self, result: CheckResult) -> usize {
        let checks = self.console.iter().chain(self.apps.iter().flat_map(|app| &app.checks));
        checks.filter(|check| check.result == result).count()
    }
}

fn has_problem(checks: &[Check]) -> bool {
    checks.iter().any(|check| check.result == CheckResult::Problem)
}

/// Checks every app, or one.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "doctor", input = GetUrl)]
pub async fn examine(#[server(default)] query: DoctorQuery) -> Result<DoctorReport, UiError> {
    Ok(service::<dyn DoctorApi>()?.examine(&caller()?, query.app.as_deref(), ask()).await?)
}
