//! A flag that is turned on or off in an environment.

use super::Actor;
use app::domain::{Flag, Timestamp};

/// A flag, turned on or off in an environment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Promotion {
    /// Which flag.
    pub flag: Flag,
    /// The environment, in any app.
    pub environment: String,
    /// Whether it is on.
    pub is_on: bool,
    /// Whether it was turned on although no deploy elsewhere had shown that it works. For the journal alone.
    pub without_observation: bool,
    /// Who promoted it. A row that is read knows their name alone.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}
