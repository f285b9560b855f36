//! The journal of the whole console, for readers.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::{UiError, client::ApiClient};
use crate::domain::{DeployId, Timestamp, TrailEntry};

#[cfg(feature = "ssr")]
use super::service::{ServiceError, caller, service};
#[cfg(feature = "ssr")]
use crate::domain::Caller;

/// The journal, read.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait AuditApi: Send + Sync {
    /// A page of the journal.
    async fn audit(
        &self,
        caller: &Caller,
        filter: AuditFilter,
        paging: AuditPaging,
    ) -> Result<AuditTrail, ServiceError>;

    /// Its last entry, and how far back it is known that every entry follows from the one before. What was written
    /// since the last look is checked for the answer.
    async fn audit_head(&self, caller: &Caller) -> Result<AuditHead, ServiceError>;
}

/// Which entries of the journal to read.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "ssr", into_params(parameter_in = Query))]
pub struct AuditFilter {
    /// Only those about this deploy.
    #[cfg_attr(feature = "ssr", param(value_type = Option<uuid::Uuid>))]
    pub deploy_id: Option<DeployId>,
    /// Only those of this action: `console.deploy.requested` and the like.
    pub action: Option<String>,
    /// Only those of this actor: a person, `console` or `workflow`.
    pub actor: Option<String>,
    /// Only those about a deploy of this app; and of those that concern no deploy, the ones that name it.
    pub app: Option<String>,
    /// The same for an environment.
    pub environment: Option<String>,
    /// Only those written then or later: an RFC 3339 time, or a day of UTC as `YYYY-MM-DD`.
    pub since: Option<String>,
    /// Only those written before then; a day is meant with the whole of it.
    pub until: Option<String>,
}

/// Which page of them, and in which order. With `before`, the newest come first.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "ssr", into_params(parameter_in = Query))]
pub struct AuditPaging {
    /// Only those after this sequence number, the oldest first; 0 by default.
    pub after: Option<i64>,
    /// Only those before this sequence number, the newest first.
    pub before: Option<i64>,
    /// At most this many, 1 to 1000; 100 by default.
    pub limit: Option<u32>,
}

/// A page of the journal.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AuditTrail {
    /// The entries: at most `limit`, and fewer if they are long. One that cannot be read has a member `unreadable` that
    /// says why, and no payload.
    pub entries: Vec<TrailEntry>,
    /// The value of `after` that continues from here, also after a page that is shorter than `limit`; none at the end,
    /// and none where the newest come first.
    pub next_after: Option<i64>,
    /// The value of `before` that continues from here, where the newest come first; none at the beginning of the
    /// journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_before: Option<i64>,
}

/// The end of the journal, and what is known of the entries before it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditHead {
    /// Every entry from one to the last follows from the one before it.
    Verified {
        /// The first entry that was checked.
        first: i64,
        /// The last entry; 0 while there is none.
        last: i64,
        /// Its hash, hexadecimal.
        hash: String,
        /// When they were last checked together: at the start, or once a day.
        checked_at: Timestamp,
        /// When those that were written since were checked.
        at: Timestamp,
    },
    /// The console has not looked at the journal since its start.
    Unverified {
        /// The last entry; 0 while there is none.
        last: i64,
        /// Its hash, hexadecimal.
        hash: String,
    },
    /// An entry is not as it was written, or a row not as the journal says.
    Broken {
        /// Where, as a sentence.
        place: String,
    },
}

/// A page of the journal.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "audit", input = GetUrl)]
pub async fn read_audit(
    #[server(default)] filter: AuditFilter,
    #[server(default)] paging: AuditPaging,
) -> Result<AuditTrail, UiError> {
    Ok(service::<dyn AuditApi>()?.audit(&caller()?, filter, paging).await?)
}

/// The end of the journal, and what is known of the entries before it.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "audit_head", input = GetUrl)]
pub async fn read_audit_head() -> Result<AuditHead, UiError> {
    Ok(service::<dyn AuditApi>()?.audit_head(&caller()?).await?)
}
