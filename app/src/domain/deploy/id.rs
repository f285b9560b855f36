//! The id of a deploy.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Names one deploy for ever: in the path of its callbacks, inside their signed bodies, and in the title
/// of its GitHub run.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct DeployId(Uuid);

impl DeployId {
    /// Wraps a UUID; the server makes version 7, so that ids sort by time.
    #[must_use]
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for DeployId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

/// The text is not a hyphenated UUID.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a deploy id: a hyphenated UUID is expected")]
pub struct NotADeployId;

impl FromStr for DeployId {
    type Err = NotADeployId;

    /// Accepts the hyphenated form alone: one deploy has one spelling in paths, bodies and run titles
    /// (either case).
    fn from_str(text: &str) -> Result<Self, NotADeployId> {
        const HYPHENATED: usize = 36;
        if text.len() != HYPHENATED {
            return Err(NotADeployId);
        }
        Uuid::try_parse(text).map(Self).map_err(|_| NotADeployId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hyphenated_ids_parse() {
        let id = "0192f0c1-2b6e-7c3a-9d4e-5f60718293a4";
        assert_eq!(id.parse::<DeployId>().unwrap().to_string(), id);
        for wrong in [
            "",
            "1",
            "0192f0c12b6e7c3a9d4e5f60718293a4",
            "{0192f0c1-2b6e-7c3a-9d4e-5f60718293a4}",
            "urn:uuid:0192f0c1-2b6e-7c3a-9d4e-5f60718293a4",
            "0192f0c1-2b6e-7c3a-9d4e-5f60718293aZ",
        ] {
            assert_eq!(wrong.parse::<DeployId>(), Err(NotADeployId), "{wrong}");
        }
    }
}
