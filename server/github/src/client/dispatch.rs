//! Asking for a run.

use app::domain::OptionalInput;
use app::domain::RunRef;
use reqwest::{Method, Response, StatusCode};
use runtime::read_limited;
use serde::Deserialize;
use tokio::time::timeout;

use super::{Client, MAX_ANSWER, TIMEOUT, Unsent, authentication::NoToken, refusal::Refusal};
use crate::{DispatchOutcome, Identity, Inputs, WorkflowDispatch};

impl Client {
    /// Asks for a run. It is posted once; again only without what GitHub refused to take, so that nothing was
    /// started: the field `return_run_details` (older servers), or an input that the workflow does not declare.
    ///
    /// All of it together takes no longer than one call may. The token comes first: while there is none, nothing can have been
    /// started.
    pub async fn dispatch(&self, dispatch: &WorkflowDispatch) -> DispatchOutcome {
        let mut has_token = false;
        let all = async {
            self.authentication.token(self, &dispatch.repo).await?;
            has_token = true;
            self.post_until_taken(dispatch).await
        };
        let asked = timeout(TIMEOUT, all).await;
        let too_slow = if has_token { DispatchError::too_slow() } else { DispatchError::Unreached };
        let asked = asked.unwrap_or(Err(too_slow));
        let now = self.clock.now();
        match asked {
            Ok((run, left_out)) => {
                self.health.note_answer();
                DispatchOutcome::Accepted { run, left_out }
            }
            Err(DispatchError::Unreached) => {
                self.health.note_failure(now, "it could not be reached".to_owned(), None);
                DispatchError::Unreached.into()
            }
            Err(DispatchError::Unclear(reason)) => {
                self.health.note_failure(now, "it gave no clear answer to a dispatch".to_owned(), None);
                DispatchOutcome::Unclear(reason)
            }
            Err(
                error @ (DispatchError::DetailsRefused
                | DispatchError::UnexpectedInputs(_)
                | DispatchError::Refused(_)),
            ) => error.into(),
        }
    }

    /// Each turn leaves something out that the one before had, so there are few.
    async fn post_until_taken(
        &self,
        dispatch: &WorkflowDispatch,
    ) -> Result<(Option<RunRef>, Vec<OptionalInput>), DispatchError> {
        let (mut dispatch, mut with_details, mut left_out) = (dispatch.clone(), true, Vec::new());
        loop {
            match self.post_dispatch(&dispatch, with_details).await {
                Err(DispatchError::DetailsRefused) if with_details => with_details = false,
                Err(DispatchError::UnexpectedInputs(unexpected)) => {
                    let optional = dispatch.inputs.leave_out(&unexpected);
                    if optional.is_empty() {
                        return Err(DispatchError::of_unexpected(unexpected, &dispatch.inputs));
                    }
                    left_out.extend(optional);
                }
                taken => return taken.map(|run| (run, left_out)),
            }
        }
    }

    async fn post_dispatch(
        &self,
        dispatch: &WorkflowDispatch,
        with_details: bool,
    ) -> Result<Option<RunRef>, DispatchError> {
        let WorkflowDispatch { repo, workflow, git_ref, inputs } = dispatch;
        let mut body = serde_json::json!({ "ref": git_ref, "inputs": inputs });
        if with_details {
            body["return_run_details"] = true.into();
        }
        let request =
            self.request(Method::POST, repo, &["actions", "workflows", workflow, "dispatches"]).json(&body);
        let answer = self.execute(request).await.map_err(DispatchError::from)?;
        let status = answer.status();
        if status.is_success() {
            // The run was accepted, even if the body cannot be read.
            return Ok(self.read_run(repo, answer).await);
        }
        let refusal = self.refusal(answer).await;
        if with_details && refuses_details(status, &refusal.message) {
            return Err(DispatchError::DetailsRefused);
        }
        if let Some(unexpected) = unexpected_inputs(status, &refusal.message) {
            return Err(DispatchError::UnexpectedInputs(unexpected));
        }
        Err(DispatchError::of_refusal(refusal, dispatch, self.identity()))
    }

    async fn read_run(&self, repo: &str, answer: Response) -> Option<RunRef> {
        let body = read_limited(answer, MAX_ANSWER).await?;
        let details: RunDetails = serde_json::from_slice(&body).ok()?;
        Some(self.run_ref(repo, details.workflow_run_id))
    }
}

/// The run that was started.
#[derive(Deserialize)]
pub(super) struct RunDetails {
    workflow_run_id: i64,
}

/// Why there is no run, or none that we know of.
enum DispatchError {
    DetailsRefused,
    /// The workflow does not declare these inputs; `None` if GitHub did not say which.
    UnexpectedInputs(Vec<String>),
    Unreached,
    Refused(String),
    Unclear(String),
}

impl From<DispatchError> for DispatchOutcome {
    fn from(error: DispatchError) -> Self {
        match error {
            DispatchError::DetailsRefused => Self::Refused(
                "GitHub refused the request twice over the field return_run_details. Nothing was started."
                    .to_owned(),
            ),
            DispatchError::UnexpectedInputs(unexpected) => Self::Refused(format!(
                "The workflow does not declare the inputs that the console needs (422: {}). Declare them under workflow_dispatch.",
                if unexpected.is_empty() { "unexpected inputs".to_owned() } else { unexpected.join(", ") },
            )),
            DispatchError::Unreached => {
                Self::Refused("GitHub could not be reached, so nothing was started. Try again.".to_owned())
            }
            DispatchError::Refused(reason) => Self::Refused(reason),
            DispatchError::Unclear(reason) => Self::Unclear(reason),
        }
    }
}

impl From<Unsent> for DispatchError {
    fn from(unsent: Unsent) -> Self {
        match unsent {
            Unsent::NoAddress => Self::Refused("GitHub has no such address. Nothing was started.".to_owned()),
            Unsent::NoToken(reason) => reason.into(),
            Unsent::Broken(error) if error.is_connect() => Self::Unreached,
            Unsent::Broken(error) if error.is_timeout() => Self::too_slow(),
            Unsent::Broken(_) => Self::unclear("broke the connection off"),
        }
    }
}

impl From<NoToken> for DispatchError {
    fn from(reason: NoToken) -> Self {
        Self::Refused(format!("Nothing was started: {reason}."))
    }
}

impl DispatchError {
    fn too_slow() -> Self {
        Self::unclear("did not answer within 10 s")
    }

    fn unclear(what: &str) -> Self {
        Self::Unclear(format!("GitHub {what}. Whether it started the run is not known yet."))
    }

    /// An input that an operator's file adds is named as such: the file may be what is wrong.
    fn of_unexpected(unexpected: Vec<String>, sent: &Inputs) -> Self {
        let configured = sent.configured_among(&unexpected);
        if configured.is_empty() {
            return Self::UnexpectedInputs(unexpected);
        }
        let (noun, them) = if configured.len() == 1 { ("input", "it") } else { ("inputs", "them") };
        Self::Refused(format!(
            "The workflow does not declare the {noun} {}, which console.toml configures (422). Declare {them} under workflow_dispatch, or take {them} out of console.toml.",
            configured.join(", ")
        ))
    }

    /// Our own sentence, which says what to do, and then GitHub's own words.
    fn of_refusal(refusal: Refusal, dispatch: &WorkflowDispatch, identity: Identity) -> Self {
        let Refusal { status, words, limited, moved, .. } = refusal;
        let ours = match (limited, moved) {
            (Some(until), _) => format!(
                "GitHub limits the console's requests. Nothing was started; try again after {}.",
                until.strftime("%H:%M:%S UTC")
            ),
            (None, Some(moved)) => format!("Nothing was started: {moved}."),
            (None, None) => match sentence(status, dispatch, identity) {
                Some(ours) => ours,
                None => return Self::unclear(&format!("answered {}", status.as_u16())),
            },
        };
        Self::Refused(match words {
            Some(words) => format!("{ours} GitHub says: “{words}”"),
            None => ours,
        })
    }
}

/// What a status says of a dispatch, and what to do; none, if it does not say that nothing was started.
fn sentence(status: StatusCode, dispatch: &WorkflowDispatch, identity: Identity) -> Option<String> {
    let WorkflowDispatch { repo, workflow, git_ref, .. } = dispatch;
    Some(match (status.as_u16(), identity) {
        (401, Identity::Token) => {
            "GitHub does not accept the console's token (401). Renew GITHUB_TOKEN.".to_owned()
        }
        (401, Identity::App) => {
            "GitHub does not accept the App's token (401). Look at the App's page at GitHub.".to_owned()
        }
        (403, Identity::Token) => format!(
            "The console's token may not run workflows in {repo} (403). Give it the permission actions: write."
        ),
        (403, Identity::App) => format!(
            "The GitHub App may not run workflows in {repo} (403). It needs the permission actions: write, and {} has to accept that.",
            repo.split_once('/').map_or(repo.as_str(), |(owner, _)| owner)
        ),
        (404, Identity::Token) => format!(
            "GitHub finds no workflow {workflow} in {repo} (404). Check console.toml, and that the token may see the repository."
        ),
        (404, Identity::App) => format!(
            "GitHub finds no workflow {workflow} in {repo} (404). Check console.toml, and that the App is installed there."
        ),
        (422, _) => format!(
            "GitHub cannot run {workflow} on {git_ref} (422). Check that the ref exists and the workflow has the console's inputs."
        ),
        // 408 is no answer to the request itself: it may have been read all the same.
        (code @ (300..=407 | 409..=499), _) => {
            format!("GitHub refused the request ({code}). Nothing was started.")
        }
        _ => return None,
    })
}

/// A server of before run details names the field that it does not know.
fn refuses_details(status: StatusCode, message: &str) -> bool {
    matches!(status.as_u16(), 400 | 422) && message.contains("return_run_details")
}

/// GitHub names what the workflow file does not declare: `Unexpected inputs provided: ["a", "b"]`.
fn unexpected_inputs(status: StatusCode, message: &str) -> Option<Vec<String>> {
    let (_, names) = message.split_once("Unexpected inputs provided").filter(|_| status.as_u16() == 422)?;
    let list = names.find('[').map(|start| &names[start..]).unwrap_or_default();
    let first = serde_json::Deserializer::from_str(list).into_iter().next();
    Some(first.and_then(Result::ok).unwrap_or_default())
}
