//! What handlers share.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use runtime::supervisor::Supervisor;
use webhook::SigningSecrets;

use crate::{
    access::Access,
    http::{Forged, Hosts},
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
    pub secrets: SigningSecrets,
    /// The names under which it answers.
    pub hosts: Hosts,
    /// Callbacks that were not authentic, as the log has them.
    pub forged: Forged,
    pub metrics: Metrics,
    /// How pages find their script and style.
    pub leptos: LeptosOptions,
    /// Room for event streams.
    pub streams: Streams,
    /// Whether every background task still runs.
    pub supervisor: Supervisor,
}
