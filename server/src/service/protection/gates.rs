//! What the board says of GitHub's gate: who tried to go on into an environment by a run that was not requested here, and was
//! stopped or waits.

use app::{
    api::ServiceError,
    domain::{ProtectionRequest, ProtectionState, Visible},
};
use store::ProtectionFilter;

use super::{Console, from_store};

/// Questions that are looked through: what is older than these is no news.
const LOOKED_AT: u32 = 200;

/// The newest question about each place, where it is worth saying.
pub(in crate::service) struct Gates(Vec<ProtectionRequest>);

impl Gates {
    pub(in crate::service) fn about(&self, app: &str, environment: &str) -> Option<&ProtectionRequest> {
        let newest =
            self.0.iter().find(|request| request.app == app && request.environment == environment)?;
        is_news(&newest.state).then_some(newest)
    }
}

/// Whether a run does not go on. What was let through is under way, and shown as what it is.
const fn is_news(state: &ProtectionState) -> bool {
    match state {
        ProtectionState::Held { .. }
        | ProtectionState::AwaitsApproval { .. }
        | ProtectionState::Rejected { .. }
        | ProtectionState::Unknown => true,
        ProtectionState::New | ProtectionState::Approved { .. } | ProtectionState::Lapsed { .. } => false,
    }
}

impl Console {
    pub(in crate::service) async fn gates(&self, visible: &Visible) -> Result<Gates, ServiceError> {
        let filter = ProtectionFilter { visible: visible.clone(), run: None, limit: LOOKED_AT };
        let stored = self.store.protection_requests(&filter).await.map_err(from_store)?;
        Ok(Gates(stored.into_iter().map(|stored| self.as_shown(stored)).collect()))
    }
}
