//! The journal of the whole console, for readers.

use serde::{Deserialize, Serialize};

use crate::domain::{DeployId, TrailEntry};

/// Which entries of the journal to read.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[cfg_attr(feature = "ssr", into_params(parameter_in = Query))]
pub struct AuditQuery {
    /// Only those about this deploy.
    #[cfg_attr(feature = "ssr", param(value_type = Option<uuid::Uuid>))]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<uuid::Uuid>))]
    pub deploy_id: Option<DeployId>,
    /// Only those after this sequence number; 0 if not said.
    pub after: Option<i64>,
    /// At most so many, 1 to 1000; 100 if not said.
    pub limit: Option<u32>,
}

/// Entries of the journal, in sequence.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AuditTrail {
    /// The entries: at most as many as were asked for, and fewer if they are long. One that cannot be read has a member
    /// `unreadable` that says why, and no payload.
    pub entries: Vec<TrailEntry>,
    /// What to ask for as `after` to read on, also after a page that is shorter than was asked for; none at the end.
    pub next_after: Option<i64>,
}
