//! What handlers share.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use runtime::supervisor::Supervisor;

use crate::{
    access::Access,
    config::CallbackSecrets,
    http::{Forged, Hosts, IdentityGate, WebhookGate},
    listen::limits::Streams,
    metrics::Metrics,
    service::Console,
};

/// What handlers share. Cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    pub console: Arc<Console>,
    /// Who asks, and what they are granted.
    pub access: Arc<Access>,
    /// What callbacks are signed with.
    pub secrets: CallbackSecrets,
    /// What identity tokens of callbacks are verified with.
    pub identity: IdentityGate,
    /// The names under which it answers.
    pub hosts: Hosts,
    /// Callbacks that were not authentic, as the log has them.
    pub forged: Forged,
    /// What webhooks of GitHub are checked with.
    pub webhooks: WebhookGate,
    pub metrics: Metrics,
    /// How pages find their script and style.
    pub leptos: LeptosOptions,
    /// Room for event streams.
    pub streams: Streams,
    /// Whether every background task still runs.
    pub supervisor: Supervisor,
}
