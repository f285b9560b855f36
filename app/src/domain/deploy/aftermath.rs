//! What a deploy that has ended left behind in its environment, as far as what was recorded says it.

use serde::{Deserialize, Serialize};

use crate::domain::{
    Deploy, GITHUB_JOB, GITHUB_REVIEW, RunState, Source, Status, StepKey, StepState, StoredStatus,
};

/// What runs in the environment after a deploy.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aftermath {
    /// The deploy itself: its health check passed.
    Live,
    /// What ran before: its deploy step never began.
    Untouched,
    /// It was rolled out, and nobody said that it is healthy: it may serve.
    RolledOut,
    /// That is not known: its deploy step had begun, or its run may go on.
    Unclear,
}

impl Deploy {
    /// What it left behind; none while it is live, or where a newer console says how it ended.
    #[must_use]
    pub fn aftermath(&self) -> Option<Aftermath> {
        match self.status.known()? {
            Status::Succeeded => Some(Aftermath::Live),
            Status::Failed | Status::TimedOut => Some(self.left_behind()),
            Status::Requested
            | Status::Dispatched
            | Status::SmokeGateStarted
            | Status::SmokeGatePassed
            | Status::FreezeCheckStarted
            | Status::FreezeCheckPassed
            | Status::Building
            | Status::Deploying => None,
        }
    }

    fn left_behind(&self) -> Aftermath {
        let state_of = |key| self.steps.iter().find(|step| step.key == key).map(|step| step.state);
        match state_of(StepKey::Deploy) {
            Some(StepState::Done) => Aftermath::RolledOut,
            Some(StepState::NotReached) if self.never_went_on() => Aftermath::Untouched,
            Some(
                StepState::NotReached
                | StepState::Pending
                | StepState::Active
                | StepState::Failed
                | StepState::Stalled
                | StepState::NotRequired
                | StepState::NotReported
                | StepState::Unknown,
            )
            | None => Aftermath::Unclear,
        }
    }

    /// Whether nothing of it can have gone on behind what was recorded. A run goes on after a deadline, and after
    /// somebody gave its deploy up; and a workflow that says that it failed, and not where, may have begun to deploy.
    fn never_went_on(&self) -> bool {
        let was_dispatched =
            self.history.iter().any(|entry| entry.status == StoredStatus::Known(Status::Dispatched));
        if !was_dispatched {
            let is_refused = self.status == StoredStatus::Known(Status::Failed);
            return is_refused && (self.abandoned.is_none() || self.lacked_approval());
        }
        let is_somewhere =
            self.steps.iter().any(|step| step.state == StepState::Failed) || self.was_held_back();
        // GitHub began none of its jobs. Of other runs, a job that the console does not know by name may have deployed.
        let was_superseded = self.run_state == Some(RunState::Superseded);
        self.abandoned.is_none()
            && self.status == StoredStatus::Known(Status::Failed)
            && (is_somewhere || was_superseded)
    }

    /// Whether GitHub's record says that a job of it failed without having begun, as where its approval was rejected: had
    /// it begun, its step would have been reached.
    fn was_held_back(&self) -> bool {
        let is_of_a_job =
            |evidence: &String| [GITHUB_JOB, GITHUB_REVIEW].iter().any(|of_job| evidence.starts_with(of_job));
        let end = self.history.last().filter(|end| end.source == Source::Reconciler);
        end.and_then(|end| end.evidence.as_ref()).is_some_and(is_of_a_job)
    }
}
