//! Notes: entries that move no row.

use app::domain::{CancelState, OptionalInput, Overdue};
use serde::{Deserialize, Serialize};

use crate::AttachRun;

/// The payload of `console.deploy.run_observed`: where a run stands, by GitHub's record.
pub use app::domain::RunReport as RunObserved;

/// The payload of `console.deploy.run_found`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RunFound {
    /// The run.
    pub run_id: i64,
    /// How it is known that the run belongs to the deploy.
    pub evidence: String,
}

/// The payload of `console.deploy.cancel_requested`: actor and time of the entry say the rest.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CancelRequested {
    /// Which limit the deploy ran past, if that is why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Overdue>,
    /// What people call who did it, where that is not the actor of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The payload of `console.deploy.cancel_answered`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CancelAnswered {
    /// What GitHub answered.
    #[serde(rename = "cancellation")]
    pub state: CancelState,
}

/// The payload of `console.deploy.input_left_out`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct InputLeftOut {
    /// The input that the workflow does not declare.
    pub input: OptionalInput,
}

impl From<&AttachRun> for RunFound {
    fn from(attach: &AttachRun) -> Self {
        Self { run_id: attach.run.id, evidence: attach.evidence.clone() }
    }
}
