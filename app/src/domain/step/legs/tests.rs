use Status::{Building, Deploying, Failed, SmokeGatePassed, SmokeGateStarted};

use super::*;
use crate::domain::{FailureStage, Leg};

fn said(index: u32, total: u32, status: Status) -> LegReport {
    let leg = Leg::new(index, total, Some(["eu", "us", "asia"][index as usize])).unwrap();
    LegReport { leg, status, stage: None, log_line: None, at: Timestamp::UNIX_EPOCH }
}

/// Legs of the smoke gate may be more than those of the roll-out.
#[test]
fn f76_each_step_has_legs_of_its_own() {
    let heard = [said(0, 3, SmokeGateStarted), said(1, 3, SmokeGatePassed), said(0, 2, Building)];
    let legs = legs(&Building.into(), &heard);
    let seen: Vec<_> = legs.iter().map(|leg| (leg.step, leg.index, leg.total, leg.state)).collect();
    assert_eq!(
        seen,
        [
            (StepKey::SmokeGate, 0, 3, StepState::Active),
            (StepKey::SmokeGate, 1, 3, StepState::Done),
            (StepKey::SmokeGate, 2, 3, StepState::Pending),
            (StepKey::Deploy, 0, 2, StepState::Active),
            (StepKey::Deploy, 1, 2, StepState::Pending),
        ]
    );
}

/// How the other legs end after the first failure, no callback may say any more.
#[test]
fn f76_leg_without_end_is_not_reported() {
    let heard = [said(0, 3, Building), said(1, 3, Building), said(0, 3, Deploying), said(1, 3, Failed)];
    let legs = legs(&Failed.into(), &heard);
    let states: Vec<_> = legs.iter().map(|leg| (leg.state, leg.ended_at.is_some())).collect();
    let not_reported = (StepState::NotReported, false);
    assert_eq!(states, [not_reported, (StepState::Failed, true), not_reported]);
    assert_eq!(legs[1].name.as_deref(), Some("us"));
}

/// A failure is one of the step that it names, or of the last one that its leg spoke of.
#[test]
fn f76_failure_belongs_to_its_step() {
    let mut failed = said(1, 3, Status::Failed);
    let heard = [said(1, 3, SmokeGateStarted), failed.clone()];
    assert_eq!(legs(&Status::Failed.into(), &heard)[1].step, StepKey::SmokeGate);
    failed.stage = Some(FailureStage::HealthCheck);
    let heard = [said(1, 3, Building), failed];
    assert_eq!(legs(&Status::Failed.into(), &heard)[1].step, StepKey::Deploy);
}
