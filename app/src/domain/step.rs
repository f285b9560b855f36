//! The four steps that an operator sees, worked out from what was recorded. The only file that turns a
//! status into steps.
//!
//! A step never lights up because a later one did: a gate that was passed over without a word is
//! [`StepState::NotReported`]. One that the environment does not have is [`StepState::NotRequired`] from the start.

mod legs;

use serde::{Deserialize, Serialize};

pub use self::legs::{LegState, legs};

use super::{
    HistoryEntry, RunProof, Source, Timestamp,
    status::{FailureStage, Status, StoredStatus},
};

/// One of the four steps.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepKey {
    /// Is this commit fit to be deployed at all?
    SmokeGate,
    /// May anything be deployed now?
    FreezeCheck,
    /// Build and roll out.
    Deploy,
    /// Is the new version healthy?
    HealthCheck,
}

impl StepKey {
    /// The steps in their order.
    pub const ALL: [Self; 4] = [Self::SmokeGate, Self::FreezeCheck, Self::Deploy, Self::HealthCheck];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SmokeGate => "smoke_gate",
            Self::FreezeCheck => "freeze_check",
            Self::Deploy => "deploy",
            Self::HealthCheck => "health_check",
        }
    }

    /// The name on the screen.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::SmokeGate => "Smoke gate",
            Self::FreezeCheck => "Freeze check",
            Self::Deploy => "Deploy",
            Self::HealthCheck => "Health check",
        }
    }

    /// The status that says that the step began.
    const fn begins_with(self) -> Status {
        match self {
            Self::SmokeGate => Status::SmokeGateStarted,
            Self::FreezeCheck => Status::FreezeCheckStarted,
            Self::Deploy => Status::Building,
            Self::HealthCheck => Status::Deploying,
        }
    }

    /// The status that says that the step is done.
    const fn done_with(self) -> Status {
        match self {
            Self::SmokeGate => Status::SmokeGatePassed,
            Self::FreezeCheck => Status::FreezeCheckPassed,
            Self::Deploy => Status::Deploying,
            Self::HealthCheck => Status::Succeeded,
        }
    }
}

impl From<FailureStage> for StepKey {
    fn from(stage: FailureStage) -> Self {
        match stage {
            FailureStage::SmokeGate => Self::SmokeGate,
            FailureStage::FreezeCheck => Self::FreezeCheck,
            FailureStage::Deploy => Self::Deploy,
            FailureStage::HealthCheck => Self::HealthCheck,
        }
    }
}

/// What is known of a step.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Nothing was recorded and nothing later was either.
    Pending,
    /// It reported that it began.
    Active,
    /// It reported that it is done.
    Done,
    /// The deploy failed in it.
    Failed,
    /// The deadline passed while it was under way.
    Stalled,
    /// The deploy ended before it.
    NotReached,
    /// This environment has no such gate.
    NotRequired,
    /// A later step reported, this one never did: an old workflow, or a lost callback.
    NotReported,
    /// A newer build recorded something that this one cannot read.
    #[serde(other)]
    Unknown,
}

impl StepState {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Stalled => "stalled",
            Self::NotReached => "not_reached",
            Self::NotRequired => "not_required",
            Self::NotReported => "not_reported",
            Self::Unknown => "unknown",
        }
    }

    /// The words on the screen.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "in progress",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Stalled => "stalled",
            Self::NotReached => "not reached",
            Self::NotRequired => "not required",
            Self::NotReported => "not reported",
            Self::Unknown => "unknown",
        }
    }
}

/// A step, since when, and how we know.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Step {
    /// Which step.
    pub key: StepKey,
    /// What is known of it.
    pub state: StepState,
    /// When its beginning was recorded.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = DateTime))]
    pub began_at: Option<Timestamp>,
    /// When its end was recorded, good or bad.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = DateTime))]
    pub ended_at: Option<Timestamp>,
    /// Who said it: the reconciler, if any of it was read from GitHub; else who said the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// What proves it: a delivery id, or a GitHub job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// The run that reported it, where GitHub vouched for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proved_by: Option<RunProof>,
}

/// Which gates an environment has. Deploy and health check are always there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Gates {
    /// Whether its workflow has a smoke gate.
    pub smoke_gate: bool,
    /// Whether its workflow checks for a freeze.
    pub freeze_check: bool,
}

impl Gates {
    const fn has(self, key: StepKey) -> bool {
        match key {
            StepKey::SmokeGate => self.smoke_gate,
            StepKey::FreezeCheck => self.freeze_check,
            StepKey::Deploy | StepKey::HealthCheck => true,
        }
    }
}

/// The four steps of a deploy.
///
/// `history` is its accepted path, oldest first, and ends at `status`. `failure_stage` names the failed
/// step where the workflow did.
#[must_use]
pub fn steps(
    status: &StoredStatus,
    history: &[HistoryEntry],
    gates: Gates,
    failure_stage: Option<FailureStage>,
) -> [Step; 4] {
    let view = View { status, history, gates, place: StepPosition::of(status, history, failure_stage) };
    StepKey::ALL.map(|key| view.step(key))
}

/// Where a deploy stands among the steps.
#[derive(Clone, Copy)]
struct StepPosition {
    /// How many steps lie behind it.
    behind: usize,
    /// What holds for the step right after those.
    current: StepState,
}

impl StepPosition {
    const fn between(behind: usize) -> Self {
        Self { behind, current: StepState::Pending }
    }

    const fn within(behind: usize) -> Self {
        Self { behind, current: StepState::Active }
    }

    fn of(status: &StoredStatus, history: &[HistoryEntry], failure_stage: Option<FailureStage>) -> Self {
        match status {
            StoredStatus::Unknown(_) => Self::between(Self::before_end(history).behind),
            StoredStatus::Known(Status::Failed) => match failure_stage {
                Some(stage) => Self { behind: StepKey::from(stage) as usize, current: StepState::Failed },
                None => Self::before_end(history).ended_as(StepState::Failed),
            },
            StoredStatus::Known(Status::TimedOut) => Self::before_end(history).ended_as(StepState::Stalled),
            StoredStatus::Known(status) => Self::live(*status).unwrap_or(Self::between(StepKey::ALL.len())),
        }
    }

    /// Where it stood at the last live status that was recorded.
    fn before_end(history: &[HistoryEntry]) -> Self {
        let known = history.iter().rev().filter_map(|entry| entry.status.known());
        known.filter_map(Self::live).next().unwrap_or(Self::between(0))
    }

    /// A step that was under way ended so; between two steps, none did.
    const fn ended_as(self, end: StepState) -> Self {
        match self.current {
            StepState::Active => Self { current: end, ..self },
            StepState::Pending
            | StepState::Done
            | StepState::Failed
            | StepState::Stalled
            | StepState::NotReached
            | StepState::NotRequired
            | StepState::NotReported
            | StepState::Unknown => self,
        }
    }

    /// The place of a live status.
    const fn live(status: Status) -> Option<Self> {
        match status {
            Status::Requested | Status::Dispatched => Some(Self::between(0)),
            Status::SmokeGateStarted => Some(Self::within(0)),
            Status::SmokeGatePassed => Some(Self::between(1)),
            Status::FreezeCheckStarted => Some(Self::within(1)),
            Status::FreezeCheckPassed => Some(Self::between(2)),
            Status::Building => Some(Self::within(2)),
            Status::Deploying => Some(Self::within(3)),
            Status::Succeeded | Status::Failed | Status::TimedOut => None,
        }
    }
}

struct View<'a> {
    status: &'a StoredStatus,
    history: &'a [HistoryEntry],
    gates: Gates,
    place: StepPosition,
}

impl View<'_> {
    fn step(&self, key: StepKey) -> Step {
        let state = self.state(key);
        let began = self.entry(key.begins_with());
        let ended = match state {
            StepState::Done => self.entry(key.done_with()),
            StepState::Failed | StepState::Stalled => self.history.last(),
            StepState::Pending
            | StepState::Active
            | StepState::NotReached
            | StepState::NotRequired
            | StepState::NotReported
            | StepState::Unknown => None,
        };
        // What was healed in part is healed: a time of its own is only when it was read.
        let healed = [began, ended].into_iter().flatten().find(|entry| entry.source == Source::Reconciler);
        let told = healed.or(ended).or(began);
        Step {
            key,
            state,
            began_at: began.map(|entry| entry.at),
            ended_at: ended.map(|entry| entry.at),
            source: told.map(|entry| entry.source),
            evidence: told.and_then(|entry| entry.evidence.clone()),
            proved_by: told.and_then(|entry| entry.proved_by.clone()),
        }
    }

    fn state(&self, key: StepKey) -> StepState {
        let index = key as usize;
        if index == self.place.behind && self.place.current != StepState::Pending {
            return self.place.current;
        }
        if index < self.place.behind || self.is_done(key) {
            return self.settled(key);
        }
        match self.status {
            StoredStatus::Unknown(_) => StepState::Unknown,
            StoredStatus::Known(_) if !self.gates.has(key) => StepState::NotRequired,
            StoredStatus::Known(status) if status.is_terminal() => StepState::NotReached,
            StoredStatus::Known(_) => StepState::Pending,
        }
    }

    /// The state of an earlier step: done only if that was reported.
    fn settled(&self, key: StepKey) -> StepState {
        if self.is_done(key) {
            StepState::Done
        } else if self.gates.has(key) {
            StepState::NotReported
        } else {
            StepState::NotRequired
        }
    }

    fn is_done(&self, key: StepKey) -> bool {
        // Success speaks for the roll-out as well as for the health check; for a gate it does not.
        self.recorded(key.done_with()) || (key == StepKey::Deploy && self.recorded(Status::Succeeded))
    }

    fn recorded(&self, status: Status) -> bool {
        self.status.known() == Some(status) || self.entry(status).is_some()
    }

    fn entry(&self, status: Status) -> Option<&HistoryEntry> {
        self.history.iter().find(|entry| entry.status.known() == Some(status))
    }
}

#[cfg(test)]
mod tests;
