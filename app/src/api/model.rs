//! What pages show, as data.

use serde::{Deserialize, Serialize};

use super::VersionCheck;
use crate::domain::{Deploy, DeployId, DurationStats, Frozen, GitHubOutage, Timestamp, TrailEntry};

/// The first page: every app and environment, and what is known of each.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Board {
    /// The apps, in the order of the configuration.
    pub apps: Vec<BoardApp>,
    /// Whether GitHub is simulated.
    pub rehearsal: bool,
    /// Why GitHub cannot be asked, if it cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub github: Option<GitHubOutage>,
    /// Which channels have not taken messages; nothing while all is well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notifications: Vec<NotificationTrouble>,
}

/// Messages about ended deploys that a channel has not taken. No deploy waits for them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NotificationTrouble {
    /// The channel, as the beginning of a sentence.
    pub channel: String,
    /// How many.
    pub messages: u32,
    /// Since when the oldest of them waits.
    pub since: Timestamp,
    /// What the last try that failed said, as the end of a sentence that begins with the channel.
    pub last_error: Option<String>,
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
    /// Whether the form asks to type its name.
    #[serde(default)]
    pub asks_for_name: bool,
    /// What freezes it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<Frozen>,
    /// The deploy that is under way.
    pub under_way: Option<Deploy>,
    /// The newest deploy that succeeded: as far as the console knows, what is live.
    pub last_success: Option<Deploy>,
    /// What the environment itself answers, where it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<VersionCheck>,
    /// The newest deploy that ended, however it did.
    pub last_ended: Option<Deploy>,
}

/// One deploy as it is polled.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PollAnswer {
    /// The deploy.
    pub deploy: Deploy,
    /// Why GitHub's record cannot be read now, while that matters to the deploy.
    pub github: Option<GitHubOutage>,
    /// How long its steps usually take, while it is live; nothing of those that too little is known of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usual: Vec<DurationStats>,
}

impl From<Deploy> for PollAnswer {
    /// As it is when nobody has asked after anything beside it.
    fn from(deploy: Deploy) -> Self {
        Self { deploy, github: None, usual: Vec::new() }
    }
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
    /// Only those that this person asked for.
    pub requested_by: Option<String>,
    /// Only those asked for then or later: an RFC 3339 time, or a day of UTC as `YYYY-MM-DD`.
    pub since: Option<String>,
    /// Only those asked for before then; a day is meant with the whole of it.
    pub until: Option<String>,
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
    /// Why to deploy though the environment is frozen; without it, a freeze is obeyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_freeze: Option<String>,
    /// The deploy, one that succeeded, whose commit `git_ref` is: of the same environment to roll back, of another
    /// one to promote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<uuid::Uuid>))]
    pub pinned_to: Option<DeployId>,
}

/// Which entries of the journal to read.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[cfg_attr(feature = "ssr", into_params(parameter_in = Query))]
pub struct AuditQuery {
    /// Only those about this deploy.
    #[cfg_attr(feature = "ssr", param(value_type = Option<uuid::Uuid>))]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<uuid::Uuid>))]
    pub deploy_id: Option<DeployId>,
    /// Only those after this sequence number; 0 if not said.
    pub after: Option<i64>,
    /// At most so many, 1 to 1000; 100 if not said.
    pub limit: Option<u32>,
}

/// Entries of the journal, in sequence.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AuditTrail {
    /// The entries: at most as many as were asked for, and fewer if they are long. One that cannot be read has a member
    /// `unreadable` that says why, and no payload.
    pub entries: Vec<TrailEntry>,
    /// What to ask for as `after` to read on, also after a page that is shorter than was asked for; none at the end.
    pub next_after: Option<i64>,
}

/// The end of the journal of one deploy: as much as a page shows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DeployJournal {
    /// The newest entries, oldest first.
    pub entries: Vec<TrailEntry>,
    /// How many there are before these.
    pub earlier: u32,
}
