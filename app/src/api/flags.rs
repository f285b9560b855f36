//! Flags, as pages and the command line show them.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::{UiError, client::ApiClient};
use crate::domain::{Flag, Stage, Timestamp};

#[cfg(feature = "ssr")]
use super::service::{ServiceError, caller, service};
#[cfg(feature = "ssr")]
use crate::domain::Caller;

/// Flags, read and promoted.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait FlagsApi: Send + Sync {
    /// Every flag, with its value in each environment.
    async fn flags(&self, caller: &Caller) -> Result<Vec<FlagReport>, ServiceError>;

    /// Turns a flag on or off in an environment, and records who did. Where it is so already, nothing happens.
    async fn promote(&self, caller: &Caller, promote: Promote) -> Result<(), ServiceError>;
}

/// The value that a flag should have in an environment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Promote {
    /// Which flag.
    pub flag: Flag,
    /// The environment, in any app.
    pub environment: String,
    /// Whether to turn it on.
    pub is_on: bool,
    /// To turn it on where deploys are confirmed, although no deploy elsewhere has shown that it works.
    pub without_observation: bool,
}

/// One flag, with its value in each environment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FlagReport {
    /// Which.
    pub flag: Flag,
    /// What it does, in a sentence.
    pub does: String,
    /// How far it is planned to go.
    pub stage: Stage,
    /// Its value where nothing else is set.
    pub default: bool,
    /// Its values, by environment.
    pub settings: Vec<FlagSetting>,
}

/// The value of a flag in an environment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FlagSetting {
    /// The environment, in any app.
    pub environment: String,
    /// Whether it is on.
    pub is_on: bool,
    /// Why.
    pub origin: FlagOrigin,
    /// Where it is on: what was seen of it there.
    pub observed: Option<Observed>,
    /// Apps whose workflow lacks an input that the flag needs, by their newest deploy there.
    pub unable: Vec<String>,
    /// Whether turning it on has to be confirmed: no deploy elsewhere has shown that it works.
    pub asks_to_confirm: bool,
    /// Why the caller may not change it; none, if they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied: Option<String>,
}

/// What the deploys of an environment have shown of a flag since it was turned on there.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Observed {
    /// Deploys that showed that it works.
    pub shown: u32,
    /// Deploys that have ended.
    pub ended: u32,
    /// Whether only the newest of them were counted.
    pub is_capped: bool,
    /// Whether the time at which the flag was turned on is known: if not, earlier deploys are counted too.
    pub is_since: bool,
}

impl Observed {
    /// In words: "3 of 7 deploys since then reported all of their phases".
    #[must_use]
    pub fn sentence(&self, flag: Flag) -> String {
        let Self { shown, ended, is_capped, is_since } = *self;
        let (newest, since) =
            (if is_capped { "the newest " } else { "" }, if is_since { " since then" } else { "" });
        match ended {
            0 => format!("No deploy has ended there{since}"),
            1 => format!("{shown} of 1 deploy{since} {}", flag.seen()),
            _ => format!("{shown} of {newest}{ended} deploys{since} {}", flag.seen()),
        }
    }
}

/// What gives a flag its value.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagOrigin {
    /// The variable `FLAG_…` of the server; no promotion changes it.
    Variable,
    /// It was promoted.
    Promotion {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// Nothing else is set.
    Default,
}

/// Every flag, and what it is in each environment.
///
/// # Errors
/// What the service answers, or why there was no answer.
#[server(client = ApiClient, prefix = "/api/ui", endpoint = "flags", input = GetUrl)]
pub async fn read_flags() -> Result<Vec<FlagReport>, UiError> {
    Ok(service::<dyn FlagsApi>()?.flags(&caller()?).await?)
}
