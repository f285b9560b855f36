//! Every error that leaves the server: RFC 9457 problem details over HTTP, the same value from a server
//! function. The cause is logged, never sent.

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

use crate::domain::{DeployId, Frozen, RunRef, Status, StoredStatus};

/// What went wrong, by a code that never changes.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// `Idempotency-Key` is missing or malformed.
    InvalidIdempotencyKey,
    /// The body is not JSON, or not of this shape.
    MalformedBody,
    /// A query parameter is malformed.
    InvalidQuery,
    /// The webhook signature is missing, malformed, stale or wrong.
    InvalidSignature,
    /// The identity token of GitHub Actions is missing, malformed, expired, or of another workflow or run.
    InvalidIdentity,
    /// Nobody is signed in, or the token is not, or no longer, one of this console.
    NotSignedIn,
    /// The caller's grants do not allow it.
    NotAllowed,
    /// A request that changes something, with the cookie of a session, does not say that a page of this console sent it.
    CrossSite,
    /// Too many sign-ins or tokens of this address were wrong.
    TooManyAttempts,
    /// The request names a host that is not this console's.
    WrongHost,
    /// No such page or endpoint.
    NotFound,
    /// The endpoint does not answer this method.
    MethodNotAllowed,
    /// No app or environment of this name is configured.
    UnknownEnvironment,
    /// No deploy has this id.
    UnknownDeploy,
    /// The body did not arrive in time.
    BodyTooSlow,
    /// The first request with this key has not been answered yet.
    IdempotencyKeyInFlight,
    /// Another deploy of this app and environment is under way.
    DeployUnderWay,
    /// GitHub says that the run of an earlier deploy goes on, which has ended here.
    RunUnderWay,
    /// The environment is frozen.
    Frozen,
    /// No deploy elsewhere has shown that the flag works.
    FlagNotObserved,
    /// No freeze has this id, or it was lifted before.
    UnknownFreeze,
    /// No token has this name, or it was revoked before.
    UnknownToken,
    /// A token that is not revoked has this name.
    TokenNameTaken,
    /// No edge leads from the deploy's status to the one claimed.
    TransitionRefused,
    /// This delivery id was used for another body.
    DeliveryIdReused,
    /// The deploy has ended: there is nothing to cancel.
    DeployEnded,
    /// The deploy has ended: there is nothing to abandon.
    AlreadyEnded,
    /// The deploy waits for no approval.
    NotAwaitingApproval,
    /// Who approves or rejects the deploy is the one who requested it.
    OwnRequest,
    /// The deploy's run is not known, so GitHub cannot be asked to cancel it.
    RunUnknown,
    /// GitHub did not take the cancellation: the run has ended, or is ending.
    CancelTooLate,
    /// The body is larger than is read.
    BodyTooLarge,
    /// The body is not `application/json`.
    UnsupportedMediaType,
    /// This key was used for another request.
    IdempotencyKeyReused,
    /// A field has a value that is not allowed.
    InvalidField,
    /// An input of the workflow has a value that it does not take.
    InvalidInput,
    /// The status is not one that a callback may claim.
    NotACallbackStatus,
    /// The console failed in a way that it did not expect.
    Internal,
    /// The keys by which identity tokens of GitHub Actions are verified cannot be read.
    IdentityUnavailable,
    /// The database is busy, full or away.
    DatabaseUnavailable,
    /// An entry of the journal is not as it was written, or a row not as the journal says.
    JournalBroken,
    /// The console is about to end.
    Stopping,
    /// As many streams of events are open as there may be.
    TooManyStreams,
    /// GitHub gave no clear answer.
    #[serde(rename = "github_unavailable")]
    GitHubUnavailable,
}

impl ErrorCode {
    /// The HTTP status that goes with the code.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::InvalidIdempotencyKey | Self::MalformedBody | Self::InvalidQuery => 400,
            Self::InvalidSignature | Self::InvalidIdentity | Self::NotSignedIn => 401,
            Self::NotAllowed | Self::CrossSite => 403,
            Self::TooManyAttempts => 429,
            Self::NotFound
            | Self::UnknownEnvironment
            | Self::UnknownDeploy
            | Self::UnknownFreeze
            | Self::UnknownToken => 404,
            Self::MethodNotAllowed => 405,
            Self::BodyTooSlow => 408,
            Self::IdempotencyKeyInFlight
            | Self::DeployUnderWay
            | Self::RunUnderWay
            | Self::Frozen
            | Self::FlagNotObserved
            | Self::TokenNameTaken
            | Self::TransitionRefused
            | Self::DeliveryIdReused
            | Self::DeployEnded
            | Self::AlreadyEnded
            | Self::NotAwaitingApproval
            | Self::OwnRequest
            | Self::RunUnknown
            | Self::CancelTooLate => 409,
            Self::BodyTooLarge => 413,
            Self::WrongHost => 421,
            Self::UnsupportedMediaType => 415,
            Self::IdempotencyKeyReused
            | Self::InvalidField
            | Self::InvalidInput
            | Self::NotACallbackStatus => 422,
            Self::Internal => 500,
            Self::IdentityUnavailable
            | Self::DatabaseUnavailable
            | Self::JournalBroken
            | Self::GitHubUnavailable
            | Self::Stopping
            | Self::TooManyStreams => 503,
        }
    }

    /// One sentence for people: what happened.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::InvalidIdempotencyKey => "The Idempotency-Key header is missing or malformed.",
            Self::MalformedBody => "The body is not JSON of the expected shape.",
            Self::InvalidQuery => "A query parameter is not of its form.",
            Self::InvalidSignature => "The webhook signature is missing, malformed, stale or wrong.",
            Self::InvalidIdentity => {
                "The identity token of GitHub Actions does not prove that this deploy's workflow sent it."
            }
            Self::NotSignedIn => "Sign in first.",
            Self::NotAllowed => "You may not do that.",
            Self::CrossSite => "This was not sent by a page of this console.",
            Self::TooManyAttempts => "Too many attempts from this address failed. Try again later.",
            Self::WrongHost => "This console does not answer under that host name.",
            Self::NotFound => "There is nothing here.",
            Self::MethodNotAllowed => "This endpoint does not answer that method.",
            Self::UnknownEnvironment => "No such app or environment is configured.",
            Self::UnknownDeploy => "There is no such deploy.",
            Self::BodyTooSlow => "The body did not arrive in time.",
            Self::IdempotencyKeyInFlight => "The first request with this key has not been answered yet.",
            Self::DeployUnderWay => "Another deploy of this app and environment is under way.",
            Self::RunUnderWay => "The run of an earlier deploy here still goes on.",
            Self::Frozen => "Deploys here are frozen.",
            Self::FlagNotObserved => {
                "No deploy elsewhere has shown yet that this flag works. Confirm that it is to be turned on all the same."
            }
            Self::UnknownFreeze => "There is no such freeze, or it was lifted before.",
            Self::UnknownToken => "There is no such token, or it was revoked before.",
            Self::TokenNameTaken => "Another token has that name. Revoke it first, or choose another name.",
            Self::TransitionRefused => "The deploy cannot move to that status from where it is.",
            Self::DeliveryIdReused => "This delivery id was used for another body.",
            Self::DeployEnded => "The deploy has ended. There is nothing to cancel.",
            Self::AlreadyEnded => "The deploy has ended already.",
            Self::NotAwaitingApproval => "The deploy does not wait for an approval.",
            Self::OwnRequest => "Somebody else has to approve or reject what you requested.",
            Self::RunUnknown => "The deploy's run on GitHub is not known yet, so it cannot be cancelled.",
            Self::CancelTooLate => "GitHub did not cancel the run: it has ended, or is ending.",
            Self::BodyTooLarge => "The body is too large.",
            Self::UnsupportedMediaType => "The body must be application/json.",
            Self::IdempotencyKeyReused => "This key was used for another request.",
            Self::InvalidField => "A field has a value that is not allowed.",
            Self::InvalidInput => "An input has a value that it does not take.",
            Self::NotACallbackStatus => "A callback may not claim that status.",
            Self::Internal => "The console failed. Its log says why.",
            Self::IdentityUnavailable => {
                "The keys of GitHub Actions cannot be read now, by which its identity tokens are verified."
            }
            Self::DatabaseUnavailable => "The database is not available.",
            Self::JournalBroken => "The journal is broken.",
            Self::Stopping => "The console is stopping.",
            Self::TooManyStreams => "Too many event streams are open.",
            Self::GitHubUnavailable => "GitHub gave no clear answer. The request is recorded; ask again.",
        }
    }
}

/// RFC 9457 problem details.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: ErrorCode,
    /// What happened, in one sentence.
    pub title: String,
    /// The particulars of this case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The deploy that is in the way, or whose run is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<uuid::Uuid>))]
    pub active_deploy_id: Option<DeployId>,
    /// The run that is in the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunRef>,
    /// What freezes the environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<Frozen>,
    /// The status that the deploy has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>))]
    pub current: Option<StoredStatus>,
    /// The statuses that a callback could move it to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<Vec<String>>))]
    pub allowed: Option<Vec<Status>>,
    /// Seconds after which it is worth trying again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

impl Problem {
    /// A problem of this code, with nothing more to say.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self {
            status: code.http_status(),
            code,
            title: code.title().to_owned(),
            detail: None,
            active_deploy_id: None,
            run: None,
            frozen: None,
            current: None,
            allowed: None,
            retry_after: None,
        }
    }

    /// Adds the particulars of this case. Never put a cause here that may hold a secret.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The field that has a value which is not allowed, and what is wrong with it: the particulars begin with its name.
    #[must_use]
    pub fn field(&self) -> Option<(&str, &str)> {
        let detail = self.detail.as_deref().filter(|_| self.code == ErrorCode::InvalidField);
        detail?.split_once(": ")
    }
}

/// What a page can know of a call that failed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UiError {
    /// The server answered, with this.
    Problem(Box<Problem>),
    /// No answer, or none that could be read: the network, a proxy, or a server that restarts. Whether the
    /// request arrived is not known.
    Unreachable,
    /// A proxy in front of the console answered that the user has to sign in. The request did not arrive.
    SignedOut,
}

impl From<Problem> for UiError {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl std::fmt::Display for UiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Problem(problem) => match &problem.detail {
                Some(detail) => write!(f, "{} {detail}", problem.title),
                None => f.write_str(&problem.title),
            },
            Self::Unreachable => f.write_str("The console did not answer."),
            Self::SignedOut => f.write_str("You are signed out."),
        }
    }
}

impl std::error::Error for UiError {}

impl FromServerFnError for UiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(detail) | ServerFnErrorErr::MissingArg(detail) => {
                Problem::new(ErrorCode::MalformedBody).with_detail(detail).into()
            }
            // In the browser, it is the answer that cannot be read.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => {
                Problem::new(ErrorCode::MalformedBody).into()
            }
            _ => Self::Unreachable,
        }
    }
}
