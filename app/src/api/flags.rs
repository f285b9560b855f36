//! Flags, as pages and the command line show them.

use serde::{Deserialize, Serialize};

use crate::domain::{Flag, Stage, Timestamp};

/// One flag, and what it is in each environment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FlagReport {
    /// Which.
    pub flag: Flag,
    /// What it does, in a sentence.
    pub does: String,
    /// How far it has come.
    pub stage: Stage,
    /// Its value where nobody said otherwise.
    pub default: bool,
    /// Its values, by environment.
    pub settings: Vec<FlagSetting>,
}

/// What a flag is in an environment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FlagSetting {
    /// The environment, of whatever app.
    pub environment: String,
    /// Whether it is on.
    pub is_on: bool,
    /// Why.
    pub origin: FlagOrigin,
}

/// What gives a flag its value.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagOrigin {
    /// The variable `FLAG_…` of the server; no promotion changes it.
    Variable,
    /// Somebody promoted it.
    Promotion {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// Nobody said anything.
    Default,
}
