//! The environments of an app.

use app::domain::{Gates, Origin, Timestamp};
use jiff::SignedDuration;
use reqwest::Url;
use serde::Deserialize;
use store::NeededApproval;

use crate::config::environment;

/// One environment of an app.
#[derive(Clone, Debug)]
pub struct EnvironmentConfig {
    /// Its name, unique within the app.
    pub name: String,
    /// Which gates its workflow has.
    pub gates: Gates,
    /// How long the run of a deploy may go on before it counts as stalled. While GitHub says that it waits, that does not
    /// count.
    pub deadline: SignedDuration,
    /// How long it may wait at one time: for a runner, an approval, or another run.
    pub wait_deadline: SignedDuration,
    /// How many people have to approve a deploy, none of them who requested it.
    approvals: u8,
    /// How long they have for that.
    approval_expires: SignedDuration,
    /// What becomes of a run that GitHub asks about while it is frozen.
    pub frozen_runs: FrozenRuns,
    /// Whether a rollback has to be approved like any other deploy.
    rollback_needs_approval: bool,
    /// Whether a rollback passes freezes without an override.
    pub rollback_passes_freezes: bool,
    /// Whether the operator has to type its name before deploying.
    pub asks_for_name: bool,
    /// Where what runs there says which commit it is.
    pub version_url: Option<Url>,
}

/// What becomes of a run that GitHub asks about while its environment is frozen.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum FrozenRuns {
    /// It is rejected, and fails.
    #[default]
    Reject,
    /// It waits until the freeze is over.
    Hold,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EnvironmentTable {
    pub(super) name: String,
    #[serde(default = "yes")]
    smoke_gate: bool,
    freeze_check: bool,
    #[serde(default = "default_deadline")]
    deadline: SignedDuration,
    #[serde(default = "default_wait_deadline")]
    wait_deadline: SignedDuration,
    #[serde(default)]
    approvals: u8,
    #[serde(default = "default_approval_expires")]
    approval_expires: SignedDuration,
    frozen_runs: Option<FrozenRuns>,
    #[serde(default = "yes")]
    rollback_needs_approval: bool,
    #[serde(default)]
    rollback_passes_freezes: bool,
    asks_for_name: Option<bool>,
    version_url: Option<String>,
}

/// The environment whose name has to be typed unless the file says otherwise.
const PRODUCTION: &str = "production";

const fn yes() -> bool {
    true
}

const fn default_deadline() -> SignedDuration {
    SignedDuration::from_mins(30)
}

const fn default_approval_expires() -> SignedDuration {
    SignedDuration::from_mins(60)
}

const fn default_wait_deadline() -> SignedDuration {
    SignedDuration::from_hours(24)
}

/// The most approvals that an environment may ask for.
const MAX_APPROVALS: u8 = 3;

/// What is wrong with an environment. Without a key, it is the environment itself.
pub(super) struct Mistake {
    pub(super) key: Option<&'static str>,
    pub(super) problem: &'static str,
    pub(super) fix: &'static str,
}

impl EnvironmentConfig {
    /// What has to be approved of a deploy of this origin that is requested now; none: nothing has.
    #[must_use]
    pub fn approval_of(&self, origin: &Origin, at: Timestamp) -> Option<NeededApproval> {
        let needed = self.approvals_of(origin);
        let expires_at = at.saturating_add(self.approval_expires).unwrap_or(at);
        (needed > 0).then_some(NeededApproval { needed, expires_at })
    }

    /// Takes back that deploys have to be approved.
    pub(super) const fn needs_no_approval(&mut self) {
        self.approvals = 0;
    }

    /// How many people have to approve a deploy of this origin. Forms say it before it is requested.
    #[must_use]
    pub const fn approvals_of(&self, origin: &Origin) -> u8 {
        let passes = !self.rollback_needs_approval && matches!(origin, Origin::Rollback { .. });
        if passes { 0 } else { self.approvals }
    }
}

impl EnvironmentTable {
    /// What is wrong with it, if something is: in an app with this address.
    pub(super) fn mistake(&self, version_url_of_app: Option<&str>) -> Option<Mistake> {
        let wrong = |key, problem, fix| Some(Mistake { key, problem, fix });
        let url = self.version_url.as_deref().or(version_url_of_app);
        if url.is_some_and(|url| version_url(url, &self.name).is_none()) {
            return wrong(
                Some("version_url"),
                "is not an address, or has a user name or a password in it",
                "Write https://… ; {environment} stands for the name of the environment",
            );
        }
        if self.deadline <= SignedDuration::ZERO {
            return wrong(
                None,
                "its deadline is not a time ahead",
                "Write how long a deploy may take, such as \"30m\"",
            );
        }
        if self.wait_deadline <= SignedDuration::ZERO {
            return wrong(
                None,
                "its wait_deadline is not a time ahead",
                "Write how long a run may wait, such as \"24h\"",
            );
        }
        if self.approvals > MAX_APPROVALS {
            return wrong(None, "its approvals are more than 3", "Write 0 to 3");
        }
        if self.approval_expires <= SignedDuration::ZERO {
            return wrong(
                None,
                "its approval_expires is not a time ahead",
                "Write how long people have to approve a deploy, such as \"60m\"",
            );
        }
        None
    }

    /// The environment of an app, whose own settings stand where this one says none.
    pub(super) fn config(
        self,
        version_url_of_app: Option<&str>,
        frozen_runs_of_app: FrozenRuns,
    ) -> EnvironmentConfig {
        let url = self.version_url.as_deref().or(version_url_of_app);
        EnvironmentConfig {
            gates: Gates { smoke_gate: self.smoke_gate, freeze_check: self.freeze_check },
            deadline: self.deadline,
            wait_deadline: self.wait_deadline,
            approvals: self.approvals,
            approval_expires: self.approval_expires,
            frozen_runs: self.frozen_runs.unwrap_or(frozen_runs_of_app),
            rollback_needs_approval: self.rollback_needs_approval,
            rollback_passes_freezes: self.rollback_passes_freezes,
            asks_for_name: self.asks_for_name.unwrap_or(self.name == PRODUCTION),
            version_url: url.and_then(|url| version_url(url, &self.name)),
            name: self.name,
        }
    }
}

/// The address with the name of the environment in it; `None` if it is not an address.
fn version_url(template: &str, environment: &str) -> Option<Url> {
    let url: Url = template.replace("{environment}", environment).parse().ok()?;
    let is_usable = ["http", "https"].contains(&url.scheme()) && !environment::has_credentials(&url);
    is_usable.then_some(url)
}
