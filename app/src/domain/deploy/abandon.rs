//! Giving a deploy up by hand: it ends here, whatever becomes of its run on GitHub.

use serde::{Deserialize, Serialize};

use crate::domain::{Deploy, RunState, Timestamp};

/// That a person gave a deploy up.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Abandonment {
    /// Who.
    pub by: String,
    /// When.
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// Why, in their words.
    pub reason: String,
}

impl Deploy {
    /// Whether GitHub's record, as it was last read, says that the run has ended.
    #[must_use]
    pub fn has_run_ended(&self) -> bool {
        self.run_state.is_some_and(RunState::has_ended)
    }
}
