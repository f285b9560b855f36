//! Telling GitHub what was decided, until it took it.

use app::{
    api::ServiceError,
    domain::ProtectionState,
    text::protection::{decision_label, decision_text},
};
use github::{GateAnswer, GateVerdict, ReadError};
use jiff::SignedDuration;
use runtime::fail_point::Point;
use store::StoredProtectionRequest;

use super::{Console, from_store};

/// For how long GitHub may ask, and not know it yet when it is answered.
const NOT_READY: SignedDuration = SignedDuration::from_mins(5);

/// Why GitHub was not told.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotTold {
    #[error(transparent)]
    GitHub(#[from] ReadError),
    #[error("GitHub has not begun to wait for the answer")]
    NotReady,
    #[error("the database is not available")]
    Store(ServiceError),
}

impl From<ServiceError> for NotTold {
    fn from(error: ServiceError) -> Self {
        Self::Store(error)
    }
}

impl Console {
    /// Tells GitHub, unless another instance does at the moment.
    ///
    /// An answer that was begun before may have arrived: then GitHub's record is asked first whether it still waits.
    pub(super) async fn answer_github(&self, request: &StoredProtectionRequest) -> Result<(), NotTold> {
        let Some(verdict) = verdict(&request.state) else { return Ok(()) };
        let tries = self.store.try_protection(request.id, self.clock.now()).await.map_err(from_store)?;
        let Some(tries) = tries else { return Ok(()) };
        self.fail_point.pass(Point::AfterIntent).await;
        if tries > 1 && !self.is_awaited(request).await? {
            return self.settle_unasked(request, tries).await;
        }
        let (repo, environment) = (&request.repo, &request.environment);
        let comment = self.comment(request);
        let answer = self.github.answer_gate(repo, request.run, environment, Some(verdict), &comment).await?;
        self.fail_point.pass(Point::AfterPost).await;
        match answer {
            GateAnswer::Taken => {
                tracing::info!(request = %request.id, run = request.run, ?verdict, "GitHub was told about its gate");
                self.told(request).await
            }
            GateAnswer::NothingAsked => self.settle_unasked(request, tries).await,
        }
    }

    async fn told(&self, request: &StoredProtectionRequest) -> Result<(), NotTold> {
        Ok(self.store.protection_told(request.id, self.clock.now()).await.map_err(from_store)?)
    }

    /// GitHub waits for no answer: because it took an earlier one, or the run ended; or because it does not know yet that it
    /// asked.
    async fn settle_unasked(&self, request: &StoredProtectionRequest, tries: i64) -> Result<(), NotTold> {
        let is_early = self.clock.now().duration_since(request.asked_at) < NOT_READY;
        if tries == 1 && is_early {
            // No earlier one can have arrived.
            self.store.protection_not_taken(request.id).await.map_err(from_store)?;
            return Err(NotTold::NotReady);
        }
        Ok(self.lapse(request).await?)
    }

    async fn is_awaited(&self, request: &StoredProtectionRequest) -> Result<bool, ReadError> {
        match self.github.awaited_environments(&request.repo, request.run).await {
            Ok(awaited) => {
                Ok(awaited.iter().any(|awaited| awaited.name.eq_ignore_ascii_case(&request.environment)))
            }
            Err(ReadError::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What GitHub shows to whoever started the run: the decision, why, and where there is more.
    fn comment(&self, request: &StoredProtectionRequest) -> String {
        let shown = self.as_shown(request.clone());
        let page = match shown.deploy_id {
            Some(id) => format!("{}/deploys/{id}", self.public_url),
            None => format!("{}/protection", self.public_url),
        };
        format!("{}. {} {page}", decision_label(&shown.state), decision_text(&shown))
    }
}

/// What GitHub is told; none, where nothing is decided that it waits for.
const fn verdict(state: &ProtectionState) -> Option<GateVerdict> {
    match state {
        ProtectionState::Approved { .. } => Some(GateVerdict::Approved),
        ProtectionState::Rejected { .. } => Some(GateVerdict::Rejected),
        ProtectionState::New
        | ProtectionState::Held { .. }
        | ProtectionState::AwaitsApproval { .. }
        | ProtectionState::Lapsed { .. }
        | ProtectionState::Unknown => None,
    }
}
