//! Freezes, as their page shows them, and the request that declares one.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::{UiError, client::ApiClient};
use crate::domain::{Freeze, Scope, Timestamp, Window};

#[cfg(feature = "ssr")]
use super::service::{ServiceError, caller, service};
#[cfg(feature = "ssr")]
use crate::domain::{Caller, FreezeId};

/// Freezes, listed, declared and lifted.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait FreezesApi: Send + Sync {
    /// The freezes that are not lifted, and the last ones that are.
    async fn freezes(&self, caller: &Caller) -> Result<Vec<FreezeReport>, ServiceError>;

    /// Declares a freeze.
    async fn declare_freeze(&self, caller: &Caller, request: FreezeRequest) -> Result<(), ServiceError>;

    /// Ends a freeze by hand.
    async fn lift_freeze(&self, caller: &Caller, id: FreezeId) -> Result<(), ServiceError>;
}

/// A freeze and its current state.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FreezeReport {
    /// As it was declared.
    pub freeze: Freeze,
    /// Its state.
    pub state: FreezeState,
    /// Why the caller may not lift it; none, if they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied: Option<String>,
}

/// The state of a freeze.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FreezeState {
    /// It holds.
    InForce {
        /// Until then; none: until it is lifted.
        until: Option<Timestamp>,
    },
    /// It holds at another time.
    Waiting,
    /// It will not hold any more.
    Over,
}

/// A freeze to declare.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FreezeRequest {
    /// What it is for.
    pub scope: Scope,
    /// When it holds.
    pub window: Window,
    /// Why.
    pub reason: String,
}

/// Every freeze that matters, with its state.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "freezes", input = GetUrl)]
pub async fn read_freezes() -> Result<Vec<FreezeReport>, UiError> {
    Ok(service::<dyn FreezesApi>()?.freezes(&caller()?).await?)
}
