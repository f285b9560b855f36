//! A deploy to record, and the result of the request.

use super::{Actor, NeededApproval};
use app::domain::{Commit, DeployId, Frozen, GitRef, InputValues, Origin, Timestamp};

/// A request to record.
#[derive(Clone, Debug)]
pub struct NewDeploy {
    /// The id that the deploy gets.
    pub id: DeployId,
    /// Who requests it.
    pub actor: Actor,
    /// The idempotency key, unique among the keys of this actor, by id.
    pub key: String,
    /// A hash of the request.
    pub fingerprint: String,
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: String,
    /// What to deploy.
    pub git_ref: GitRef,
    /// The commit, where one was requested.
    pub commit: Option<Commit>,
    /// Its origin.
    pub origin: Origin,
    /// Why.
    pub reason: Option<String>,
    /// Why to go ahead although it may be frozen.
    pub override_freeze: Option<String>,
    /// What has to be approved before GitHub may be asked; none: nothing has.
    pub approval: Option<NeededApproval>,
    /// The inputs that are sent beside the console's own.
    pub inputs: InputValues,
    /// Now.
    pub at: Timestamp,
    /// A first request that was recorded before this and is still unanswered was left by a crash.
    pub in_flight_since: Timestamp,
}

/// The result of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CreateOutcome {
    /// Recorded; GitHub may be asked, once, unless it has to be approved before.
    New,
    /// The same key and request made this deploy before.
    Replayed(DeployId),
    /// The same key and request is being answered right now.
    InFlight,
    /// The key belongs to another request.
    KeyReused,
    /// Another deploy of this app and environment is under way.
    UnderWay(DeployId),
    /// It is frozen, and no reason to override that was given.
    Frozen(Frozen),
}
