//! What GitHub asks about its gate, and what it is told.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::{UiError, client::ApiClient};
use crate::domain::{MayApprove, ProtectionRequest};

#[cfg(feature = "ssr")]
use super::service::{ServiceError, caller, service};
#[cfg(feature = "ssr")]
use crate::domain::{Caller, ProtectionRequestId};

/// Questions of GitHub about its gate, listed, and decided by people.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait ProtectionApi: Send + Sync {
    /// The newest questions, newest first, and whether the caller may approve what waits for that.
    async fn protection_requests(&self, caller: &Caller) -> Result<Vec<ProtectionReport>, ServiceError>;

    /// Approves a run that somebody else started. With the last approval that it needs, GitHub is told to let it go on.
    async fn approve_run(
        &self,
        caller: &Caller,
        id: ProtectionRequestId,
        comment: Option<String>,
    ) -> Result<ProtectionRequest, ServiceError>;

    /// Rejects a run that somebody else started: GitHub is told to stop it.
    async fn reject_run(
        &self,
        caller: &Caller,
        id: ProtectionRequestId,
        comment: Option<String>,
    ) -> Result<ProtectionRequest, ServiceError>;
}

/// A question, and what the caller may do about it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProtectionReport {
    /// The question.
    pub request: ProtectionRequest,
    /// Whether the caller may approve or reject the run; none, unless it waits for an approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_approve: Option<MayApprove>,
}

/// The newest questions of GitHub about its gate.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "protection_requests", input = GetUrl)]
pub async fn read_protection_requests() -> Result<Vec<ProtectionReport>, UiError> {
    Ok(service::<dyn ProtectionApi>()?.protection_requests(&caller()?).await?)
}
