//! Freezes, as their page shows them, and what somebody declares.

use serde::{Deserialize, Serialize};

use crate::domain::{Freeze, Scope, Timestamp, Window};

/// A freeze, and how it stands now.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FreezeReport {
    /// As it was declared.
    pub freeze: Freeze,
    /// How it stands.
    pub state: FreezeState,
}

/// How a freeze stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FreezeState {
    /// It holds.
    InForce {
        /// Until then; none: until somebody lifts it.
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
