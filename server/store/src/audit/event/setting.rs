//! Entries that concern no deploy: flags and freezes.

use app::domain::{Freeze, FreezeId, Window};
use serde::{Deserialize, Serialize};

use crate::{Lift, Promotion, model::name_beside};

/// The payload of `console.flag.promoted`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FlagPromoted {
    /// The name of the flag, as text: flags are removed some day, and their entries stay.
    pub flag: String,
    /// The environment, in any app.
    pub environment: String,
    /// Whether it is on.
    pub is_on: bool,
    /// Whether it was on before; none, if it was not promoted before.
    #[serde(default)]
    pub previous: Option<bool>,
    /// Whether it was turned on although no deploy elsewhere had shown that it works.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_observation: bool,
    /// What people call who did it, where that is not the actor of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The payload of `console.freeze.declared`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FreezeDeclared {
    /// The freeze.
    pub freeze_id: FreezeId,
    /// The app that it is for; none: every app.
    #[serde(default)]
    pub app: Option<String>,
    /// The environment that it is for; none: every environment.
    #[serde(default)]
    pub environment: Option<String>,
    /// When it holds.
    pub window: Window,
    /// Why.
    pub reason: String,
    /// What people call who did it, where that is not the actor of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The payload of `console.freeze.lifted`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FreezeLifted {
    /// The freeze.
    pub freeze_id: FreezeId,
    /// The app that it was for; left out: every app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// What people call who did it, where that is not the actor of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl FlagPromoted {
    pub(in crate::audit) fn new(promotion: &Promotion, previous: Option<bool>) -> Self {
        Self {
            flag: promotion.flag.as_str().to_owned(),
            environment: promotion.environment.clone(),
            is_on: promotion.is_on,
            previous,
            without_observation: promotion.without_observation,
            name: promotion.by.name_beside_id(),
        }
    }
}

impl FreezeDeclared {
    pub(in crate::audit) fn new(freeze: &Freeze, actor: &str) -> Self {
        Self {
            freeze_id: freeze.id,
            app: freeze.scope.app.clone(),
            environment: freeze.scope.environment.clone(),
            window: freeze.window.clone(),
            reason: freeze.reason.clone(),
            name: name_beside(actor, &freeze.declared_by),
        }
    }
}

impl FreezeLifted {
    pub(in crate::audit) fn new(lift: &Lift, app: Option<String>) -> Self {
        Self { freeze_id: lift.id, app, name: lift.by.name_beside_id() }
    }
}
