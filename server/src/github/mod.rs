//! The only place that speaks to GitHub.
//!
//! - [`client`]: what we ask of it, over HTTP.
//! - [`simulated`]: a stand-in that behaves like it, for rehearsals and tests. The client cannot tell.

pub mod client;
pub mod simulated;

use app::domain::DeployId;
use serde::Serialize;

pub use client::Client;

use crate::store::RunRef;

/// A run to ask for.
#[derive(Clone, Debug)]
pub struct WorkflowDispatch {
    /// `owner/name`.
    pub repo: String,
    /// The file name of the workflow.
    pub workflow: String,
    /// The branch or tag on which it runs.
    pub git_ref: String,
    /// Its inputs.
    pub inputs: Inputs,
}

/// The inputs of the deploy workflow. GitHub takes strings alone.
#[derive(Clone, Debug, Serialize)]
pub struct Inputs {
    /// Which deploy its callbacks are about.
    pub console_deploy_id: DeployId,
    /// Where to.
    pub environment: String,
    /// What.
    pub git_ref: String,
    /// Whether it should report its gates.
    #[serde(serialize_with = "as_text")]
    pub phase_callbacks: bool,
}

fn as_text<S: serde::Serializer>(flag: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if *flag { "true" } else { "false" })
}

/// What is known after asking for a run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DispatchOutcome {
    /// GitHub accepted; it may have said which run.
    Accepted(Option<RunRef>),
    /// GitHub said no: there is no run, and there will be none. The reason is for operators.
    Refused(String),
    /// Nobody can tell: there may be a run. It must not be asked for again. The reason is for operators.
    Unclear(String),
}
