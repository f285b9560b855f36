//! What guards an environment: the rule of an App, and the people who review. No I/O.
//!
//! One gate is asked for a job of an attempt: its legs wait together, and every attempt asks anew.

use serde::Deserialize;

/// A person or a team whose approval an environment wants.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reviewer {
    /// By the login.
    User(String),
    /// As `organization/slug`.
    Team(String),
}

impl Reviewer {
    #[must_use]
    pub fn user(login: &str) -> Self {
        Self::User(login.to_owned())
    }

    #[must_use]
    pub fn team(team: &str) -> Self {
        Self::Team(team.to_owned())
    }
}

/// What an App or a person decides about a deployment.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum ProtectionState {
    Approved,
    Rejected,
}

impl ProtectionState {
    /// GitHub's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}

/// What the App answered to a custom deployment protection rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProtectionAnswer {
    pub environment: String,
    /// None: only a status text.
    pub state: Option<ProtectionState>,
    /// Empty, if none was sent.
    pub comment: String,
    /// The deployment for which it was asked.
    pub deployment: i64,
}

/// One of the two things that a deployment waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Check {
    NotNeeded,
    Open,
    Decided(ProtectionState),
}

impl Check {
    pub(super) const fn needed(is_needed: bool) -> Self {
        if is_needed { Self::Open } else { Self::NotNeeded }
    }

    const fn passes(self) -> bool {
        match self {
            Self::NotNeeded | Self::Decided(ProtectionState::Approved) => true,
            Self::Open | Self::Decided(ProtectionState::Rejected) => false,
        }
    }
}

/// A deployment that was asked for: the jobs of one key in one attempt of a run.
#[derive(Clone, Debug)]
pub(super) struct DeploymentGate {
    /// The id of the deployment, new with every ask.
    pub(super) deployment: i64,
    /// The key of the job in the workflow file.
    pub(super) job: String,
    pub(super) environment: String,
    /// The custom rule of the App.
    pub(super) rule: Check,
    /// The people: one of them is enough.
    pub(super) review: Check,
    pub(super) reviewers: Vec<Reviewer>,
    /// How many status texts the App gave without a decision.
    pub(super) texts: usize,
}

impl DeploymentGate {
    pub(super) fn is_for(&self, environment: &str) -> bool {
        self.environment.eq_ignore_ascii_case(environment)
    }

    pub(super) const fn passes(&self) -> bool {
        self.rule.passes() && self.review.passes()
    }

    pub(super) fn is_rejected(&self) -> bool {
        [self.rule, self.review].contains(&Check::Decided(ProtectionState::Rejected))
    }

    /// Whether the deployment still waits.
    pub(super) fn is_open(&self) -> bool {
        !self.passes() && !self.is_rejected()
    }
}
