//! What pages show, as data.

use serde::{Deserialize, Serialize};

use crate::domain::{Deploy, DeployId, Timestamp};

/// The first page: every app and environment, and what is known of each.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Board {
    /// The apps, in the order of the configuration.
    pub apps: Vec<BoardApp>,
    /// Whether GitHub is simulated.
    pub rehearsal: bool,
}

/// One app of the board.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct BoardApp {
    /// Its name.
    pub name: String,
    /// Its repository, `owner/name`.
    pub repo: String,
    /// The ref that the form offers.
    pub default_ref: String,
    /// Its environments, in the order of the configuration.
    pub environments: Vec<BoardEnvironment>,
}

/// One environment of one app.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct BoardEnvironment {
    /// Its name.
    pub name: String,
    /// The deploy that is under way.
    pub under_way: Option<Deploy>,
    /// The newest deploy that succeeded: as far as the console knows, what is live.
    pub last_success: Option<Deploy>,
    /// The newest deploy that ended, however it did.
    pub last_ended: Option<Deploy>,
}

/// A page of deploys, newest first.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DeployPage {
    /// The deploys.
    pub deploys: Vec<Deploy>,
    /// Where the next, older page begins; none on the last page.
    pub next_cursor: Option<String>,
}

/// Which deploys to list.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[cfg_attr(feature = "ssr", into_params(parameter_in = Query))]
pub struct DeployQuery {
    /// Only this app.
    pub app: Option<String>,
    /// Only this environment.
    pub environment: Option<String>,
    /// Only this status.
    pub status: Option<String>,
    /// At most so many, 1 to 100; 25 if not said.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What an operator asks for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DispatchRequest {
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: String,
    /// The Git ref name or commit to deploy.
    pub git_ref: String,
    /// Why; for whoever reads the journal.
    #[serde(default)]
    pub reason: Option<String>,
}

/// One entry of the journal.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct JournalEntry {
    /// Its place in the journal of the whole console, from 1.
    pub sequence: i64,
    /// When it was written, by the console's clock.
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// Who acted.
    pub actor: String,
    /// What was done: `console.deploy.callback` and the like; perhaps one of a newer build.
    pub action: String,
    /// The deploy, where it is about one.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<uuid::Uuid>))]
    pub deploy_id: Option<DeployId>,
    /// The rest, as free-form JSON.
    pub payload: serde_json::Value,
    /// The hash of the entry before, hexadecimal.
    pub previous_hash: String,
    /// The hash of this entry, hexadecimal.
    pub hash: String,
}

/// What the simulated GitHub of a rehearsal does with the next run.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Every job succeeds and every callback arrives.
    #[default]
    AllWell,
    /// The smoke job fails.
    SmokeGateFails,
    /// The freeze check fails.
    FreezeCheckFails,
    /// The build fails.
    BuildFails,
    /// The new version does not become healthy.
    HealthCheckFails,
    /// The callback that says that the smoke gate began never arrives.
    CallbackLost,
    /// The smoke job begins and is never heard of again.
    Stalls,
    /// GitHub accepts without run details, and lists the run late.
    SlowRun,
}

impl Scenario {
    /// Every scenario, in the order of the form.
    pub const ALL: [Self; 8] = [
        Self::AllWell,
        Self::SmokeGateFails,
        Self::FreezeCheckFails,
        Self::BuildFails,
        Self::HealthCheckFails,
        Self::CallbackLost,
        Self::Stalls,
        Self::SlowRun,
    ];

    /// The value in the form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AllWell => "all_well",
            Self::SmokeGateFails => "smoke_gate_fails",
            Self::FreezeCheckFails => "freeze_check_fails",
            Self::BuildFails => "build_fails",
            Self::HealthCheckFails => "health_check_fails",
            Self::CallbackLost => "callback_lost",
            Self::Stalls => "stalls",
            Self::SlowRun => "slow_run",
        }
    }

    /// The words in the form.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::AllWell => "All well",
            Self::SmokeGateFails => "Smoke gate fails",
            Self::FreezeCheckFails => "Freeze check fails",
            Self::BuildFails => "Build fails",
            Self::HealthCheckFails => "Health check fails",
            Self::CallbackLost => "A callback is lost",
            Self::Stalls => "It stalls",
            Self::SlowRun => "It is slow to show its run",
        }
    }
}
