//! What GitHub asks about its gate, and the console's answers.

use app::domain::{DeployId, ProtectionRequestId, ProtectionState, Timestamp, Visible};
use serde::{Deserialize, Serialize};

use super::{Actor, NeededApproval};

/// A question of GitHub to keep: whether a job of a run may go on into an environment.
#[derive(Clone, Debug)]
pub struct NewProtectionRequest {
    /// The id that it gets here.
    pub id: ProtectionRequestId,
    /// `owner/name`.
    pub repo: String,
    /// The run.
    pub run: i64,
    /// The environment, as the configuration spells it.
    pub environment: String,
    /// GitHub's id of the deployment that waits: another one each time that GitHub asks.
    pub deployment: i64,
    /// The app, as far as the repository and the environment tell.
    pub app: String,
    /// Who started the run, as far as GitHub says so when it asks.
    pub started_by: Option<StartedBy>,
    /// When it asked.
    pub at: Timestamp,
}

/// An account on GitHub that started a run.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StartedBy {
    /// Its name.
    pub login: String,
    /// Its number, which never changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
}

impl StartedBy {
    /// Whether somebody is, or may be, the one who started it: by the number where they signed in with GitHub, and by the
    /// name in any case. A name that is the same by chance keeps one from approving; somebody else has to.
    #[must_use]
    pub fn may_be(&self, actor: &Actor) -> bool {
        self.id.is_some_and(|id| actor.id == format!("github:{id}"))
            || actor.name.eq_ignore_ascii_case(&self.login)
    }
}

/// A question of GitHub as it is stored.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredProtectionRequest {
    /// Its id.
    pub id: ProtectionRequestId,
    /// `owner/name`.
    pub repo: String,
    /// The run.
    pub run: i64,
    /// The environment.
    pub environment: String,
    /// The app.
    pub app: String,
    /// The deploy that the run is of, if one was known when it was last looked at.
    pub deploy_id: Option<DeployId>,
    /// Who started the run.
    pub started_by: Option<StartedBy>,
    /// When GitHub asked.
    pub asked_at: Timestamp,
    /// What was decided, or what it waits for.
    pub state: ProtectionState,
    /// Those who approved it, in their order.
    pub approved_by: Vec<StoredProtectionApproval>,
    /// How often the answer was sent and may have arrived, whatever is known of it.
    pub tries: i64,
    /// When that was last begun.
    pub tried_at: Option<Timestamp>,
    /// When GitHub took the answer.
    pub told_at: Option<Timestamp>,
    /// When there was no more to be done: GitHub took the answer, or waited for none any more.
    pub closed_at: Option<Timestamp>,
}

/// One person's approval of a run that waits at GitHub's gate.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StoredProtectionApproval {
    /// The id of who gave it.
    pub id: String,
    /// Their name.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// What they said with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// What is known of a question of GitHub, so that it can be decided.
#[derive(Clone, Debug)]
pub struct DecideProtection {
    /// The question.
    pub id: ProtectionRequestId,
    /// The deploy that the run is of, if it is under way.
    pub deploy_id: Option<DeployId>,
    /// Which attempt of the run asks. A deploy vouches for the first alone: whoever runs it again did not request that here.
    pub attempt: i64,
    /// Who started the run, if that is known by now.
    pub started_by: Option<StartedBy>,
    /// The places that it is about, at least one: several, where apps share a repository and the run does not tell which
    /// of them it is of. What stops one of them stops it.
    pub places: Vec<ProtectedPlace>,
    /// Now.
    pub at: Timestamp,
}

/// An app whose environment a run would go on into, and what is configured there.
#[derive(Clone, Debug)]
pub struct ProtectedPlace {
    /// The app.
    pub app: String,
    /// Whether a run waits while it is frozen, and is not rejected.
    pub holds_while_frozen: bool,
    /// What has to be approved of a run that was not requested here; none: nothing has.
    pub approval: Option<NeededApproval>,
}

/// An approval or a rejection of a run that waits at GitHub's gate.
#[derive(Clone, Debug)]
pub struct ApproveProtection {
    /// The question.
    pub id: ProtectionRequestId,
    /// Who approves or rejects it.
    pub by: Actor,
    /// What they say with it.
    pub comment: Option<String>,
    /// Now.
    pub at: Timestamp,
}

/// The result of an approval or a rejection of a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ProtectionApproved {
    /// It counts.
    Counted,
    /// The same person has approved it before.
    Repeated,
    /// Who started the run is the one who approves or rejects it.
    OwnRun,
    /// It waits for no approval.
    NotAwaiting,
    /// The time for it is over.
    Expired,
    /// There is no such question.
    Missing,
}

/// Which questions to list, newest first.
#[derive(Clone, Debug, Default)]
pub struct ProtectionFilter {
    /// Of these apps alone.
    pub visible: Visible,
    /// About this run alone: of this repository, with this number.
    pub run: Option<(String, i64)>,
    /// At most this many.
    pub limit: u32,
}
