//! A deploy to record, and what became of the request.

use app::domain::{Commit, DeployId, Frozen, GitRef, Origin, Timestamp};

/// A request to record.
#[derive(Clone, Debug)]
pub struct NewDeploy {
    /// The id that the deploy gets.
    pub id: DeployId,
    /// Who asks.
    pub actor: String,
    /// The idempotency key, unique among the keys of this actor.
    pub key: String,
    /// A hash of what is asked for.
    pub fingerprint: String,
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: String,
    /// What to deploy.
    pub git_ref: GitRef,
    /// The commit, where that is what is asked for.
    pub commit: Option<Commit>,
    /// How it came to be asked for.
    pub origin: Origin,
    /// Why.
    pub reason: Option<String>,
    /// Why it is to go ahead though it may be frozen.
    pub override_freeze: Option<String>,
    /// Now.
    pub at: Timestamp,
    /// A first request that was recorded before this and is still unanswered was left by a crash.
    pub in_flight_since: Timestamp,
}

/// What became of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CreateOutcome {
    /// Recorded; GitHub may be asked, once.
    New,
    /// The same key and request made this deploy before.
    Replayed(DeployId),
    /// The same key and request is being answered right now.
    InFlight,
    /// The key belongs to another request.
    KeyReused,
    /// Another deploy of this app and environment is under way.
    UnderWay(DeployId),
    /// It is frozen, and nobody said why to deploy all the same.
    Frozen(Frozen),
}
