//! What a newer build wrote, kept as it is.

use app::domain::Source;
use serde::Deserialize;
use serde_json::Value;

use super::{Provenance, Transition};

/// An entry of a newer build. A few of its members mean the same in every build, and can be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unknown {
    /// The name of its action.
    pub action: String,
    /// The payload, of any shape.
    pub payload: Value,
}

impl Unknown {
    pub(super) fn new(action: &str, payload: &Value) -> Self {
        Self { action: action.to_owned(), payload: payload.clone() }
    }

    /// The status that the row reached: every build writes it as `status`.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        self.payload["status"].as_str()
    }

    /// Who caused that, if this build knows it: every build writes it as `source`.
    #[must_use]
    pub fn source(&self) -> Option<Source> {
        Source::deserialize(&self.payload["source"]).ok()
    }

    /// The transition, if it records one that can be shown.
    #[must_use]
    pub fn transition(&self) -> Option<Transition> {
        Transition::deserialize(&self.payload).ok()
    }

    /// How the deploy came to be, if it is the first entry.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        Provenance::read(&self.payload)
    }
}
