//! Freezes, as their page shows them, and the request that declares one.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::{UiError, client::ApiClient};
use crate::domain::{Deploy, Freeze, Timestamp};

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

    /// What a freeze would do, before it is declared.
    async fn preview_freeze(
        &self,
        caller: &Caller,
        draft: FreezeDraft,
    ) -> Result<FreezePreview, ServiceError>;

    /// The names of the time zones that a freeze can be declared in.
    fn time_zones(&self) -> Vec<String>;

    /// Declares a freeze.
    async fn declare_freeze(&self, caller: &Caller, draft: FreezeDraft) -> Result<(), ServiceError>;

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

/// A freeze to declare, as it was typed.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct FreezeDraft {
    /// Which of the forms: [`UNTIL_LIFTED`], [`ONCE`] or [`WEEKLY`].
    pub kind: String,
    /// The app; empty: every one.
    pub app: String,
    /// The environment; empty: every one.
    pub environment: String,
    /// Why.
    pub reason: String,
    /// The day of the week on which it begins.
    pub from_day: String,
    /// When it begins, by the clocks of the time zone.
    pub from: String,
    /// The day of the week on which it ends.
    pub until_day: String,
    /// When it ends.
    pub until: String,
    /// A name of the IANA database.
    pub time_zone: String,
}

/// From now on, until it is lifted.
pub const UNTIL_LIFTED: &str = "until_lifted";
/// For a period.
pub const ONCE: &str = "once";
/// Every week.
pub const WEEKLY: &str = "weekly";

impl FreezeDraft {
    /// The fields of its form, by their names.
    #[must_use]
    pub fn fields(&self) -> [(&'static str, &str); 9] {
        [
            ("kind", &self.kind),
            ("app", &self.app),
            ("environment", &self.environment),
            ("reason", &self.reason),
            ("from_day", &self.from_day),
            ("from", &self.from),
            ("until_day", &self.until_day),
            ("until", &self.until),
            ("time_zone", &self.time_zone),
        ]
    }
}

/// What is wrong with one field of a form.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FieldProblem {
    /// The name of the field.
    pub field: String,
    /// What stands beneath it.
    pub text: String,
}

/// What a freeze would do, before it is declared.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct FreezePreview {
    /// What is wrong with it, in the order of the form.
    pub problems: Vec<FieldProblem>,
    /// What it would do; none, where it cannot be told from its fields when it holds.
    pub effect: Option<FreezeEffect>,
}

/// When a freeze would hold, and what it would have stopped.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct FreezeEffect {
    /// The next times that it holds; none, where it holds until it is lifted.
    pub periods: Vec<FreezePeriod>,
    /// How many deploys of the last days it would have stopped, had it held then.
    pub stopped: u32,
    /// Whether there were more than are counted.
    pub is_more: bool,
    /// Of how many days.
    pub days: u32,
    /// The newest of them.
    pub newest: Vec<Deploy>,
}

/// One time that a freeze holds.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FreezePeriod {
    /// The first instant of it.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
    /// The same by the clocks of its time zone.
    pub local_from: String,
    /// Likewise.
    pub local_until: String,
}

/// Every freeze that matters, with its state.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "freezes", input = GetUrl)]
pub async fn read_freezes() -> Result<Vec<FreezeReport>, UiError> {
    Ok(service::<dyn FreezesApi>()?.freezes(&caller()?).await?)
}

/// What a freeze would do, before it is declared.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "freeze_preview", input = GetUrl)]
pub async fn read_freeze_preview(draft: FreezeDraft) -> Result<FreezePreview, UiError> {
    Ok(service::<dyn FreezesApi>()?.preview_freeze(&caller()?, draft).await?)
}

/// The names of the time zones that a freeze can be declared in.
///
/// # Errors
/// Why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "time_zones", input = GetUrl)]
pub async fn read_time_zones() -> Result<Vec<String>, UiError> {
    Ok(service::<dyn FreezesApi>()?.time_zones())
}
