//! Asking for a run.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    HttpState,
    errors::{faulty, limited, not_found, refuse, status_code},
};
use crate::{
    clock::now,
    model::Fault,
    run::{DispatchInputs, SimulatedRun},
};

#[derive(Deserialize)]
pub(super) struct DispatchBody {
    #[serde(rename = "ref")]
    git_ref: String,
    #[serde(default)]
    inputs: Map<String, Value>,
    #[serde(default)]
    return_run_details: bool,
}

pub(super) async fn dispatch(
    State(github): State<HttpState>,
    Path((owner, name, file)): Path<(String, String, String)>,
    Json(dispatch): Json<DispatchBody>,
) -> Response {
    let fault = github.model.arrive();
    let refuses_details = matches!(fault, Some(Fault::NoRunDetails(_))) && dispatch.return_run_details;
    let repo = format!("{owner}/{name}");
    let declared = github.model.workflow(&repo, &file).check(&dispatch.inputs);
    if !refuses_details && declared.is_ok() {
        let deploy_id = dispatch.inputs.get("console_deploy_id").and_then(Value::as_str);
        github.model.ask_for(deploy_id.unwrap_or_default());
    }
    let refusal = match &fault {
        Some(Fault::Refused(status, message)) => Some(refuse(*status, message)),
        Some(Fault::Limited(seconds)) => Some(limited(*seconds)),
        Some(Fault::NoRunDetails(status)) if refuses_details => {
            Some(refuse(*status, "Invalid request.\n\n\"return_run_details\" is not a permitted key."))
        }
        Some(Fault::NoRunDetails(_) | Fault::AcceptedButAnswered(..)) | None => None,
    };
    if let Some(refusal) = refusal {
        return faulty(refusal);
    }
    if let Some(refusal) = github.refusal(&repo, &file, &dispatch.git_ref, declared) {
        return refusal;
    }
    let inputs: Value = dispatch.inputs.into();
    let Ok(inputs) = serde_json::from_value::<DispatchInputs>(inputs) else {
        return refuse(422, "Invalid request.");
    };
    let (run, scenario) = github.model.accept(&repo, &file, &dispatch.git_ref, inputs, now());
    github.runner.start(run.clone(), scenario);
    if let Some(Fault::AcceptedButAnswered(status, body)) = fault {
        return faulty((status_code(status), body).into_response());
    }
    github.accepted(&run, dispatch.return_run_details && scenario.names_its_run())
}

impl HttpState {
    /// Why a dispatch starts nothing, in GitHub's words.
    fn refusal(
        &self,
        repo: &str,
        workflow: &str,
        git_ref: &str,
        declared: Result<(), String>,
    ) -> Option<Response> {
        if !self.model.has_workflow(repo, workflow) {
            return Some(not_found());
        }
        if self.model.is_disabled(repo, workflow) {
            return Some(refuse(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow"));
        }
        if !self.model.has_ref(repo, git_ref) {
            return Some(refuse(422, &format!("No ref found for: {git_ref}")));
        }
        declared.err().map(|message| refuse(422, &message))
    }

    fn accepted(&self, run: &SimulatedRun, with_details: bool) -> Response {
        if !with_details {
            return StatusCode::NO_CONTENT.into_response();
        }
        let SimulatedRun { repo, id, .. } = run;
        Json(json!({
            "workflow_run_id": id,
            "run_url": self.links.repo(repo, &format!("/actions/runs/{id}")),
            "html_url": self.links.page(repo, &format!("/actions/runs/{id}")),
        }))
        .into_response()
    }
}
