//! A deploy that a person gave up.

use app::domain::Status;
use serde::{Deserialize, Serialize};

use super::Transition;
use crate::Abandon;

/// The payload of `console.deploy.abandoned`. Who gave it up is the actor of the entry.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Abandoned {
    /// Why, in their words.
    pub reason: String,
    /// What people call who did it, where that is not the actor of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The edge to its end.
    #[serde(flatten)]
    pub transition: Transition,
}

impl Abandoned {
    pub(in crate::audit) fn new(abandon: &Abandon, previous: Status) -> Self {
        let said = format!("Abandoned by {}: {}", abandon.actor.name, abandon.reason);
        Self {
            reason: abandon.reason.clone(),
            name: abandon.actor.name_beside_id(),
            transition: Transition::ended_by_hand(previous, said),
        }
    }
}
