//! What the services of all areas have in common: how a server function gets one, and what it answers when it cannot do
//! what was requested. Nothing here knows HTTP.

use std::{sync::Arc, time::Duration};

use leptos::prelude::use_context;

use super::{ErrorCode, Problem, UiError};
use crate::domain::{Caller, DeployId, Frozen, RunRef, Status, StoredStatus};

/// Whether GitHub may be asked on behalf of a page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ask {
    /// It may.
    GitHub,
    /// It may not: another site led here, and could do so as often as it likes.
    Nothing,
}

impl Ask {
    /// Whether the page that sent these headers was opened by the console itself, or by the operator. The headers that
    /// browsers send about that cannot be forged by a page.
    #[must_use]
    pub fn of(headers: &axum::http::HeaderMap) -> Self {
        match headers.get("sec-fetch-site").map(|from| from.as_bytes()) {
            None | Some(b"same-origin" | b"none") => Self::GitHub,
            Some(_) => Self::Nothing,
        }
    }
}

/// Why a service did not do what was requested. The cause is logged where it occurred, never sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServiceError {
    /// What went wrong, by its stable code.
    pub code: ErrorCode,
    /// The particulars of this case, as a sentence.
    pub detail: Option<String>,
    /// What is in the way.
    pub obstacle: Option<Obstacle>,
    /// When it is worth trying again.
    pub retry_after: Option<Duration>,
}

/// What is in the way of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Obstacle {
    /// Another deploy of the same environment.
    UnderWay(DeployId),
    /// The run of an earlier deploy of the same environment, which has ended here.
    RunUnderWay {
        /// That deploy.
        deploy: DeployId,
        /// Its run.
        run: RunRef,
    },
    /// A freeze.
    Frozen(Frozen),
    /// The deploy's own status.
    Status {
        /// The status that it has.
        current: StoredStatus,
        /// The statuses that a callback could move it to.
        allowed: Vec<Status>,
    },
}

impl ServiceError {
    /// An error of this code, with nothing more to say.
    #[must_use]
    pub const fn new(code: ErrorCode) -> Self {
        Self { code, detail: None, obstacle: None, retry_after: None }
    }

    /// Adds the particulars of this case. Never put a cause here that may hold a secret.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Says what is in the way.
    #[must_use]
    pub fn with_obstacle(mut self, obstacle: Obstacle) -> Self {
        self.obstacle = Some(obstacle);
        self
    }

    /// Says when it is worth trying again.
    #[must_use]
    pub const fn with_retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let ServiceError { code, detail, obstacle, retry_after } = error;
        let retry_after = retry_after.map(|after| u32::try_from(after.as_secs()).unwrap_or(u32::MAX));
        let problem = Self { detail, retry_after, ..Self::new(code) };
        match obstacle {
            None => problem,
            Some(Obstacle::UnderWay(id)) => Self { active_deploy_id: Some(id), ..problem },
            Some(Obstacle::RunUnderWay { deploy, run }) => {
                Self { active_deploy_id: Some(deploy), run: Some(run), ..problem }
            }
            Some(Obstacle::Frozen(frozen)) => Self { frozen: Some(frozen), ..problem },
            Some(Obstacle::Status { current, allowed }) => {
                Self { current: Some(current), allowed: Some(allowed), ..problem }
            }
        }
    }
}

impl From<ServiceError> for UiError {
    fn from(error: ServiceError) -> Self {
        Problem::from(error).into()
    }
}

/// The service of an area, as it was provided to the request.
pub(super) fn service<S: ?Sized>() -> Result<Arc<S>, UiError>
where
    Arc<S>: Clone + Send + Sync + 'static,
{
    use_context().ok_or_else(|| Problem::new(ErrorCode::Internal).into())
}

/// Who asks, as the server found out before anything else.
pub(super) fn caller() -> Result<Caller, UiError> {
    let parts = use_context::<axum::http::request::Parts>();
    let caller = parts.and_then(|parts| parts.extensions.get::<Caller>().cloned());
    caller.ok_or_else(|| Problem::new(ErrorCode::NotSignedIn).into())
}

/// A page that was opened from another site asks GitHub for nothing.
pub(super) fn ask() -> Ask {
    use_context::<axum::http::request::Parts>().map_or(Ask::GitHub, |parts| Ask::of(&parts.headers))
}
