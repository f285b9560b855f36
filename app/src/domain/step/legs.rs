//! The legs of a step, by what they reported themselves.

use serde::{Deserialize, Serialize};

use super::{StepKey, StepState};
use crate::domain::{
    Timestamp,
    deploy::leg::LegReport,
    status::{Status, StoredStatus},
};

/// What is known of a leg.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LegState {
    /// The step whose leg it is. The job that rolls out checks the health, too.
    pub step: StepKey,
    /// Its number, from 0.
    pub index: u32,
    /// How many legs the step has.
    pub total: u32,
    /// Its name, where it said one.
    pub name: Option<String>,
    /// The last status that it reported; none, if it never did.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>))]
    pub status: Option<StoredStatus>,
    /// What that means for it.
    pub state: StepState,
    /// When it first reported.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = DateTime))]
    pub began_at: Option<Timestamp>,
    /// When it reported its end.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = DateTime))]
    pub ended_at: Option<Timestamp>,
    /// What the workflow last said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_line: Option<String>,
}

/// Every leg of every step that has some, in their order, by what they reported themselves.
#[must_use]
pub fn legs(status: &StoredStatus, heard: &[LegReport]) -> Vec<LegState> {
    StepKey::ALL.into_iter().flat_map(|step| legs_of(step, status, heard)).collect()
}

fn legs_of(step: StepKey, status: &StoredStatus, heard: &[LegReport]) -> Vec<LegState> {
    let is_here = |(place, report): &(usize, &LegReport)| report.step(&heard[..*place]) == step;
    let of_step: Vec<_> = heard.iter().enumerate().filter(is_here).map(|(_, report)| report).collect();
    let total = of_step.first().map_or(0, |report| report.leg.total());
    let leg = |index| {
        let own: Vec<_> = of_step.iter().copied().filter(|report| report.leg.index() == index).collect();
        LegState { step, index, total, ..leg_state(status, &own) }
    };
    (0..total).map(leg).collect()
}

/// A leg by its own reports, oldest first.
fn leg_state(status: &StoredStatus, own: &[&LegReport]) -> LegState {
    let last = own.last();
    let state = match last.map(|report| report.status) {
        Some(Status::Failed) => StepState::Failed,
        Some(Status::SmokeGatePassed | Status::FreezeCheckPassed | Status::Succeeded) => StepState::Done,
        // How a leg ended that was under way when the deploy ended is not known.
        Some(_) | None if status.is_terminal() => StepState::NotReported,
        Some(
            Status::Requested
            | Status::Dispatched
            | Status::SmokeGateStarted
            | Status::FreezeCheckStarted
            | Status::Building
            | Status::Deploying
            | Status::TimedOut,
        ) => StepState::Active,
        None => StepState::Pending,
    };
    let has_ended = matches!(state, StepState::Done | StepState::Failed);
    LegState {
        step: StepKey::Deploy,
        index: 0,
        total: 0,
        name: own.iter().rev().find_map(|report| report.leg.name().map(str::to_owned)),
        status: last.map(|report| report.status.into()),
        state,
        began_at: own.first().map(|report| report.at),
        ended_at: last.filter(|_| has_ended).map(|report| report.at),
        log_line: own.iter().rev().find_map(|report| report.log_line.clone()),
    }
}

#[cfg(test)]
mod tests;
