//! What proves that a callback is of the workflow of its deploy: a signature, or an identity token of GitHub Actions.
//!
//! Anybody can get such a token for this console, from a repository of their own. So whoever shows none of the deploy's own
//! repository is answered alike, whether there is such a deploy or not; and nothing of theirs is written down.

use actions_identity::{ExpectedWorkflow, Identity, IdentityError, Mismatch, TokenFault, Verifier};
use app::{
    api::{ErrorCode, Problem, ServiceError},
    domain::{DeliveryId, DeployId, RunProof},
};
use axum::http::{HeaderMap, header};
use webhook::{MessageId, SignatureError};

use super::super::ApiError;
use crate::{config::AppConfig, router::state::AppState};

/// What identity tokens are verified with. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct IdentityGate(Option<Verifier>);

impl IdentityGate {
    /// Without a verifier, as where no app takes tokens, a token is no more than a header that is not read.
    #[must_use]
    pub const fn new(verifier: Option<Verifier>) -> Self {
        Self(verifier)
    }
}

/// How a callback was proved.
pub(super) struct Proof {
    pub(super) delivery_id: DeliveryId,
    /// The run that GitHub vouched for; none, where it was signed.
    pub(super) run: Option<RunProof>,
}

impl Proof {
    fn new(id: &MessageId, run: Option<RunProof>) -> Self {
        Self { delivery_id: DeliveryId::from(id.as_str()), run }
    }

    /// What is answered where the rest of the message does not fit.
    pub(super) const fn refusal(&self) -> ErrorCode {
        match self.run {
            Some(_) => ErrorCode::InvalidIdentity,
            None => ErrorCode::InvalidSignature,
        }
    }
}

/// Why a callback is not authentic; for the log.
#[derive(Clone, Copy, Debug, thiserror::Error)]
enum NotAuthentic {
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error(transparent)]
    Headers(SignatureError),
    #[error("it is signed, and the app takes the identity of GitHub alone")]
    SignedInVain,
    #[error("{0}")]
    Token(#[from] TokenFault),
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    #[error("it has an identity token, and the app takes signatures alone, or is not known")]
    TokenInVain,
    #[error("the commit in the identity token is none")]
    NoCommit,
}

/// Proves a callback of this deploy.
pub(super) async fn prove(
    state: &AppState,
    deploy_id: DeployId,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Proof, ApiError> {
    let depends_on_app = state.secrets.depend_on_app() || state.identity.0.is_some();
    let name = if depends_on_app { state.console.app_of(deploy_id).await? } else { None };
    let app = name.as_deref().and_then(|name| state.console.app(name));
    let takes_tokens = app.is_some_and(|app| app.callback_identity.takes_tokens());
    let refuse = |why: NotAuthentic| refuse(state, deploy_id, why);
    match (&state.identity.0, bearer(headers)) {
        // Where the app takes signatures alone, a token beside one is somebody else's business.
        (Some(verifier), Some(token)) if takes_tokens || !webhook::has_signature(headers) => {
            let now = state.console.clock().now();
            let id =
                webhook::check_headers(headers, now).map_err(|error| refuse(NotAuthentic::Headers(error)))?;
            let identity = verified(verifier, token).await.map_err(|error| match error {
                VerifyError::Refused(fault) => refuse(fault.into()),
                VerifyError::Unavailable(answer) => answer,
            })?;
            let run = of_app(identity, app).map_err(refuse)?;
            Ok(Proof::new(&id, Some(run)))
        }
        (Some(_) | None, Some(_) | None) => {
            let id = signed(state, name.as_deref(), headers, body).map_err(|error| refuse(error.into()))?;
            match app {
                Some(app) if !app.callback_identity.takes_signatures() => {
                    Err(refuse(NotAuthentic::SignedInVain))
                }
                Some(_) | None => Ok(Proof::new(&id, None)),
            }
        }
    }
}

fn signed(
    state: &AppState,
    app: Option<&str>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<MessageId, SignatureError> {
    let secrets = state.secrets.of(app).ok_or(SignatureError::Mismatch)?;
    webhook::verify(secrets, headers, body, state.console.clock().now())
}

/// The token of a header that is there exactly once.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token.trim())
}

enum VerifyError {
    Refused(TokenFault),
    Unavailable(ApiError),
}

async fn verified(verifier: &Verifier, token: &str) -> Result<Identity, VerifyError> {
    verifier.verify(token).await.map_err(|error| match error {
        IdentityError::Refused(fault) => VerifyError::Refused(fault),
        IdentityError::KeysUnavailable { retry_after } => {
            let after = retry_after.unsigned_abs();
            let error = ServiceError::new(ErrorCode::IdentityUnavailable).with_retry_after(after);
            VerifyError::Unavailable(error.into())
        }
    })
}

/// The run, where it is one of the app's workflow.
fn of_app(identity: Identity, app: Option<&AppConfig>) -> Result<RunProof, NotAuthentic> {
    let app = app.filter(|app| app.callback_identity.takes_tokens()).ok_or(NotAuthentic::TokenInVain)?;
    identity.check(&ExpectedWorkflow {
        repository: &app.repo,
        file: &app.workflow,
        git_ref: app.git_ref.as_str(),
    })?;
    let Identity { run_id, run_attempt, sha, .. } = identity;
    let sha = sha.parse().map_err(|_| NotAuthentic::NoCommit)?;
    Ok(RunProof { run_id, run_attempt, sha })
}

/// Counts, logs and refuses a callback that is not authentic.
fn refuse(state: &AppState, deploy_id: DeployId, why: NotAuthentic) -> ApiError {
    if let Some(count) = state.forged.count(state.console.clock().now()) {
        tracing::warn!(%deploy_id, error = %why, count, "callback not authentic");
    }
    state.metrics.forged();
    match answer(why) {
        None => ErrorCode::InvalidSignature.into(),
        Some(detail) => Problem::new(ErrorCode::InvalidIdentity).with_detail(detail).into(),
    }
}

/// What the sender is told of a token; of a signature, nothing.
const fn answer(why: NotAuthentic) -> Option<&'static str> {
    match why {
        NotAuthentic::Signature(_) => None,
        NotAuthentic::Headers(_) => {
            Some("The header webhook-id or webhook-timestamp is missing, malformed or stale.")
        }
        NotAuthentic::SignedInVain => {
            Some("The app takes an identity token alone: callback_identity is \"github\".")
        }
        NotAuthentic::Token(fault) => Some(fault_text(fault)),
        // One text, so that strangers learn nothing of deploys that are not theirs.
        NotAuthentic::TokenInVain | NotAuthentic::Mismatch(Mismatch::Repository) => {
            Some("The token is not of the repository of this deploy, or its app takes no tokens.")
        }
        NotAuthentic::Mismatch(Mismatch::Workflow) => {
            Some("The token is of another workflow file than the app's, or of another ref.")
        }
        NotAuthentic::Mismatch(Mismatch::Event) => {
            Some("The run of the token was not started by workflow_dispatch.")
        }
        NotAuthentic::NoCommit => Some("The sha in the token is not a commit."),
    }
}

const fn fault_text(fault: TokenFault) -> &'static str {
    match fault {
        TokenFault::TooLong => "The token is longer than 16 KiB.",
        TokenFault::Malformed => "The token is not one of GitHub Actions.",
        TokenFault::Algorithm => "The token is not signed by RS256.",
        TokenFault::UnknownKey => "The token is signed by a key that GITHUB_ACTIONS_ISSUER does not publish.",
        TokenFault::Signature => "The signature of the token does not match.",
        TokenFault::Issuer => "The token is of another issuer than GITHUB_ACTIONS_ISSUER.",
        TokenFault::Audience => "The token is not for CONSOLE_PUBLIC_URL alone: that has to be its audience.",
        TokenFault::Expired => "The token has expired.",
        TokenFault::NotYetValid => "The token is not valid yet.",
    }
}
