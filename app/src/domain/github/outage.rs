//! GitHub cannot be asked.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// GitHub cannot be asked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GitHubOutage {
    /// When it was first noticed.
    pub since: Timestamp,
    /// What is wrong, as the end of a sentence that begins with GitHub.
    pub what: String,
    /// Until when GitHub asked the console to wait, if it did.
    pub until: Option<Timestamp>,
}
