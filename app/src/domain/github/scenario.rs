//! What a rehearsal can show.

use serde::{Deserialize, Serialize};

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
    /// The first callback of the run never arrives.
    CallbackLost,
    /// No callback ever arrives.
    AllCallbacksLost,
    /// The first job begins and is never heard of again.
    Stalls,
    /// GitHub accepts without run details, and lists the run late.
    SlowRun,
    /// The deploy job waits for an approval for a while.
    WaitsForApproval,
    /// The approval that the deploy job waits for is refused.
    ApprovalRejected,
    /// It rolls out in three legs, and the last of them fails late.
    LegFails,
    /// The run is deleted on GitHub while the deploy job is under way.
    RunDeleted,
    /// A newer run takes the place of this one before it begins.
    Superseded,
    /// GitHub accepts, and then does not answer for a while.
    #[serde(rename = "github_down")]
    GitHubDown,
}

impl Scenario {
    /// Every scenario, in the order of the form.
    pub const ALL: [Self; 15] = [
        Self::AllWell,
        Self::SmokeGateFails,
        Self::FreezeCheckFails,
        Self::BuildFails,
        Self::HealthCheckFails,
        Self::CallbackLost,
        Self::AllCallbacksLost,
        Self::Stalls,
        Self::SlowRun,
        Self::WaitsForApproval,
        Self::ApprovalRejected,
        Self::LegFails,
        Self::RunDeleted,
        Self::Superseded,
        Self::GitHubDown,
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
            Self::AllCallbacksLost => "all_callbacks_lost",
            Self::Stalls => "stalls",
            Self::SlowRun => "slow_run",
            Self::WaitsForApproval => "waits_for_approval",
            Self::ApprovalRejected => "approval_rejected",
            Self::LegFails => "leg_fails",
            Self::RunDeleted => "run_deleted",
            Self::Superseded => "superseded",
            Self::GitHubDown => "github_down",
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
            Self::AllCallbacksLost => "Every callback is lost",
            Self::Stalls => "It stalls",
            Self::SlowRun => "It is slow to show its run",
            Self::WaitsForApproval => "It waits for an approval",
            Self::ApprovalRejected => "Its approval is rejected",
            Self::LegFails => "One of three legs fails late",
            Self::RunDeleted => "Its run is deleted",
            Self::Superseded => "A newer run takes its place",
            Self::GitHubDown => "GitHub is down for a while",
        }
    }

    /// Whether GitHub says at once which run it started.
    #[must_use]
    pub const fn names_its_run(self) -> bool {
        match self {
            Self::SlowRun | Self::GitHubDown => false,
            Self::AllWell
            | Self::SmokeGateFails
            | Self::FreezeCheckFails
            | Self::BuildFails
            | Self::HealthCheckFails
            | Self::CallbackLost
            | Self::AllCallbacksLost
            | Self::Stalls
            | Self::WaitsForApproval
            | Self::ApprovalRejected
            | Self::LegFails
            | Self::RunDeleted
            | Self::Superseded => true,
        }
    }
}
