//! The end of a freeze.

use super::Actor;
use app::domain::{FreezeId, Timestamp};

/// A freeze to end by hand.
#[derive(Clone, Debug)]
pub struct Lift {
    /// Which.
    pub id: FreezeId,
    /// Who ends it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}
